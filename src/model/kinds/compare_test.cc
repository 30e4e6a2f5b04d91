// Each test is named for the rule that it holds.
#include "model/kinds/compare.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/kinds/tables.h"

namespace rdsteady::model {
namespace {

const Property& Row(std::string_view name) {
  return *FindProperty(kDBInstance, name);
}
const Value kNull;

// Whether `want` of the property is reached by what the answer says, other stated properties beside it.
bool IsReached(std::string_view name, const Value& want, const Properties& answer, Properties others = {}) {
  others.insert_or_assign(std::string(name), want);
  const Value live(answer);
  return Reached(Row(name), Sight{.desired = others, .live = live}, want, ReadLive(Row(name), live));
}

// ---- reading -------------------------------------------------------------------------------------------------------

TEST(ReadPathTest, FollowsMembersListsAndIndices) {
  const Value live(Properties{{"A", Properties{{"B", 1}}},
                              {"L", List{Properties{{"N", "x"}, {"S", "ok"}}, Properties{{"N", "y"}, {"S", "Removing"}},
                                         Properties{{"S", "ok"}}}},
                              {"Empty", List{}}});
  EXPECT_EQ(ReadPath(live, "A.B"), Value(1));
  EXPECT_EQ(ReadPath(live, "A.C"), kNull);
  EXPECT_EQ(ReadPath(live, "A.B.C"), kNull);
  EXPECT_EQ(ReadPath(live, "L[0].N"), Value("x"));
  EXPECT_EQ(ReadPath(live, "L[7].N"), kNull);
  EXPECT_EQ(ReadPath(live, "L[].N"), Value(List{"x", "y"}));
  EXPECT_EQ(ReadPath(live, "L[].N", "S=removing|gone"), Value(List{"x"}));
  EXPECT_EQ(ReadPath(live, "Empty[].N"), Value(List{}));
  EXPECT_EQ(ReadPath(live, "None[].N"), kNull);
  EXPECT_EQ(ReadPath(live, "A[].N"), kNull);
  EXPECT_EQ(ReadPath(kNull, "A"), kNull);
}

TEST(ReadLiveTest, FindsWhatIsNestedAndRenamed) {
  const Value live(
      Properties{{"DBSubnetGroup", Properties{{"DBSubnetGroupName", "my-subnet"}}},
                 {"DBParameterGroups",
                  List{Properties{{"DBParameterGroupName", "my-group"}, {"ParameterApplyStatus", "in-sync"}}}},
                 {"Endpoint", Properties{{"Port", 5432}}},
                 {"DbInstancePort", 0},
                 {"IAMDatabaseAuthenticationEnabled", true},
                 {"TagList", List{Properties{{"Key", "service"}, {"Value", "orders"}}}},
                 {"MasterUserSecret", Properties{{"SecretArn", "arn:x"}}},
                 {"AssociatedRoles", List{Properties{{"RoleArn", "r"}, {"FeatureName", ""}, {"Status", "ACTIVE"}}}}});
  EXPECT_EQ(ReadLive(Row("DBSubnetGroupName"), live), Value("my-subnet"));
  EXPECT_EQ(ReadLive(Row("DBParameterGroupName"), live), Value("my-group"));
  EXPECT_EQ(ReadLive(Row("Port"), live), Value(5432));
  EXPECT_EQ(ReadLive(Row("EnableIAMDatabaseAuthentication"), live), Value(true));
  EXPECT_EQ(ReadLive(Row("Tags"), live), Value(Properties{{"service", "orders"}}));
  EXPECT_EQ(ReadLive(Row("ManageMasterUserPassword"), live), Value(true));
  EXPECT_EQ(ReadLive(Row("ManageMasterUserPassword"), Value(Properties{})), Value(false));
  EXPECT_EQ(ReadLive(Row("AssociatedRoles"), live), Value(List{Properties{{"RoleArn", "r"}}}));
  EXPECT_EQ(ReadLive(Row("MasterUserPassword"), live), kNull);
}

TEST(ReadLiveTest, ThePortOfAnInstanceWithoutAnEndpoint) {
  EXPECT_EQ(ReadLive(Row("Port"), Value(Properties{{"DbInstancePort", 0}})), kNull);
  EXPECT_EQ(ReadLive(Row("Port"), Value(Properties{{"DbInstancePort", 3306}})), Value(3306));
}

TEST(ReadPendingTest, IsNothingUnlessSomethingIsScheduled) {
  const auto pending = [](std::string_view name, Properties values) {
    return ReadPending(Row(name), Value(Properties{{"PendingModifiedValues", std::move(values)}}));
  };
  EXPECT_EQ(pending("DBInstanceClass", {}), std::nullopt);
  EXPECT_EQ(pending("DBInstanceClass", {{"DBInstanceClass", "db.m6g.xlarge"}}), Value("db.m6g.xlarge"));
  EXPECT_EQ(pending("MultiAZ", {{"MultiAZ", false}}), Value(false));
  EXPECT_EQ(pending("DeletionProtection", {{"DeletionProtection", true}}), std::nullopt);
  EXPECT_EQ(ReadPending(Row("DBInstanceClass"), kNull), std::nullopt);
}

TEST(ReadPendingTest, LogExportsAreTheSetThatWillBe) {
  const Value live(Properties{
      {"EnabledCloudwatchLogsExports", List{"audit", "error"}},
      {"PendingModifiedValues",
       Properties{{"PendingCloudwatchLogsExports",
                   Properties{{"LogTypesToEnable", List{"slowquery"}}, {"LogTypesToDisable", List{"audit"}}}}}}});
  EXPECT_EQ(ReadPending(Row("EnableCloudwatchLogsExports"), live), Value(List{"error", "slowquery"}));
}

// ---- presence ------------------------------------------------------------------------------------------------------

TEST(CompareTest, ZERO_IS_NULL) {
  for (const char* name : {"Iops", "StorageThroughput", "MonitoringInterval"}) {
    EXPECT_TRUE(IsReached(name, 0, {})) << name;
    EXPECT_TRUE(IsReached(name, 0, {{name, 0}})) << name;
    EXPECT_FALSE(IsReached(name, 0, {{name, 60}})) << name;
    EXPECT_FALSE(IsReached(name, 60, {})) << name;
    EXPECT_TRUE(IsReached(name, 60, {{name, 60}})) << name;
  }
  EXPECT_FALSE(IsReached("BackupRetentionPeriod", 0, {}));
}

TEST(CompareTest, THREE_VALUES_NullMeansTheReset) {
  EXPECT_TRUE(IsReached("MonitoringInterval", nullptr, {{"MonitoringInterval", 0}}));
  EXPECT_FALSE(IsReached("MonitoringInterval", nullptr, {{"MonitoringInterval", 5}}));
  EXPECT_TRUE(IsReached("Domain", nullptr, {{"DomainMemberships", List{}}}));
  EXPECT_FALSE(IsReached("Domain", nullptr, {{"DomainMemberships", List{Properties{{"Domain", "d-1"}}}}}));
  EXPECT_TRUE(IsReached("EnableCloudwatchLogsExports", nullptr, {}));
  EXPECT_FALSE(IsReached("EnableCloudwatchLogsExports", nullptr, {{"EnabledCloudwatchLogsExports", List{"audit"}}}));
  EXPECT_TRUE(IsReached("SourceDBInstanceIdentifier", nullptr, {}));
  EXPECT_FALSE(IsReached("SourceDBInstanceIdentifier", nullptr, {{"ReadReplicaSourceDBInstanceIdentifier", "orders"}}));
  EXPECT_TRUE(IsReached("ProcessorFeatures", nullptr, {}));
  EXPECT_FALSE(IsReached("ProcessorFeatures", nullptr,
                         {{"ProcessorFeatures", List{Properties{{"Name", "coreCount"}, {"Value", "4"}}}}}));
}

TEST(CompareTest, AUTOSCALE_OFF) {
  const Properties off = {{"AllocatedStorage", 100}};
  const Properties on = {{"AllocatedStorage", 100}, {"MaxAllocatedStorage", 500}};
  for (const Value& want : {Value(), Value(0), Value(100)}) {
    EXPECT_TRUE(IsReached("MaxAllocatedStorage", want, off)) << ToDisplay(want);
    EXPECT_FALSE(IsReached("MaxAllocatedStorage", want, on)) << ToDisplay(want);
  }
  EXPECT_TRUE(IsReached("MaxAllocatedStorage", 500, on));
  EXPECT_FALSE(IsReached("MaxAllocatedStorage", 500, off));
}

TEST(CompareTest, AbsentEqualsWhatTheServiceMeansByIt) {
  EXPECT_TRUE(IsReached("BackupTarget", "Region", {}));
  EXPECT_FALSE(IsReached("BackupTarget", "outposts", {}));
  EXPECT_TRUE(IsReached("NetworkType", "ipv4", {}));
  EXPECT_TRUE(IsReached("DatabaseInsightsMode", "standard", {}));
  EXPECT_TRUE(IsReached("Domain", "none", {{"DomainMemberships", List{}}}));
  EXPECT_FALSE(IsReached("DBInstanceClass", "db.m6g.large", {}));
  EXPECT_TRUE(IsReached("DeletionProtection", false, {}));
  EXPECT_FALSE(IsReached("DeletionProtection", true, {}));
}

// ---- texts ---------------------------------------------------------------------------------------------------------

TEST(CompareTest, ID_CASE) {
  EXPECT_TRUE(IsReached("DBParameterGroupName", "My-Group",
                        {{"DBParameterGroups", List{Properties{{"DBParameterGroupName", "my-group"}}}}}));
  EXPECT_TRUE(IsReached("DBName", "orcl", {{"DBName", "ORCL"}}));
  EXPECT_TRUE(IsReached("StorageType", "GP3", {{"StorageType", "gp3"}}));
  EXPECT_TRUE(IsReached("NetworkType", "dual", {{"NetworkType", "DUAL"}}));
  EXPECT_FALSE(IsReached("MonitoringRoleArn", "arn:ROLE", {{"MonitoringRoleArn", "arn:role"}}));
  EXPECT_TRUE(IsReached("DomainOu", "OU=RDS, DC=corp,DC=Example",
                        {{"DomainMemberships", List{Properties{{"OU", "ou=rds,dc=corp, dc=example"}}}}}));
}

TEST(CompareTest, KMS_RESOLVE) {
  const Properties live = {{"KmsKeyId", "arn:aws:kms:us-east-1:123456789012:key/1a2b3c4d-0000"}};
  EXPECT_TRUE(IsReached("KmsKeyId", "1a2b3c4d-0000", live));
  EXPECT_TRUE(IsReached("KmsKeyId", "arn:aws:kms:us-east-1:123456789012:key/1A2B3C4D-0000", live));
  EXPECT_FALSE(IsReached("KmsKeyId", "arn:aws:kms:us-east-1:999999999999:key/1a2b3c4d-0000", live));
  EXPECT_FALSE(IsReached("KmsKeyId", "ffffffff-0000", live));
  EXPECT_TRUE(IsReached("KmsKeyId", "alias/orders", live));
  EXPECT_TRUE(IsReached("KmsKeyId", "arn:aws:kms:us-east-1:123456789012:alias/orders", live));
  EXPECT_FALSE(IsReached("KmsKeyId", "alias/orders", {}));

  const Properties desired = {{"KmsKeyId", "alias/orders"}};
  const Value answer(live);
  const Sight sight{.desired = desired, .live = answer};
  EXPECT_EQ(DoubtOf(Row("KmsKeyId"), sight, "alias/orders", *answer.Find("KmsKeyId")),
            "alias/orders is an alias, which is taken to mean the live key "
            "arn:aws:kms:us-east-1:123456789012:key/1a2b3c4d-0000");
  EXPECT_EQ(DoubtOf(Row("KmsKeyId"), sight, "1a2b3c4d-0000", *answer.Find("KmsKeyId")), "");
}

// What KMS has said counts; what it has not told leaves an alias equal, and an id what it is.
TEST(CompareTest, KMS_RESOLVE_AsKmsSays) {
  using What = NamedKey::What;
  const std::string live = "arn:aws:kms:us-east-1:123456789012:key/1a2b3c4d-0000";
  const std::string other = "arn:aws:kms:us-east-1:123456789012:key/ffffffff-0000";
  const KeyNames keys = {{"alias/live", {What::kKnown, live}},
                         {"alias/other", {What::kKnown, other}},
                         {"alias/none", {What::kMissing, "NotFoundException: it is not found"}},
                         {"alias/denied", {What::kUntold, "AccessDeniedException: no"}},
                         {"ffffffff-0000", {What::kUntold, "AccessDeniedException: no"}}};
  const Properties none;
  const Value answer(Properties{{"KmsKeyId", live}});
  const Sight sight{.desired = none, .live = answer, .keys = &keys};
  const Property& row = Row("KmsKeyId");
  const auto reached = [&](const char* want) { return Reached(row, sight, want, live); };
  const auto doubt = [&](const char* want) { return DoubtOf(row, sight, want, live); };
  EXPECT_TRUE(reached("alias/live"));
  EXPECT_EQ(doubt("alias/live"), "");
  EXPECT_FALSE(reached("alias/other"));
  EXPECT_FALSE(reached("alias/none"));
  EXPECT_TRUE(reached("alias/denied"));
  EXPECT_EQ(doubt("alias/denied"), "KmsKeyId: alias/denied could not be resolved and is taken to mean the live key " +
                                       live + ": AccessDeniedException: no");
  EXPECT_FALSE(reached("ffffffff-0000"));
  EXPECT_TRUE(reached("alias/not-asked")) << "there was nothing to compare it with when KMS was asked";
  EXPECT_EQ(doubt("alias/not-asked"), "");
  EXPECT_EQ(ShownMeaning(row, sight, "alias/other"), "alias/other (" + other + ")");
  EXPECT_EQ(ShownMeaning(row, sight, "alias/denied"), "alias/denied");
  EXPECT_EQ(NamedKeyOf(Row("DBName"), sight, "alias/live"), nullptr) << "no key";
}

TEST(CompareTest, OnlyNamesAreAskedFor) {
  const std::string live = "arn:aws:kms:us-east-1:123456789012:key/1a2b3c4d-0000";
  EXPECT_TRUE(NeedsKeyName("alias/orders", live));
  EXPECT_TRUE(NeedsKeyName("arn:aws:kms:us-east-1:123456789012:alias/orders", live));
  EXPECT_TRUE(NeedsKeyName("ffffffff-0000", live));
  EXPECT_FALSE(NeedsKeyName("1A2B3C4D-0000", live)) << "the id in the live ARN";
  EXPECT_FALSE(NeedsKeyName(live, live));
  EXPECT_FALSE(NeedsKeyName("arn:aws:kms:us-east-1:123456789012:key/ffffffff-0000", live)) << "another ARN";
}

TEST(CompareTest, ARN_OR_NAME) {
  const std::string own = "arn:aws:rds:us-east-1:123456789012:db:orders-replica";
  const auto reached = [&](const char* want, const char* have) {
    return IsReached("SourceDBInstanceIdentifier", want,
                     {{"DBInstanceArn", own}, {"ReadReplicaSourceDBInstanceIdentifier", have}});
  };
  EXPECT_TRUE(reached("Orders", "orders"));
  EXPECT_TRUE(reached("arn:aws:rds:us-east-1:123456789012:db:orders", "orders"));
  EXPECT_FALSE(reached("arn:aws:rds:eu-west-1:123456789012:db:orders", "orders"));
  EXPECT_FALSE(reached("arn:aws:rds:us-east-1:999999999999:db:orders", "orders"));
  EXPECT_TRUE(reached("arn:aws:rds:eu-west-1:123456789012:db:orders", "arn:aws:rds:eu-west-1:123456789012:db:orders"));
  EXPECT_FALSE(reached("orders", "arn:aws:rds:eu-west-1:123456789012:db:orders"));
  EXPECT_FALSE(reached("others", "orders"));
}

TEST(CompareTest, WINDOW_COMPARE) {
  EXPECT_TRUE(IsReached("PreferredMaintenanceWindow", "Sun:05:00-Sun:06:00",
                        {{"PreferredMaintenanceWindow", "sun:05:00-sun:06:00"}}));
  EXPECT_FALSE(IsReached("PreferredMaintenanceWindow", "sun:05:00-sun:05:30",
                         {{"PreferredMaintenanceWindow", "sun:05:00-sun:06:00"}}));
  EXPECT_TRUE(IsReached("PreferredBackupWindow", "03:00-03:30", {{"PreferredBackupWindow", "03:00-03:30"}}));
  EXPECT_FALSE(IsReached("PreferredBackupWindow", "03:00-03:30", {}));
}

// ---- versions ------------------------------------------------------------------------------------------------------

TEST(CompareTest, VERSION_PREFIX) {
  const auto reached = [](const char* want, const char* have, const char* engine = "postgres") {
    return IsReached("EngineVersion", want,
                     {{"Engine", engine}, {"EngineVersion", have}, {"AutoMinorVersionUpgrade", false}});
  };
  EXPECT_TRUE(reached("14", "14.10"));
  EXPECT_TRUE(reached("8.0", "8.0.36", "mysql"));
  EXPECT_FALSE(reached("1", "14.10"));
  EXPECT_FALSE(reached("14.1", "14.10"));
  EXPECT_FALSE(reached("14.11", "14.10"));
  EXPECT_FALSE(reached("15", "14.10"));
  EXPECT_FALSE(reached("14.9", "14.10"));
  EXPECT_TRUE(reached("19", "19.0.0.0.ru-2024-01.rur-2024-01.r1", "oracle-ee"));
}

TEST(CompareTest, VERSION_FLOOR) {
  const Properties live = {{"Engine", "postgres"}, {"EngineVersion", "14.10"}, {"AutoMinorVersionUpgrade", true}};
  EXPECT_TRUE(IsReached("EngineVersion", "14.9", live));
  EXPECT_FALSE(IsReached("EngineVersion", "14.11", live));
  EXPECT_FALSE(IsReached("EngineVersion", "13.9", live));
  EXPECT_FALSE(IsReached("EngineVersion", "14.9", live, {{"AutoMinorVersionUpgrade", false}}));

  const Properties desired = {{"EngineVersion", "14.9"}};
  const Value answer(live);
  EXPECT_EQ(DoubtOf(Row("EngineVersion"), {.desired = desired, .live = answer}, "14.9", "14.10"),
            "automatic minor upgrades have moved EngineVersion from 14.9 to 14.10");
}

// ---- storage -------------------------------------------------------------------------------------------------------

TEST(CompareTest, GROW_ONLY_RoundedGrowthIsReached) {
  const auto reached = [](int want, int have, const char* engine = "postgres") {
    return IsReached("AllocatedStorage", want, {{"Engine", engine}, {"AllocatedStorage", have}});
  };
  EXPECT_TRUE(reached(100, 100));
  EXPECT_FALSE(reached(101, 100));
  EXPECT_TRUE(reached(105, 110));
  EXPECT_TRUE(reached(100, 110));
  EXPECT_FALSE(reached(100, 111));
  EXPECT_FALSE(reached(105, 110, "sqlserver-ex"));
  EXPECT_TRUE(reached(105, 105, "sqlserver-ex"));
  EXPECT_FALSE(IsReached("AllocatedStorage", 100, {}));
}

TEST(CompareTest, AUTOSCALE_FLOOR) {
  const Properties grown = {{"Engine", "postgres"}, {"AllocatedStorage", 400}, {"MaxAllocatedStorage", 1000}};
  EXPECT_TRUE(IsReached("AllocatedStorage", 100, grown));
  EXPECT_FALSE(IsReached("AllocatedStorage", 401, grown));
  EXPECT_FALSE(IsReached("AllocatedStorage", 100, grown, {{"MaxAllocatedStorage", nullptr}}));
  EXPECT_TRUE(IsReached("AllocatedStorage", 100, {{"AllocatedStorage", 400}}, {{"MaxAllocatedStorage", 1000}}));
}

TEST(CompareTest, VolumesAreComparedByNameAndOthersAreUntouched) {
  const Properties live = {
      {"Engine", "oracle-ee"},
      {"AdditionalStorageVolumes",
       List{Properties{{"VolumeName", "rdsdbdata2"}, {"AllocatedStorage", 220}, {"IOPS", 3000}, {"StorageType", "gp3"}},
            Properties{{"VolumeName", "rdsdbdata3"}, {"AllocatedStorage", 500}, {"MaxAllocatedStorage", 900}}}}};
  const auto reached = [&](const Properties& volume) {
    return IsReached("AdditionalStorageVolumes", List{volume}, live);
  };
  EXPECT_TRUE(reached({{"VolumeName", "RDSDBDATA2"}, {"AllocatedStorage", 200}, {"StorageType", "GP3"}}));
  EXPECT_FALSE(reached({{"VolumeName", "rdsdbdata2"}, {"AllocatedStorage", 300}}));
  EXPECT_FALSE(reached({{"VolumeName", "rdsdbdata2"}, {"AllocatedStorage", 100}}));
  EXPECT_FALSE(reached({{"VolumeName", "rdsdbdata2"}, {"IOPS", 6000}}));
  EXPECT_TRUE(reached({{"VolumeName", "rdsdbdata3"}, {"AllocatedStorage", 100}}));
  EXPECT_FALSE(reached({{"VolumeName", "rdsdbdata4"}, {"AllocatedStorage", 100}}));
  EXPECT_TRUE(reached({{"VolumeName", "rdsdbdata4"}, {"SetForDelete", true}}));
  EXPECT_FALSE(reached({{"VolumeName", "rdsdbdata2"}, {"SetForDelete", true}}));
}

// ---- collections ---------------------------------------------------------------------------------------------------

TEST(CompareTest, SetsHaveNoOrderAndMultisetsCount) {
  const Properties groups = {
      {"VpcSecurityGroups", List{Properties{{"VpcSecurityGroupId", "sg-2"}, {"Status", "active"}},
                                 Properties{{"VpcSecurityGroupId", "sg-1"}, {"Status", "adding"}},
                                 Properties{{"VpcSecurityGroupId", "sg-9"}, {"Status", "removing"}}}}};
  EXPECT_TRUE(IsReached("VpcSecurityGroupIds", List{"sg-1", "sg-2"}, groups));
  EXPECT_TRUE(IsReached("VpcSecurityGroupIds", List{"sg-1", "sg-2", "sg-1"}, groups));
  EXPECT_FALSE(IsReached("VpcSecurityGroupIds", List{"sg-1"}, groups));
  EXPECT_FALSE(IsReached("VpcSecurityGroupIds", List{"sg-1", "sg-2", "sg-9"}, groups));

  const Properties domain = {{"DomainMemberships", List{Properties{{"DnsIps", List{"10.0.0.1", "10.0.0.1"}}}}}};
  EXPECT_TRUE(IsReached("DomainDnsIps", List{"10.0.0.1", "10.0.0.1"}, domain));
  EXPECT_FALSE(IsReached("DomainDnsIps", List{"10.0.0.1"}, domain));
}

TEST(CompareTest, MapsAreComparedKeyByKey) {
  const Properties tags = {{"TagList", List{Properties{{"Key", "service"}, {"Value", "orders"}},
                                            Properties{{"Key", "aws:cloudformation:stack-id"}, {"Value", "x"}}}}};
  EXPECT_TRUE(IsReached("Tags", Properties{{"service", "orders"}}, tags));
  EXPECT_TRUE(IsReached("Tags", Properties{}, tags));
  EXPECT_FALSE(IsReached("Tags", Properties{{"service", "Orders"}}, tags));
  EXPECT_FALSE(IsReached("Tags", Properties{{"service", nullptr}}, tags));
  EXPECT_TRUE(IsReached("Tags", Properties{{"owner", nullptr}}, tags));
  EXPECT_FALSE(IsReached("Tags", Properties{{"owner", "me"}}, tags));
  EXPECT_EQ(LiveItem(Row("Tags"), Value(tags), "service"), Value(Properties{{"Key", "service"}, {"Value", "orders"}}));
}

TEST(CompareTest, ProcessorFeaturesAreTexts) {
  const Properties live = {{"ProcessorFeatures", List{Properties{{"Name", "coreCount"}, {"Value", "4"}},
                                                      Properties{{"Name", "threadsPerCore"}, {"Value", "1"}}}}};
  EXPECT_TRUE(IsReached("ProcessorFeatures", List{Properties{{"Name", "coreCount"}, {"Value", "4"}}}, live));
  EXPECT_TRUE(IsReached("ProcessorFeatures", Properties{{"coreCount", 4}}, live));
  EXPECT_FALSE(IsReached("ProcessorFeatures", Properties{{"coreCount", 2}}, live));
}

TEST(CompareTest, RolesArePairsWhateverTheirStatus) {
  const Properties live = {
      {"AssociatedRoles", List{Properties{{"RoleArn", "a"}, {"FeatureName", "s3Import"}, {"Status", "PENDING"}},
                               Properties{{"RoleArn", "b"}, {"Status", "INVALID"}}}}};
  EXPECT_TRUE(IsReached("AssociatedRoles",
                        List{Properties{{"RoleArn", "b"}, {"FeatureName", ""}},
                             Properties{{"RoleArn", "a"}, {"FeatureName", "s3Import"}}},
                        live));
  EXPECT_FALSE(IsReached("AssociatedRoles", List{Properties{{"RoleArn", "a"}, {"FeatureName", "s3Export"}}}, live));
  EXPECT_FALSE(IsReached("AssociatedRoles", List{}, live));
  EXPECT_TRUE(IsReached("AssociatedRoles", List{}, {}));
}

TEST(CompareTest, OG_MEMBERSHIP) {
  const auto member = [](const char* name, const char* status) {
    return Value(Properties{{"OptionGroupName", name}, {"Status", status}});
  };
  const Value now(
      Properties{{"OptionGroupMemberships", List{member("old", "pending-removal"), member("new", "pending-apply")}}});
  EXPECT_EQ(ReadLive(Row("OptionGroupName"), now), Value("old"));
  EXPECT_EQ(ReadPending(Row("OptionGroupName"), now), Value("new"));
  const Value window(Properties{{"OptionGroupMemberships", List{member("old", "pending-maintenance-removal"),
                                                                member("new", "pending-maintenance-apply")}}});
  EXPECT_EQ(ReadPending(Row("OptionGroupName"), window), Value("new"));
  const Value done(Properties{{"OptionGroupMemberships", List{member("old", "removing"), member("new", "in-sync")}}});
  EXPECT_EQ(ReadLive(Row("OptionGroupName"), done), Value("new"));
  EXPECT_EQ(ReadPending(Row("OptionGroupName"), done), std::nullopt);
}

TEST(CompareTest, PASSWORD_BLIND) {
  EXPECT_TRUE(IsReached("MasterUserPassword", Secret::FromEnv("PW"), {}));
  EXPECT_TRUE(IsReached("AllowMajorVersionUpgrade", true, {}));
}

// ---- parameters ----------------------------------------------------------------------------------------------------

Value Parameter(const char* value, const char* allowed = "", const char* type = "string", const char* source = "user") {
  return Properties{{"ParameterName", "p"},
                    {"ParameterValue", value},
                    {"AllowedValues", allowed},
                    {"DataType", type},
                    {"Source", source}};
}

TEST(ParameterTest, ValuesAreComparedAsRdsNormalisesThem) {
  const Property& row = *FindProperty(kDBParameterGroup, "Parameters");
  const auto reached = [&](const Value& want, const Value& item) {
    return KeyReached(row, want, *item.Find("ParameterValue"), item);
  };
  EXPECT_TRUE(reached(" 500 ", Parameter("500")));
  EXPECT_TRUE(reached("on", Parameter("1", "0,1")));
  EXPECT_TRUE(reached("ON", Parameter("on", "on, off")));
  EXPECT_TRUE(reached("true", Parameter("1", "", "boolean")));
  EXPECT_FALSE(reached("off", Parameter("1", "0,1")));
  EXPECT_FALSE(reached("on", Parameter("1", "0-100", "integer")));
  EXPECT_TRUE(reached("0.50", Parameter("0.5", "0-1", "float")));
  EXPECT_TRUE(reached(500, Parameter("500", "0-1000", "integer")));
  EXPECT_FALSE(reached("row", Parameter("ROW", "ROW,STATEMENT,MIXED")));
  EXPECT_FALSE(reached("utf8", Parameter("UTF8")));
  EXPECT_TRUE(reached("{DBInstanceClassMemory/32768}", Parameter("{DBInstanceClassMemory/32768}")));
  EXPECT_FALSE(reached("{DBInstanceClassMemory/16384}", Parameter("{DBInstanceClassMemory/32768}")));
}

TEST(ParameterTest, AReadBackThatEqualsTheDefaultIsReached) {
  const Property& row = *FindProperty(kDBParameterGroup, "Parameters");
  EXPECT_TRUE(KeyReached(row, "on", "on", Parameter("on", "", "string", "engine-default")));
}

TEST(ParameterTest, NullAsksForTheEnginesOwn) {
  const Property& row = *FindProperty(kDBParameterGroup, "Parameters");
  EXPECT_FALSE(KeyReached(row, nullptr, "500", Parameter("500")));
  EXPECT_TRUE(KeyReached(row, nullptr, "500", Parameter("500", "", "string", "engine-default")));
  EXPECT_TRUE(KeyReached(row, nullptr, "500", Parameter("500", "", "string", "system")));
  EXPECT_TRUE(KeyReached(row, nullptr, nullptr, nullptr));
}

TEST(ParameterTest, TheGroupIsReadAsAMap) {
  const Property& row = *FindProperty(kDBParameterGroup, "Parameters");
  const Value live(Properties{{"Parameters", List{Properties{{"ParameterName", "a"}, {"ParameterValue", "1"}},
                                                  Properties{{"ParameterName", "b"}}}}});
  EXPECT_EQ(ReadLive(row, live), Value(Properties{{"a", "1"}, {"b", nullptr}}));
  EXPECT_EQ(LiveItem(row, live, "b"), Value(Properties{{"ParameterName", "b"}}));
  EXPECT_EQ(LiveItem(row, live, "c"), kNull);
}

}  // namespace
}  // namespace rdsteady::model
