#include "local/sim/keys.h"

#include <algorithm>
#include <set>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"
#include "local/sim/input.h"
#include "local/sim/setting_table.h"

namespace rdsteady::local::sim {
namespace {

constexpr std::string_view kManagedByAws[] = {"alias/aws/rds", "alias/aws/secretsmanager"};

constexpr bool IsAlias(std::string_view key) {
  return key.starts_with("alias/") || key.contains(":alias/");
}

std::vector<std::string> ManagedKeys(const Machine& machine, const Scope& scope) {
  std::vector<std::string> arns;
  for (const std::string_view alias : kManagedByAws)
    arns.push_back(KeyArn(machine, scope, alias));
  return arns;
}

void CollectKeys(const Properties& settings, std::set<std::string>& arns) {
  for (const SettingRow& row : SettingRows()) {
    if (row.fold != Fold::kKmsKey) continue;
    if (std::string arn = TextOr(settings, row.setting); !arn.empty()) arns.insert(std::move(arn));
  }
}

std::set<std::string> KeysInUse(const Machine& machine, const Scope& scope) {
  std::set<std::string> arns;
  const auto realm = machine.realms().find(scope);
  if (realm == machine.realms().end()) return arns;
  for (const auto& [name, instance] : realm->second.instances)
    CollectKeys(instance.settings, arns);
  for (const auto& [name, snapshot] : realm->second.snapshots)
    CollectKeys(snapshot.settings, arns);
  return arns;
}

bool IsUuid(std::string_view text) {
  constexpr std::string_view kForm = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
  return text.size() == kForm.size() && std::ranges::equal(text, kForm, [](char c, char form) {
           return form == '-' ? c == '-' : std::string_view("0123456789abcdefABCDEF").contains(c);
         });
}

std::unexpected<Fault> NotFound(const Scope& scope, std::string_view key, const std::string& arn) {
  constexpr std::string_view kCode = "NotFoundException";
  const std::string prefix = fmt::format("arn:{}:kms:{}:{}:", Partition(scope.region), scope.region, scope.account);
  if (IsAlias(key)) {
    return Refuse(kCode, fmt::format("Alias {} is not found.",
                                     key.starts_with("arn:") ? std::string(key) : prefix + std::string(key)));
  }
  if (!key.starts_with("arn:") && !IsUuid(key)) return Refuse(kCode, fmt::format("Invalid keyId '{}'", key));
  return Refuse(kCode, fmt::format("Key '{}' does not exist", arn));
}

}  // namespace

std::string KeyArn(const Machine& machine, const Scope& scope, std::string_view key) {
  if (key.starts_with("arn:") && key.contains(":key/")) return std::string(key);
  std::string_view name = key;
  if (auto alias = key.find(":alias/"); alias != std::string_view::npos) name = key.substr(alias + 1);
  std::string id(name);
  if (name.starts_with("alias/")) {
    const std::string seed = fmt::format("key/{}/{}/{}", scope.account, scope.region, name);
    const std::uint64_t high = machine.Hash(seed);
    const std::uint64_t low = machine.Hash(seed + "/low");
    id = fmt::format("{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}", high >> 32, (high >> 16) & 0xffffU, high & 0xfffU,
                     low >> 52, low & 0xffffffffffffULL);
  }
  return fmt::format("arn:{}:kms:{}:{}:key/{}", Partition(scope.region), scope.region, scope.account, id);
}

Checked<Properties> DescribeKey(const Machine& machine, const Scope& scope, const Properties& input) {
  const std::string key = TextOr(input, "KeyId");
  if (key.empty()) {
    return Refuse(
        "ValidationException",
        "1 validation error detected: Value null at 'keyId' failed to satisfy constraint: Member must not be null");
  }
  // Another region's key is another region's to tell.
  if (key.starts_with("arn:")) {
    const auto parts = Split(key, ':');
    if (parts.size() < 6 || parts[3] != scope.region)
      return Refuse("NotFoundException", fmt::format("Invalid arn {}", parts.size() < 6 ? key : std::string(parts[3])));
  }
  const std::string arn = KeyArn(machine, scope, key);
  const std::vector<std::string> managed = ManagedKeys(machine, scope);
  const bool by_aws = std::ranges::find(managed, arn) != managed.end();
  if (!by_aws && !KeysInUse(machine, scope).contains(arn)) return NotFound(scope, key, arn);
  const auto parts = Split(arn, ':');
  return Properties{{"KeyMetadata", Properties{{"AWSAccountId", parts[4]},
                                               {"Arn", arn},
                                               {"CustomerMasterKeySpec", "SYMMETRIC_DEFAULT"},
                                               {"Description", ""},
                                               {"Enabled", true},
                                               {"EncryptionAlgorithms", List{"SYMMETRIC_DEFAULT"}},
                                               {"KeyId", arn.substr(arn.find('/') + 1)},
                                               {"KeyManager", by_aws ? "AWS" : "CUSTOMER"},
                                               {"KeySpec", "SYMMETRIC_DEFAULT"},
                                               {"KeyState", "Enabled"},
                                               {"KeyUsage", "ENCRYPT_DECRYPT"},
                                               {"MultiRegion", false},
                                               {"Origin", "AWS_KMS"}}}};
}

}  // namespace rdsteady::local::sim
