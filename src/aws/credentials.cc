#include "aws/credentials.h"

#include <array>
#include <utility>

#include <fmt/format.h>

namespace rdsteady::aws {
namespace {

std::unexpected<Error> NotBuilt(std::string_view found, std::string_view what) {
  return Fail(ErrorCategory::kCredentials, fmt::format("{}: {} is not supported yet", found, what),
              "export AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, for example with "
              "'aws configure export-credentials --format env'");
}

struct KeyNames {
  std::string_view id;
  std::string_view secret;
  std::string_view token;
};
constexpr KeyNames kVariables = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"};
constexpr KeyNames kProfileKeys = {"aws_access_key_id", "aws_secret_access_key", "aws_session_token"};

// nullopt when neither half of a key pair is there. Errors: only one half is.
template <class Find>
Result<std::optional<Credentials>> ReadKeys(const KeyNames& names, const std::string& source, Find find) {
  const std::string* id = find(names.id);
  const std::string* secret = find(names.secret);
  if (id == nullptr && secret == nullptr) return std::nullopt;
  if (id == nullptr || secret == nullptr) {
    return Fail(ErrorCategory::kCredentials,
                fmt::format("{} is set and {} is not ({})", id != nullptr ? names.id : names.secret,
                            id != nullptr ? names.secret : names.id, source),
                "set both or neither");
  }
  for (const std::string* half : {id, secret}) {
    if (half->find_first_of(" \t\r\n") != std::string::npos) {
      return Fail(ErrorCategory::kCredentials,
                  fmt::format("{} holds white space ({})", half == id ? names.id : names.secret, source),
                  "copy the key again, without quotes, spaces or line breaks");
    }
  }
  const std::string* token = find(names.token);
  return Credentials{
      .keys = {.access_key_id = *id, .secret_access_key = *secret, .session_token = token == nullptr ? "" : *token},
      .source = source};
}

// Sources of a profile that are configured by a key of their own, in the order in which the AWS tools take them.
struct ProfileSource {
  std::string_view key;
  std::string_view what;
};
constexpr std::array kBeforeKeys = {
    ProfileSource{"role_arn", "assuming a role"},
    ProfileSource{"web_identity_token_file", "a web identity"},
    ProfileSource{"sso_session", "IAM Identity Center (SSO)"},
    ProfileSource{"sso_start_url", "IAM Identity Center (SSO)"},
    ProfileSource{"sso_account_id", "IAM Identity Center (SSO)"},
    ProfileSource{"login_session", "a login session"},
};
constexpr std::string_view kProcessKey = "credential_process";

class Chain {
 public:
  Chain(const Environment& environment, const SharedFiles& files)
      : environment_(environment),
        files_(files),
        name_(files.profile.value),
        config_(files.InConfig(name_)),
        credentials_(files.InCredentials(name_)) {}

  Result<Credentials> Find() const {
    if (!files_.profile_requested) {
      auto found = ReadKeys(kVariables, "environment", [&](std::string_view name) { return environment_.Find(name); });
      if (!found) return Fail(std::move(found.error()));
      if (*found) return **found;
    }
    for (const ProfileSource& source : kBeforeKeys) {
      if (const auto where = Where(source.key)) return NotBuilt(*where, source.what);
      if (source.key == "role_arn" && !files_.profile_requested && environment_.Find("AWS_WEB_IDENTITY_TOKEN_FILE")) {
        return NotBuilt("AWS_WEB_IDENTITY_TOKEN_FILE is set", "a web identity");
      }
    }
    if (auto found = FromProfile(credentials_, files_.credentials_path); !found || *found)
      return Unwrap(std::move(found));
    if (const auto where = Where(kProcessKey)) return NotBuilt(*where, "a credential process");
    if (auto found = FromProfile(config_, files_.config_path); !found || *found) return Unwrap(std::move(found));
    for (const std::string_view variable :
         {"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"}) {
      if (environment_.Find(variable) != nullptr)
        return NotBuilt(fmt::format("{} is set", variable), "a container's role");
    }
    return Nothing();
  }

 private:
  static Result<Credentials> Unwrap(Result<std::optional<Credentials>> found) {
    if (!found) return Fail(std::move(found.error()));
    return std::move(**found);
  }
  // "profile 'dev' in ~/.aws/config has role_arn", when it has.
  [[nodiscard]] std::optional<std::string> Where(std::string_view key) const {
    for (const auto& [section, path] :
         {std::pair(config_, &files_.config_path), std::pair(credentials_, &files_.credentials_path)}) {
      if (section != nullptr && section->Find(key) != nullptr) {
        return fmt::format("profile '{}' in {} has {}", name_, *path, key);
      }
    }
    return std::nullopt;
  }
  [[nodiscard]] Result<std::optional<Credentials>> FromProfile(const IniSection* section,
                                                               const std::string& path) const {
    if (section == nullptr) return std::nullopt;
    return ReadKeys(kProfileKeys, fmt::format("profile '{}' in {}", name_, path),
                    [&](std::string_view key) { return section->Find(key); });
  }
  [[nodiscard]] std::unexpected<Error> Nothing() const {
    const auto shown = [](const std::string& path, std::string_view otherwise) {
      return path.empty() ? std::string(otherwise) : path;
    };
    std::string looked = files_.profile_requested ? "" : "AWS_ACCESS_KEY_ID, ";
    looked += fmt::format("profile '{}' in {} and {}", name_, shown(files_.credentials_path, "~/.aws/credentials"),
                          shown(files_.config_path, "~/.aws/config"));
    return Fail(
        ErrorCategory::kCredentials,
        fmt::format("no credentials were found; looked at {}; an instance's role (metadata service) is not "
                    "supported yet",
                    looked),
        "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a profile with --profile; --local needs none");
  }

  const Environment& environment_;
  const SharedFiles& files_;
  const std::string& name_;
  const IniSection* config_;
  const IniSection* credentials_;
};

class SharedCredentials final : public CredentialsProvider {
 public:
  SharedCredentials(Environment environment, ConfigurationRequest request)
      : environment_(std::move(environment)), request_(std::move(request)) {}

  boost::asio::awaitable<Result<Credentials>> Get(bool refresh) override {
    if (known_ && !refresh) co_return *known_;
    Result<SharedFiles> files = LoadSharedFiles(environment_, request_);
    if (!files) co_return Fail(std::move(files.error()));
    Result<Credentials> found = FindCredentials(environment_, *files);
    if (found) known_ = *found;
    co_return found;
  }

 private:
  Environment environment_;
  ConfigurationRequest request_;
  std::optional<Credentials> known_;
};

class FixedCredentials final : public CredentialsProvider {
 public:
  explicit FixedCredentials(Credentials credentials) : credentials_(std::move(credentials)) {}
  boost::asio::awaitable<Result<Credentials>> Get(bool) override { co_return credentials_; }

 private:
  Credentials credentials_;
};

}  // namespace

Result<Credentials> FindCredentials(const Environment& environment, const SharedFiles& files) {
  return Chain(environment, files).Find();
}

std::unique_ptr<CredentialsProvider> MakeCredentialsProvider(Environment environment, ConfigurationRequest request) {
  return std::make_unique<SharedCredentials>(std::move(environment), std::move(request));
}

std::unique_ptr<CredentialsProvider> MakeFixedCredentials(Credentials credentials) {
  return std::make_unique<FixedCredentials>(std::move(credentials));
}

}  // namespace rdsteady::aws
