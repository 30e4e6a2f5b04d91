// Credentials, and where they come from.
//
// Built: keys in the environment and in the shared files. A source that is configured and not built (roles, SSO, web
// identity, processes, containers, instance metadata) is an error that names it; nothing is skipped in silence.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include <boost/asio/awaitable.hpp>

#include "aws/config.h"
#include "base/time.h"
#include "wire/sigv4.h"

namespace rdsteady::aws {

struct Credentials {
  wire::Credentials keys;
  std::optional<Instant> expires{};
  std::string source{};  // "AWS_ACCESS_KEY_ID", "profile 'dev' in /home/me/.aws/credentials"
};

// Used from one executor at a time.
class CredentialsProvider {
 public:
  virtual ~CredentialsProvider() = default;
  // What is known, or with `refresh` what the source says now: the service has refused what was known. Errors:
  // kCredentials, kUsage.
  [[nodiscard]] virtual boost::asio::awaitable<Result<Credentials>> Get(bool refresh) = 0;
};

// The chain of the AWS tools. Pure; the environment's files are `files`.
[[nodiscard]] Result<Credentials> FindCredentials(const Environment& environment, const SharedFiles& files);

// FindCredentials at the first Get, and again, with the files read anew, at each refresh.
[[nodiscard]] std::unique_ptr<CredentialsProvider> MakeCredentialsProvider(Environment environment,
                                                                           ConfigurationRequest request);

// Always the same: the local RDS's own, and tests'.
[[nodiscard]] std::unique_ptr<CredentialsProvider> MakeFixedCredentials(Credentials credentials);

}  // namespace rdsteady::aws
