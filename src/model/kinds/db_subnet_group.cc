// DBSubnetGroup. It has no status of its own: a call that is accepted is done.
#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "model/kinds/kind.h"
#include "model/kinds/sight.h"
#include "model/kinds/tables.h"
#include "model/kinds/tag_rows.h"

namespace rdsteady::model {
namespace {

using What = SeparateOperation::What;

constexpr std::string_view kKey = "DBSubnetGroupName";

std::string_view NameOf(const Sight& sight) {
  return sight.name.empty() ? TextOf(StatedOf(sight, kKey)) : sight.name;
}

std::string ObjectionToName(const Sight& sight) {
  const std::string_view name = NameOf(sight);
  if (name.empty()) return {};
  if (EqualsIgnoreCase(name, "default")) return "the subnet group 'default' belongs to RDS and cannot be managed";
  const auto is_allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-' || c == ' ';
  };
  constexpr std::size_t kLongest = 255;
  if (Exists(sight) || (name.size() <= kLongest && std::ranges::all_of(name, is_allowed))) return {};
  return fmt::format(
      "'{}' is not a DBSubnetGroupName: 1 to {} letters, digits, periods, underscores, spaces and hyphens", name,
      kLongest);
}

std::string ObjectionToMissing(const Sight& sight) {
  if (Exists(sight)) return {};
  std::string missing;
  for (const std::string_view name : {"DBSubnetGroupDescription", "SubnetIds"}) {
    if (!IsAsked(sight, name)) missing.append(missing.empty() ? "" : ", ").append(name);
  }
  return missing.empty() ? std::string() : fmt::format("to create it, {} must be stated", missing);
}

std::string ObjectionToNoSubnets(const Sight& sight) {
  const auto* subnets = StatedOf(sight, "SubnetIds").If<List>();
  return subnets != nullptr && subnets->empty() ? "SubnetIds cannot be empty" : "";
}

constexpr Check kSubnetChecks[] = {
    {.rule = "SUBNETS",
     .objection = ObjectionToNoSubnets,
     .advice = "state subnets in at least two availability zones",
     .offline = true},
};
constexpr Check kWholeChecks[] = {
    {.rule = "ID-FORMAT", .objection = ObjectionToName, .offline = true},
    {.rule = "REQUIRED", .objection = ObjectionToMissing, .offline = true, .at_birth = true},
};

constexpr Property kProperties[] = {
    {.name = "DBSubnetGroupDescription",
     .calls = kCreate | kModify,
     .update = Update::kModify,
     .compare = Compare::kExact,
     .timing = Timing::kImmediate,
     .live = "DBSubnetGroupDescription"},
    {.name = kKey,
     .calls = kCreate | kModify,
     .update = Update::kKey,
     .compare = Compare::kIdentifier,
     .live = "DBSubnetGroupName",
     .folds_case = true},
    {.name = "SubnetIds",
     .calls = kCreate | kModify,
     .update = Update::kModify,
     .compare = Compare::kSet,
     .timing = Timing::kImmediate,
     .live = "Subnets[].SubnetIdentifier",
     .checks = kSubnetChecks,
     .note = "in at least two availability zones of one VPC; a subnet in use cannot leave"},
    TagsProperty(kCreate),
};
static_assert(std::ranges::is_sorted(kProperties, {}, &Property::name));

constexpr Birth kBirths[] = {
    {.selector = {},
     .operation = "CreateDBSubnetGroup",
     .bit = kCreate,
     .key_as = kKey,
     .exists_code = "DBSubnetGroupAlreadyExists"},
};

constexpr SeparateOperation kOperations[] = {
    kAddTags,
    kRemoveTags,
};

constexpr ExtraRead kExtraReads[] = {
    kReadTags,
};

// The call wants the whole list even where only the description changes.
constexpr std::string_view kAlwaysSend[] = {"SubnetIds"};

constexpr std::string_view kGroupSettled[] = {"Complete"};
constexpr Facet kFacets[] = {{"SubnetIds", "SubnetGroupStatus", kGroupSettled, {}}};

constexpr WaitRefusal kWaitRefusals[] = {
    {"InvalidDBSubnetGroupStateFault", "", WaitRefusal::Until::kShortly, 300},
};

}  // namespace

constinit const Kind kDBSubnetGroup = {
    .name = "DBSubnetGroup",
    .key = kKey,
    .arn = "DBSubnetGroupArn",
    .describe = "DescribeDBSubnetGroups",
    .describe_key = kKey,
    .describe_items = "DBSubnetGroups",
    .not_found_code = "DBSubnetGroupNotFoundFault",
    .modify = "ModifyDBSubnetGroup",
    .always_send = kAlwaysSend,
    .births = kBirths,
    .properties = kProperties,
    .operations = kOperations,
    .extra_reads = kExtraReads,
    .facets = kFacets,
    .wait_refusals = kWaitRefusals,
    .checks = kWholeChecks,
};

namespace {

constexpr DisruptionRow kDisruption[] = {
    {.property = "DBSubnetGroupDescription",
     .engines = "all",
     .deployment = "any",
     .condition = "change",
     .disruption = Disruption::kNone,
     .when = ActsWhen::kNow,
     .reversible = Reversible::kYes,
     .confidence = Confidence::kImplied},
    {.property = "SubnetIds",
     .engines = "all",
     .deployment = "any",
     .condition = "change",
     .disruption = Disruption::kNone,
     .when = ActsWhen::kNow,
     .reversible = Reversible::kYes,
     .confidence = Confidence::kImplied,
     .note = "instances stay where they are; the next standby or replacement may use another subnet"},
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

std::span<const DisruptionRow> DBSubnetGroupDisruption() {
  return kDisruption;
}

}  // namespace rdsteady::model
