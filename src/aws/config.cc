#include "aws/config.h"

#include <vector>

#include <fmt/format.h>

#include "aws/endpoint.h"
#include "aws/http.h"
#include "aws/retry.h"
#include "base/suggest.h"
#include "base/text.h"

namespace rdsteady::aws {
namespace {

constexpr int kMaxAttempts = 1000;

std::string HomePath(const Environment& environment, std::string_view name) {
  const std::string* home = environment.Find("HOME");
  return home == nullptr ? std::string() : fmt::format("{}/.aws/{}", *home, name);
}

std::string Expanded(const Environment& environment, std::string path) {
  const std::string* home = environment.Find("HOME");
  if (home != nullptr && path.starts_with("~/")) path.replace(0, 1, *home);
  return path;
}

Result<IniFile> ReadIni(const Environment& environment, const std::string& path) {
  if (path.empty() || !environment.read_file) return IniFile{};
  Result<std::optional<std::string>> text = environment.read_file(path);
  if (!text) return Fail(std::move(text.error()));
  if (!*text) return IniFile{};
  return ParseIni(path, **text);
}

const IniSection* FindSection(const IniFile& file, std::string_view name) {
  const auto at = file.find(name);
  return at == file.end() ? nullptr : &at->second;
}

std::vector<std::string_view> KnownProfiles(const SharedFiles& files) {
  constexpr std::string_view kPrefix = "profile ";
  std::vector<std::string_view> known;
  for (const auto& [name, section] : files.config) {
    if (name == "default") known.push_back(name);
    if (name.starts_with(kPrefix)) known.push_back(std::string_view(name).substr(kPrefix.size()));
  }
  for (const auto& [name, section] : files.credentials)
    known.push_back(name);
  return known;
}

// One setting's way through its sources. Variables and keys are tried in the order given.
class Resolver {
 public:
  Resolver(const Environment& environment, const SharedFiles& files)
      : environment_(environment), files_(files), section_(files.InConfig(files.profile.value)) {}

  [[nodiscard]] std::optional<Setting<std::string>> FromVariable(std::string_view variable) const {
    const std::string* value = environment_.Find(variable);
    if (value == nullptr) return std::nullopt;
    return Setting<std::string>{.value = *value, .source = std::string(variable)};
  }
  [[nodiscard]] std::optional<Setting<std::string>> FromProfile(std::string_view key) const {
    const std::string* value = section_ == nullptr ? nullptr : section_->Find(key);
    if (value == nullptr) return std::nullopt;
    return Setting<std::string>{.value = *value, .source = ProfileSource()};
  }
  [[nodiscard]] std::optional<Setting<std::string>> FromServices(std::string_view service, std::string_view key) const {
    const std::string* name = section_ == nullptr ? nullptr : section_->Find("services");
    const IniSection* services = name == nullptr ? nullptr : FindSection(files_.config, "services " + *name);
    const std::string* value = services == nullptr ? nullptr : services->FindInGroup(service, key);
    if (value == nullptr) return std::nullopt;
    return Setting<std::string>{.value = *value,
                                .source = fmt::format("services '{}' in {}", *name, files_.config_path)};
  }
  [[nodiscard]] std::optional<Setting<std::string>> First(std::string_view variable, std::string_view key) const {
    auto found = FromVariable(variable);
    return found ? found : FromProfile(key);
  }
  [[nodiscard]] Result<Setting<bool>> Flag(std::string_view variable, std::string_view key) const {
    const auto found = First(variable, key);
    if (!found) return Setting<bool>{.value = false, .source = "default"};
    if (EqualsIgnoreCase(found->value, "true")) return Setting<bool>{.value = true, .source = found->source};
    if (EqualsIgnoreCase(found->value, "false")) return Setting<bool>{.value = false, .source = found->source};
    return Fail(ErrorCategory::kUsage,
                fmt::format("{} must be true or false, not '{}' (from {})", key, found->value, found->source));
  }
  // A services section that the profile names and that is not there.
  [[nodiscard]] Result<void> CheckServices() const {
    const std::string* name = section_ == nullptr ? nullptr : section_->Find("services");
    if (name == nullptr || FindSection(files_.config, "services " + *name) != nullptr) return {};
    return Fail(ErrorCategory::kUsage, fmt::format("profile '{}' names services '{}', which {} does not define",
                                                   files_.profile.value, *name, files_.config_path));
  }

 private:
  [[nodiscard]] std::string ProfileSource() const {
    return fmt::format("profile '{}' in {}", files_.profile.value, files_.config_path);
  }
  const Environment& environment_;
  const SharedFiles& files_;
  const IniSection* section_;
};

Result<Setting<int>> ResolveAttempts(const Resolver& resolver, const ConfigurationRequest& request) {
  if (request.call_attempts) {
    if (request.call_attempts->value >= 1 && request.call_attempts->value <= kMaxAttempts)
      return *request.call_attempts;
    return Fail(ErrorCategory::kUsage, fmt::format("{} must be from 1 to {}, not {}", request.call_attempts->source,
                                                   kMaxAttempts, request.call_attempts->value));
  }
  const auto found = resolver.First("AWS_MAX_ATTEMPTS", "max_attempts");
  if (!found) return Setting<int>{.value = kDefaultAttempts, .source = "default"};
  const auto number = ParseInteger(found->value);
  if (!number || *number < 1 || *number > kMaxAttempts) {
    return Fail(ErrorCategory::kUsage, fmt::format("max_attempts must be a number from 1 to {}, not '{}' (from {})",
                                                   kMaxAttempts, found->value, found->source));
  }
  return Setting<int>{.value = static_cast<int>(*number), .source = found->source};
}

Result<Setting<std::string>> ResolveRetryMode(const Resolver& resolver) {
  const auto found = resolver.First("AWS_RETRY_MODE", "retry_mode");
  if (!found) return Setting<std::string>{.value = "standard", .source = "default"};
  if (found->value == "standard" || found->value == "adaptive" || found->value == "legacy") return *found;
  return Fail(ErrorCategory::kUsage, fmt::format("retry_mode must be standard, adaptive or legacy, not '{}' (from {})",
                                                 found->value, found->source));
}

std::string OwnVariable(std::string_view service) {
  return "AWS_ENDPOINT_URL_" + ToUpper(service);
}

std::optional<Setting<std::string>> ConfiguredEndpoint(const Resolver& resolver, std::string_view service) {
  if (auto found = resolver.FromVariable(OwnVariable(service))) return found;
  if (auto found = resolver.FromVariable("AWS_ENDPOINT_URL")) return found;
  if (auto found = resolver.FromServices(service, "endpoint_url")) return found;
  return resolver.FromProfile("endpoint_url");
}

Result<Setting<std::string>> CheckedEndpoint(const Setting<std::string>& endpoint) {
  Result<Url> url = ParseUrl(endpoint.value);
  if (!url) {
    url.error().message = fmt::format("endpoint URL (from {}): {}", endpoint.source, url.error().message);
    return Fail(std::move(url.error()));
  }
  return Setting<std::string>{.value = url->Origin() + (url->path == "/" ? "" : url->path), .source = endpoint.source};
}

// A flag speaks of every service, a variable of KMS's own of that one.
Result<Setting<std::string>> ResolveKmsEndpoint(const Resolver& resolver, const ConfigurationRequest& request,
                                                bool ignore, EndpointQuery query) {
  query.service = "kms";
  std::optional<Setting<std::string>> endpoint;
  if (!ignore) endpoint = resolver.FromVariable(OwnVariable(query.service));
  if (!endpoint) endpoint = request.endpoint_url;
  if (!endpoint && !ignore) endpoint = ConfiguredEndpoint(resolver, query.service);
  if (endpoint) return CheckedEndpoint(*endpoint);
  Result<std::string> regional = RegionalEndpoint(query);
  if (!regional) return Fail(std::move(regional.error()));
  return Setting<std::string>{.value = std::move(*regional), .source = fmt::format("region {}", query.region)};
}

}  // namespace

const std::string* Environment::Find(std::string_view variable) const {
  const auto at = variables.find(variable);
  return at == variables.end() || at->second.empty() ? nullptr : &at->second;
}

const IniSection* SharedFiles::InConfig(std::string_view name) const {
  // Both spellings of the default profile are in use; the one with the word wins, as in the AWS tools.
  if (const IniSection* section = FindSection(config, fmt::format("profile {}", name))) return section;
  return name == "default" ? FindSection(config, name) : nullptr;
}

const IniSection* SharedFiles::InCredentials(std::string_view name) const {
  return FindSection(credentials, name);
}

Result<SharedFiles> LoadSharedFiles(const Environment& environment, const ConfigurationRequest& request) {
  SharedFiles files;
  files.profile = {.value = "default", .source = "default"};
  for (const std::string_view variable : {"AWS_DEFAULT_PROFILE", "AWS_PROFILE"}) {
    if (const std::string* name = environment.Find(variable)) files.profile = {*name, std::string(variable)};
  }
  if (request.profile) {
    files.profile = *request.profile;
    files.profile_requested = true;
  }
  const std::string* config_path = environment.Find("AWS_CONFIG_FILE");
  const std::string* credentials_path = environment.Find("AWS_SHARED_CREDENTIALS_FILE");
  files.config_path = config_path ? Expanded(environment, *config_path) : HomePath(environment, "config");
  files.credentials_path =
      credentials_path ? Expanded(environment, *credentials_path) : HomePath(environment, "credentials");
  Result<IniFile> config = ReadIni(environment, files.config_path);
  if (!config) return Fail(std::move(config.error()));
  Result<IniFile> credentials = ReadIni(environment, files.credentials_path);
  if (!credentials) return Fail(std::move(credentials.error()));
  files.config = std::move(*config);
  files.credentials = std::move(*credentials);

  const std::string& name = files.profile.value;
  if (files.profile.source != "default" && files.InConfig(name) == nullptr && files.InCredentials(name) == nullptr) {
    std::string hint = DidYouMean(name, KnownProfiles(files));
    return Fail(ErrorCategory::kUsage,
                fmt::format("profile '{}' (from {}) is in neither {} nor {}", name, files.profile.source,
                            files.config_path.empty() ? "~/.aws/config" : files.config_path,
                            files.credentials_path.empty() ? "~/.aws/credentials" : files.credentials_path),
                std::move(hint));
  }
  return files;
}

Result<Configuration> ResolveConfiguration(const Environment& environment, const SharedFiles& files,
                                           const ConfigurationRequest& request) {
  const Resolver resolver(environment, files);
  Configuration out{.profile = files.profile};

  auto fips = resolver.Flag("AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint");
  if (!fips) return Fail(std::move(fips.error()));
  auto dual_stack = resolver.Flag("AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint");
  if (!dual_stack) return Fail(std::move(dual_stack.error()));
  auto ignore = resolver.Flag("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "ignore_configured_endpoint_urls");
  if (!ignore) return Fail(std::move(ignore.error()));
  auto attempts = ResolveAttempts(resolver, request);
  if (!attempts) return Fail(std::move(attempts.error()));
  auto retry_mode = ResolveRetryMode(resolver);
  if (!retry_mode) return Fail(std::move(retry_mode.error()));
  out.use_fips = *fips;
  out.use_dual_stack = *dual_stack;
  out.attempts = *attempts;
  out.retry_mode = *retry_mode;
  out.ca_bundle =
      resolver.First("AWS_CA_BUNDLE", "ca_bundle").value_or(Setting<std::string>{.value = "", .source = "default"});
  out.ca_bundle.value = Expanded(environment, std::move(out.ca_bundle.value));

  auto region = request.region;
  if (!region) region = resolver.FromVariable("AWS_REGION");
  if (!region) region = resolver.FromVariable("AWS_DEFAULT_REGION");
  if (!region) region = resolver.FromProfile("region");
  if (!region) {
    return Fail(ErrorCategory::kUsage, "no region is configured",
                fmt::format("give --region, set AWS_REGION, write 'region:' into the manifest, or set region for "
                            "profile '{}' in {}",
                            files.profile.value, files.config_path.empty() ? "~/.aws/config" : files.config_path));
  }
  const EndpointQuery query = WithoutPseudoRegion(
      {.region = region->value, .fips = out.use_fips.value, .dual_stack = out.use_dual_stack.value});
  if (query.region != region->value) out.use_fips = {.value = true, .source = region->source};
  out.region = {.value = query.region, .source = region->source};

  Result<std::string> regional = RegionalEndpoint(query);
  if (!regional) {
    regional.error().message += fmt::format(" (from {})", region->source);
    return Fail(std::move(regional.error()));
  }
  auto endpoint = request.endpoint_url;
  if (!endpoint) {
    if (Result<void> checked = resolver.CheckServices(); !checked) return Fail(std::move(checked.error()));
    if (!ignore->value) endpoint = ConfiguredEndpoint(resolver, "rds");
  }
  Result<Setting<std::string>> kms = ResolveKmsEndpoint(resolver, request, ignore->value, query);
  if (!kms) return Fail(std::move(kms.error()));
  out.kms_endpoint_url = std::move(*kms);
  if (!endpoint) {
    out.endpoint_url = {.value = *regional, .source = fmt::format("region {}", query.region)};
    return out;
  }
  if (query.fips || query.dual_stack) {
    const Setting<bool>& other = query.fips ? out.use_fips : out.use_dual_stack;
    return Fail(ErrorCategory::kUsage,
                fmt::format("an endpoint URL (from {}) and a {} endpoint (from {}) are both asked for",
                            endpoint->source, query.fips ? "FIPS" : "dual-stack", other.source),
                "name one of them");
  }
  Result<Setting<std::string>> checked = CheckedEndpoint(*endpoint);
  if (!checked) return Fail(std::move(checked.error()));
  out.custom_endpoint = true;
  out.endpoint_url = std::move(*checked);
  return out;
}

}  // namespace rdsteady::aws
