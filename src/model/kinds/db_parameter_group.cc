// DBParameterGroup, with its parameters. Family and description are fixed at creation; parameters are set and reset by
// calls of their own, at most twenty a call. It has no status: what instances have taken up stands in theirs.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/suggest.h"
#include "base/text.h"
#include "model/kinds/compare.h"
#include "model/kinds/kind.h"
#include "model/kinds/parameter_value.h"
#include "model/kinds/sight.h"
#include "model/kinds/tables.h"
#include "model/kinds/tag_rows.h"

namespace rdsteady::model {
namespace {

using What = SeparateOperation::What;

constexpr std::string_view kKey = "DBParameterGroupName";
constexpr std::size_t kLongestName = 255;
constexpr int kMaxParametersACall = 20;

std::string_view NameOf(const Sight& sight) {
  return sight.name.empty() ? TextOf(StatedOf(sight, kKey)) : sight.name;
}

std::string ObjectionToName(const Sight& sight) {
  const std::string_view name = NameOf(sight);
  if (ToLower(name).starts_with("default.")) {
    return fmt::format("the parameter group '{}' is the engine's own and cannot be managed", name);
  }
  return Exists(sight) ? std::string() : ObjectionToIdentifier(name, "a DBParameterGroupName", kLongestName);
}

std::string NameHint(const Sight& sight) {
  if (ToLower(NameOf(sight)).starts_with("default.")) return "state a group of your own, of the same family";
  return fmt::format("for example '{}'", SuggestIdentifier(NameOf(sight), "pg-", kLongestName));
}

std::string ObjectionToMissing(const Sight& sight) {
  if (Exists(sight)) return {};
  std::string missing;
  for (const std::string_view name : {"DBParameterGroupFamily", "Description"}) {
    if (!IsAsked(sight, name)) missing.append(missing.empty() ? "" : ", ").append(name);
  }
  return missing.empty() ? std::string() : fmt::format("to create it, {} must be stated", missing);
}

std::string TextMember(const Value& item, std::string_view member) {
  const Value* found = item.Find(member);
  return found == nullptr ? std::string() : std::string(TextOf(*found));
}

const Properties* StatedParameters(const Sight& sight) {
  return StatedOf(sight, "Parameters").If<Properties>();
}

// The stated parameter that the family does not have; needs the live list.
std::string_view UnknownParameter(const Sight& sight) {
  const auto* stated = StatedParameters(sight);
  const auto* live = LiveOf(sight, "Parameters").If<List>();
  if (stated == nullptr || live == nullptr || live->empty()) return {};
  for (const auto& [name, value] : *stated) {
    const bool is_known =
        std::ranges::any_of(*live, [&](const Value& item) { return TextMember(item, "ParameterName") == name; });
    if (!is_known) return name;
  }
  return {};
}

std::string ObjectionToUnknownParameter(const Sight& sight) {
  const std::string_view name = UnknownParameter(sight);
  if (name.empty()) return {};
  return fmt::format("the family {} has no parameter '{}'", TextOf(LiveOf(sight, "DBParameterGroupFamily")), name);
}

std::string UnknownParameterHint(const Sight& sight) {
  std::vector<std::string_view> known;
  if (const auto* live = LiveOf(sight, "Parameters").If<List>()) {
    for (const Value& item : *live) {
      const Value* name = item.Find("ParameterName");
      if (name != nullptr) known.push_back(TextOf(*name));
    }
  }
  return DidYouMean(UnknownParameter(sight), known);
}

// A parameter that cannot be modified may be stated with the value that it has.
std::string ObjectionToFixedParameter(const Sight& sight) {
  const auto* stated = StatedParameters(sight);
  const auto* live = LiveOf(sight, "Parameters").If<List>();
  if (stated == nullptr || live == nullptr) return {};
  for (const auto& [name, value] : *stated) {
    for (const Value& item : *live) {
      const Value* modifiable = item.Find("IsModifiable");
      if (TextMember(item, "ParameterName") != name || modifiable == nullptr || *modifiable != Value(false)) continue;
      const Value* have = item.Find("ParameterValue");
      if (!ParameterReached(value, have == nullptr ? Value() : *have, item)) {
        return fmt::format("the parameter '{}' cannot be modified", name);
      }
    }
  }
  return {};
}

// Derived, and never compared: the service accepts and ignores a change of the method alone. "immediate" is refused for
// a static parameter; an unknown one is taken for static, which is accepted for every engine's dynamic ones but SQL
// Server's.
std::string_view ApplyMethodOf(const Value& live_item) {
  return EqualsIgnoreCase(TextMember(live_item, "ApplyType"), "dynamic") ? "immediate" : "pending-reboot";
}

Value ItemToSet(std::string_view key, const Value& value, const Value& live_item) {
  const auto* text = value.If<std::string>();
  return Properties{{"ApplyMethod", ApplyMethodOf(live_item)},
                    {"ParameterName", key},
                    {"ParameterValue", text != nullptr ? Value(std::string(Trim(*text))) : Value(ToDisplay(value))}};
}

Value ItemToReset(std::string_view key, const Value&, const Value& live_item) {
  return Properties{{"ApplyMethod", ApplyMethodOf(live_item)}, {"ParameterName", key}};
}

// Parameters that engines check against each other: apart, one of the calls may be refused.
constexpr std::array<std::string_view, 2> kCharacterSet = {"character_set_server", "collation_server"};
constexpr std::array<std::string_view, 2> kGtid = {"enforce_gtid_consistency", "gtid-mode"};
constexpr std::array<std::string_view, 2> kPasswords = {"password_encryption", "rds.accepted_password_auth_method"};
constexpr std::array<std::string_view, 2> kProtocols = {"ssl_max_protocol_version", "ssl_min_protocol_version"};
constexpr std::array<std::span<const std::string_view>, 4> kTogether = {kCharacterSet, kGtid, kPasswords, kProtocols};

std::span<const std::string_view> Together(std::string_view key) {
  const auto found = std::ranges::find_if(kTogether, [key](std::span<const std::string_view> group) {
    return std::ranges::find(group, key) != group.end();
  });
  return found == kTogether.end() ? std::span<const std::string_view>() : *found;
}

constexpr Check kParameterChecks[] = {
    {.rule = "PARAMETER-UNKNOWN", .objection = ObjectionToUnknownParameter, .hint = UnknownParameterHint},
    {.rule = "PARAMETER-FIXED",
     .objection = ObjectionToFixedParameter,
     .advice = "leave it out, or state the value that it has"},
};
constexpr Check kWholeChecks[] = {
    {.rule = "ID-FORMAT", .objection = ObjectionToName, .offline = true, .hint = NameHint},
    {.rule = "REQUIRED", .objection = ObjectionToMissing, .offline = true, .at_birth = true},
};

constexpr Property kProperties[] = {
    {.name = "DBParameterGroupFamily",
     .calls = kCreate,
     .update = Update::kImmutable,
     .compare = Compare::kIgnoreCase,
     .live = "DBParameterGroupFamily",
     .note = "a new major version needs a new group"},
    {.name = kKey,
     .calls = kCreate,
     .update = Update::kKey,
     .compare = Compare::kIdentifier,
     .live = "DBParameterGroupName",
     .folds_case = true},
    {.name = "Description",
     .calls = kCreate,
     .update = Update::kImmutable,
     .compare = Compare::kExact,
     .live = "Description"},
    {.name = "Parameters",
     .update = Update::kOperation,
     .compare = Compare::kParameterMap,
     .timing = Timing::kImmediate,
     .live = "Parameters",
     .reset = Reset::kPerKey,
     .checks = kParameterChecks,
     .item_key = "ParameterName",
     .item_value = "ParameterValue",
     .note = "dynamic ones act at once, static ones at each instance's next reboot; null resets one"},
    TagsProperty(kCreate),
};
static_assert(std::ranges::is_sorted(kProperties, {}, &Property::name));

constexpr Birth kBirths[] = {
    {.selector = {},
     .operation = "CreateDBParameterGroup",
     .bit = kCreate,
     .key_as = kKey,
     .exists_code = "DBParameterGroupAlreadyExists"},
};

constexpr std::pair<std::string_view, bool> kResetFlags[] = {{"ResetAllParameters", false}};

constexpr SeparateOperation kOperations[] = {
    {.property = "Parameters",
     .what = What::kSet,
     .operation = "ModifyDBParameterGroup",
     .resource_member = kKey,
     .items_member = "Parameters",
     .max_items = kMaxParametersACall,
     .item = ItemToSet,
     .together = Together},
    {.property = "Parameters",
     .what = What::kReset,
     .operation = "ResetDBParameterGroup",
     .resource_member = kKey,
     .items_member = "Parameters",
     .max_items = kMaxParametersACall,
     .item = ItemToReset,
     .together = Together,
     .flags = kResetFlags},
    kAddTags,
    kRemoveTags,
};

// All parameters, not the user's alone: a value that a user set to the engine's default may be reported as the
// engine's.
constexpr ExtraRead kExtraReads[] = {
    {.property = "Parameters",
     .operation = "DescribeDBParameters",
     .resource_member = kKey,
     .by_arn = false,
     .items = "Parameters",
     .store_as = "Parameters"},
    kReadTags,
};

constexpr WaitRefusal kWaitRefusals[] = {
    {"InvalidDBParameterGroupState", "", WaitRefusal::Until::kShortly, 300},
};

// Of a parameter, `from` is the live item as the service lists it; before the group exists there is none.
Maybe HasApplyType(const Value& from, std::string_view type) {
  const std::string live = TextMember(from, "ApplyType");
  if (live.empty()) return Maybe::kMaybe;
  return EqualsIgnoreCase(live, type) ? Maybe::kYes : Maybe::kNo;
}
Maybe IsDynamic(const Sight& /*sight*/, const Value& from, const Value& /*to*/) {
  return HasApplyType(from, "dynamic");
}
Maybe IsStatic(const Sight& /*sight*/, const Value& from, const Value& /*to*/) {
  return HasApplyType(from, "static");
}

constexpr DisruptionRow kDisruption[] = {
    {.property = "Parameters",
     .engines = "all",
     .deployment = "any",
     .condition = "dynamic parameter",
     .applies = IsDynamic,
     .disruption = Disruption::kNone,
     .when = ActsWhen::kNow,
     .reversible = Reversible::kYes,
     .confidence = Confidence::kGuide,
     .note = "acts on every instance of the group"},
    {.property = "Parameters",
     .engines = "all",
     .deployment = "any",
     .condition = "static parameter",
     .applies = IsStatic,
     .disruption = Disruption::kNone,
     .when = ActsWhen::kNextReboot,
     .reversible = Reversible::kYes,
     .confidence = Confidence::kGuide,
     .note = "loaded at each instance's next reboot, of whatever cause"},
    {.property = "Tags",
     .engines = "all",
     .deployment = "any",
     .condition = "add or remove",
     .disruption = Disruption::kNone,
     .when = ActsWhen::kNow,
     .reversible = Reversible::kYes,
     .confidence = Confidence::kImplied},
};

}  // namespace

constinit const Kind kDBParameterGroup = {
    .name = "DBParameterGroup",
    .key = kKey,
    .arn = "DBParameterGroupArn",
    .describe = "DescribeDBParameterGroups",
    .describe_key = kKey,
    .describe_items = "DBParameterGroups",
    .not_found_code = "DBParameterGroupNotFound",
    .event_source = "db-parameter-group",
    .births = kBirths,
    .properties = kProperties,
    .operations = kOperations,
    .extra_reads = kExtraReads,
    .wait_refusals = kWaitRefusals,
    .checks = kWholeChecks,
};

std::span<const DisruptionRow> DBParameterGroupDisruption() {
  return kDisruption;
}

}  // namespace rdsteady::model
