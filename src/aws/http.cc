#include "aws/http.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/text.h"

namespace rdsteady::aws {
namespace {

constexpr int kMaxPort = 65535;

bool IsHostChar(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
}

bool IsHost(std::string_view host) {
  if (host.starts_with('[')) {
    return host.size() > 2 && host.ends_with(']') &&
           host.substr(1, host.size() - 2).find_first_not_of("0123456789abcdefABCDEF:.") == std::string_view::npos;
  }
  return !host.empty() && std::ranges::all_of(host, IsHostChar);
}

}  // namespace

std::string_view ToString(FailureKind kind) {
  switch (kind) {
    case FailureKind::kUnusable: return "unusable";
    case FailureKind::kDns: return "dns";
    case FailureKind::kConnect: return "connect";
    case FailureKind::kTls: return "tls";
    case FailureKind::kTimeout: return "timeout";
    case FailureKind::kReset: return "reset";
    case FailureKind::kTruncated: return "truncated";
    case FailureKind::kMalformed: return "malformed";
    case FailureKind::kTooLarge: return "too large";
    case FailureKind::kCancelled: return "cancelled";
  }
  return "unusable";
}

std::optional<Instant> ParseHttpDate(std::string_view text) {
  static constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                               "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  text = Trim(text);
  // "Sun, 06 Nov 1994 08:49:37 GMT": every field has its fixed place.
  if (text.size() != 29 || text.substr(3, 2) != ", " || !text.ends_with(" GMT")) return std::nullopt;
  const auto month = std::ranges::find(kMonths, text.substr(8, 3));
  if (month == kMonths.end()) return std::nullopt;
  return ParseIso8601(fmt::format("{}-{:02}-{}T{}Z", text.substr(12, 4), month - kMonths.begin() + 1, text.substr(5, 2),
                                  text.substr(17, 8)));
}

std::string Url::HostHeader() const {
  const bool is_default = port == 0 || (scheme == "https" && port == 443) || (scheme == "http" && port == 80);
  return is_default ? host : fmt::format("{}:{}", host, port);
}

std::string Url::Origin() const {
  return scheme + "://" + HostHeader();
}

Result<Url> ParseUrl(std::string_view text) {
  const auto bad = [](std::string why) {
    return Fail(ErrorCategory::kUsage, std::move(why), "an endpoint looks like https://rds.us-east-1.amazonaws.com");
  };
  Url url;
  const auto scheme_end = text.find("://");
  if (scheme_end == std::string_view::npos) return bad("the URL has no http:// or https:// in front");
  url.scheme = ToLower(text.substr(0, scheme_end));
  if (url.scheme != "http" && url.scheme != "https") return bad("the URL's scheme is neither http nor https");
  text.remove_prefix(scheme_end + 3);
  const auto authority_end = std::min(text.find_first_of("/?#"), text.size());
  std::string_view authority = text.substr(0, authority_end);
  std::string_view rest = text.substr(authority_end);
  if (authority.find('@') != std::string_view::npos) return bad("the URL holds a user name or password");
  if (rest.find_first_of("?#") != std::string_view::npos) return bad("the URL has a query or a fragment");
  // An IPv6 address has colons of its own, within brackets.
  const auto bracket = authority.rfind(']');
  const auto colon = authority.starts_with('[') ? authority.find(':', bracket) : authority.find(':');
  if (colon != std::string_view::npos) {
    const auto port = ParseInteger(authority.substr(colon + 1));
    if (!port || *port < 1 || *port > kMaxPort) return bad("the URL's port is not a number from 1 to 65535");
    url.port = static_cast<int>(*port);
    authority = authority.substr(0, colon);
  }
  if (!IsHost(authority)) return bad("the URL has no valid host name");
  url.host = ToLower(authority);
  const auto is_path_char = [](char c) { return c > ' ' && c < 127; };
  if (!std::ranges::all_of(rest, is_path_char)) return bad("the URL's path holds characters that need escaping");
  url.path = rest.empty() ? "/" : std::string(rest);
  return url;
}

}  // namespace rdsteady::aws
