#include "aws/config.h"

#include <gmock/gmock.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "aws/credentials.h"

namespace rdsteady::aws {
namespace {

using Variables = std::map<std::string, std::string, std::less<>>;

constexpr char kConfigPath[] = "/home/me/.aws/config";
constexpr char kCredentialsPath[] = "/home/me/.aws/credentials";

struct World {
  Variables variables{};
  std::string config{};
  std::string credentials{};
  ConfigurationRequest request{};

  [[nodiscard]] Environment environment() const {
    Environment out{.variables = variables};
    out.variables.emplace("HOME", "/home/me");
    out.read_file = [config = config,
                     credentials = credentials](const std::string& path) -> Result<std::optional<std::string>> {
      if (path == kConfigPath && !config.empty()) return config;
      if (path == kCredentialsPath && !credentials.empty()) return credentials;
      if (path == "/etc/aws.ini") return "[default]\nregion = from-elsewhere-1\n";
      if (path == "/root/secret") return Fail(ErrorCategory::kUsage, "cannot read /root/secret: Permission denied");
      return std::nullopt;
    };
    return out;
  }
};

Setting<std::string> Flag(std::string name, std::string value) {
  return {.value = std::move(value), .source = std::move(name)};
}

Result<Configuration> Resolve(const World& world) {
  const Environment environment = world.environment();
  Result<SharedFiles> files = LoadSharedFiles(environment, world.request);
  if (!files) return Fail(files.error());
  return ResolveConfiguration(environment, *files, world.request);
}

template <class T>
std::string Shown(const Setting<T>& setting) {
  if constexpr (std::is_same_v<T, std::string>) return setting.value + " <- " + setting.source;
  else return std::to_string(setting.value) + " <- " + setting.source;
}

std::string ErrorOf(const auto& result) {
  if (result) return "(no error)";
  return result.error().message + (result.error().hint.empty() ? "" : " | " + result.error().hint);
}

std::string Region(const World& world) {
  const Result<Configuration> configuration = Resolve(world);
  return configuration ? Shown(configuration->region) : ErrorOf(configuration);
}

TEST(ConfigRegion, FlagThenEnvironmentThenProfileThenError) {
  World world{.variables = {{"AWS_REGION", "env-a-1"}, {"AWS_DEFAULT_REGION", "env-b-1"}},
              .config = "[default]\nregion = profile-a-1\n",
              .request = {.region = Flag("--region", "flag-a-1")}};
  EXPECT_EQ(Region(world), "flag-a-1 <- --region");
  world.request.region.reset();
  EXPECT_EQ(Region(world), "env-a-1 <- AWS_REGION");
  world.variables["AWS_REGION"] = "";
  EXPECT_EQ(Region(world), "env-b-1 <- AWS_DEFAULT_REGION");
  world.variables.clear();
  EXPECT_EQ(Region(world), "profile-a-1 <- profile 'default' in /home/me/.aws/config");
  world.config.clear();
  EXPECT_EQ(Region(world),
            "no region is configured | give --region, set AWS_REGION, write 'region:' into the manifest, or set region "
            "for profile 'default' in /home/me/.aws/config");
}

TEST(ConfigRegion, ABadNameSaysWhereItCameFrom) {
  EXPECT_EQ(Region({.variables = {{"AWS_REGION", "US East"}}}),
            "'US East' is not the name of a region (from AWS_REGION) | a region looks like us-east-1");
}

TEST(ConfigProfile, IsChosenByFlagThenVariable) {
  const std::string config = "[profile a]\nregion = a-a-1\n[profile b]\nregion = b-b-1\n[profile c]\nregion = c-c-1\n";
  World world{.variables = {{"AWS_PROFILE", "b"}, {"AWS_DEFAULT_PROFILE", "c"}},
              .config = config,
              .request = {.profile = Flag("--profile", "a")}};
  EXPECT_EQ(Region(world), "a-a-1 <- profile 'a' in /home/me/.aws/config");
  world.request.profile.reset();
  EXPECT_EQ(Region(world), "b-b-1 <- profile 'b' in /home/me/.aws/config");
  world.variables.erase("AWS_PROFILE");
  EXPECT_EQ(Region(world), "c-c-1 <- profile 'c' in /home/me/.aws/config");
}

TEST(ConfigProfile, ANameThatIsNowhereIsAnErrorWithTheLikelyOne) {
  EXPECT_EQ(
      Region(
          {.config = "[profile production]\nregion = x-y-1\n", .request = {.profile = Flag("--profile", "prodution")}}),
      "profile 'prodution' (from --profile) is in neither /home/me/.aws/config nor /home/me/.aws/credentials | did "
      "you mean 'production'?");
  EXPECT_EQ(Region({.variables = {{"AWS_PROFILE", "zzz"}}}),
            "profile 'zzz' (from AWS_PROFILE) is in neither /home/me/.aws/config nor /home/me/.aws/credentials");
}

TEST(ConfigProfile, OneInTheCredentialsFileAloneIsThere) {
  EXPECT_EQ(Region({.variables = {{"AWS_PROFILE", "dev"}, {"AWS_REGION", "us-east-1"}},
                    .credentials = "[dev]\naws_access_key_id = A\naws_secret_access_key = B\n"}),
            "us-east-1 <- AWS_REGION");
}

TEST(ConfigProfile, AConfigSectionWithoutTheWordProfileCountsForDefaultOnly) {
  EXPECT_EQ(
      Region({.variables = {{"AWS_REGION", "us-east-1"}, {"AWS_PROFILE", "dev"}}, .config = "[dev]\nregion = x-y-1\n"}),
      "profile 'dev' (from AWS_PROFILE) is in neither /home/me/.aws/config nor /home/me/.aws/credentials");
  EXPECT_EQ(Region({.config = "[default]\nregion = plain-a-1\n[profile default]\nregion = worded-a-1\n"}),
            "worded-a-1 <- profile 'default' in /home/me/.aws/config");
}

TEST(ConfigFiles, TheirPathsCanBeMovedAndTheirFaultsAreNamed) {
  EXPECT_EQ(Region({.variables = {{"AWS_CONFIG_FILE", "/etc/aws.ini"}}}),
            "from-elsewhere-1 <- profile 'default' in /etc/aws.ini");
  EXPECT_EQ(Region({.variables = {{"AWS_SHARED_CREDENTIALS_FILE", "/root/secret"}}}),
            "cannot read /root/secret: Permission denied");
  EXPECT_EQ(Region({.config = "region = x\n"}), "/home/me/.aws/config:1: a key before the first [section]");
}

std::string Endpoint(const World& world) {
  const Result<Configuration> configuration = Resolve(world);
  if (!configuration) return ErrorOf(configuration);
  return Shown(configuration->endpoint_url) + (configuration->custom_endpoint ? " (custom)" : "");
}

TEST(ConfigEndpoint, FlagThenServiceVariableThenVariableThenServicesThenProfileThenRegion) {
  World world{.variables = {{"AWS_REGION", "us-east-1"},
                            {"AWS_ENDPOINT_URL_RDS", "http://env-rds"},
                            {"AWS_ENDPOINT_URL", "http://env"}},
              .config =
                  "[default]\nservices = s\nendpoint_url = http://profile\n[services s]\nrds =\n  endpoint_url = "
                  "http://services:1/base\n",
              .request = {.endpoint_url = Flag("--endpoint-url", "http://flag/")}};
  EXPECT_EQ(Endpoint(world), "http://flag <- --endpoint-url (custom)");
  world.request.endpoint_url.reset();
  EXPECT_EQ(Endpoint(world), "http://env-rds <- AWS_ENDPOINT_URL_RDS (custom)");
  world.variables.erase("AWS_ENDPOINT_URL_RDS");
  EXPECT_EQ(Endpoint(world), "http://env <- AWS_ENDPOINT_URL (custom)");
  world.variables.erase("AWS_ENDPOINT_URL");
  EXPECT_EQ(Endpoint(world), "http://services:1/base <- services 's' in /home/me/.aws/config (custom)");
  world.config = "[default]\nendpoint_url = http://profile\n";
  EXPECT_EQ(Endpoint(world), "http://profile <- profile 'default' in /home/me/.aws/config (custom)");
  world.config.clear();
  EXPECT_EQ(Endpoint(world), "https://rds.us-east-1.amazonaws.com <- region us-east-1");
}

TEST(ConfigEndpoint, ConfiguredOnesCanBeIgnoredButNotTheFlag) {
  World world{.variables = {{"AWS_REGION", "us-east-1"},
                            {"AWS_ENDPOINT_URL", "http://env"},
                            {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "TRUE"}},
              .config = "[default]\nendpoint_url = http://profile\n"};
  EXPECT_EQ(Endpoint(world), "https://rds.us-east-1.amazonaws.com <- region us-east-1");
  world.request.endpoint_url = Flag("--endpoint-url", "http://flag");
  EXPECT_EQ(Endpoint(world), "http://flag <- --endpoint-url (custom)");
}

std::string KmsEndpoint(const World& world) {
  const Result<Configuration> configuration = Resolve(world);
  return configuration ? Shown(configuration->kms_endpoint_url) : ErrorOf(configuration);
}

TEST(ConfigEndpoint, KmssOwnVariableThenWhatSpeaksOfEveryServiceThenTheRegions) {
  World world{.variables = {{"AWS_REGION", "us-gov-west-1"},
                            {"AWS_ENDPOINT_URL_KMS", "http://env-kms/base/"},
                            {"AWS_ENDPOINT_URL_RDS", "http://env-rds"},
                            {"AWS_ENDPOINT_URL", "http://env"}},
              .config =
                  "[default]\nservices = s\nendpoint_url = http://profile\n[services s]\nkms =\n  endpoint_url = "
                  "http://services:1\n",
              .request = {.endpoint_url = Flag("--endpoint-url", "http://flag/")}};
  EXPECT_EQ(KmsEndpoint(world), "http://env-kms/base/ <- AWS_ENDPOINT_URL_KMS");
  world.variables.erase("AWS_ENDPOINT_URL_KMS");
  EXPECT_EQ(KmsEndpoint(world), "http://flag <- --endpoint-url");
  world.request.endpoint_url.reset();
  EXPECT_EQ(KmsEndpoint(world), "http://env <- AWS_ENDPOINT_URL");
  world.variables.erase("AWS_ENDPOINT_URL");
  EXPECT_EQ(KmsEndpoint(world), "http://services:1 <- services 's' in /home/me/.aws/config");
  world.config = "[default]\nendpoint_url = http://profile\n";
  EXPECT_EQ(KmsEndpoint(world), "http://profile <- profile 'default' in /home/me/.aws/config");
  world.config.clear();
  EXPECT_EQ(KmsEndpoint(world), "https://kms.us-gov-west-1.amazonaws.com <- region us-gov-west-1")
      << "AWS_ENDPOINT_URL_RDS speaks of RDS alone";
  world.variables.erase("AWS_ENDPOINT_URL_RDS");
  world.variables["AWS_USE_FIPS_ENDPOINT"] = "true";
  EXPECT_EQ(KmsEndpoint(world), "https://kms-fips.us-gov-west-1.amazonaws.com <- region us-gov-west-1");
  world.variables = {{"AWS_REGION", "us-east-1"},
                     {"AWS_ENDPOINT_URL_KMS", "http://env-kms"},
                     {"AWS_ENDPOINT_URL", "http://env"},
                     {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true"}};
  EXPECT_EQ(KmsEndpoint(world), "https://kms.us-east-1.amazonaws.com <- region us-east-1");
  world.variables = {{"AWS_REGION", "us-east-1"}, {"AWS_ENDPOINT_URL_KMS", "localhost"}};
  EXPECT_EQ(KmsEndpoint(world),
            "endpoint URL (from AWS_ENDPOINT_URL_KMS): the URL has no http:// or https:// in front "
            "| an endpoint looks like https://rds.us-east-1.amazonaws.com");
}

TEST(ConfigEndpoint, Faults) {
  const auto with = [](Variables variables, std::string config = "") {
    variables.emplace("AWS_REGION", "us-east-1");
    return Endpoint({.variables = std::move(variables), .config = std::move(config)});
  };
  EXPECT_EQ(
      with({{"AWS_ENDPOINT_URL", "localhost:4566"}}),
      "endpoint URL (from AWS_ENDPOINT_URL): the URL has no http:// or https:// in front | an endpoint looks like "
      "https://rds.us-east-1.amazonaws.com");
  EXPECT_EQ(
      with({{"AWS_ENDPOINT_URL", "http://x"}, {"AWS_USE_FIPS_ENDPOINT", "true"}}),
      "an endpoint URL (from AWS_ENDPOINT_URL) and a FIPS endpoint (from AWS_USE_FIPS_ENDPOINT) are both asked for "
      "| name one of them");
  EXPECT_EQ(with({{"AWS_ENDPOINT_URL", "http://x"}}, "[default]\nuse_dualstack_endpoint = true\n"),
            "an endpoint URL (from AWS_ENDPOINT_URL) and a dual-stack endpoint (from profile 'default' in "
            "/home/me/.aws/config) are both asked for | name one of them");
  EXPECT_EQ(with({{"AWS_USE_FIPS_ENDPOINT", "yes"}}),
            "use_fips_endpoint must be true or false, not 'yes' (from AWS_USE_FIPS_ENDPOINT)");
  EXPECT_EQ(with({}, "[default]\nservices = s\n"),
            "profile 'default' names services 's', which /home/me/.aws/config does not define");
}

TEST(ConfigEndpoint, VariantsOfTheRegionsOwn) {
  EXPECT_EQ(Endpoint({.variables = {{"AWS_REGION", "fips-us-east-1"}}}),
            "https://rds-fips.us-east-1.amazonaws.com <- region us-east-1");
  EXPECT_EQ(Endpoint({.variables = {{"AWS_REGION", "us-east-1"}, {"AWS_USE_DUALSTACK_ENDPOINT", "true"}}}),
            "https://rds.us-east-1.api.aws <- region us-east-1");
}

TEST(ConfigAttempts, FlagThenVariableThenProfileThenThree) {
  World world{.variables = {{"AWS_REGION", "us-east-1"}, {"AWS_MAX_ATTEMPTS", "7"}},
              .config = "[default]\nmax_attempts = 5\n",
              .request = {.call_attempts = Setting<int>{.value = 21, .source = "--call-attempts"}}};
  const auto shown = [&] {
    const Result<Configuration> configuration = Resolve(world);
    return configuration ? Shown(configuration->attempts) : ErrorOf(configuration);
  };
  EXPECT_EQ(shown(), "21 <- --call-attempts");
  world.request.call_attempts->value = 0;
  EXPECT_EQ(shown(), "--call-attempts must be from 1 to 1000, not 0");
  world.request.call_attempts.reset();
  EXPECT_EQ(shown(), "7 <- AWS_MAX_ATTEMPTS");
  world.variables["AWS_MAX_ATTEMPTS"] = "many";
  EXPECT_EQ(shown(), "max_attempts must be a number from 1 to 1000, not 'many' (from AWS_MAX_ATTEMPTS)");
  world.variables.erase("AWS_MAX_ATTEMPTS");
  EXPECT_EQ(shown(), "5 <- profile 'default' in /home/me/.aws/config");
  world.config.clear();
  EXPECT_EQ(shown(), "3 <- default");
}

TEST(ConfigOthers, CaBundleAndRetryMode) {
  World world{
      .variables = {{"AWS_REGION", "us-east-1"}, {"AWS_CA_BUNDLE", "~/ca.pem"}, {"AWS_RETRY_MODE", "adaptive"}}};
  EXPECT_EQ(Shown(Resolve(world)->ca_bundle), "/home/me/ca.pem <- AWS_CA_BUNDLE");
  EXPECT_EQ(Shown(Resolve(world)->retry_mode), "adaptive <- AWS_RETRY_MODE");
  world.variables["AWS_RETRY_MODE"] = "eager";
  EXPECT_EQ(ErrorOf(Resolve(world)),
            "retry_mode must be standard, adaptive or legacy, not 'eager' (from AWS_RETRY_MODE)");
}

std::string FoundKeys(const World& world) {
  const Environment environment = world.environment();
  const Result<SharedFiles> files = LoadSharedFiles(environment, world.request);
  if (!files) return ErrorOf(files);
  const Result<Credentials> found = FindCredentials(environment, *files);
  if (!found) return found.error().message;
  return found->keys.access_key_id + "/" + found->keys.secret_access_key +
         (found->keys.session_token.empty() ? "" : "/" + found->keys.session_token) + " <- " + found->source;
}

const Variables kEnvironmentKeys = {{"AWS_ACCESS_KEY_ID", "AKENV"}, {"AWS_SECRET_ACCESS_KEY", "SKENV"}};
constexpr char kFileKeys[] =
    "[default]\naws_access_key_id = AKDEF\naws_secret_access_key = SKDEF\n"
    "[dev]\naws_access_key_id = AKDEV\naws_secret_access_key = SKDEV\naws_session_token = TOK\n";

TEST(ConfigCredentials, EnvironmentThenCredentialsFileThenConfigFile) {
  World world{.variables = kEnvironmentKeys,
              .config = "[default]\naws_access_key_id = AKCONF\naws_secret_access_key = SKCONF\n",
              .credentials = kFileKeys};
  EXPECT_EQ(FoundKeys(world), "AKENV/SKENV <- environment");
  world.variables["AWS_SESSION_TOKEN"] = "TOKENV";
  EXPECT_EQ(FoundKeys(world), "AKENV/SKENV/TOKENV <- environment");
  world.variables.clear();
  EXPECT_EQ(FoundKeys(world), "AKDEF/SKDEF <- profile 'default' in /home/me/.aws/credentials");
  world.credentials.clear();
  EXPECT_EQ(FoundKeys(world), "AKCONF/SKCONF <- profile 'default' in /home/me/.aws/config");
}

TEST(ConfigCredentials, AnExplicitProfileBeatsKeysInTheEnvironmentAndAVariableDoesNot) {
  World world{
      .variables = kEnvironmentKeys, .credentials = kFileKeys, .request = {.profile = Flag("--profile", "dev")}};
  EXPECT_EQ(FoundKeys(world), "AKDEV/SKDEV/TOK <- profile 'dev' in /home/me/.aws/credentials");
  world.request.profile.reset();
  world.variables["AWS_PROFILE"] = "dev";
  EXPECT_EQ(FoundKeys(world), "AKENV/SKENV <- environment");
}

TEST(ConfigCredentials, HalfAPairAndWhiteSpaceAreNamedWithoutTheValue) {
  EXPECT_EQ(FoundKeys({.variables = {{"AWS_ACCESS_KEY_ID", "AKENV"}}}),
            "AWS_ACCESS_KEY_ID is set and AWS_SECRET_ACCESS_KEY is not (environment)");
  EXPECT_EQ(
      FoundKeys({.credentials = "[default]\naws_secret_access_key = geheim\n"}),
      "aws_secret_access_key is set and aws_access_key_id is not (profile 'default' in /home/me/.aws/credentials)");
  EXPECT_EQ(FoundKeys({.variables = {{"AWS_ACCESS_KEY_ID", "AKENV"}, {"AWS_SECRET_ACCESS_KEY", "geheim\n"}}}),
            "AWS_SECRET_ACCESS_KEY holds white space (environment)");
}

struct UnbuiltCase {
  const char* name;
  World world;
  const char* message;
};

class UnbuiltSourceTest : public ::testing::TestWithParam<UnbuiltCase> {};

TEST_P(UnbuiltSourceTest, IsNamedNotSkipped) {
  EXPECT_EQ(FoundKeys(GetParam().world), GetParam().message);
}

INSTANTIATE_TEST_SUITE_P(
    Config, UnbuiltSourceTest,
    ::testing::Values(
        UnbuiltCase{
            "Role",
            {.config = "[default]\nrole_arn = arn:aws:iam::1:role/x\nsource_profile = dev\n", .credentials = kFileKeys},
            "profile 'default' in /home/me/.aws/config has role_arn: assuming a role is not supported yet"},
        UnbuiltCase{"WebIdentityVariable",
                    {.variables = {{"AWS_WEB_IDENTITY_TOKEN_FILE", "/t"}}, .credentials = kFileKeys},
                    "AWS_WEB_IDENTITY_TOKEN_FILE is set: a web identity is not supported yet"},
        UnbuiltCase{"WebIdentityProfile",
                    {.config = "[default]\nweb_identity_token_file = /t\n"},
                    "profile 'default' in /home/me/.aws/config has web_identity_token_file: a web identity is not "
                    "supported yet"},
        UnbuiltCase{"Sso",
                    {.config = "[default]\nsso_session = s\n", .credentials = kFileKeys},
                    "profile 'default' in /home/me/.aws/config has sso_session: IAM Identity Center (SSO) is not "
                    "supported yet"},
        UnbuiltCase{"OldSso",
                    {.config = "[default]\nsso_start_url = https://x\n"},
                    "profile 'default' in /home/me/.aws/config has sso_start_url: IAM Identity Center (SSO) is not "
                    "supported yet"},
        UnbuiltCase{"Process",
                    {.config = "[default]\ncredential_process = pass\n"},
                    "profile 'default' in /home/me/.aws/config has credential_process: a credential process is not "
                    "supported yet"},
        UnbuiltCase{
            "ProcessInCredentials",
            {.credentials = "[default]\ncredential_process = pass\n"},
            "profile 'default' in /home/me/.aws/credentials has credential_process: a credential process is not "
            "supported yet"},
        UnbuiltCase{
            "Login",
            {.config = "[default]\nlogin_session = x\n"},
            "profile 'default' in /home/me/.aws/config has login_session: a login session is not supported yet"},
        UnbuiltCase{"Container",
                    {.variables = {{"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/x"}}},
                    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is set: a container's role is not supported yet"},
        UnbuiltCase{"Nothing",
                    {},
                    "no credentials were found; looked at AWS_ACCESS_KEY_ID, profile 'default' in "
                    "/home/me/.aws/credentials and /home/me/.aws/config; an instance's role (metadata service) is not "
                    "supported yet"},
        UnbuiltCase{"KeysBeforeProcess",
                    {.config = "[default]\ncredential_process = pass\n", .credentials = kFileKeys},
                    "AKDEF/SKDEF <- profile 'default' in /home/me/.aws/credentials"},
        UnbuiltCase{"EnvironmentBeforeRole",
                    {.variables = kEnvironmentKeys, .config = "[default]\nrole_arn = x\n"},
                    "AKENV/SKENV <- environment"}),
    [](const auto& param) { return param.param.name; });

Result<Credentials> Get(CredentialsProvider& provider, bool refresh) {
  boost::asio::io_context context;
  Result<Credentials> out;
  boost::asio::co_spawn(context, provider.Get(refresh),
                        [&](std::exception_ptr, Result<Credentials> got) { out = std::move(got); });
  context.run();
  return out;
}

TEST(ConfigCredentials, ARefreshReadsTheFilesAnew) {
  const auto text = std::make_shared<std::string>("[default]\naws_access_key_id = ONE\naws_secret_access_key = S\n");
  Environment environment{.variables = {{"HOME", "/home/me"}}};
  environment.read_file = [text](const std::string& path) -> Result<std::optional<std::string>> {
    if (path != kCredentialsPath) return std::nullopt;
    return *text;
  };
  const auto provider = MakeCredentialsProvider(environment, {});
  EXPECT_EQ(Get(*provider, false)->keys.access_key_id, "ONE");
  *text = "[default]\naws_access_key_id = TWO\naws_secret_access_key = S\n";
  EXPECT_EQ(Get(*provider, false)->keys.access_key_id, "ONE");
  EXPECT_EQ(Get(*provider, true)->keys.access_key_id, "TWO");
  EXPECT_EQ(Get(*provider, false)->keys.access_key_id, "TWO");
}

TEST(ProcessEnvironment, ReadsVariablesAndFiles) {
  const Environment environment = ProcessEnvironment();
  ASSERT_NE(environment.Find("PATH"), nullptr);
  EXPECT_EQ(environment.Find("RDSTEADY_NO_SUCH_VARIABLE"), nullptr);
  EXPECT_EQ(environment.read_file("/nowhere/at/all").value(), std::nullopt);
  EXPECT_EQ(environment.read_file("/tmp").error().message, "cannot read /tmp: it is a folder");
  const std::string path = std::string(RDSTEADY_SOURCE_DIR) + "/CMakePresets.json";
  EXPECT_THAT(environment.read_file(path)->value(), ::testing::HasSubstr("configurePresets"));
}

}  // namespace
}  // namespace rdsteady::aws
