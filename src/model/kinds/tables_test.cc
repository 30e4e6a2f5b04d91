// The tables against the API: whatever a row names exists there, and whatever the calls take is in a row.
#include <algorithm>
#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "model/api/api.h"
#include "model/kinds/kind.h"
#include "model/kinds/tables.h"

namespace rdsteady::model {
namespace {

// Nothing that plans or applies can name an operation that deletes: such a name cannot be made.
template <std::size_t kSize>
struct Literal {
  constexpr Literal(const char (&text)[kSize]) {
    std::ranges::copy(text, value);
  }  // NOLINT(google-explicit-constructor)
  char value[kSize];
};
template <Literal kName>
concept CanBePlanned = requires { typename std::bool_constant<!OperationName(kName.value).empty()>; };
static_assert(CanBePlanned<"ModifyDBInstance">);
static_assert(!CanBePlanned<"DeleteDBInstance">);
static_assert(!CanBePlanned<"DeleteDBInstanceAutomatedBackup">);

using ::testing::IsEmpty;

const Shape* InputOf(std::string_view operation) {
  const Operation* found = FindOperation(operation);
  return found == nullptr ? nullptr : found->input;
}

// The item of the describe answer.
const Shape* DescribedShape(const Kind& kind) {
  const Operation* describe = FindOperation(kind.describe);
  const Member* items = describe == nullptr ? nullptr : FindMember(*describe->output, kind.describe_items);
  return items == nullptr ? nullptr : items->shape->element;
}

// The shape at "A[].B" or "A[0].B", or nullptr.
const Shape* ShapeAt(const Shape* shape, std::string_view path) {
  for (const std::string_view segment : Split(path, '.')) {
    if (shape == nullptr) return nullptr;
    const std::size_t bracket = segment.find('[');
    const Member* member = FindMember(*shape, segment.substr(0, bracket));
    if (member == nullptr) return nullptr;
    shape = member->shape;
    if (bracket != std::string_view::npos) shape = shape->element;
  }
  return shape;
}

bool IsStoredByExtraRead(const Kind& kind, std::string_view path) {
  return std::ranges::any_of(kind.extra_reads, [path](const ExtraRead& read) { return read.store_as == path; });
}

class TablesTest : public ::testing::TestWithParam<const Kind*> {
 protected:
  const Kind& kind() const { return *GetParam(); }
};

INSTANTIATE_TEST_SUITE_P(Kinds, TablesTest, ::testing::ValuesIn(Kinds().begin(), Kinds().end()),
                         [](const auto& test) { return std::string(test.param->name); });

TEST_P(TablesTest, RowsAreSortedAndUnique) {
  EXPECT_TRUE(std::ranges::is_sorted(kind().properties, std::ranges::less_equal{}, &Property::name) ||
              kind().properties.size() > 1);
  const auto twice = std::ranges::adjacent_find(kind().properties, std::ranges::greater_equal{}, &Property::name);
  EXPECT_TRUE(twice == kind().properties.end()) << twice->name;
  for (const Property& property : kind().properties)
    EXPECT_EQ(FindProperty(kind(), property.name), &property);
  EXPECT_EQ(FindProperty(kind(), "Nothing"), nullptr);
  EXPECT_EQ(FindKind(kind().name), &kind());
}

TEST_P(TablesTest, BitsSayWhichCallsHaveTheMember) {
  for (const Property& property : kind().properties) {
    for (const Birth& birth : kind().births) {
      const std::string_view spelling = property.update == Update::kKey ? birth.key_as : property.name;
      const bool is_member = FindMember(*InputOf(birth.operation.view()), spelling) != nullptr;
      EXPECT_EQ((property.calls & birth.bit) != 0, is_member) << property.name << " in " << birth.operation.view();
    }
    if (kind().modify.empty()) {
      EXPECT_EQ(property.calls & kModify, 0) << property.name;
      continue;
    }
    const std::string_view spelling = property.modify_as.empty() ? property.name : property.modify_as;
    const bool is_member = FindMember(*InputOf(kind().modify.view()), spelling) != nullptr;
    EXPECT_EQ((property.calls & kModify) != 0, is_member) << property.name << " in " << kind().modify.view();
  }
}

TEST_P(TablesTest, EveryInputMemberHasARow) {
  std::set<std::string_view> covered;
  for (const Property& property : kind().properties) {
    covered.insert({property.name, property.modify_as});
    if (property.reset == Reset::kSendFlag) covered.insert(property.reset_with);
  }
  std::vector<std::string> uncovered;
  const auto check = [&](OperationName operation) {
    if (operation.empty()) return;
    for (const Member& member : InputOf(operation.view())->members) {
      if (!covered.contains(member.name))
        uncovered.push_back(std::string(operation.view()) + "." + std::string(member.name));
    }
  };
  for (const Birth& birth : kind().births) {
    covered.insert(birth.key_as);
    check(birth.operation);
  }
  check(kind().modify);
  EXPECT_THAT(uncovered, IsEmpty());
}

TEST_P(TablesTest, PathsExistInTheAnswer) {
  const Shape* answer = DescribedShape(kind());
  ASSERT_NE(answer, nullptr);
  for (const std::string_view member :
       {kind().key, kind().arn, kind().stable_id, kind().status_path, kind().window_path, kind().pending_root}) {
    if (!member.empty()) EXPECT_NE(ShapeAt(answer, member), nullptr) << member;
  }
  for (const Property& property : kind().properties) {
    for (const std::string_view path : {property.live, property.live_or, property.pending_elsewhere}) {
      if (path.empty() || IsStoredByExtraRead(kind(), path)) continue;
      EXPECT_NE(ShapeAt(answer, path), nullptr) << property.name << " at " << path;
    }
    for (const std::string_view ignore : {property.live_ignore, property.pending_ignore}) {
      if (ignore.empty()) continue;
      const std::string list(property.live.substr(0, property.live.find('[')));
      const Shape* element = ShapeAt(answer, list + "[]");
      ASSERT_NE(element, nullptr) << property.name;
      EXPECT_NE(FindMember(*element, ignore.substr(0, ignore.find('='))), nullptr) << property.name;
    }
    if (property.pending.empty()) continue;
    const Shape* pending = ShapeAt(answer, kind().pending_root);
    ASSERT_NE(pending, nullptr) << property.name;
    EXPECT_NE(ShapeAt(pending, property.pending), nullptr) << property.name << " pending at " << property.pending;
  }
  for (const Facet& facet : kind().facets) {
    EXPECT_NE(FindProperty(kind(), facet.property), nullptr) << facet.property;
    EXPECT_NE(ShapeAt(answer, facet.path), nullptr) << facet.path;
    EXPECT_FALSE(facet.settled.empty()) << facet.property;
  }
}

// What is pending and belongs to no row would be read by nobody.
TEST_P(TablesTest, EveryPendingMemberHasARow) {
  if (kind().pending_root.empty()) return;
  std::vector<std::string_view> unread;
  for (const Member& member : ShapeAt(DescribedShape(kind()), kind().pending_root)->members) {
    const bool is_read = std::ranges::any_of(kind().properties,
                                             [&](const Property& property) { return property.pending == member.name; });
    if (!is_read) unread.push_back(member.name);
  }
  // An absolute time where the stated property is a number of minutes: it cannot be compared.
  std::erase(unread, "ResumeFullAutomationModeTime");
  EXPECT_THAT(unread, IsEmpty());
}

TEST_P(TablesTest, ReferencesAndCompanionsExist) {
  for (const Property& property : kind().properties) {
    if (!property.references.empty()) EXPECT_NE(FindKind(property.references), nullptr) << property.name;
    for (const Companion& companion : property.companions) {
      EXPECT_NE(FindProperty(kind(), companion.property), nullptr) << property.name << " with " << companion.property;
      EXPECT_NE(companion.property, property.name);
    }
    for (const Guard& guard : property.guards) {
      EXPECT_FALSE(guard.rule.empty() || guard.reason.empty() || guard.holds == nullptr) << property.name;
    }
    for (const Check& check : property.checks) {
      EXPECT_FALSE(check.rule.empty() || check.objection == nullptr) << property.name;
    }
  }
  for (const std::string_view name : kind().always_send)
    EXPECT_NE(FindProperty(kind(), name), nullptr) << name;
  for (const Birth& birth : kind().births) {
    if (!birth.selector.empty()) EXPECT_NE(FindProperty(kind(), birth.selector), nullptr) << birth.selector;
    for (const std::string_view name : birth.not_with)
      EXPECT_NE(FindProperty(kind(), name), nullptr) << name;
    EXPECT_NE(FindErrorByCode(birth.exists_code), nullptr) << birth.exists_code;
  }
  ASSERT_FALSE(kind().births.empty());
  EXPECT_TRUE(kind().births.back().selector.empty());
  EXPECT_NE(FindErrorByCode(kind().not_found_code), nullptr);
}

TEST_P(TablesTest, RowsAreCoherent) {
  for (const Property& property : kind().properties) {
    const bool changes = property.update == Update::kModify || property.update == Update::kOperation;
    if (changes) {
      EXPECT_NE(property.timing, Timing::kNotModifiable) << property.name;
      EXPECT_NE(property.compare, Compare::kNever) << property.name;
      EXPECT_FALSE(property.live.empty()) << property.name;
      EXPECT_FALSE(DisruptionRows(kind(), property.name).empty()) << property.name;
    }
    if (property.update == Update::kModify) EXPECT_NE(property.calls & kModify, 0) << property.name;
    if (property.update == Update::kImmutable) EXPECT_EQ(property.calls & kModify, 0) << property.name;
    if (property.update == Update::kRefused) EXPECT_FALSE(property.note.empty()) << property.name;
    EXPECT_EQ(property.timing == Timing::kDependsOnValue, property.deferrable != nullptr) << property.name;
    EXPECT_EQ(property.item_key.empty(), property.item_value.empty()) << property.name;
    const bool is_map = property.compare == Compare::kTextMap || property.compare == Compare::kNameValueList ||
                        property.compare == Compare::kParameterMap;
    EXPECT_EQ(is_map, !property.item_key.empty()) << property.name;
    const bool needs_member = property.reset == Reset::kSendFlag || property.reset == Reset::kSendLiveOf;
    EXPECT_EQ(needs_member, !property.reset_with.empty()) << property.name;
  }
}

TEST_P(TablesTest, TypesComeFromTheApi) {
  for (const Property& property : kind().properties) {
    const Shape* type = TypeOf(kind(), property);
    ASSERT_NE(type, nullptr) << property.name;
    if (!property.delta_add.empty()) {
      const Member* delta = FindMember(*InputOf(kind().modify.view()), property.modify_as);
      ASSERT_NE(delta, nullptr) << property.name;
      EXPECT_NE(FindMember(*delta->shape, property.delta_add), nullptr);
      EXPECT_NE(FindMember(*delta->shape, property.delta_remove), nullptr);
      const Shape* pending =
          ShapeAt(DescribedShape(kind()), std::string(kind().pending_root) + "." + std::string(property.pending));
      ASSERT_NE(pending, nullptr);
      EXPECT_NE(FindMember(*pending, property.pending_add), nullptr);
      EXPECT_NE(FindMember(*pending, property.pending_remove), nullptr);
    }
    if (property.range.IsStated() || property.compare == Compare::kInteger) {
      EXPECT_EQ(type->type, ShapeType::kInteger) << property.name;
    }
    if (property.compare == Compare::kBoolean || property.compare == Compare::kPresence) {
      EXPECT_EQ(type->type, ShapeType::kBoolean) << property.name;
    }
    if (!property.values.empty()) {
      EXPECT_EQ(type->type, ShapeType::kString) << property.name;
      EXPECT_TRUE(type->enum_values.empty()) << property.name << " has an enum in the API";
    }
    if (!property.item_key.empty()) {
      ASSERT_EQ(type->type, ShapeType::kList) << property.name;
      EXPECT_NE(FindMember(*type->element, property.item_key), nullptr) << property.name;
      EXPECT_NE(FindMember(*type->element, property.item_value), nullptr) << property.name;
    }
  }
}

TEST_P(TablesTest, OperationsAndTheirMembersExist) {
  for (const SeparateOperation& row : kind().operations) {
    const Shape* input = InputOf(row.operation.view());
    ASSERT_NE(input, nullptr) << row.operation.view();
    EXPECT_TRUE(IsMutating(row.operation.view()));
    EXPECT_NE(FindMember(*input, row.resource_member), nullptr) << row.operation.view();
    if (!row.items_member.empty()) EXPECT_NE(FindMember(*input, row.items_member), nullptr) << row.operation.view();
    for (const auto& [member, value] : row.flags)
      EXPECT_NE(FindMember(*input, member), nullptr) << member;
    for (const std::string_view member : row.carries)
      EXPECT_NE(FindMember(*input, member), nullptr) << member;
    for (const std::string_view code : row.already_done_codes)
      EXPECT_NE(FindErrorByCode(code), nullptr) << code;
    const bool is_setting = row.property == "power" || row.property == "reboot";
    if (!is_setting) EXPECT_NE(FindProperty(kind(), row.property), nullptr) << row.property;
    if (!row.needed_path.empty()) EXPECT_NE(ShapeAt(DescribedShape(kind()), row.needed_path), nullptr);
    for (const std::string_view status : row.from_statuses)
      EXPECT_NE(FindStatus(kind(), status), nullptr) << status;
    for (const std::string_view status : row.done_statuses)
      EXPECT_NE(FindStatus(kind(), status), nullptr) << status;
  }
  for (const ExtraRead& read : kind().extra_reads) {
    const Operation* operation = FindOperation(read.operation);
    ASSERT_NE(operation, nullptr) << read.operation;
    EXPECT_FALSE(IsMutating(read.operation));
    EXPECT_NE(FindMember(*operation->input, read.resource_member), nullptr);
    EXPECT_NE(FindMember(*operation->output, read.items), nullptr);
    EXPECT_NE(FindProperty(kind(), read.property), nullptr);
  }
  const Shape* describe = InputOf(kind().describe);
  ASSERT_NE(describe, nullptr);
  EXPECT_NE(FindMember(*describe, kind().describe_key), nullptr);
  if (!kind().apply_immediately.empty()) {
    EXPECT_NE(FindMember(*InputOf(kind().modify.view()), kind().apply_immediately), nullptr);
  }
}

// The compiler refuses such a name (operation_name.h); here the tables say so once more.
TEST_P(TablesTest, NothingThatPlansCanNameADeletion) {
  std::vector<std::string_view> operations{kind().modify.view()};
  for (const Birth& birth : kind().births)
    operations.push_back(birth.operation.view());
  for (const SeparateOperation& row : kind().operations)
    operations.push_back(row.operation.view());
  for (const std::string_view operation : operations)
    EXPECT_FALSE(operation.starts_with("Delete")) << operation;
}

TEST_P(TablesTest, RefusalsThatMeanWaitAreKnownCodes) {
  // Codes that every operation may answer with, and that no operation lists.
  const std::set<std::string_view> general = {"InvalidParameterCombination", "InvalidParameterValue",
                                              "ValidationError"};
  for (const WaitRefusal& refusal : kind().wait_refusals) {
    if (general.contains(refusal.code)) {
      EXPECT_FALSE(refusal.fragment.empty()) << refusal.code << " carries what no waiting will cure";
    } else {
      EXPECT_NE(FindErrorByCode(refusal.code), nullptr) << refusal.code;
    }
  }
}

TEST(TablesTest, DBInstanceHasARowForEveryDesiredName) {
  EXPECT_EQ(kDBInstance.properties.size(), 87U);
  for (const std::string_view spelling :
       {"DBPortNumber", "NewDBInstanceIdentifier", "TargetDBInstanceIdentifier", "CloudwatchLogsExportConfiguration",
        "UseDefaultProcessorFeatures", "DisableDomain"}) {
    EXPECT_EQ(FindProperty(kDBInstance, spelling), nullptr) << spelling;
    EXPECT_NE(FindBySpelling(kDBInstance, spelling), nullptr) << spelling;
  }
  EXPECT_EQ(FindBySpelling(kDBInstance, "DBPortNumber")->name, "Port");
  EXPECT_EQ(FindBySpelling(kDBInstance, "TargetDBInstanceIdentifier")->name, "DBInstanceIdentifier");
  EXPECT_EQ(FindBySpelling(kDBInstance, "Port"), nullptr);
}

TEST(TablesTest, DBInstanceReadsOrKnowsEveryMemberOfTheAnswer) {
  // Reported, and never compared.
  std::set<std::string_view> known = {"ActivityStreamEngineNativeAuditFieldsIncluded",
                                      "ActivityStreamKinesisStreamName",
                                      "ActivityStreamKmsKeyId",
                                      "ActivityStreamMode",
                                      "ActivityStreamPolicyStatus",
                                      "ActivityStreamStatus",
                                      "AutomaticRestartTime",
                                      "CertificateDetails",
                                      "DBInstanceArn",
                                      "DBInstanceAutomatedBackupsReplications",
                                      "DBInstanceStatus",
                                      "DbiResourceId",
                                      "EnhancedMonitoringResourceArn",
                                      "InstanceCreateTime",
                                      "IsStorageConfigUpgradeAvailable",
                                      "LatestRestorableTime",
                                      "ListenerEndpoint",
                                      "PendingModifiedValues",
                                      "PercentProgress",
                                      "ReadReplicaDBClusterIdentifiers",
                                      "ReadReplicaDBInstanceIdentifiers",
                                      "ResumeFullAutomationModeTime",
                                      "SecondaryAvailabilityZone",
                                      "StatusInfos",
                                      "StorageEncryptionType",
                                      "StorageOperationPercentProgress",
                                      "StorageOperationStatus",
                                      "StorageVolumeStatus",
                                      "UpgradeRolloutOrder"};
  for (const Property& property : kDBInstance.properties) {
    for (const std::string_view path : {property.live, property.live_or})
      known.insert(path.substr(0, path.find_first_of(".[")));
  }
  for (const Member& member : DescribedShape(kDBInstance)->members)
    EXPECT_TRUE(known.contains(member.name)) << member.name;
}

TEST(TablesTest, TheBirthIsChosenByWhatIsStated) {
  const auto birth = [](const Properties& desired) { return BirthOf(kDBInstance, desired).operation.view(); };
  EXPECT_EQ(birth({{"Engine", "postgres"}}), "CreateDBInstance");
  EXPECT_EQ(birth({{"SourceDBInstanceIdentifier", "orders"}}), "CreateDBInstanceReadReplica");
  EXPECT_EQ(birth({{"SourceDBInstanceIdentifier", nullptr}}), "CreateDBInstance");
  EXPECT_EQ(birth({{"SourceDBInstanceIdentifier", "orders"}, {"UseLatestRestorableTime", true}}),
            "RestoreDBInstanceToPointInTime");
  EXPECT_EQ(birth({{"SourceDBInstanceIdentifier", "orders"}, {"UseLatestRestorableTime", false}}),
            "CreateDBInstanceReadReplica");
  EXPECT_EQ(birth({{"SourceDBInstanceIdentifier", "orders"}, {"RestoreTime", "2026-01-01T00:00:00Z"}}),
            "RestoreDBInstanceToPointInTime");
  EXPECT_EQ(birth({{"DBSnapshotIdentifier", "before"}}), "RestoreDBInstanceFromDBSnapshot");
  EXPECT_EQ(birth({{"DBClusterSnapshotIdentifier", "before"}}), "RestoreDBInstanceFromDBSnapshot");
  EXPECT_EQ(birth({{"SourceDBClusterIdentifier", "orders"}}), "CreateDBInstanceReadReplica");
}

TEST(TablesTest, StatusesHaveTheirClass) {
  EXPECT_EQ(FindStatus(kDBInstance, "available")->status_class, StatusClass::kSettled);
  EXPECT_EQ(FindStatus(kDBInstance, "storage-optimization")->status_class, StatusClass::kSettled);
  EXPECT_FALSE(FindStatus(kDBInstance, "stopped")->accepts_modify);
  EXPECT_TRUE(FindStatus(kDBInstance, "storage-full")->accepts_modify);
  EXPECT_EQ(FindStatus(kDBInstance, "deleted")->status_class, StatusClass::kGone);
  EXPECT_EQ(FindStatus(kDBInstance, "never-heard-of"), nullptr);
  for (const StatusRow& row : kDBInstance.statuses) {
    const bool needs_advice =
        row.status_class == StatusClass::kNeedsAction || row.status_class == StatusClass::kTerminal;
    EXPECT_TRUE(!needs_advice || !row.advice.empty()) << row.status;
    const bool is_busy = row.status_class == StatusClass::kTransient || row.status_class == StatusClass::kTerminal;
    EXPECT_FALSE(is_busy && row.accepts_modify) << row.status;
  }
}

TEST(TablesTest, VolumesMayBeRemovedByTheirElement) {
  const Shape* type = TypeOf(kDBInstance, *FindProperty(kDBInstance, "AdditionalStorageVolumes"));
  ASSERT_NE(type, nullptr);
  EXPECT_NE(FindMember(*type->element, "SetForDelete"), nullptr);
}

}  // namespace
}  // namespace rdsteady::model
