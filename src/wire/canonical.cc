#include "wire/canonical.h"

#include <algorithm>

#include "base/text.h"
#include "wire/crypto.h"
#include "wire/form.h"
#include "wire/query.h"

namespace rdsteady::wire {
namespace {

bool IsSpace(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

std::string Decoded(std::string_view text) {
  return PercentDecode(text, false).value_or(std::string(text));
}

}  // namespace

std::string CanonicalPath(std::string_view path) {
  std::vector<std::string_view> kept;
  for (const std::string_view segment : Split(path, '/')) {
    if (segment.empty() || segment == ".") continue;
    if (segment != "..") kept.push_back(segment);
    else if (!kept.empty()) kept.pop_back();
  }
  std::string canonical;
  for (const std::string_view segment : kept) {
    canonical += '/';
    AppendPercentEncoded(canonical, segment);
  }
  if (kept.empty() || path.ends_with('/')) canonical += '/';
  return canonical;
}

Parameters QueryParameters(std::string_view query) {
  Parameters parameters;
  if (query.empty()) return parameters;
  for (const std::string_view part : Split(query, '&')) {
    if (part.empty()) continue;
    const auto equals = part.find('=');
    parameters.emplace_back(Decoded(part.substr(0, equals)),
                            equals == std::string_view::npos ? std::string() : Decoded(part.substr(equals + 1)));
  }
  return parameters;
}

std::string CanonicalQuery(const Parameters& parameters) {
  Parameters encoded;
  encoded.reserve(parameters.size());
  for (const auto& [name, value] : parameters) {
    if (name != "X-Amz-Signature") encoded.emplace_back(PercentEncode(name), PercentEncode(value));
  }
  std::ranges::sort(encoded);
  std::string canonical;
  for (const auto& [name, value] : encoded) {
    if (!canonical.empty()) canonical += '&';
    canonical.append(name).append("=").append(value);
  }
  return canonical;
}

std::string CanonicalHeaderValue(std::string_view value) {
  std::string canonical;
  canonical.reserve(value.size());
  bool gap = false;
  for (const char c : value) {
    if (IsSpace(c)) {
      gap = !canonical.empty();
      continue;
    }
    if (gap) canonical += ' ';
    gap = false;
    canonical += c;
  }
  return canonical;
}

std::string CanonicalRequest(const HttpRequest& request, std::string_view canonical_query,
                             std::span<const std::string> signed_headers, std::string_view payload_hash) {
  std::string canonical;
  canonical.reserve(512 + canonical_query.size());
  canonical.append(request.method).append("\n");
  canonical.append(CanonicalPath(request.path)).append("\n");
  canonical.append(canonical_query).append("\n");
  for (const std::string& name : signed_headers) {
    canonical.append(name).append(":");
    bool first = true;
    for (const auto& [header, value] : request.headers) {
      if (!EqualsIgnoreCase(header, name)) continue;
      if (!first) canonical += ',';
      first = false;
      canonical += CanonicalHeaderValue(value);
    }
    canonical += '\n';
  }
  canonical += '\n';
  canonical.append(Join(signed_headers, ";")).append("\n");
  canonical.append(payload_hash);
  return canonical;
}

std::string CredentialScope(std::string_view amz_date, const Scope& scope) {
  std::string text(amz_date.substr(0, 8));
  text.append("/").append(scope.region).append("/").append(scope.service).append("/").append(kScopeEnd);
  return text;
}

std::string Signature(std::string_view canonical_request, std::string_view amz_date, const Scope& scope,
                      std::string_view secret_access_key) {
  std::string to_sign(kAlgorithm);
  to_sign.append("\n").append(amz_date).append("\n").append(CredentialScope(amz_date, scope)).append("\n");
  to_sign.append(Sha256Hex(canonical_request));
  const Digest key = SigningKey(secret_access_key, amz_date.substr(0, 8), scope.region, scope.service);
  return HexEncode(HmacSha256({reinterpret_cast<const char*>(key.data()), key.size()}, to_sign));
}

}  // namespace rdsteady::wire
