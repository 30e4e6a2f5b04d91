#include "plan/permissions.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>

#include <fmt/format.h>

#include "base/text.h"
#include "model/kinds/permissions.h"
#include "model/kinds/sight.h"

namespace rdsteady::plan {
namespace {

using manifest::DesiredResource;
using model::Update;
using What = model::SeparateOperation::What;

constexpr std::string_view kAny = "*";

std::string_view PartitionOf(std::string_view region) {
  if (region.starts_with("cn-")) return "aws-cn";
  return region.starts_with("us-gov-") ? "aws-us-gov" : "aws";
}

// A name is a name: what IAM reads as a wildcard or as the beginning of a variable stands for itself.
std::string Escaped(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if (c == '*' || c == '?' || c == '$') out += fmt::format("${{{}}}", c);
    else out += c;
  }
  return out;
}

bool IsArn(std::string_view text) {
  return text.starts_with("arn:");
}

bool IsStatedWithItems(const Value& value) {
  const auto* map = value.If<Properties>();
  return map == nullptr || std::ranges::any_of(*map, [](const auto& item) { return !item.second.IsNull(); });
}

class Collector {
 public:
  explicit Collector(const manifest::Manifest& manifest) : manifest_(manifest) {
    if (!manifest.region.empty()) region_ = manifest.region;
    if (!manifest.account.empty()) account_ = manifest.account;
    partition_ = PartitionOf(manifest.region);
  }

  Permissions Run() && {
    AddReads();
    for (const DesiredResource& desired : manifest_.resources) {
      AddExtraReads(desired);
      AddKeyReads(desired);
      AddPreflights(desired);
      AddChanges(desired);
    }
    // Whoever applies plans first, and again before every call.
    out_.apply.insert(out_.apply.begin(), out_.plan.begin(), out_.plan.end());
    return std::move(out_);
  }

 private:
  enum class Phase : std::uint8_t { kPlan, kApply };

  void Allow(Phase phase, std::string purpose, std::string_view action, std::string resource, std::string reason,
             bool confirmed = true, std::vector<PermissionCondition> conditions = {}) {
    std::vector<Permission>& list = phase == Phase::kPlan ? out_.plan : out_.apply;
    list.push_back({std::move(purpose), std::string(action), std::move(resource), std::move(conditions),
                    std::move(reason), confirmed});
  }

  std::string Arn(std::string_view type, std::string_view name) const {
    return fmt::format("arn:{}:rds:{}:{}:{}:{}", partition_, region_, account_, type, name);
  }
  std::string ArnOf(const model::Kind& kind, std::string_view name) const {
    return Arn(model::ArnTypeOf(kind.name), Escaped(ToLower(name)));
  }
  std::vector<std::string> ArnsOf(const DesiredResource& desired) const {
    std::vector<std::string> arns{ArnOf(*desired.kind, desired.name)};
    if (!desired.renamed_from.empty()) arns.push_back(ArnOf(*desired.kind, desired.renamed_from));
    return arns;
  }

  // ---- reads -------------------------------------------------------------------------------------------------------

  // The manifest's own, and what it refers to and does not define: each is read in one pass a kind.
  void AddReads() {
    std::map<std::string_view, std::set<std::string>> own;
    std::map<std::string_view, std::set<std::string>> external;
    std::map<std::string_view, const model::Kind*> kinds;
    for (const DesiredResource& desired : manifest_.resources) {
      kinds.emplace(desired.kind->name, desired.kind);
      own[desired.kind->name].insert(ToLower(desired.name));
      if (!desired.renamed_from.empty()) own[desired.kind->name].insert(ToLower(desired.renamed_from));
    }
    for (const DesiredResource& desired : manifest_.resources) {
      for (const manifest::Reference& reference : manifest::ReferencesOf(desired)) {
        kinds.emplace(reference.kind->name, reference.kind);
        std::string name = ToLower(reference.name);
        if (!own[reference.kind->name].contains(name)) external[reference.kind->name].insert(std::move(name));
      }
    }
    for (const auto& [name, kind] : kinds) {
      AddReads(*kind, own[name], "of the manifest");
      AddReads(*kind, external[name], "that the manifest refers to");
    }
  }

  void AddReads(const model::Kind& kind, const std::set<std::string>& names, std::string_view which) {
    const std::string purpose = "Read" + std::string(kind.name);
    const std::string action = "rds:" + std::string(kind.describe);
    if (names.size() > 1) {
      Allow(Phase::kPlan, purpose, action, Arn(model::ArnTypeOf(kind.name), kAny),
            fmt::format("the {} resources {} are read by one list, which IAM allows on all of them only; where it is "
                        "denied they are read one by one",
                        kind.name, which));
      return;
    }
    for (const std::string& name : names)
      Allow(Phase::kPlan, purpose, action, ArnOf(kind, name), fmt::format("reads the {} {}", kind.name, which));
  }

  void AddExtraReads(const DesiredResource& desired) {
    for (const model::ExtraRead& extra : desired.kind->extra_reads) {
      if (!desired.properties.contains(extra.property)) continue;
      for (std::string& arn : ArnsOf(desired)) {
        Allow(Phase::kPlan, "Read" + std::string(desired.kind->name), "rds:" + std::string(extra.operation),
              std::move(arn), fmt::format("{} is stated, and no other answer carries it whole", extra.property));
      }
    }
  }

  // Names of keys, which only KMS can compare with what is live.
  void AddKeyReads(const DesiredResource& desired) {
    for (const auto& [name, value] : desired.properties) {
      const model::Property* property = model::FindProperty(*desired.kind, name);
      if (property == nullptr || property->compare != model::Compare::kKmsKey) continue;
      const std::string_view key = model::TextOf(value);
      if (key.empty() || !model::NeedsKeyName(key, {})) continue;
      KeyResource of = KeyResourceOf(key);
      Allow(Phase::kPlan, "ReadKeys", "kms:DescribeKey", std::move(of.resource),
            fmt::format("{} is stated by a name of the key: KMS is asked what it stands for, to compare it with the "
                        "live key; where it is denied, an alias counts as equal, with a warning",
                        name),
            true, std::move(of.conditions));
    }
  }

  void AddPreflights(const DesiredResource& desired) {
    for (const model::Preflight& preflight : desired.kind->preflights) {
      const bool may_be_asked =
          preflight.properties.empty() || std::ranges::any_of(preflight.properties, [&](std::string_view property) {
            return desired.properties.contains(property);
          });
      if (!may_be_asked) continue;
      AddCall(Phase::kPlan, desired, "ReadOffers", preflight.operation,
              preflight.waiting == nullptr ? "what the service offers is asked before anything is changed"
                                           : "what waits is asked before anything is changed at once");
    }
  }

  // ---- what an action names ----------------------------------------------------------------------------------------

  void AddCall(Phase phase, const DesiredResource& desired, const std::string& purpose, std::string_view operation,
               const std::string& reason) {
    const std::string action = "rds:" + std::string(operation);
    if (model::NamesNoResource(operation)) return Allow(phase, purpose, action, std::string(kAny), reason);
    const model::OperationName birth = model::BirthOf(*desired.kind, desired.properties).operation;
    if (operation == birth.view()) {
      Allow(phase, purpose, action, ArnOf(*desired.kind, desired.name), reason);
    } else if (!model::NamesOthersOnly(operation)) {
      for (std::string& arn : ArnsOf(desired))
        Allow(phase, purpose, action, std::move(arn), reason);
    }
    for (const model::NamedResource& row : model::NamedResources()) {
      if (row.operation != operation) continue;
      const Value* value = Find(desired.properties, row.property);
      const std::string_view stated = value == nullptr ? std::string_view() : model::TextOf(*value);
      if (stated.empty() && row.unstated.empty()) continue;
      std::string resource;
      if (stated.empty()) resource = Arn(row.type, row.unstated);
      else if (!row.name.empty()) resource = Arn(row.type, row.name);
      else resource = IsArn(stated) ? Escaped(stated) : Arn(row.type, Escaped(ToLower(stated)));
      Allow(phase, purpose, action, std::move(resource), reason);
    }
  }

  // ---- changes -----------------------------------------------------------------------------------------------------

  void AddChanges(const DesiredResource& desired) {
    const model::Kind& kind = *desired.kind;
    const std::string change = "Change" + std::string(kind.name);
    const model::Birth& birth = model::BirthOf(kind, desired.properties);
    AddCall(Phase::kApply, desired, "Create" + std::string(kind.name), birth.operation.view(),
            fmt::format("creates the {}, as the manifest's sources choose", kind.name));
    if (std::string why = WhyModified(desired, birth); !why.empty())
      AddCall(Phase::kApply, desired, change, kind.modify.view(), why);
    for (const model::SeparateOperation& operation : kind.operations)
      AddOperation(desired, operation);
    AddVersionTag(desired);
    if (!kind.event_source.empty()) {
      AddCall(Phase::kApply, desired, "ReadEvents", "DescribeEvents",
              "says what happened when a change fails: the service's own events");
    }
    for (const model::DemandedAction& row : model::DemandedActions()) {
      if (row.kind == kind.name) AddDemanded(desired, row);
    }
  }

  // Empty: no call of the manifest modifies it.
  static std::string WhyModified(const DesiredResource& desired, const model::Birth& birth) {
    const model::Kind& kind = *desired.kind;
    if (kind.modify.empty()) return {};
    if (!desired.renamed_from.empty()) return "renames it, and changes what is stated";
    if (desired.password_version) return "sets the password of a new password_version, and changes what is stated";
    for (const auto& [name, value] : desired.properties) {
      const model::Property* property = model::FindProperty(kind, name);
      if (property == nullptr || (property->calls & model::kModify) == 0) continue;
      if (property->update == Update::kModify) return "changes what is stated";
      // A secret that the birth does not take follows it.
      if (property->update == Update::kWriteOnly && (property->calls & birth.bit) == 0)
        return "sets what the creating call does not take";
    }
    return {};
  }

  void AddOperation(const DesiredResource& desired, const model::SeparateOperation& operation) {
    if (!IsNeeded(desired, operation)) return;
    const std::string reason =
        operation.operation == kTagging
            ? fmt::format("sets {}; at creation too, where RDS asks for it besides", operation.property)
            : fmt::format("{} is stated and changes by a call of its own", operation.property);
    AddCall(Phase::kApply, desired, "Change" + std::string(desired.kind->name), operation.operation.view(), reason);
  }

  static bool IsNeeded(const DesiredResource& desired, const model::SeparateOperation& operation) {
    switch (operation.what) {
      case What::kStart: return desired.power == manifest::Power::kRunning;
      case What::kStop: return desired.power == manifest::Power::kStopped;
      case What::kReboot: return desired.reboot != manifest::RebootPolicy::kNever;
      case What::kPromote: {
        const Value* value = Find(desired.properties, operation.property);
        return value != nullptr && value->IsNull();
      }
      case What::kAdd:
      case What::kSet: {
        const Value* value = Find(desired.properties, operation.property);
        return value != nullptr && !value->IsNull() && IsStatedWithItems(*value);
      }
      case What::kRemove:
      case What::kReset: break;
    }
    const Value* value = Find(desired.properties, operation.property);
    if (value == nullptr) return false;
    const auto* map = value->If<Properties>();
    if (map == nullptr) return true;  // a set is whole: what is not stated goes; null empties it
    return std::ranges::find(desired.exact, operation.property) != desired.exact.end() ||
           std::ranges::any_of(*map, [](const auto& item) { return item.second.IsNull(); });
  }

  void AddVersionTag(const DesiredResource& desired) {
    if (!desired.password_version || desired.kind->version_tags.empty()) return;
    for (std::string& arn : ArnsOf(desired)) {
      Allow(Phase::kApply, "Change" + std::string(desired.kind->name), "rds:" + std::string(kTagging.view()),
            std::move(arn), "password_version is remembered in a tag");
    }
  }

  // ---- other services ----------------------------------------------------------------------------------------------

  void AddDemanded(const DesiredResource& desired, const model::DemandedAction& row) {
    using When = model::DemandedAction::When;
    using On = model::DemandedAction::On;
    const Value* value = row.property.empty() ? nullptr : Find(desired.properties, row.property);
    if (!row.property.empty()) {
      if (value == nullptr || value->IsNull()) return;
      if (row.when == When::kTrue && !model::IsTrue(*value)) return;
      if (row.when == When::kArn && !IsArn(model::TextOf(*value))) return;
    }
    const auto allow = [&](std::string resource, std::vector<PermissionCondition> conditions) {
      const std::string subject =
          row.property.empty() ? fmt::format("for a {}", row.kind) : fmt::format("{} is stated", row.property);
      Allow(Phase::kApply, std::string(row.purpose), row.action, std::move(resource),
            fmt::format("{}: {}", subject, row.reason), row.confirmed, std::move(conditions));
    };
    switch (row.on) {
      case On::kAny: return allow(std::string(kAny), ConditionsOf(row));
      case On::kText: return allow(Filled(row.resource), ConditionsOf(row));
      case On::kRole: {
        for (const std::string& role : TextsOf(*value, row.member))
          allow(
              IsArn(role) ? Escaped(role) : fmt::format("arn:{}:iam::{}:role/{}", partition_, account_, Escaped(role)),
              ConditionsOf(row));
        return;
      }
      case On::kKey: {
        const std::string_view key = row.resource.empty() ? model::TextOf(*value) : row.resource;
        KeyResource of = KeyResourceOf(key);
        std::vector<PermissionCondition> conditions = ConditionsOf(row);
        std::ranges::move(of.conditions, std::back_inserter(conditions));
        return allow(std::move(of.resource), std::move(conditions));
      }
    }
  }

  struct KeyResource {
    std::string resource;
    std::vector<PermissionCondition> conditions{};
  };
  // IAM is asked about the key that an alias stands for, which is known to the service alone.
  KeyResource KeyResourceOf(std::string_view key) const {
    const auto alias = key.find("alias/");
    if (alias == std::string_view::npos) return {.resource = IsArn(key) ? Escaped(key) : KeyArn(Escaped(key))};
    return {.resource = KeyArn(kAny),
            .conditions = {{"ForAnyValue:StringEquals", "kms:ResourceAliases", Escaped(key.substr(alias))}}};
  }
  std::string KeyArn(std::string_view key) const {
    return fmt::format("arn:{}:kms:{}:{}:key/{}", partition_, region_, account_, key);
  }
  std::string Filled(std::string_view resource) const {
    std::string text = ReplaceAll(std::string(resource), "PARTITION", partition_);
    return ReplaceAll(ReplaceAll(std::move(text), "REGION", region_), "ACCOUNT", account_);
  }
  static std::vector<PermissionCondition> ConditionsOf(const model::DemandedAction& row) {
    if (row.condition.empty()) return {};
    const auto parts = Split(row.condition, ' ');
    return {{std::string(parts[0]), std::string(parts[1]), std::string(parts[2])}};
  }
  // The text, or the member of each item.
  static std::vector<std::string> TextsOf(const Value& value, std::string_view member) {
    std::vector<std::string> texts;
    if (const auto* list = value.If<List>()) {
      for (const Value& item : *list) {
        const Value* found = item.Find(member);
        if (found != nullptr && !model::TextOf(*found).empty()) texts.emplace_back(model::TextOf(*found));
      }
    } else if (!model::TextOf(value).empty()) {
      texts.emplace_back(model::TextOf(value));
    }
    return texts;
  }

  static constexpr model::OperationName kTagging = "AddTagsToResource";

  const manifest::Manifest& manifest_;
  std::string_view partition_;
  std::string region_{kAny};
  std::string account_{kAny};
  Permissions out_;
};

}  // namespace

Permissions PermissionsFor(const manifest::Manifest& manifest) {
  return Collector(manifest).Run();
}

}  // namespace rdsteady::plan
