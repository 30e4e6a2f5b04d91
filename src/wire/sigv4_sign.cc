#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "wire/canonical.h"
#include "wire/crypto.h"
#include "wire/form.h"
#include "wire/query.h"
#include "wire/sigv4.h"

namespace rdsteady::wire {
namespace {

// Only what every hop leaves alone is signed: the host, what the body is, and the x-amz-* headers.
bool IsSigned(std::string_view lower_name) {
  if (lower_name == "x-amzn-trace-id") return false;
  return lower_name == "host" || lower_name == "content-type" || lower_name == "content-md5" ||
         lower_name.starts_with("x-amz-");
}

std::vector<std::string> SignedHeaders(const Headers& headers) {
  std::vector<std::string> names;
  for (const auto& [name, value] : headers) {
    if (std::string lower = ToLower(name); IsSigned(lower)) names.push_back(std::move(lower));
  }
  std::ranges::sort(names);
  const auto repeated = std::ranges::unique(names);
  names.erase(repeated.begin(), repeated.end());
  return names;
}

bool IsSignatureParameter(std::string_view name) {
  constexpr std::string_view kNames[] = {"X-Amz-Algorithm",     "X-Amz-Credential", "X-Amz-Date",
                                         "X-Amz-Expires",       "X-Amz-Signature",  "X-Amz-SignedHeaders",
                                         "X-Amz-Security-Token"};
  return std::ranges::find(kNames, name) != std::end(kNames);
}

}  // namespace

std::string Sha256Hex(std::string_view data) {
  return HexEncode(Sha256(data));
}

const std::string* FindHeader(const Headers& headers, std::string_view name) {
  const auto found =
      std::ranges::find_if(headers, [&](const auto& header) { return EqualsIgnoreCase(header.first, name); });
  return found == headers.end() ? nullptr : &found->second;
}

void Sign(HttpRequest& request, const Credentials& credentials, const Scope& scope, Instant now) {
  std::erase_if(request.headers, [](const auto& header) {
    return EqualsIgnoreCase(header.first, "authorization") || EqualsIgnoreCase(header.first, "x-amz-date") ||
           EqualsIgnoreCase(header.first, "x-amz-security-token");
  });
  const std::string amz_date = FormatBasic(now);
  request.headers.emplace_back("X-Amz-Date", amz_date);
  if (!credentials.session_token.empty()) {
    request.headers.emplace_back("X-Amz-Security-Token", credentials.session_token);
  }
  const std::vector<std::string> signed_headers = SignedHeaders(request.headers);
  const std::string canonical = CanonicalRequest(request, CanonicalQuery(QueryParameters(request.query)),
                                                 signed_headers, Sha256Hex(request.body));
  request.headers.emplace_back(
      "Authorization",
      fmt::format("{} Credential={}/{}, SignedHeaders={}, Signature={}", kAlgorithm, credentials.access_key_id,
                  CredentialScope(amz_date, scope), Join(signed_headers, ";"),
                  Signature(canonical, amz_date, scope, credentials.secret_access_key)));
}

std::string PresignQuery(const HttpRequest& request, const Credentials& credentials, const Scope& scope, Instant now,
                         std::chrono::seconds expires) {
  const std::string amz_date = FormatBasic(now);
  Parameters parameters = QueryParameters(request.query);
  std::erase_if(parameters, [](const auto& parameter) { return IsSignatureParameter(parameter.first); });
  parameters.emplace_back("X-Amz-Algorithm", kAlgorithm);
  parameters.emplace_back("X-Amz-Credential", credentials.access_key_id + "/" + CredentialScope(amz_date, scope));
  parameters.emplace_back("X-Amz-Date", amz_date);
  parameters.emplace_back("X-Amz-Expires", fmt::format("{}", expires.count()));
  parameters.emplace_back("X-Amz-SignedHeaders", "host");
  if (!credentials.session_token.empty()) parameters.emplace_back("X-Amz-Security-Token", credentials.session_token);

  std::string query = CanonicalQuery(parameters);
  const std::string signed_headers[] = {"host"};
  const std::string canonical = CanonicalRequest(request, query, signed_headers, Sha256Hex(""));
  query.append("&X-Amz-Signature=").append(Signature(canonical, amz_date, scope, credentials.secret_access_key));
  return query;
}

std::string IamAuthToken(std::string_view host, int port, std::string_view user, std::string_view region,
                         const Credentials& credentials, Instant now) {
  const std::string address = fmt::format("{}:{}", host, port);
  const HttpRequest request{.method = "GET",
                            .path = "/",
                            .query = "Action=connect&DBUser=" + PercentEncode(user),
                            .headers = {{"host", address}}};
  const Scope scope{.region = std::string(region), .service = "rds-db"};
  return address + "/?" + PresignQuery(request, credentials, scope, now, std::chrono::minutes(15));
}

}  // namespace rdsteady::wire
