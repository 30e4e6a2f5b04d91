#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

#include "base/text.h"
#include "wire/canonical.h"
#include "wire/crypto.h"
#include "wire/sigv4.h"

namespace rdsteady::wire {
namespace {

using Fault = std::unexpected<VerifyError>;
constexpr std::int64_t kLongestExpiry = 604800;

Fault Incomplete(std::string message) {
  return Fault(VerifyError{.fault = VerifyFault::kIncomplete, .message = std::move(message)});
}
Fault Mismatch(std::string message) {
  return Fault(VerifyError{.fault = VerifyFault::kMismatch, .message = std::move(message)});
}

// Everything that a request says about its signature, from the header or from the query.
struct Parts {
  SignatureClaim claim;
  std::vector<std::string> signed_headers;
  std::string signature;
  std::string expires;     // presigned only
  std::string query_date;  // presigned only
  Parameters query;
};

// Credential=AKID/20260102/us-east-1/rds/aws4_request
bool ReadCredential(std::string_view credential, SignatureClaim& claim) {
  const std::vector<std::string_view> parts = Split(credential, '/');
  if (parts.size() != 5 || parts[4] != kScopeEnd) return false;
  if (std::ranges::any_of(parts, [](std::string_view part) { return part.empty(); })) return false;
  claim.access_key_id = parts[0];
  claim.date = parts[1];
  claim.region = parts[2];
  claim.service = parts[3];
  return true;
}

bool ReadSignedHeaders(std::string_view list, std::vector<std::string>& names) {
  for (const std::string_view name : Split(list, ';')) {
    if (name.empty() || name != ToLower(name) || std::ranges::find(names, name) != names.end()) return false;
    names.emplace_back(name);
  }
  return true;
}

const std::string* FindParameter(const Parameters& parameters, std::string_view name) {
  const auto found = std::ranges::find_if(parameters, [&](const auto& parameter) { return parameter.first == name; });
  return found == parameters.end() ? nullptr : &found->second;
}

std::expected<Parts, VerifyError> ReadHeader(std::string_view header) {
  Parts parts;
  header = Trim(header);
  if (!header.starts_with(kAlgorithm) || header.size() == kAlgorithm.size() || header[kAlgorithm.size()] != ' ') {
    return Incomplete(fmt::format("Authorization header must start with '{}'", kAlgorithm));
  }
  std::string_view credential;
  std::string_view signed_headers;
  std::string_view signature;
  for (std::string_view part : Split(header.substr(kAlgorithm.size() + 1), ',')) {
    part = Trim(part);
    const auto equals = part.find('=');
    const std::string_view name = part.substr(0, equals);
    std::string_view* slot = name == "Credential"      ? &credential
                             : name == "SignedHeaders" ? &signed_headers
                             : name == "Signature"     ? &signature
                                                       : nullptr;
    if (slot == nullptr || equals == std::string_view::npos || !slot->empty()) {
      return Incomplete(
          "Authorization header must hold Credential, SignedHeaders and Signature once each, and nothing else");
    }
    *slot = part.substr(equals + 1);
  }
  constexpr std::string_view kNames[] = {"Credential", "SignedHeaders", "Signature"};
  const std::string_view* const values[] = {&credential, &signed_headers, &signature};
  for (std::size_t i = 0; i < std::size(kNames); ++i) {
    if (values[i]->empty()) return Incomplete(fmt::format("Authorization header requires '{}' parameter", kNames[i]));
  }
  if (!ReadCredential(credential, parts.claim)) {
    return Incomplete("Credential must be KEY/YYYYMMDD/REGION/SERVICE/aws4_request");
  }
  if (!ReadSignedHeaders(signed_headers, parts.signed_headers)) {
    return Incomplete("SignedHeaders must be lower-case names joined by ';'");
  }
  parts.signature = signature;
  return parts;
}

std::expected<Parts, VerifyError> ReadQuery(const Parameters& query) {
  Parts parts;
  parts.claim.presigned = true;
  std::array<const std::string*, 6> values{};
  constexpr std::array<std::string_view, 6> kNames = {"X-Amz-Algorithm", "X-Amz-Credential",    "X-Amz-Date",
                                                      "X-Amz-Expires",   "X-Amz-SignedHeaders", "X-Amz-Signature"};
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    values[i] = FindParameter(query, kNames[i]);
    if (values[i] == nullptr || values[i]->empty())
      return Incomplete(fmt::format("the query requires '{}'", kNames[i]));
  }
  if (*values[0] != kAlgorithm) return Incomplete(fmt::format("X-Amz-Algorithm must be {}", kAlgorithm));
  if (!ReadCredential(*values[1], parts.claim)) {
    return Incomplete("X-Amz-Credential must be KEY/YYYYMMDD/REGION/SERVICE/aws4_request");
  }
  if (!ReadSignedHeaders(*values[4], parts.signed_headers)) {
    return Incomplete("X-Amz-SignedHeaders must be lower-case names joined by ';'");
  }
  parts.query_date = *values[2];
  parts.expires = *values[3];
  parts.signature = *values[5];
  if (const std::string* token = FindParameter(query, "X-Amz-Security-Token")) parts.claim.session_token = *token;
  return parts;
}

std::expected<Parts, VerifyError> ReadParts(const HttpRequest& request) {
  Parameters query = QueryParameters(request.query);
  const std::string* header = FindHeader(request.headers, "authorization");
  const bool in_query =
      FindParameter(query, "X-Amz-Algorithm") != nullptr || FindParameter(query, "X-Amz-Signature") != nullptr;
  if (header == nullptr && !in_query) {
    return Fault(VerifyError{.fault = VerifyFault::kMissing, .message = "Request is missing Authentication Token"});
  }
  if (header != nullptr && in_query) return Incomplete("the request is signed both in its header and in its query");
  auto parts = header != nullptr ? ReadHeader(*header) : ReadQuery(query);
  if (!parts) return parts;
  if (header != nullptr) {
    if (const std::string* token = FindHeader(request.headers, "x-amz-security-token")) {
      parts->claim.session_token = CanonicalHeaderValue(*token);
    }
  }
  parts->query = std::move(query);
  return parts;
}

// "Fri, 02 Jan 2026 03:04:05 GMT", or "-0000" at its end: for clients that sign Date instead of X-Amz-Date.
std::optional<Instant> ParseHttpDate(std::string_view text) {
  constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  if (text.size() < 26 || (text.substr(25) != " GMT" && text.substr(25) != " -0000" && text.substr(25) != " +0000")) {
    return std::nullopt;
  }
  const auto month = std::ranges::find(kMonths, text.substr(8, 3));
  if (month == kMonths.end()) return std::nullopt;
  return ParseBasic(fmt::format("{}{:02}{}T{}{}{}Z", text.substr(12, 4), month - kMonths.begin() + 1, text.substr(5, 2),
                                text.substr(17, 2), text.substr(20, 2), text.substr(23, 2)));
}

std::string Minutes(std::chrono::seconds skew) {
  return skew.count() % 60 == 0 ? fmt::format("{} min.", skew.count() / 60) : fmt::format("{} s.", skew.count());
}

std::expected<void, VerifyError> CheckTime(Instant signed_at, Instant now, std::chrono::seconds before,
                                           std::chrono::seconds after) {
  if (now > signed_at + before) {
    return Fault(VerifyError{
        .fault = VerifyFault::kExpired,
        .message = fmt::format("Signature expired: {} is now earlier than {} ({} - {})", FormatBasic(signed_at),
                               FormatBasic(now - before), FormatBasic(now), Minutes(before))});
  }
  if (signed_at > now + after) {
    return Fault(VerifyError{
        .fault = VerifyFault::kExpired,
        .message = fmt::format("Signature not yet current: {} is still later than {} ({} + {})", FormatBasic(signed_at),
                               FormatBasic(now + after), FormatBasic(now), Minutes(after))});
  }
  return {};
}

}  // namespace

std::expected<SignatureClaim, VerifyError> ReadClaim(const HttpRequest& request) {
  auto parts = ReadParts(request);
  if (!parts) return std::unexpected(std::move(parts).error());
  return std::move(parts->claim);
}

std::expected<void, VerifyError> Verify(const HttpRequest& request, const SignatureClaim& claim,
                                        const Credentials& credentials, Instant now,
                                        std::chrono::seconds allowed_skew) {
  const auto parts = ReadParts(request);
  if (!parts) return std::unexpected(parts.error());
  const auto is_signed = [&](std::string_view name) {
    return std::ranges::find(parts->signed_headers, name) != parts->signed_headers.end();
  };
  for (const std::string& name : parts->signed_headers) {
    if (FindHeader(request.headers, name) == nullptr) {
      return Incomplete(fmt::format("the signed header '{}' is not in the request", name.substr(0, 80)));
    }
  }
  if (!is_signed("host")) return Incomplete("'host' must be a 'SignedHeader' in the AWS Authorization");

  std::optional<Instant> signed_at;
  std::string amz_date;
  if (claim.presigned) {
    signed_at = ParseBasic(parts->query_date);
  } else {
    const std::string_view name = is_signed("x-amz-date") ? "x-amz-date" : is_signed("date") ? "date" : "";
    // A date or token that is there but not signed could be exchanged on the way.
    if (name.empty() || (name == "date" && FindHeader(request.headers, "x-amz-date") != nullptr)) {
      return Incomplete("'x-amz-date' or 'date' must be a 'SignedHeader' in the AWS Authorization");
    }
    if (!claim.session_token.empty() && !is_signed("x-amz-security-token")) {
      return Incomplete("'x-amz-security-token' must be a 'SignedHeader' in the AWS Authorization");
    }
    const std::string date = CanonicalHeaderValue(*FindHeader(request.headers, name));
    signed_at = ParseBasic(date);
    if (!signed_at && name == "date") signed_at = ParseHttpDate(date);
  }
  if (!signed_at) return Incomplete("the date must be in ISO-8601 basic format: YYYYMMDDTHHMMSSZ");
  amz_date = FormatBasic(*signed_at);
  if (parts->claim.date != amz_date.substr(0, 8)) {
    return Mismatch("Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP");
  }

  auto lifetime = allowed_skew;
  if (claim.presigned) {
    const auto expires = ParseInteger(parts->expires);
    if (!expires || *expires < 1 || *expires > kLongestExpiry) {
      return Incomplete(fmt::format("X-Amz-Expires must be a number of seconds from 1 to {}", kLongestExpiry));
    }
    lifetime = std::chrono::seconds(*expires);
  }
  if (auto current = CheckTime(*signed_at, now, lifetime, allowed_skew); !current) return current;

  const std::string payload_hash = Sha256Hex(request.body);
  const std::string canonical =
      CanonicalRequest(request, CanonicalQuery(parts->query), parts->signed_headers, payload_hash);
  const std::string expected =
      Signature(canonical, amz_date, {.region = parts->claim.region, .service = parts->claim.service},
                credentials.secret_access_key);
  // Both are compared whatever the first says, so that neither's outcome shows in the time taken.
  const bool same_signature = ConstantTimeEquals(expected, parts->signature);
  const bool same_token = ConstantTimeEquals(credentials.session_token, parts->claim.session_token);
  if (!same_signature || !same_token || parts->claim.access_key_id != credentials.access_key_id) {
    return Mismatch(
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access "
        "Key "
        "and signing method. Consult the service documentation for details.");
  }
  return {};
}

}  // namespace rdsteady::wire
