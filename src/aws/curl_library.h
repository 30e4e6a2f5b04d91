// libcurl, loaded when it is first needed: linking it costs every start of the program 6 ms and 10 MB.
#pragma once

#include <curl/curl.h>

#include "rdsteady/error.h"

namespace rdsteady::aws {

// One row per function used: X(name).
// clang-format off
#define RDSTEADY_CURL_FUNCTIONS(X) \
  X(curl_global_init) \
  X(curl_easy_init) \
  X(curl_easy_cleanup) \
  X(curl_easy_reset) \
  X(curl_easy_setopt) \
  X(curl_easy_getinfo) \
  X(curl_easy_strerror) \
  X(curl_slist_append) \
  X(curl_slist_free_all) \
  X(curl_multi_init) \
  X(curl_multi_cleanup) \
  X(curl_multi_setopt) \
  X(curl_multi_add_handle) \
  X(curl_multi_remove_handle) \
  X(curl_multi_perform) \
  X(curl_multi_poll) \
  X(curl_multi_wakeup) \
  X(curl_multi_info_read)
// clang-format on

struct CurlLibrary {
#define RDSTEADY_CURL_MEMBER(name) decltype(&::name) name = nullptr;
  RDSTEADY_CURL_FUNCTIONS(RDSTEADY_CURL_MEMBER)
#undef RDSTEADY_CURL_MEMBER
};

// The loaded and initialised library; the same one for the whole process, never unloaded. Thread-safe. Errors:
// kTransport when libcurl.so.4 or a function of it is missing.
[[nodiscard]] Result<const CurlLibrary*> LoadCurl();

}  // namespace rdsteady::aws
