// Requests whose headers and query are noise are never taken for signed ones; what was signed is.
#include <cstdlib>

#include "wire/sigv4.h"

namespace {

const rdsteady::wire::Credentials kKeys{.access_key_id = "AKIDEXAMPLE", .secret_access_key = "secret"};
const rdsteady::Instant kNow = *rdsteady::ParseIso8601("2026-01-02T03:04:05Z");

bool Verifies(const rdsteady::wire::HttpRequest& request) {
  const auto claim = rdsteady::wire::ReadClaim(request);
  return claim && rdsteady::wire::Verify(request, *claim, kKeys, kNow);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto line = text.find('\n');
  const std::string first(text.substr(0, line));
  const std::string second(line == std::string_view::npos ? std::string_view() : text.substr(line + 1));

  rdsteady::wire::HttpRequest noise{
      .path = "/" + second, .query = second, .headers = {{"host", "h"}, {"x-amz-date", "20260102T030405Z"}}};
  if (!first.empty()) noise.headers.emplace_back("authorization", first);
  if (Verifies(noise)) std::abort();

  if (first.find("X-Amz-") != std::string::npos || second.find("X-Amz-") != std::string::npos) return 0;
  rdsteady::wire::HttpRequest request{
      .path = "/" + first, .query = "a=1", .headers = {{"host", "h"}, {"content-type", second}}, .body = second};
  rdsteady::wire::Sign(request, kKeys, {.region = "us-east-1"}, kNow);
  if (!Verifies(request)) std::abort();
  return 0;
}
