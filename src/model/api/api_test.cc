#include "model/api/api.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

namespace rdsteady::model {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

std::vector<const Shape*> Structures() {
  std::vector<const Shape*> result;
  for (const Shape& shape : Shapes()) {
    if (shape.type == ShapeType::kStructure) result.push_back(&shape);
  }
  return result;
}

std::vector<std::pair<const Shape*, const Member*>> AllMembers() {
  std::vector<std::pair<const Shape*, const Member*>> result;
  for (const Shape* structure : Structures()) {
    for (const Member& member : structure->members)
      result.emplace_back(structure, &member);
  }
  return result;
}

template <typename Predicate>
std::ptrdiff_t CountMembers(Predicate predicate) {
  return std::ranges::count_if(AllMembers(), [&](const auto& pair) { return predicate(*pair.second); });
}

std::string Where(const Shape& structure, const Member& member) {
  return std::string(structure.name) + "." + std::string(member.name);
}

std::vector<std::string_view> MemberNames(std::string_view structure) {
  std::vector<std::string_view> result;
  const Shape* shape = FindShape(structure);
  if (shape == nullptr) return result;
  for (const Member& member : shape->members)
    result.push_back(member.name);
  return result;
}

// The shape at a dotted path below a structure, or nullptr.
const Shape* At(const Shape* shape, std::string_view path) {
  while (shape != nullptr) {
    const std::size_t dot = path.find('.');
    const Member* member = FindMember(*shape, path.substr(0, dot));
    shape = member == nullptr ? nullptr : member->shape;
    if (dot == std::string_view::npos) return shape;
    path.remove_prefix(dot + 1);
  }
  return nullptr;
}

const Member* InputMember(std::string_view operation, std::string_view member) {
  const Operation* found = FindOperation(operation);
  return found == nullptr ? nullptr : FindMember(*found->input, member);
}

template <typename Row, typename Key>
void ExpectSortedAndUnique(std::span<const Row> rows, Key key, std::string_view what) {
  const auto not_before = [&](const Row& a, const Row& b) { return std::invoke(key, a) >= std::invoke(key, b); };
  const auto it = std::ranges::adjacent_find(rows, not_before);
  EXPECT_TRUE(it == rows.end()) << what << ": " << std::invoke(key, *it) << " is not before its successor";
}

TEST(ApiTable, HasEverythingTheApiHas) {
  EXPECT_EQ(Operations().size(), 168U);
  EXPECT_EQ(Structures().size(), 443U);
  EXPECT_EQ(Errors().size(), 150U);
  EXPECT_EQ(Waiters().size(), 10U);
  EXPECT_EQ(AllMembers().size(), 2469U);
  EXPECT_EQ(CountMembers([](const Member& m) { return m.required; }), 233);
  EXPECT_EQ(CountMembers([](const Member& m) { return m.sensitive; }), 24);
  EXPECT_EQ(CountMembers([](const Member& m) { return m.constraint != nullptr; }), 108);
  EXPECT_EQ(CountMembers([](const Member& m) { return m.shape->type == ShapeType::kList; }), 352);
  EXPECT_EQ(CountMembers(
                [](const Member& m) { return m.shape->type == ShapeType::kList && m.shape->element_name != "member"; }),
            257);
  EXPECT_EQ(std::ranges::count_if(Shapes(), [](const Shape& s) { return !s.enum_values.empty(); }), 38);
  EXPECT_EQ(std::ranges::count_if(Operations(), [](const Operation& o) { return o.paginator != nullptr; }), 43);
  EXPECT_EQ(std::ranges::count_if(Operations(), [](const Operation& o) { return o.output == nullptr; }), 11);
}

TEST(ApiTable, IsSortedForItsLookUps) {
  ExpectSortedAndUnique(Operations(), &Operation::name, "operations");
  ExpectSortedAndUnique(Shapes(), &Shape::name, "shapes");
  ExpectSortedAndUnique(Errors(), &ErrorShape::code, "errors");
  ExpectSortedAndUnique(Waiters(), &Waiter::name, "waiters");
}

TEST(ApiTable, EveryRowIsFoundByItsNameAndNothingElseIs) {
  for (const Operation& row : Operations())
    EXPECT_EQ(FindOperation(row.name), &row);
  for (const Shape& row : Shapes())
    EXPECT_EQ(FindShape(row.name), &row);
  for (const ErrorShape& row : Errors()) {
    EXPECT_EQ(FindErrorByCode(row.code), &row);
    EXPECT_EQ(FindErrorByName(row.name), &row);
  }
  for (const Waiter& row : Waiters())
    EXPECT_EQ(FindWaiter(row.name), &row);
  for (const auto& [structure, member] : AllMembers())
    EXPECT_EQ(FindMember(*structure, member->name), member);

  for (const std::string_view absent : {"", "A", "~", "createdbinstance", "CreateDBInstanc", "CreateDBInstances"}) {
    EXPECT_EQ(FindOperation(absent), nullptr) << absent;
    EXPECT_EQ(FindShape(absent), nullptr) << absent;
    EXPECT_EQ(FindErrorByCode(absent), nullptr) << absent;
    EXPECT_EQ(FindErrorByName(absent), nullptr) << absent;
    EXPECT_EQ(FindWaiter(absent), nullptr) << absent;
    EXPECT_EQ(FindMember(*FindShape("DBInstance"), absent), nullptr) << absent;
  }
  EXPECT_EQ(FindMember(*FindShape("String"), "Length"), nullptr);
}

TEST(ApiTable, MemberNamesAreUniqueInTheirStructure) {
  for (const Shape* structure : Structures()) {
    std::set<std::string_view> names;
    for (const Member& member : structure->members) {
      EXPECT_TRUE(names.insert(member.name).second) << Where(*structure, member);
    }
  }
}

// Whatever a codec meets on its way down has to be a row of the table, and the way has to end.
TEST(ApiTable, EveryShapeIsReachedFromAnOperationAndNoneContainsItself) {
  std::set<const Shape*> reached;
  std::vector<const Shape*> path;
  const std::function<void(const Shape*, std::string_view)> visit = [&](const Shape* shape, std::string_view from) {
    ASSERT_NE(shape, nullptr) << from;
    ASSERT_EQ(FindShape(shape->name), shape) << from << " leads to a shape outside the table";
    ASSERT_THAT(path, testing::Not(Contains(shape))) << shape->name << " contains itself";
    if (!reached.insert(shape).second) return;
    path.push_back(shape);
    for (const Member& member : shape->members)
      visit(member.shape, shape->name);
    if (shape->type == ShapeType::kList || shape->type == ShapeType::kMap) visit(shape->element, shape->name);
    path.pop_back();
  };
  for (const Operation& operation : Operations()) {
    ASSERT_NE(operation.input, nullptr) << operation.name;
    EXPECT_EQ(operation.input->type, ShapeType::kStructure) << operation.name;
    visit(operation.input, operation.name);
    if (operation.output == nullptr) continue;
    EXPECT_EQ(operation.output->type, ShapeType::kStructure) << operation.name;
    visit(operation.output, operation.name);
  }
  EXPECT_EQ(reached.size(), Shapes().size());
}

TEST(ApiTable, ShapesHaveWhatTheirTypeNeedsAndNothingElse) {
  for (const Shape& shape : Shapes()) {
    const bool list = shape.type == ShapeType::kList;
    const bool map = shape.type == ShapeType::kMap;
    EXPECT_EQ(shape.element != nullptr, list || map) << shape.name;
    EXPECT_EQ(!shape.element_name.empty(), list || map) << shape.name;
    if (map) EXPECT_EQ(shape.element_name, "entry") << shape.name;
    if (shape.type != ShapeType::kStructure) EXPECT_THAT(shape.members, IsEmpty()) << shape.name;
    if (shape.type != ShapeType::kString) {
      EXPECT_THAT(shape.enum_values, IsEmpty()) << shape.name;
      EXPECT_FALSE(shape.sensitive) << shape.name;
    }
  }
}

TEST(ApiTable, OperationsThatAnswerOnlyARequestId) {
  std::vector<std::string_view> names;
  for (const Operation& operation : Operations()) {
    if (operation.output == nullptr) names.push_back(operation.name);
  }
  EXPECT_THAT(names, ElementsAre("AddRoleToDBCluster", "AddRoleToDBInstance", "AddTagsToResource",
                                 "DeleteDBClusterParameterGroup", "DeleteDBParameterGroup", "DeleteDBSecurityGroup",
                                 "DeleteDBSubnetGroup", "DeleteOptionGroup", "RemoveRoleFromDBCluster",
                                 "RemoveRoleFromDBInstance", "RemoveTagsFromResource"));
}

TEST(ApiTable, KnownStructures) {
  EXPECT_EQ(FindOperation("CreateDBInstance")->input->members.size(), 68U);
  EXPECT_EQ(FindOperation("ModifyDBInstance")->input->members.size(), 66U);
  EXPECT_EQ(FindShape("DBInstance")->members.size(), 94U);
  EXPECT_THAT(MemberNames("CreateDBSubnetGroupMessage"),
              ElementsAre("DBSubnetGroupName", "DBSubnetGroupDescription", "SubnetIds", "Tags"));
  EXPECT_THAT(MemberNames("Tag"), UnorderedElementsAre("Key", "Value"));

  std::vector<std::string_view> required;
  for (const Member& member : FindOperation("CreateDBInstance")->input->members) {
    if (member.required) required.push_back(member.name);
  }
  EXPECT_THAT(required, UnorderedElementsAre("DBInstanceIdentifier", "DBInstanceClass", "Engine"));
}

TEST(ApiTable, KnownTypes) {
  const std::pair<std::string_view, ShapeType> cases[] = {
      {"DBInstance.AllocatedStorage", ShapeType::kInteger},
      {"DBInstance.MultiAZ", ShapeType::kBoolean},
      {"DBInstance.EngineVersion", ShapeType::kString},
      {"DBInstance.InstanceCreateTime", ShapeType::kTimestamp},
      {"DBInstance.Endpoint.Port", ShapeType::kInteger},
      {"DBInstance.PendingModifiedValues.DBInstanceClass", ShapeType::kString},
      {"DBInstance.TagList", ShapeType::kList},
      {"DBCluster.BacktrackWindow", ShapeType::kLong},
      {"DBCluster.ServerlessV2ScalingConfiguration.MinCapacity", ShapeType::kDouble},
      {"DBSnapshot.FullSnapshotSizeInBytes", ShapeType::kLong},
      {"AvailableAdditionalStorageVolumesOption.MinIopsPerGib", ShapeType::kDouble},
      {"AvailableAdditionalStorageVolumesOption.MaxIopsPerGib", ShapeType::kDouble},
      {"CreateIntegrationMessage.AdditionalEncryptionContext", ShapeType::kMap},
  };
  for (const auto& [path, type] : cases) {
    const std::size_t dot = path.find('.');
    const Shape* shape = At(FindShape(path.substr(0, dot)), path.substr(dot + 1));
    ASSERT_NE(shape, nullptr) << path;
    EXPECT_EQ(shape->type, type) << path;
  }
  const Shape* replica_mode = At(FindShape("DBInstance"), "ReplicaMode");
  ASSERT_NE(replica_mode, nullptr);
  EXPECT_THAT(replica_mode->enum_values, ElementsAre("mounted", "open-read-only"));
}

// The same-looking list is spelled differently on the wire, and only the table knows.
TEST(ApiTable, ElementNamesDifferByOperation) {
  const std::tuple<std::string_view, std::string_view, std::string_view> cases[] = {
      {"CreateDBInstance", "VpcSecurityGroupIds", "VpcSecurityGroupId"},
      {"ModifyDBInstance", "VpcSecurityGroupIds", "VpcSecurityGroupId"},
      {"CreateDBCluster", "VpcSecurityGroupIds", "VpcSecurityGroupId"},
      {"CreateDBProxy", "VpcSecurityGroupIds", "member"},
      {"ModifyDBProxyEndpoint", "VpcSecurityGroupIds", "member"},
      {"CreateDBInstance", "DBSecurityGroups", "DBSecurityGroupName"},
      {"CreateDBInstance", "Tags", "Tag"},
      {"CreateDBInstance", "ProcessorFeatures", "ProcessorFeature"},
      {"CreateDBInstance", "EnableCloudwatchLogsExports", "member"},
      {"CreateDBInstance", "TagSpecifications", "item"},
      {"CreateDBInstance", "AdditionalStorageVolumes", "member"},
      {"CreateDBSubnetGroup", "SubnetIds", "SubnetIdentifier"},
      {"CreateDBCluster", "AvailabilityZones", "AvailabilityZone"},
      {"ModifyDBParameterGroup", "Parameters", "Parameter"},
      {"RemoveTagsFromResource", "TagKeys", "member"},
      {"DescribeDBInstances", "Filters", "Filter"},
  };
  for (const auto& [operation, list, element_name] : cases) {
    const Member* member = InputMember(operation, list);
    ASSERT_NE(member, nullptr) << operation << " " << list;
    ASSERT_EQ(member->shape->type, ShapeType::kList) << operation << " " << list;
    EXPECT_EQ(member->shape->element_name, element_name) << operation << " " << list;
  }
  EXPECT_EQ(At(FindShape("Filter"), "Values")->element_name, "Value");
}

TEST(ApiTable, ErrorsCarryTheirWireCodeAndStatus) {
  std::map<int, int> statuses;
  int renamed = 0;
  for (const ErrorShape& error : Errors()) {
    ++statuses[error.http_status];
    renamed += error.name != error.code ? 1 : 0;
    EXPECT_EQ(error.sender, error.http_status < 500) << error.name;
  }
  EXPECT_EQ(statuses, (std::map<int, int>{{400, 105}, {403, 3}, {404, 42}}));
  EXPECT_EQ(renamed, 72);

  const ErrorShape* not_found = FindErrorByName("DBInstanceNotFoundFault");
  ASSERT_NE(not_found, nullptr);
  EXPECT_EQ(not_found->code, "DBInstanceNotFound");
  EXPECT_EQ(not_found->http_status, 404);
  EXPECT_TRUE(not_found->sender);
  EXPECT_EQ(FindErrorByCode("DBInstanceNotFoundFault"), nullptr);
  EXPECT_EQ(FindErrorByName("DBSecurityGroupQuotaExceededFault")->code, "QuotaExceeded.DBSecurityGroup");
  EXPECT_EQ(FindErrorByName("DBClusterNotFoundFault")->code, "DBClusterNotFoundFault");
  EXPECT_EQ(FindErrorByCode("InvalidDBInstanceState")->http_status, 400);
}

TEST(ApiTable, OperationsNameTheirErrorsOnce) {
  for (const Operation& operation : Operations()) {
    std::set<const ErrorShape*> seen;
    for (const ErrorShape* error : operation.errors) {
      ASSERT_NE(error, nullptr) << operation.name;
      EXPECT_EQ(FindErrorByCode(error->code), error) << operation.name;
      EXPECT_TRUE(seen.insert(error).second) << operation.name << " names " << error->code << " twice";
    }
  }
  EXPECT_THAT(FindOperation("CreateDBInstance")->errors, Contains(FindErrorByCode("DBInstanceAlreadyExists")));
  EXPECT_THAT(FindOperation("DescribeDBInstances")->errors, ElementsAre(FindErrorByCode("DBInstanceNotFound")));
  EXPECT_THAT(FindOperation("DescribeAccountAttributes")->errors, IsEmpty());
}

TEST(ApiTable, PaginatorsPointAtMembers) {
  for (const Operation& operation : Operations()) {
    if (operation.paginator == nullptr) continue;
    const Paginator& paginator = *operation.paginator;
    const auto type = [&](const Shape* structure, std::string_view path) {
      const Shape* shape = At(structure, path);
      EXPECT_NE(shape, nullptr) << operation.name << ": " << path;
      return shape == nullptr ? ShapeType::kMap : shape->type;
    };
    EXPECT_EQ(type(operation.input, paginator.input_token), ShapeType::kString) << operation.name;
    EXPECT_EQ(type(operation.output, paginator.output_token), ShapeType::kString) << operation.name;
    EXPECT_EQ(type(operation.input, paginator.page_size), ShapeType::kInteger) << operation.name;
    if (paginator.more.empty()) {
      EXPECT_EQ(type(operation.output, paginator.items), ShapeType::kList) << operation.name;
    } else {
      EXPECT_EQ(type(operation.output, paginator.more), ShapeType::kBoolean) << operation.name;
      EXPECT_EQ(type(operation.output, paginator.items), ShapeType::kString) << operation.name;
    }
  }
  EXPECT_EQ(FindOperation("DescribeDBInstances")->paginator->items, "DBInstances");
  EXPECT_EQ(FindOperation("CreateDBInstance")->paginator, nullptr);
  // It has Marker and MaxRecords, and still no description of the API pages it.
  EXPECT_EQ(FindOperation("DescribeDBShardGroups")->paginator, nullptr);
}

TEST(ApiTable, ThreePaginatorsAreNotLikeTheOthers) {
  std::vector<std::string_view> others;
  for (const Operation& operation : Operations()) {
    const Paginator* p = operation.paginator;
    if (p == nullptr) continue;
    EXPECT_EQ(p->input_token, "Marker") << operation.name;
    if (p->output_token != "Marker" || p->page_size != "MaxRecords" || !p->more.empty())
      others.push_back(operation.name);
  }
  EXPECT_THAT(others, ElementsAre("DescribeEngineDefaultClusterParameters", "DescribeEngineDefaultParameters",
                                  "DownloadDBLogFilePortion"));
  for (const std::string_view name : {"DescribeEngineDefaultClusterParameters", "DescribeEngineDefaultParameters"}) {
    EXPECT_EQ(FindOperation(name)->paginator->output_token, "EngineDefaults.Marker");
    EXPECT_EQ(FindOperation(name)->paginator->items, "EngineDefaults.Parameters");
  }
  const Paginator& logs = *FindOperation("DownloadDBLogFilePortion")->paginator;
  EXPECT_EQ(logs.page_size, "NumberOfLines");
  EXPECT_EQ(logs.items, "LogFileData");
  EXPECT_EQ(logs.more, "AdditionalDataPending");
}

TEST(ApiTable, WaitersPointAtMembersAndWireCodes) {
  for (const Waiter& waiter : Waiters()) {
    const Operation* operation = FindOperation(waiter.operation);
    ASSERT_NE(operation, nullptr) << waiter.name;
    EXPECT_EQ(waiter.delay_seconds, 30) << waiter.name;
    EXPECT_THAT(waiter.acceptors, testing::Not(IsEmpty())) << waiter.name;
    for (const WaiterAcceptor& acceptor : waiter.acceptors) {
      if (acceptor.match == WaiterMatch::kError) {
        EXPECT_NE(FindErrorByCode(acceptor.expected), nullptr) << waiter.name << " " << acceptor.expected;
        EXPECT_EQ(acceptor.path, "") << waiter.name;
        continue;
      }
      const std::size_t brackets = acceptor.path.find("[].");
      const Shape* list = At(operation->output, acceptor.path.substr(0, brackets));
      ASSERT_NE(list, nullptr) << waiter.name << " " << acceptor.path;
      ASSERT_EQ(list->type, ShapeType::kList) << waiter.name << " " << acceptor.path;
      if (acceptor.match == WaiterMatch::kEmptyList) {
        EXPECT_EQ(brackets, std::string_view::npos) << waiter.name;
        continue;
      }
      ASSERT_NE(brackets, std::string_view::npos) << waiter.name << " " << acceptor.path;
      EXPECT_NE(At(list->element, acceptor.path.substr(brackets + 3)), nullptr) << waiter.name << " " << acceptor.path;
      EXPECT_FALSE(acceptor.expected.empty()) << waiter.name;
    }
  }
}

std::vector<std::string> Describe(const Waiter& waiter) {
  std::vector<std::string> lines;
  for (const WaiterAcceptor& a : waiter.acceptors) {
    const char* match = a.match == WaiterMatch::kPathAll     ? "all"
                        : a.match == WaiterMatch::kPathAny   ? "any"
                        : a.match == WaiterMatch::kEmptyList ? "empty"
                                                             : "error";
    const char* state = a.state == WaiterState::kSuccess ? "ok" : a.state == WaiterState::kFailure ? "fails" : "retry";
    lines.push_back(std::string(state) + " " + match + " " + std::string(a.path) + "=" + std::string(a.expected));
  }
  return lines;
}

TEST(ApiTable, KnownWaiters) {
  std::vector<std::string_view> names;
  for (const Waiter& waiter : Waiters())
    names.push_back(waiter.name);
  EXPECT_THAT(names,
              ElementsAre("DBClusterAvailable", "DBClusterDeleted", "DBClusterSnapshotAvailable",
                          "DBClusterSnapshotDeleted", "DBInstanceAvailable", "DBInstanceDeleted", "DBSnapshotAvailable",
                          "DBSnapshotDeleted", "TenantDatabaseAvailable", "TenantDatabaseDeleted"));
  EXPECT_THAT(
      Describe(*FindWaiter("DBInstanceAvailable")),
      ElementsAre("ok all DBInstances[].DBInstanceStatus=available", "fails any DBInstances[].DBInstanceStatus=deleted",
                  "fails any DBInstances[].DBInstanceStatus=deleting",
                  "fails any DBInstances[].DBInstanceStatus=failed",
                  "fails any DBInstances[].DBInstanceStatus=incompatible-restore",
                  "fails any DBInstances[].DBInstanceStatus=incompatible-parameters"));
  EXPECT_THAT(Describe(*FindWaiter("DBInstanceDeleted")),
              ElementsAre("ok empty DBInstances=", "fails any DBInstances[].DBInstanceStatus=creating",
                          "fails any DBInstances[].DBInstanceStatus=modifying",
                          "fails any DBInstances[].DBInstanceStatus=rebooting",
                          "fails any DBInstances[].DBInstanceStatus=resetting-master-credentials",
                          "ok error =DBInstanceNotFound"));
  EXPECT_THAT(Describe(*FindWaiter("TenantDatabaseDeleted")),
              ElementsAre("ok empty TenantDatabases=", "ok error =DBInstanceNotFound"));
  EXPECT_EQ(FindWaiter("DBClusterSnapshotDeleted")->operation, "DescribeDBClusterSnapshots");
}

TEST(ApiTable, EveryPatternCompilesAndBoundsAreInOrder) {
  int patterns = 0;
  for (const auto& [structure, member] : AllMembers()) {
    const Constraint* c = member->constraint;
    if (c == nullptr) continue;
    const std::string where = Where(*structure, *member);
    const bool text = c->min_length || c->max_length || !c->pattern.empty();
    EXPECT_EQ(text, member->shape->type == ShapeType::kString) << where;
    EXPECT_EQ(c->min || c->max, member->shape->type == ShapeType::kInteger) << where;
    if (c->min_length && c->max_length) EXPECT_LE(*c->min_length, *c->max_length) << where;
    if (c->min && c->max) EXPECT_LE(*c->min, *c->max) << where;
    if (c->pattern.empty()) continue;
    ++patterns;
    EXPECT_NO_THROW(std::regex(std::string(c->pattern))) << where << ": " << c->pattern;
  }
  EXPECT_GT(patterns, 70);
}

TEST(ApiTable, PatternsHoldForTheWholeText) {
  const auto matches = [](std::string_view operation, std::string_view member, const std::string& text) {
    const std::regex pattern(std::string(InputMember(operation, member)->constraint->pattern));
    return std::regex_match(text, pattern);
  };
  EXPECT_TRUE(matches("CreateDBProxy", "DBProxyName", "orders-proxy-1"));
  EXPECT_FALSE(matches("CreateDBProxy", "DBProxyName", "orders--proxy"));
  EXPECT_FALSE(matches("CreateDBProxy", "DBProxyName", "orders-"));
  EXPECT_FALSE(matches("CreateDBProxy", "DBProxyName", "1orders"));
  EXPECT_TRUE(matches("CreateBlueGreenDeployment", "TargetDBParameterGroupName", "default.postgres15"));
  EXPECT_TRUE(matches("CreateBlueGreenDeployment", "TargetDBParameterGroupName", "my-group"));
  EXPECT_FALSE(matches("CreateBlueGreenDeployment", "TargetDBParameterGroupName", "my_group"));
  EXPECT_FALSE(matches("CreateBlueGreenDeployment", "TargetDBParameterGroupName", "my-group-"));
}

TEST(ApiTable, SensitiveMembersAreMarkedWhereverTheyStand) {
  std::set<std::string_view> names;
  for (const auto& [structure, member] : AllMembers()) {
    EXPECT_EQ(member->sensitive, member->shape->sensitive) << Where(*structure, *member);
    if (member->sensitive) names.insert(member->name);
  }
  EXPECT_THAT(names, ElementsAre("InitQuery", "LogFileData", "MasterUserPassword", "PreSignedUrl",
                                 "TdeCredentialPassword", "Value"));
  EXPECT_TRUE(FindMember(*FindShape("OptionSetting"), "Value")->sensitive);
  EXPECT_FALSE(FindMember(*FindShape("Tag"), "Value")->sensitive);
  EXPECT_TRUE(InputMember("CreateDBInstance", "MasterUserPassword")->sensitive);
  EXPECT_FALSE(InputMember("CreateDBInstance", "MasterUsername")->sensitive);
}

TEST(ApiTable, SensitiveNames) {
  for (const auto& [structure, member] : AllMembers()) {
    if (member->sensitive) EXPECT_TRUE(IsSensitiveName(member->name)) << Where(*structure, *member);
  }
  for (const std::string_view name :
       {"LogFileData", "InitQuery", "ManageMasterUserPassword", "my_secret", "API_TOKEN"}) {
    EXPECT_TRUE(IsSensitiveName(name)) << name;
  }
  for (const std::string_view name : {"", "MasterUsername", "DBName", "Engine", "initquery"}) {
    EXPECT_FALSE(IsSensitiveName(name)) << name;
  }
}

TEST(ApiTable, WhatOnlyReadsIsNotMutating) {
  int reading = 0;
  for (const Operation& operation : Operations())
    reading += IsMutating(operation.name) ? 0 : 1;
  EXPECT_EQ(reading, 50);
  for (const std::string_view name : {"DescribeDBInstances", "ListTagsForResource", "DownloadDBLogFilePortion"}) {
    EXPECT_FALSE(IsMutating(name)) << name;
  }
  for (const std::string_view name : {"CreateDBInstance", "RebootDBInstance", "PurchaseReservedDBInstancesOffering"}) {
    EXPECT_TRUE(IsMutating(name)) << name;
  }
}

}  // namespace
}  // namespace rdsteady::model
