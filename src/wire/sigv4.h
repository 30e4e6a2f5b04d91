// AWS Signature Version 4: sign, presign, verify, and the IAM database authentication token. Pure: the time and the
// credentials are arguments.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"
#include "rdsteady/error.h"

namespace rdsteady::wire {

struct Credentials {
  std::string access_key_id;
  std::string secret_access_key;
  std::string session_token{};  // empty when there is none
};

using Headers = std::vector<std::pair<std::string, std::string>>;

struct HttpRequest {
  std::string method = "POST";
  std::string path = "/";  // as on the wire, before any '?'
  std::string query{};     // as on the wire, after '?'
  Headers headers{};       // must hold host before it is signed
  std::string body{};
};

struct Scope {
  std::string region;
  std::string service = "rds";
};

// Adds X-Amz-Date, X-Amz-Security-Token (when there is a token) and Authorization. An older Authorization and date are
// replaced, so a request may be signed again for another attempt.
void Sign(HttpRequest& request, const Credentials& credentials, const Scope& scope, Instant now);

// The query string of a presigned GET (without '?'): the request's query, the X-Amz-* parameters and the signature.
// The payload hash is that of the empty body. REQUIRES: expires is at most 604800 s.
[[nodiscard]] std::string PresignQuery(const HttpRequest& request, const Credentials& credentials, const Scope& scope,
                                       Instant now, std::chrono::seconds expires);

// host:port/?Action=connect&DBUser=...&X-Amz-...: a password for `user`, valid for 900 s from `now`.
[[nodiscard]] std::string IamAuthToken(std::string_view host, int port, std::string_view user, std::string_view region,
                                       const Credentials& credentials, Instant now);

// What an incoming request claims about itself; read before the secret key can be looked up.
struct SignatureClaim {
  std::string access_key_id;
  std::string date;  // of the scope, YYYYMMDD
  std::string region;
  std::string service;
  std::string session_token;
  bool presigned = false;
};

enum class VerifyFault : std::uint8_t {
  kMissing,     // no signature at all: MissingAuthenticationToken
  kIncomplete,  // a part of it is missing or malformed: IncompleteSignature
  kMismatch,    // SignatureDoesNotMatch
  kExpired,  // outside the allowed skew, or past X-Amz-Expires: RequestExpired (the message says "Signature expired")
};
struct VerifyError {
  VerifyFault fault;
  std::string message;
};

[[nodiscard]] std::expected<SignatureClaim, VerifyError> ReadClaim(const HttpRequest& request);
// REQUIRES: the claim is this request's and the credentials are those of claim.access_key_id. Constant-time compare.
[[nodiscard]] std::expected<void, VerifyError> Verify(const HttpRequest& request, const SignatureClaim& claim,
                                                      const Credentials& credentials, Instant now,
                                                      std::chrono::seconds allowed_skew = std::chrono::minutes(5));

[[nodiscard]] std::string Sha256Hex(std::string_view data);
// Case-insensitive; nullptr when absent.
[[nodiscard]] const std::string* FindHeader(const Headers& headers, std::string_view name);

}  // namespace rdsteady::wire
