// Checks, with their exact texts. Each test is named for its rule.
#include "model/kinds/judge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/kinds/tables.h"

namespace rdsteady::model {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> Texts(const std::vector<Objection>& objections) {
  std::vector<std::string> texts;
  for (const Objection& objection : objections)
    texts.push_back(objection.rule + ": " + objection.text);
  return texts;
}

// What is said of an existing instance.
std::vector<std::string> Live(const Properties& desired, const Properties& live) {
  const Value answer(live);
  return Texts(Judge(kDBInstance, {.desired = desired, .live = answer, .name = "orders"}, Knowledge::kLive));
}

// What `validate` says, without knowing whether the instance exists.
std::vector<std::string> Offline(const Properties& desired, std::string_view name = "orders") {
  const Value nothing;
  return Texts(Judge(kDBInstance, {.desired = desired, .live = nothing, .name = name}, Knowledge::kNothing));
}

std::vector<std::string> Birth(const Properties& desired) {
  const Value nothing;
  return Texts(Judge(kDBInstance, {.desired = desired, .live = nothing, .name = "orders"}, Knowledge::kAssumeNothing));
}

Properties Complete(Properties more = {}) {
  Properties all = {{"Engine", "postgres"},
                    {"DBInstanceClass", "db.t3.micro"},
                    {"AllocatedStorage", 20},
                    {"MasterUsername", "orders_admin"},
                    {"MasterUserPassword", Secret::FromEnv("PW")}};
  for (auto& [name, value] : more)
    all.insert_or_assign(name, value);
  return all;
}

TEST(JudgeTest, ACompleteInstanceHasNoObjections) {
  EXPECT_THAT(Birth(Complete()), IsEmpty());
  EXPECT_THAT(Birth({{"SourceDBInstanceIdentifier", "orders"}, {"DBInstanceClass", "db.m6g.large"}}), IsEmpty());
  EXPECT_THAT(Birth({{"DBSnapshotIdentifier", "before"}}), IsEmpty());
}

// The dictionary of a script on an SDK, and a manifest's instance: nothing is held against them.
TEST(JudgeTest, TheScriptsOfOthersAreAccepted) {
  EXPECT_THAT(Birth({{"DBName", "db_name"},
                     {"AllocatedStorage", 20},
                     {"DBInstanceClass", "db.m3.medium"},
                     {"Engine", "postgres"},
                     {"MasterUsername", "username"},
                     {"MasterUserPassword", Secret::Literal("a-password")},
                     {"VpcSecurityGroupIds", List{"sg-0007c6489efbd9bca"}},
                     {"DBSubnetGroupName", "my-subnet"},
                     {"DBParameterGroupName", "my-parameter-group"},
                     {"BackupRetentionPeriod", 7},
                     {"MultiAZ", true},
                     {"EngineVersion", "10.0.1"},
                     {"PubliclyAccessible", false},
                     {"StorageType", "gp2"}}),
              IsEmpty());
}

TEST(JudgeTest, ID_FORMAT) {
  EXPECT_THAT(
      Offline({}, "instance_name"),
      ElementsAre("ID-FORMAT: 'instance_name' is not a DBInstanceIdentifier: 1 to 63 letters, digits and hyphens, "
                  "the first a letter, no hyphen at the end, no two in a row"));
  const auto hint = [](std::string_view name) {
    const Properties none;
    const Value nothing;
    const auto objections = Judge(kDBInstance, {.desired = none, .live = nothing, .name = name}, Knowledge::kNothing);
    return objections.empty() ? std::string() : objections.front().hint;
  };
  EXPECT_EQ(hint("instance_name"), "for example 'instance-name'");
  EXPECT_EQ(hint("1st"), "for example 'db-1st'");
  EXPECT_EQ(hint("a--b-"), "for example 'a-b'");
  EXPECT_EQ(hint(std::string(64, 'a')), "for example '" + std::string(63, 'a') + "'");
  EXPECT_EQ(hint("instance-name"), "");
  EXPECT_EQ(hint("A1"), "");
}

TEST(JudgeTest, REQUIRED) {
  EXPECT_THAT(Birth({}),
              ElementsAre("REQUIRED: to create it, DBInstanceClass, Engine, AllocatedStorage, MasterUsername, "
                          "MasterUserPassword must be stated"));
  EXPECT_THAT(
      Birth({{"Engine", "aurora-mysql"}, {"DBInstanceClass", "db.r6g.large"}, {"DBClusterIdentifier", "orders"}}),
      IsEmpty());
  EXPECT_THAT(Birth({{"RestoreTime", "2026-01-01T00:00:00Z"}}),
              ElementsAre("REQUIRED: to create it, SourceDBInstanceIdentifier must be stated"));
  EXPECT_THAT(Birth({{"RestoreTime", "2026-01-01T00:00:00Z"}, {"SourceDbiResourceId", "db-1"}}), IsEmpty());
  // Nothing is required of what may exist already.
  EXPECT_THAT(Offline({{"DBInstanceClass", "db.t3.micro"}}), IsEmpty());
  EXPECT_THAT(Live({{"DBInstanceClass", "db.t3.micro"}}, {{"Engine", "mysql"}}), IsEmpty());
  Properties managed = Complete({{"ManageMasterUserPassword", true}});
  managed.erase("MasterUserPassword");
  EXPECT_THAT(Birth(managed), IsEmpty());
}

TEST(JudgeTest, RangesAndClosedLists) {
  EXPECT_THAT(Offline({{"BackupRetentionPeriod", 36}}),
              ElementsAre("RANGE: BackupRetentionPeriod is 36, and must be 0 to 35"));
  EXPECT_THAT(Offline({{"Port", 80}}), ElementsAre("RANGE: Port is 80, and must be 1150 to 65535"));
  EXPECT_THAT(Offline({{"NetworkType", "IPV6"}}),
              ElementsAre("VALUES: NetworkType is 'IPV6', and must be 'IPV4' or 'DUAL'"));
  EXPECT_THAT(Offline({{"StorageType", "GP3"}, {"NetworkType", "dual"}, {"PromotionTier", 15}}), IsEmpty());
}

TEST(JudgeTest, PASSWORD_MODE) {
  EXPECT_THAT(Offline({{"ManageMasterUserPassword", true}, {"MasterUserPassword", Secret::FromEnv("PW")}}),
              ElementsAre("PASSWORD-MODE: ManageMasterUserPassword: true and MasterUserPassword exclude each other"));
  const Properties managed = {{"Engine", "mysql"},
                              {"MasterUserSecret", Properties{{"KmsKeyId", "arn:aws:kms:r:1:key/a"}}}};
  EXPECT_THAT(
      Live({{"ManageMasterUserPassword", false}}, managed),
      ElementsAre("PASSWORD-MODE: ManageMasterUserPassword can be turned off only together with a MasterUserPassword"));
  EXPECT_THAT(
      Live({{"MasterUserSecretKmsKeyId", "b"}}, managed),
      ElementsAre("PASSWORD-MODE: MasterUserSecretKmsKeyId is arn:aws:kms:r:1:key/a and cannot become b while the "
                  "password is managed"));
  EXPECT_THAT(Live({{"MasterUserSecretKmsKeyId", "a"}}, managed), IsEmpty());
}

TEST(JudgeTest, PASSWORD_LIMITS) {
  const auto judged = [](const char* engine, std::string text) {
    return Offline({{"Engine", engine}, {"MasterUserPassword", Secret::Literal(std::move(text))}});
  };
  EXPECT_THAT(judged("postgres", "geheim7"),
              ElementsAre("PASSWORD-LIMITS: MasterUserPassword must have 8 to 128 characters for postgres"));
  EXPECT_THAT(judged("mysql", std::string(42, 'x')),
              ElementsAre("PASSWORD-LIMITS: MasterUserPassword must have 8 to 41 characters for mysql"));
  EXPECT_THAT(judged("oracle-ee", std::string(31, 'x')),
              ElementsAre("PASSWORD-LIMITS: MasterUserPassword must have 8 to 30 characters for oracle-ee"));
  EXPECT_THAT(judged("postgres", "geheim/12"),
              ElementsAre("PASSWORD-LIMITS: MasterUserPassword must be printable ASCII without / \" @"));
  EXPECT_THAT(judged("oracle-ee", "geheim&12"),
              ElementsAre("PASSWORD-LIMITS: MasterUserPassword must be printable ASCII without / \" @ & '"));
  EXPECT_THAT(judged("postgres", "geheim&12'"), IsEmpty());
  EXPECT_THAT(judged("postgres", "gehe\xC3\xBCm12"),
              ElementsAre("PASSWORD-LIMITS: MasterUserPassword must be printable ASCII without / \" @"));
  // A reference is not resolved, and says nothing.
  EXPECT_THAT(Offline({{"Engine", "postgres"}, {"MasterUserPassword", Secret::FromEnv("X")}}), IsEmpty());
}

TEST(JudgeTest, USERNAME) {
  EXPECT_THAT(Birth(Complete({{"MasterUsername", "1st"}})),
              ElementsAre("USERNAME: MasterUsername '1st' does not begin with a letter"));
  EXPECT_THAT(Birth(Complete({{"MasterUsername", "admin"}})),
              ElementsAre("USERNAME: MasterUsername 'admin' is a reserved word"));
  EXPECT_THAT(
      Birth(Complete({{"MasterUsername", "ad-min"}})),
      ElementsAre("USERNAME: MasterUsername 'ad-min' holds something other than letters, digits and underscores"));
  EXPECT_THAT(Birth(Complete({{"Engine", "mysql"}, {"MasterUsername", "a2345678901234567"}})),
              ElementsAre("USERNAME: MasterUsername has 17 characters, and mysql takes at most 16"));
  EXPECT_THAT(Birth(Complete({{"Engine", "mysql"}, {"MasterUsername", "admin"}})), IsEmpty());
}

TEST(JudgeTest, DBNAME) {
  EXPECT_THAT(Birth(Complete({{"DBName", "9lives"}})),
              ElementsAre("DBNAME: DBName '9lives' does not begin with a letter"));
  EXPECT_THAT(Birth(Complete({{"DBName", "a-b"}})),
              ElementsAre("DBNAME: DBName 'a-b' holds something other than letters, digits and underscores"));
  EXPECT_THAT(Birth(Complete({{"Engine", "oracle-ee"}, {"DBName", "NINECHARS"}})),
              ElementsAre("DBNAME: DBName has 9 characters, and oracle-ee takes at most 8"));
  EXPECT_THAT(Birth(Complete({{"Engine", "sqlserver-ex"}, {"DBName", "orders"}})),
              ElementsAre("DBNAME: DBName must not be stated for SQL Server: databases are made by logging in"));
  EXPECT_THAT(Birth(Complete({{"DBName", "db_name"}})), IsEmpty());
}

TEST(JudgeTest, GROW_ONLY) {
  const Properties live = {{"Engine", "postgres"}, {"StorageType", "gp3"}, {"AllocatedStorage", 200}};
  EXPECT_THAT(Live({{"AllocatedStorage", 100}}, live),
              ElementsAre("GROW-ONLY: AllocatedStorage is 200 and cannot shrink to 100"));
  EXPECT_THAT(Live({{"AllocatedStorage", 190}}, live), IsEmpty());
  EXPECT_THAT(Live({{"AllocatedStorage", 300}}, live), IsEmpty());
  EXPECT_THAT(Live({{"AllocatedStorage", 100}, {"MaxAllocatedStorage", 500}}, live), IsEmpty());
}

TEST(JudgeTest, GROW_ONLY_OfVolumes) {
  const auto volumes = [](std::int64_t size, std::int64_t limit = 0) {
    Properties volume{{"VolumeName", "rdsdbdata2"}, {"AllocatedStorage", size}};
    if (limit != 0) volume.emplace("MaxAllocatedStorage", limit);
    return Properties{{"Engine", "oracle-ee"}, {"AdditionalStorageVolumes", List{volume}}};
  };
  EXPECT_THAT(Live(volumes(200), volumes(400)),
              ElementsAre("GROW-ONLY: AdditionalStorageVolumes: rdsdbdata2 has 400 GiB and cannot shrink to 200"));
  EXPECT_THAT(Live(volumes(400), volumes(200)), IsEmpty());
  EXPECT_THAT(Live(volumes(200), volumes(400, 800)), IsEmpty());
}

TEST(JudgeTest, SIZE_RANGES) {
  EXPECT_THAT(Offline({{"Engine", "postgres"}, {"StorageType", "gp3"}, {"AllocatedStorage", 19}}),
              ElementsAre("SIZE-RANGES: AllocatedStorage is 19, and must be 20 to 65536 GiB for postgres on gp3"));
  EXPECT_THAT(Offline({{"Engine", "postgres"}, {"AllocatedStorage", 10}}),
              ElementsAre("SIZE-RANGES: AllocatedStorage is 10, and must be 20 to 65536 GiB for postgres"));
  EXPECT_THAT(Offline({{"Engine", "mysql"}, {"StorageType", "standard"}, {"AllocatedStorage", 5}}), IsEmpty());
  EXPECT_THAT(
      Offline({{"Engine", "sqlserver-ex"}, {"StorageType", "gp2"}, {"AllocatedStorage", 20000}}),
      ElementsAre("SIZE-RANGES: AllocatedStorage is 20000, and must be 20 to 16384 GiB for sqlserver-ex on gp2"));
  EXPECT_THAT(Offline({{"Engine", "never-heard-of"}, {"AllocatedStorage", 1}}), IsEmpty());
}

TEST(JudgeTest, STORAGE_PAIRS) {
  EXPECT_THAT(Birth(Complete({{"StorageType", "io1"}, {"AllocatedStorage", 100}})),
              ElementsAre("IOPS-REQUIRED: StorageType io1 needs Iops"));
  EXPECT_THAT(Live({{"StorageType", "io1"}}, {{"Engine", "mysql"}, {"StorageType", "io1"}, {"Iops", 1000}}), IsEmpty());
  EXPECT_THAT(Birth(Complete({{"StorageType", "io1"}, {"AllocatedStorage", 100}, {"Iops", 5001}})),
              ElementsAre("IO-RATIO: Iops is 5001, and must be 0.5 to 50 times the 100 GiB of io1"));
  EXPECT_THAT(Birth(Complete({{"StorageType", "gp3"}, {"Iops", 6000}})),
              ElementsAre("GP3-THRESHOLD: Iops is 6000, but gp3 below 400 GiB has a fixed 3000"));
  EXPECT_THAT(Birth(Complete({{"StorageType", "gp3"}, {"Iops", 3000}, {"StorageThroughput", 125}})), IsEmpty());
  EXPECT_THAT(Birth(Complete({{"StorageType", "gp2"}, {"StorageThroughput", 200}})),
              ElementsAre("GP3-THRESHOLD: StorageThroughput is for gp3 only, and StorageType is gp2"));
}

TEST(JudgeTest, AUTOSCALE_LIMIT) {
  EXPECT_THAT(
      Offline({{"AllocatedStorage", 100}, {"MaxAllocatedStorage", 105}}),
      ElementsAre("AUTOSCALE-LIMIT: MaxAllocatedStorage is 105, and must exceed AllocatedStorage 100 by at least 10%"));
  EXPECT_THAT(Offline({{"AllocatedStorage", 100}, {"MaxAllocatedStorage", 110}}), IsEmpty());
  EXPECT_THAT(Offline({{"AllocatedStorage", 100}, {"MaxAllocatedStorage", 100}}), IsEmpty());
}

TEST(JudgeTest, VERSION_FLOOR_NoWayBack) {
  const Properties live = {{"Engine", "postgres"}, {"EngineVersion", "14.10"}};
  EXPECT_THAT(Live({{"EngineVersion", "14.9"}}, live),
              ElementsAre("VERSION-FLOOR: EngineVersion is 14.10 and cannot go back to 14.9"));
  EXPECT_THAT(Live({{"EngineVersion", "13"}, {"AllowMajorVersionUpgrade", true}}, live),
              ElementsAre("VERSION-FLOOR: EngineVersion is 14.10 and cannot go back to 13"));
  EXPECT_THAT(Live({{"EngineVersion", "14"}}, live), IsEmpty());
}

TEST(JudgeTest, MAJOR_UPGRADE) {
  const Properties live = {{"Engine", "postgres"},
                           {"EngineVersion", "14.10"},
                           {"DBParameterGroups", List{Properties{{"DBParameterGroupName", "default.postgres14"}}}}};
  EXPECT_THAT(Live({{"EngineVersion", "15"}}, live),
              ElementsAre("MAJOR-UPGRADE: from 14.10 to 15 is a major upgrade, which has not been consented to"));
  EXPECT_THAT(Live({{"EngineVersion", "15"}, {"AllowMajorVersionUpgrade", true}}, live), IsEmpty());
  Properties custom = live;
  custom.insert_or_assign("DBParameterGroups", List{Properties{{"DBParameterGroupName", "mine14"}}});
  EXPECT_THAT(
      Live({{"EngineVersion", "15"}, {"AllowMajorVersionUpgrade", true}}, custom),
      ElementsAre("MAJOR-UPGRADE: DBParameterGroupName 'mine14' belongs to the major version 14, and cannot serve 15"));
  EXPECT_THAT(
      Live({{"EngineVersion", "15"}, {"AllowMajorVersionUpgrade", true}, {"DBParameterGroupName", "mine15"}}, custom),
      IsEmpty());
  EXPECT_THAT(Live({{"EngineVersion", "14.11"}}, custom), IsEmpty());
}

TEST(JudgeTest, ENGINE_FIXED) {
  EXPECT_THAT(Live({{"Engine", "mariadb"}}, {{"Engine", "mysql"}}),
              ElementsAre("ENGINE-FIXED: Engine is mysql and cannot become mariadb"));
  EXPECT_THAT(Live({{"Engine", "oracle-ee-cdb"}}, {{"Engine", "oracle-ee"}}), IsEmpty());
  EXPECT_THAT(
      Live({{"Engine", "oracle-ee-cdb"}, {"EngineVersion", "21.1"}, {"AllowMajorVersionUpgrade", true}},
           {{"Engine", "oracle-ee"}, {"EngineVersion", "19.1"}}),
      ElementsAre("ENGINE-FIXED: Engine and EngineVersion cannot change in one request: convert first, then upgrade"));
  EXPECT_THAT(Live({{"MultiTenant", false}}, {{"Engine", "oracle-ee-cdb"}, {"MultiTenant", true}}),
              ElementsAre("MULTI-TENANT: MultiTenant cannot be taken back"));
}

TEST(JudgeTest, WINDOWS) {
  EXPECT_THAT(Offline({{"PreferredBackupWindow", "3-4"}}),
              ElementsAre("WINDOW-FORMAT: PreferredBackupWindow '3-4' is not of the form hh:mm-hh:mm"));
  EXPECT_THAT(Offline({{"PreferredBackupWindow", "03:00-03:29"}}),
              ElementsAre("WINDOW-FORMAT: PreferredBackupWindow 03:00-03:29 is shorter than 30 minutes"));
  EXPECT_THAT(Offline({{"PreferredMaintenanceWindow", "sunday:05:00-sunday:06:00"}}),
              ElementsAre("WINDOW-FORMAT: PreferredMaintenanceWindow 'sunday:05:00-sunday:06:00' is not of the form "
                          "ddd:hh:mm-ddd:hh:mm"));
  EXPECT_THAT(
      Offline({{"PreferredBackupWindow", "05:00-05:30"}, {"PreferredMaintenanceWindow", "sun:05:15-sun:05:45"}}),
      ElementsAre("WINDOW-OVERLAP: PreferredBackupWindow 05:00-05:30 and PreferredMaintenanceWindow "
                  "sun:05:15-sun:05:45 overlap"));
  EXPECT_THAT(Live({{"PreferredBackupWindow", "05:00-05:30"}},
                   {{"Engine", "mysql"}, {"PreferredMaintenanceWindow", "sun:05:15-sun:05:45"}}),
              ElementsAre("WINDOW-OVERLAP: PreferredBackupWindow 05:00-05:30 and PreferredMaintenanceWindow "
                          "sun:05:15-sun:05:45 overlap"));
  // What somebody else has arranged is not ours to judge.
  EXPECT_THAT(
      Live({}, {{"PreferredBackupWindow", "05:00-05:30"}, {"PreferredMaintenanceWindow", "sun:05:15-sun:05:45"}}),
      IsEmpty());
}

TEST(JudgeTest, MONITORING_AND_INSIGHTS) {
  EXPECT_THAT(Birth(Complete({{"MonitoringInterval", 60}})),
              ElementsAre("MONITORING-PAIR: MonitoringInterval 60 needs a MonitoringRoleArn"));
  EXPECT_THAT(Offline({{"MonitoringInterval", 60}}), IsEmpty());
  EXPECT_THAT(Offline({{"MonitoringInterval", 7}}),
              ElementsAre("MONITORING-INTERVAL: MonitoringInterval is 7, and must be 0, 1, 5, 10, 15, 30 or 60"));
  EXPECT_THAT(
      Offline({{"PerformanceInsightsRetentionPeriod", 30}}),
      ElementsAre(
          "PI-TRIO: PerformanceInsightsRetentionPeriod is 30, and must be 7, 731, or a multiple of 31 up to 713"));
  for (const int days : {7, 31, 62, 465, 713, 731})
    EXPECT_THAT(Offline({{"PerformanceInsightsRetentionPeriod", days}}), IsEmpty()) << days;
  for (const int days : {0, 1, 744, 775})
    EXPECT_THAT(Offline({{"PerformanceInsightsRetentionPeriod", days}}), ::testing::SizeIs(1)) << days;
  EXPECT_THAT(
      Live({{"DatabaseInsightsMode", "advanced"}}, {{"Engine", "mysql"}, {"PerformanceInsightsEnabled", false}}),
      ElementsAre("INSIGHTS-MODE: DatabaseInsightsMode advanced needs EnablePerformanceInsights: true"));
  EXPECT_THAT(
      Live({{"DatabaseInsightsMode", "advanced"}},
           {{"Engine", "mysql"}, {"PerformanceInsightsEnabled", true}, {"PerformanceInsightsRetentionPeriod", 7}}),
      ElementsAre(
          "INSIGHTS-MODE: DatabaseInsightsMode advanced needs a PerformanceInsightsRetentionPeriod of at least 465"));
  EXPECT_THAT(
      Live({{"PerformanceInsightsKMSKeyId", "b"}}, {{"PerformanceInsightsKMSKeyId", "arn:aws:kms:r:1:key/a"}}),
      ElementsAre("PI-TRIO: PerformanceInsightsKMSKeyId is arn:aws:kms:r:1:key/a and cannot become b: it is set once"));
}

TEST(JudgeTest, NETWORK) {
  EXPECT_THAT(Birth(Complete({{"MultiAZ", true}, {"AvailabilityZone", "us-east-1a"}})),
              ElementsAre("MULTIAZ-AZ: AvailabilityZone and MultiAZ: true exclude each other"));
  EXPECT_THAT(Offline({{"VpcSecurityGroupIds", List{}}}),
              ElementsAre("SG-NO-EMPTY: VpcSecurityGroupIds cannot be empty: RDS would keep the last set"));
  EXPECT_THAT(Offline({{"Engine", "sqlserver-ex"}, {"Port", 1434}}),
              ElementsAre("PORT: Port 1434 is reserved by SQL Server"));
  EXPECT_THAT(Offline({{"Engine", "sqlserver-ex"}, {"Port", 49153}}),
              ElementsAre("PORT: Port 49153 is reserved by SQL Server"));
  EXPECT_THAT(Offline({{"Engine", "postgres"}, {"Port", 1434}}), IsEmpty());
  EXPECT_THAT(Offline({{"DomainDnsIps", List{"10.0.0.1"}}}),
              ElementsAre("DOMAIN-DNS: DomainDnsIps has 1 addresses, and must have two"));
}

TEST(JudgeTest, NEVER_DELETE) {
  for (const bool remove : {true, false}) {
    EXPECT_THAT(
        Offline(
            {{"AdditionalStorageVolumes", List{Properties{{"VolumeName", "rdsdbdata2"}, {"SetForDelete", remove}}}}}),
        ElementsAre("NEVER-DELETE: SetForDelete of volume rdsdbdata2 is for deleting it, which apply never does"));
  }
}

class OneSubnetGroup final : public Others {
 public:
  explicit OneSubnetGroup(std::string vpc) : group_(Properties{{"VpcId", std::move(vpc)}}) {}
  const Value* Live(std::string_view kind, std::string_view) const override {
    return kind == "DBSubnetGroup" ? &group_ : nullptr;
  }
  [[nodiscard]] const Properties* Stated(std::string_view, std::string_view) const override { return nullptr; }
  [[nodiscard]] std::string_view OldName(std::string_view, std::string_view) const override { return {}; }

 private:
  Value group_;
};

TEST(JudgeTest, SUBNET_SAME_VPC) {
  const Properties desired = {{"DBSubnetGroupName", "other"}};
  const auto judged = [&](bool multi, const Others* others) {
    const Value live(Properties{{"Engine", "mysql"},
                                {"MultiAZ", multi},
                                {"DBSubnetGroup", Properties{{"DBSubnetGroupName", "mine"}, {"VpcId", "vpc-1"}}}});
    return Texts(
        Judge(kDBInstance, {.desired = desired, .live = live, .name = "orders", .others = others}, Knowledge::kLive));
  };
  const OneSubnetGroup same("vpc-1");
  const OneSubnetGroup elsewhere("vpc-2");
  EXPECT_THAT(
      judged(false, &same),
      ElementsAre("SUBNET-SAME-VPC: DBSubnetGroupName can only move to another VPC, and 'other' lies in vpc-1 too"));
  EXPECT_THAT(judged(false, &elsewhere), IsEmpty());
  EXPECT_THAT(judged(false, nullptr), IsEmpty());
  EXPECT_THAT(judged(true, &elsewhere),
              ElementsAre("SUBNET-SAME-VPC: DBSubnetGroupName of a Multi-AZ instance cannot move to another VPC"));
}

TEST(JudgeTest, RETENTION_ZERO) {
  EXPECT_THAT(
      Live({{"BackupRetentionPeriod", 0}}, {{"Engine", "mysql"}, {"ReadReplicaDBInstanceIdentifiers", List{"r"}}}),
      ElementsAre("RETENTION-ZERO: BackupRetentionPeriod cannot be 0 while the instance has replicas"));
  EXPECT_THAT(Live({{"BackupRetentionPeriod", 0}}, {{"Engine", "mysql"}}), IsEmpty());
}

TEST(JudgeTest, REPLICA_INHERIT) {
  EXPECT_THAT(Offline({{"SourceDBInstanceIdentifier", "orders"}, {"MasterUserPassword", Secret::FromEnv("PW")}}),
              ElementsAre("REPLICA-INHERIT: MasterUserPassword cannot be set on a replica: it has its source's"));
  EXPECT_THAT(Live({{"SourceDBInstanceIdentifier", nullptr}, {"MasterUserPassword", Secret::FromEnv("PW")}},
                   {{"Engine", "mysql"}, {"ReadReplicaSourceDBInstanceIdentifier", "orders"}}),
              IsEmpty());
}

TEST(JudgeTest, RESERVATION) {
  EXPECT_THAT(Live({{"DBCapacityReservationIdentifier", "cr-1"}}, {{"Engine", "mysql"}, {"DBInstanceClass", "a"}}),
              ElementsAre("RESERVATION: DBCapacityReservationIdentifier changes only together with DBInstanceClass, "
                          "MultiAZ, LicenseModel or Engine"));
  EXPECT_THAT(Live({{"DBCapacityReservationIdentifier", "cr-1"}, {"DBInstanceClass", "b"}},
                   {{"Engine", "mysql"}, {"DBInstanceClass", "a"}}),
              IsEmpty());
}

TEST(JudgeTest, CUSTOM) {
  EXPECT_THAT(Offline({{"Engine", "custom-oracle-ee"}, {"AutoMinorVersionUpgrade", true}}),
              ElementsAre("CUSTOM: AutoMinorVersionUpgrade must be false for RDS Custom"));
  EXPECT_THAT(Offline({{"CustomIamInstanceProfile", "mine"}}),
              ElementsAre("CUSTOM: CustomIamInstanceProfile 'mine' does not begin with AWSRDSCustom"));
}

TEST(JudgeTest, TAGS_AWS) {
  EXPECT_THAT(Offline({{"Tags", Properties{{"aws:x", "y"}}}}),
              ElementsAre("TAGS-AWS: the tag 'aws:x' is not yours to state: aws:* is reserved"));
  EXPECT_THAT(
      Offline({{"Tags", Properties{{"rdsteady:password-version", "1"}}}}),
      ElementsAre("TAGS-AWS: the tag 'rdsteady:password-version' is not yours to state: rdsteady:* is reserved"));
  Properties many;
  for (int i = 0; i < 51; ++i)
    many.emplace("k" + std::to_string(i), "v");
  EXPECT_THAT(Offline({{"Tags", many}}), ElementsAre("TAGS-AWS: Tags has 51 keys, and a resource takes at most 50"));
}

// ---- the groups ----------------------------------------------------------------------------------------------------

std::vector<std::string> Group(const Kind& kind, std::string_view name, const Properties& desired,
                               const Value& live = {}, Knowledge knowledge = Knowledge::kLive) {
  return Texts(Judge(kind, {.desired = desired, .live = live, .name = name}, knowledge));
}

TEST(JudgeTest, SubnetGroups) {
  const Properties whole = {{"DBSubnetGroupDescription", "d"}, {"SubnetIds", List{"subnet-1", "subnet-2"}}};
  EXPECT_THAT(Group(kDBSubnetGroup, "my_subnet group.1", whole), IsEmpty());
  EXPECT_THAT(Group(kDBSubnetGroup, "a/b", whole),
              ElementsAre("ID-FORMAT: 'a/b' is not a DBSubnetGroupName: 1 to 255 letters, digits, periods, "
                          "underscores, spaces and hyphens"));
  EXPECT_THAT(Group(kDBSubnetGroup, "Default", whole),
              ElementsAre("ID-FORMAT: the subnet group 'default' belongs to RDS and cannot be managed"));
  EXPECT_THAT(Group(kDBSubnetGroup, "g", {}),
              ElementsAre("REQUIRED: to create it, DBSubnetGroupDescription, SubnetIds must be stated"));
  EXPECT_THAT(Group(kDBSubnetGroup, "g", {{"SubnetIds", List{}}}, Properties{}),
              ElementsAre("SUBNETS: SubnetIds cannot be empty"));
}

TEST(JudgeTest, ParameterGroups) {
  EXPECT_THAT(
      Group(kDBParameterGroup, "default.postgres15", {}, Properties{}),
      ElementsAre("ID-FORMAT: the parameter group 'default.postgres15' is the engine's own and cannot be managed"));
  EXPECT_THAT(Group(kDBParameterGroup, "g", {{"Description", "d"}}),
              ElementsAre("REQUIRED: to create it, DBParameterGroupFamily must be stated"));
  const Value live(Properties{
      {"DBParameterGroupFamily", "postgres15"},
      {"Parameters",
       List{Properties{{"ParameterName", "max_connections"}, {"ParameterValue", "100"}, {"IsModifiable", true}},
            Properties{{"ParameterName", "server_version"}, {"ParameterValue", "15"}, {"IsModifiable", false}}}}});
  const auto objections =
      Judge(kDBParameterGroup,
            {.desired = Properties{{"Parameters", Properties{{"max_conections", "5"}}}}, .live = live, .name = "g"},
            Knowledge::kLive);
  ASSERT_THAT(Texts(objections),
              ElementsAre("PARAMETER-UNKNOWN: the family postgres15 has no parameter 'max_conections'"));
  EXPECT_EQ(objections.front().hint, "did you mean 'max_connections'?");
  EXPECT_EQ(objections.front().property, "Parameters");
  EXPECT_THAT(Group(kDBParameterGroup, "g", {{"Parameters", Properties{{"server_version", "16"}}}}, live),
              ElementsAre("PARAMETER-FIXED: the parameter 'server_version' cannot be modified"));
  EXPECT_THAT(Group(kDBParameterGroup, "g",
                    {{"Parameters", Properties{{"server_version", "15"}, {"max_connections", "7"}}}}, live),
              IsEmpty());
  // Before the list was read there is nothing to judge by.
  EXPECT_THAT(Group(kDBParameterGroup, "g", {{"Parameters", Properties{{"anything", "5"}}}}, Properties{}), IsEmpty());
}

const SeparateOperation& Operation(SeparateOperation::What what) {
  return *std::ranges::find_if(kDBParameterGroup.operations,
                               [what](const SeparateOperation& row) { return row.what == what; });
}

TEST(ParameterItemTest, TheApplyMethodFollowsTheLiveType) {
  const Value is_dynamic(Properties{{"ApplyType", "dynamic"}});
  const Value is_static(Properties{{"ApplyType", "static"}});
  const auto& set = Operation(SeparateOperation::What::kSet);
  const auto& reset = Operation(SeparateOperation::What::kReset);
  EXPECT_EQ(set.item("p", " 500 ", is_dynamic),
            Value(Properties{{"ParameterName", "p"}, {"ParameterValue", "500"}, {"ApplyMethod", "immediate"}}));
  EXPECT_EQ(set.item("p", 500, is_static),
            Value(Properties{{"ParameterName", "p"}, {"ParameterValue", "500"}, {"ApplyMethod", "pending-reboot"}}));
  EXPECT_EQ(set.item("p", "x", nullptr),
            Value(Properties{{"ParameterName", "p"}, {"ParameterValue", "x"}, {"ApplyMethod", "pending-reboot"}}));
  EXPECT_EQ(reset.item("p", nullptr, is_dynamic),
            Value(Properties{{"ParameterName", "p"}, {"ApplyMethod", "immediate"}}));
  ASSERT_EQ(reset.flags.size(), 1U);
  EXPECT_EQ(reset.flags.front().first, "ResetAllParameters");
  EXPECT_FALSE(reset.flags.front().second);
  EXPECT_EQ(set.max_items, 20);
}

TEST(ParameterItemTest, CoupledParametersShareACall) {
  const auto& set = Operation(SeparateOperation::What::kSet);
  EXPECT_THAT(set.together("gtid-mode"), ElementsAre("enforce_gtid_consistency", "gtid-mode"));
  EXPECT_THAT(set.together("collation_server"), ElementsAre("character_set_server", "collation_server"));
  EXPECT_THAT(set.together("max_connections"), IsEmpty());
}

}  // namespace
}  // namespace rdsteady::model
