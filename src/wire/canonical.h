// The canonical forms that SigV4 hashes: path, query, headers, and the request made of them. Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "wire/sigv4.h"

namespace rdsteady::wire {

inline constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";
inline constexpr std::string_view kScopeEnd = "aws4_request";

// Dot segments and doubled slashes are resolved, then every segment is escaped once more ("%20" becomes "%2520").
[[nodiscard]] std::string CanonicalPath(std::string_view path);

// The parameters decoded; an escape that is none stays as it is. '+' is a plus.
using Parameters = std::vector<std::pair<std::string, std::string>>;
[[nodiscard]] Parameters QueryParameters(std::string_view query);
// Escaped and sorted by name, then value. X-Amz-Signature is left out.
[[nodiscard]] std::string CanonicalQuery(const Parameters& parameters);

// Trimmed, inner runs of white space made one blank.
[[nodiscard]] std::string CanonicalHeaderValue(std::string_view value);

// signed_headers: lower-case names in the order in which they are signed. A header that occurs several times is joined
// with commas; one that does not occur counts as empty (verification refuses it before).
[[nodiscard]] std::string CanonicalRequest(const HttpRequest& request, std::string_view canonical_query,
                                           std::span<const std::string> signed_headers, std::string_view payload_hash);

// Hex signature of a canonical request. amz_date is YYYYMMDDTHHMMSSZ.
[[nodiscard]] std::string Signature(std::string_view canonical_request, std::string_view amz_date, const Scope& scope,
                                    std::string_view secret_access_key);
// "20260102/us-east-1/rds/aws4_request"
[[nodiscard]] std::string CredentialScope(std::string_view amz_date, const Scope& scope);

}  // namespace rdsteady::wire
