#include "aws/curl_library.h"

#include <dlfcn.h>
#include <fmt/format.h>

namespace rdsteady::aws {
namespace {

constexpr char kFile[] = "libcurl.so.4";

Result<CurlLibrary> Load() {
  const auto missing = [](std::string_view what) {
    return Fail(ErrorCategory::kTransport, fmt::format("cannot load {}: {}", kFile, what),
                "install libcurl 4 (Debian: libcurl4), version 7.68 or newer");
  };
  void* handle = ::dlopen(kFile, RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) return missing(::dlerror());
  CurlLibrary library;
#define RDSTEADY_CURL_LOOK_UP(name)                                           \
  library.name = reinterpret_cast<decltype(&::name)>(::dlsym(handle, #name)); \
  if (library.name == nullptr) return missing("it has no " #name);
  RDSTEADY_CURL_FUNCTIONS(RDSTEADY_CURL_LOOK_UP)
#undef RDSTEADY_CURL_LOOK_UP
  if (library.curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) return missing("it cannot be initialised");
  return library;
}

}  // namespace

Result<const CurlLibrary*> LoadCurl() {
  static const Result<CurlLibrary> loaded = Load();
  if (!loaded) return Fail(loaded.error());
  return &*loaded;
}

}  // namespace rdsteady::aws
