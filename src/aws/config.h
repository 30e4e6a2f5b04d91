// Configuration as the AWS tools share it: flag, then environment, then profile, then default. Every setting carries
// where it came from. Pure: variables and files come from an Environment.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "aws/ini.h"
#include "rdsteady/error.h"

namespace rdsteady::aws {

struct Environment {
  std::map<std::string, std::string, std::less<>> variables;
  // The file's text, nullopt when there is no such file. Errors: kUsage (unreadable, a folder).
  std::function<Result<std::optional<std::string>>(const std::string& path)> read_file;

  // nullptr when unset or empty: the AWS tools take an empty variable for an unset one.
  [[nodiscard]] const std::string* Find(std::string_view variable) const;
};
// This process's variables and files; reads them once, at the call.
[[nodiscard]] Environment ProcessEnvironment();

template <class T>
struct Setting {
  T value{};
  std::string source{};  // "--region", "AWS_REGION", "profile 'dev' in /home/me/.aws/config", "default"
};

// What was asked for by flags, or by the caller of the library, or by the manifest: beats everything else.
struct ConfigurationRequest {
  std::optional<Setting<std::string>> region{};
  std::optional<Setting<std::string>> profile{};
  std::optional<Setting<std::string>> endpoint_url{};
  std::optional<Setting<int>> call_attempts{};
};

// The shared files, and the profile that was chosen.
struct SharedFiles {
  Setting<std::string> profile;
  bool profile_requested = false;  // by ConfigurationRequest: beats keys in the environment
  std::string config_path;
  std::string credentials_path;
  IniFile config;
  IniFile credentials;

  // The profile's section of either file; nullptr when it has none there.
  [[nodiscard]] const IniSection* InConfig(std::string_view name) const;
  [[nodiscard]] const IniSection* InCredentials(std::string_view name) const;
};
// Errors: kUsage (a file that cannot be parsed, a profile that was named and is in neither file).
[[nodiscard]] Result<SharedFiles> LoadSharedFiles(const Environment& environment, const ConfigurationRequest& request);

struct Configuration {
  Setting<std::string> profile;
  Setting<std::string> region;
  Setting<std::string> endpoint_url;  // always filled in: the region's own when none was configured
  bool custom_endpoint = false;
  // Of KMS: AWS_ENDPOINT_URL_KMS, else what overrides the endpoints of all services, else the region's own. What speaks
  // of RDS alone (AWS_ENDPOINT_URL_RDS) leaves it where it is.
  Setting<std::string> kms_endpoint_url;
  Setting<std::string> ca_bundle;   // empty: the system's
  Setting<int> attempts;            // of a call, the first counts
  Setting<std::string> retry_mode;  // read; every mode works as "standard"
  Setting<bool> use_fips;
  Setting<bool> use_dual_stack;
};
// Errors: kUsage, naming the setting and where its value came from.
[[nodiscard]] Result<Configuration> ResolveConfiguration(const Environment& environment, const SharedFiles& files,
                                                         const ConfigurationRequest& request);

}  // namespace rdsteady::aws
