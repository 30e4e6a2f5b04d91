#include "values.h"

#include <algorithm>

namespace rdsteady::promises {
namespace {

std::string KeyOf(int number) {
  return "arn:aws:kms:us-east-1:123456789012:key/0000000" + std::to_string(number) + "-1111-2222-3333-444444444444";
}
std::string RoleOf(std::string_view name) {
  return "arn:aws:iam::123456789012:role/" + std::string(name);
}
Value Password() {
  return Properties{{"env", "PW"}};
}

bool Grows(std::size_t from, std::size_t to) {
  return to >= from;
}
bool Stays(std::size_t from, std::size_t to) {
  return to == from;
}

bool IsOracle(const Flavour& flavour) {
  return flavour.engine.starts_with("oracle");
}
bool IsSqlServer(const Flavour& flavour) {
  return flavour.engine.starts_with("sqlserver");
}

Bundle Choices(std::string_view property, std::vector<Value> values) {
  Bundle bundle;
  for (Value& value : values)
    bundle.choices.push_back({{std::string(property), std::move(value)}});
  return bundle;
}

Bundle Fixed(std::string_view property, std::vector<Value> values) {
  Bundle bundle = Choices(property, std::move(values));
  bundle.may = Stays;
  return bundle;
}

Bundle Storage(const Flavour& flavour) {
  Bundle bundle;
  bundle.at_birth = true;
  bundle.may = Grows;
  const auto add = [&](Properties choice) { bundle.choices.push_back(std::move(choice)); };
  add({{"StorageType", "gp2"}, {"AllocatedStorage", 20}, {"MaxAllocatedStorage", nullptr}});
  add({{"StorageType", "gp2"}, {"AllocatedStorage", 25}, {"MaxAllocatedStorage", 4000}});
  add({{"StorageType", "gp3"}, {"AllocatedStorage", 50}, {"MaxAllocatedStorage", 5000}});
  if (flavour.striping_gib == 0) {
    bundle.choices[2].emplace("Iops", 3000);
    bundle.choices[2].emplace("StorageThroughput", 125);
  }
  if (flavour.striping_gib > 0) {
    // Below the threshold the baseline may be stated, and is not sent.
    add({{"StorageType", "gp3"},
         {"AllocatedStorage", 100},
         {"Iops", 3000},
         {"StorageThroughput", 125},
         {"MaxAllocatedStorage", 5000}});
    add({{"StorageType", "gp3"}, {"AllocatedStorage", 500}, {"Iops", 12000}, {"StorageThroughput", 500}});
    add({{"StorageType", "gp3"}, {"AllocatedStorage", 600}, {"Iops", 13000}, {"StorageThroughput", 600}});
  } else {
    add({{"StorageType", "gp3"}, {"AllocatedStorage", 100}, {"Iops", 3000}, {"StorageThroughput", 125}});
    add({{"StorageType", "gp3"}, {"AllocatedStorage", 500}, {"Iops", 4000}, {"StorageThroughput", 250}});
  }
  add({{"StorageType", "io1"}, {"AllocatedStorage", 1000}, {"Iops", 20000}, {"DedicatedLogVolume", false}});
  add({{"StorageType", "io2"}, {"AllocatedStorage", 1200}, {"Iops", 25000}, {"DedicatedLogVolume", true}});
  return bundle;
}

Bundle Class(const Flavour& flavour) {
  Bundle bundle;
  bundle.at_birth = true;
  bundle.choices = {{{"DBInstanceClass", "db.m6i.large"}},
                    {{"DBInstanceClass", "db.m6i.xlarge"}},
                    {{"DBInstanceClass", "DB.R6I.large"}},
                    {{"DBInstanceClass", "db.m6i.large"}, {"DBCapacityReservationIdentifier", "cr-1"}},
                    {{"DBInstanceClass", "db.m6i.2xlarge"}, {"DBCapacityReservationIdentifier", "cr-2"}}};
  // A reservation changes only together with what it reserves.
  bundle.may = [](std::size_t from, std::size_t to) { return !((from == 0 && to == 3) || (from == 3 && to == 0)); };
  if (!IsOracle(flavour)) return bundle;
  const Value two(Properties{{"coreCount", "2"}, {"threadsPerCore", "1"}});
  const Value four(Properties{{"coreCount", "4"}, {"threadsPerCore", "2"}});
  bundle.choices = {{{"DBInstanceClass", "db.m6i.large"}, {"ProcessorFeatures", nullptr}},
                    {{"DBInstanceClass", "db.m6i.xlarge"}, {"ProcessorFeatures", two}},
                    {{"DBInstanceClass", "db.m6i.xlarge"}, {"ProcessorFeatures", four}}};
  bundle.may = [](std::size_t, std::size_t) { return true; };
  return bundle;
}

// Versions with what goes along with a major step; for Oracle the conversion to a container database, which is one.
Bundle Version(const Flavour& flavour) {
  Bundle bundle;
  bundle.at_birth = true;
  const auto& v = flavour.versions;
  const auto at = [&](std::string_view version, std::string_view group) {
    return Properties{{"Engine", flavour.engine},
                      {"EngineVersion", version},
                      {"DBParameterGroupName", group},
                      {"OptionGroupName", flavour.option_group}};
  };
  bundle.choices = {at(v[0], kGroup), at(v[0], kOtherGroup), at(v[1], kGroup)};
  bundle.may = [](std::size_t from, std::size_t to) { return (from < 2 ? 0U : from) <= (to < 2 ? 0U : to); };
  if (IsOracle(flavour) && !flavour.replica) {
    // The conversion may wait for the window, but not together with what RDS does only at once.
    bundle.choices.push_back({{"Engine", "oracle-ee-cdb"}, {"EngineVersion", v[1]}});
    bundle.choices.push_back({{"Engine", "oracle-ee-cdb"}, {"EngineVersion", v[1]}, {"MultiTenant", false}});
    bundle.choices.push_back({{"Engine", "oracle-ee-cdb"}, {"EngineVersion", v[1]}, {"MultiTenant", true}});
    bundle.may = [](std::size_t from, std::size_t to) {
      if (to < 3) return (from < 2 ? 0U : from) <= (to < 2 ? 0U : to);
      if (to == 5) return from >= 3;
      return from >= 2 && from < 5;
    };
  }
  if (v.size() > 2 && !flavour.replica) {
    Properties major = at(v[2], kNextGroup);
    major.emplace("AllowMajorVersionUpgrade", true);
    major.insert_or_assign("OptionGroupName", flavour.next_option_group);
    bundle.choices.push_back(std::move(major));
  }
  // An explicit false of the consent changes nothing.
  bundle.choices[0].emplace("AllowMajorVersionUpgrade", false);
  return bundle;
}

Bundle Places(const Flavour& flavour) {
  Bundle bundle;
  bundle.choices = {{{"MultiAZ", false}, {"DBSubnetGroupName", kSubnetGroup}, {"AvailabilityZone", "us-east-1a"}},
                    {{"MultiAZ", true}, {"DBSubnetGroupName", kSubnetGroup}}};
  if (!flavour.replica) bundle.choices.push_back({{"MultiAZ", false}, {"DBSubnetGroupName", "Second-VPC"}});
  bundle.possible = bundle.choices.size();
  bundle.choices.push_back(
      {{"MultiAZ", false}, {"DBSubnetGroupName", kSubnetGroup}, {"AvailabilityZone", "us-east-1b"}});
  // A Multi-AZ instance cannot move, and one that leaves its zones may come to lie in another.
  bundle.may = [](std::size_t from, std::size_t to) {
    return from == to || (from == 0 && to != 0) || (from == 2 && to == 0);
  };
  return bundle;
}

Bundle Windows() {
  Bundle bundle;
  bundle.choices = {
      {{"PreferredBackupWindow", "03:00-03:30"}, {"PreferredMaintenanceWindow", "sun:05:00-sun:06:00"}},
      {{"PreferredBackupWindow", "04:00-05:00"}, {"PreferredMaintenanceWindow", "Mon:07:00-Mon:08:30"}},
      {{"PreferredBackupWindow", "06:00-06:30"}, {"PreferredMaintenanceWindow", "fri:23:45-sat:00:30"}},
  };
  return bundle;
}

Bundle Credentials() {
  Bundle bundle;
  bundle.at_birth = true;
  bundle.choices = {
      {{"ManageMasterUserPassword", false}, {"MasterUserPassword", Password()}},
      {{"ManageMasterUserPassword", true}, {"MasterUserSecretKmsKeyId", KeyOf(1)}},
      {{"ManageMasterUserPassword", true}, {"MasterUserSecretKmsKeyId", "alias/secrets"}},
      // The same, from another variable.
      {{"ManageMasterUserPassword", false}, {"MasterUserPassword", Properties{{"env", "OTHER_PW"}}}},
  };
  bundle.may = [](std::size_t from, std::size_t to) { return from + to != 3 || from == 0 || to == 0; };
  return bundle;
}

Bundle Domain() {
  Bundle bundle;
  const auto own = [](std::string_view name, int number) {
    const std::string text(name);
    return Properties{
        {"DomainFqdn", text + ".example.com"},
        {"DomainOu", "OU=" + text + ", DC=example, DC=com"},
        {"DomainAuthSecretArn", "arn:aws:secretsmanager:us-east-1:123456789012:secret:" + text + "-AbCdEf"},
        {"DomainDnsIps", List{"10.0.0." + std::to_string(number), "10.0.1." + std::to_string(number)}}};
  };
  bundle.choices = {{{"Domain", nullptr}},
                    {{"Domain", "d-1234567890"}, {"DomainIAMRoleName", "directory-access"}},
                    {{"Domain", "d-0987654321"}, {"DomainIAMRoleName", "other-access"}},
                    own("red", 5),
                    own("blue", 6)};
  bundle.may = [](std::size_t from, std::size_t to) { return from == 0 || to == 0 || (from < 3) == (to < 3); };
  return bundle;
}

Bundle Insights() {
  Bundle bundle;
  bundle.choices = {{{"EnablePerformanceInsights", false}, {"DatabaseInsightsMode", "standard"}},
                    {{"EnablePerformanceInsights", true},
                     {"PerformanceInsightsRetentionPeriod", 7},
                     {"PerformanceInsightsKMSKeyId", KeyOf(3)},
                     {"DatabaseInsightsMode", "standard"}},
                    {{"EnablePerformanceInsights", true},
                     {"PerformanceInsightsRetentionPeriod", 465},
                     {"PerformanceInsightsKMSKeyId", KeyOf(3)},
                     {"DatabaseInsightsMode", "advanced"}},
                    {{"EnablePerformanceInsights", true},
                     {"PerformanceInsightsRetentionPeriod", 62},
                     {"PerformanceInsightsKMSKeyId", "alias/insights"}}};
  // A key that was set stays.
  bundle.may = [](std::size_t from, std::size_t to) {
    return from == to || from == 0 || (from < 3 && to < 3 && to != 0);
  };
  return bundle;
}

Bundle Monitoring() {
  Bundle bundle;
  bundle.choices = {{{"MonitoringInterval", 0}},
                    {{"MonitoringInterval", 60}, {"MonitoringRoleArn", RoleOf("monitoring")}},
                    {{"MonitoringInterval", 30}, {"MonitoringRoleArn", RoleOf("other-monitoring")}}};
  return bundle;
}

Bundle Certificate() {
  Bundle bundle;
  bundle.choices = {{{"CACertificateIdentifier", "rds-ca-rsa2048-g1"}},
                    {{"CACertificateIdentifier", "rds-ca-rsa4096-g1"}, {"CertificateRotationRestart", true}},
                    {{"CACertificateIdentifier", "rds-ca-ecc384-g1"}, {"CertificateRotationRestart", false}}};
  return bundle;
}

// What a manifest may still say of where an existing instance came from.
Bundle Sources(const Flavour& flavour) {
  Bundle bundle;
  bundle.has_prior = false;
  const std::string backups = "arn:aws:rds:us-east-1:123456789012:auto-backup:ab-";
  if (flavour.replica) {
    bundle.choices = {{{"UpgradeStorageConfig", true}},
                      {{"UpgradeStorageConfig", false}},
                      {{"PreSignedUrl", Properties{{"env", "URL_A"}}}},
                      {{"PreSignedUrl", Properties{{"env", "URL_B"}}}}};
    return bundle;
  }
  bundle.choices = {{{"DBSnapshotIdentifier", "before"}},
                    {{"DBSnapshotIdentifier", "after"}},
                    {{"DBClusterSnapshotIdentifier", "before"}},
                    {{"DBClusterSnapshotIdentifier", "after"}},
                    {{"RestoreTime", "2026-01-02T03:04:05Z"}, {"SourceDbiResourceId", "db-AAAAAAAAAAAAAAAAAAAAAAAAAA"}},
                    {{"RestoreTime", "2026-01-03T03:04:05Z"},
                     {"UseLatestRestorableTime", false},
                     {"SourceDbiResourceId", "db-BBBBBBBBBBBBBBBBBBBBBBBBBB"}},
                    {{"UseLatestRestorableTime", true}, {"SourceDBInstanceAutomatedBackupsArn", backups + "a"}},
                    {{"UseLatestRestorableTime", true}, {"SourceDBInstanceAutomatedBackupsArn", backups + "b"}},
                    {{"SourceDBClusterIdentifier", "cluster-a"}},
                    {{"SourceDBClusterIdentifier", "cluster-b"}}};
  return bundle;
}

std::vector<Value> LogsOf(const Flavour& flavour) {
  if (flavour.engine == "postgres") return {List{"postgresql"}, List{"upgrade", "postgresql"}, List{}};
  if (IsOracle(flavour)) return {List{"alert"}, List{"audit", "trace"}, List{}};
  if (IsSqlServer(flavour)) return {List{"error"}, List{"error", "agent"}, List{}};
  return {List{"error"}, List{"slowquery", "error"}, nullptr};
}

Value TagsOf(Properties tags) {
  return tags;
}

Bundle Tags() {
  return Choices("Tags", {TagsOf({{"service", "orders"}}), TagsOf({{"service", "billing"}, {"team", "a"}}),
                          TagsOf({{"service", nullptr}, {"team", "b"}}), TagsOf({{"team", "b"}, {"cost", "17"}})});
}

}  // namespace

const std::vector<Flavour>& Flavours() {
  static const std::vector<Flavour> kFlavours = {
      {"postgres",
       "postgres",
       false,
       "postgres15",
       "postgres16",
       {"15.4", "15.7", "16.3"},
       "default:postgres-15",
       "default:postgres-16",
       400},
      {"mysql",
       "mysql",
       false,
       "mysql8.0",
       "mysql8.4",
       {"8.0.36", "8.0.39", "8.4.5"},
       "default:mysql-8-0",
       "default:mysql-8-4",
       400},
      {"mariadb",
       "mariadb",
       false,
       "mariadb10.6",
       "mariadb10.11",
       {"10.6.14", "10.6.17", "10.11.8"},
       "default:mariadb-10-6",
       "default:mariadb-10-11",
       400},
      {"oracle-ee",
       "oracle-ee",
       false,
       "oracle-ee-19",
       "",
       {"19.0.0.0.ru-2024-01.rur-2024-01.r1", "19.0.0.0.ru-2024-07.rur-2024-07.r1"},
       "default:oracle-ee-19",
       "",
       200},
      {"sqlserver-se",
       "sqlserver-se",
       false,
       "sqlserver-se-15.0",
       "sqlserver-se-16.0",
       {"15.00.4385.2.v1", "15.00.4410.1.v1", "16.00.4165.4.v1"},
       "default:sqlserver-se-15-00",
       "default:sqlserver-se-16-00",
       0},
      {"replica of postgres", "postgres", true, "postgres15", "", {"15.4", "15.7"}, "default:postgres-15", "", 400},
      {"replica of oracle-ee",
       "oracle-ee",
       true,
       "oracle-ee-19",
       "",
       {"19.0.0.0.ru-2024-01.rur-2024-01.r1", "19.0.0.0.ru-2024-07.rur-2024-07.r1"},
       "default:oracle-ee-19",
       "",
       200},
  };
  return kFlavours;
}

std::vector<Bundle> InstanceBundles(const Flavour& flavour) {
  const bool oracle = IsOracle(flavour);
  const bool sql_server = IsSqlServer(flavour);
  std::vector<Bundle> all;
  const auto add = [&](Bundle bundle) -> Bundle& { return all.emplace_back(std::move(bundle)); };
  const auto two = [&](std::string_view property) { add(Choices(property, {false, true})); };
  const auto impossible_from = [&](Bundle bundle, std::size_t first) {
    bundle.possible = first;
    add(std::move(bundle));
  };

  add(Class(flavour));
  add(Storage(flavour));
  add(Version(flavour));
  add(Places(flavour));
  add(Windows());
  add(Domain());
  add(Insights());
  add(Monitoring());
  add(Certificate());
  add(Tags());
  add(Sources(flavour));
  for (const std::string_view property :
       {"AutoMinorVersionUpgrade", "CopyTagsToSnapshot", "DeletionProtection", "EnableCustomerOwnedIp",
        "EnableIAMDatabaseAuthentication", "PubliclyAccessible"}) {
    two(property);
  }
  add(Choices("BackupRetentionPeriod", {1, 7, 14, 0}));
  add(Choices("EngineLifecycleSupport",
              {"open-source-rds-extended-support", "open-source-rds-extended-support-disabled"}));
  add(Choices("EnableCloudwatchLogsExports", LogsOf(flavour)));
  add(Choices("Port", {5500, 5501, 5502}));
  add(Choices("PromotionTier", {1, 2, 15}));
  add(Choices("VpcSecurityGroupIds", {List{"sg-11111111"}, List{"sg-33333333", "sg-22222222"}, List{"sg-22222222"}}));
  const Value one_role(List{Properties{{"RoleArn", RoleOf("import")}, {"FeatureName", "s3Import"}}});
  const Value two_roles(List{Properties{{"RoleArn", RoleOf("other-import")}, {"FeatureName", "s3Import"}},
                             Properties{{"RoleArn", RoleOf("lambda")}, {"FeatureName", "Lambda"}}});
  add(Choices("AssociatedRoles", {List{}, one_role, two_roles, nullptr}));
  Bundle tags_of_backups = Choices(
      "TagSpecifications",
      {List{Properties{{"ResourceType", "auto-backup"}, {"Tags", List{Properties{{"Key", "a"}, {"Value", "1"}}}}}},
       List{Properties{{"ResourceType", "auto-backup"}, {"Tags", List{Properties{{"Key", "b"}, {"Value", "2"}}}}}}});
  tags_of_backups.has_prior = false;
  add(std::move(tags_of_backups));
  impossible_from(Choices("NetworkType", {"ipv4", "DUAL"}), 1);
  Bundle automation;
  automation.choices = {{{"AutomationMode", "full"}, {"ResumeFullAutomationModeMinutes", 60}},
                        {{"AutomationMode", "all-paused"}, {"ResumeFullAutomationModeMinutes", 120}}};
  automation.has_prior = false;
  impossible_from(std::move(automation), 1);
  Bundle cluster = Fixed("DBClusterIdentifier", {"cluster-a", "cluster-b"});
  cluster.has_prior = false;
  impossible_from(std::move(cluster), 0);
  add(Fixed("BackupTarget", {"region", "outposts"}));
  add(Fixed("CustomIamInstanceProfile", {"AWSRDSCustomA", "AWSRDSCustomB"}));
  if (flavour.replica) {
    add(Choices("SourceDBInstanceIdentifier", {kSource, nullptr})).may = Grows;
    all.back().at_birth = true;
    if (oracle) add(Choices("ReplicaMode", {"open-read-only", "mounted"}));
    return all;
  }
  add(Credentials());
  if (sql_server) add(Fixed("Timezone", {"UTC", "Pacific Standard Time"}));
  else add(Fixed("DBName", {"orders", "billing"}));
  add(Fixed("MasterUsername", {"orders_admin", "dba1"})).at_birth = true;
  Bundle encrypted;
  encrypted.choices = {{{"StorageEncrypted", false}},
                       {{"StorageEncrypted", true}, {"KmsKeyId", KeyOf(5)}},
                       {{"StorageEncrypted", true}, {"KmsKeyId", KeyOf(6)}}};
  encrypted.may = Stays;
  add(std::move(encrypted));
  if (flavour.engine == "postgres") {
    Bundle type = Choices("MasterUserAuthenticationType", {"password", "iam-db-auth"});
    type.has_prior = false;
    add(std::move(type));
  }
  if (oracle) {
    add(Fixed("CharacterSetName", {"AL32UTF8", "WE8ISO8859P1"}));
    add(Fixed("NcharCharacterSetName", {"AL16UTF16", "UTF8"}));
    add(Fixed("DBSystemId", {"ORCL", "SALES"}));
  }
  if (oracle || sql_server) {
    add(Choices("LicenseModel", {"license-included", "bring-your-own-license"}));
    Bundle tde;
    tde.choices = {
        {{"TdeCredentialArn", "arn:aws:cloudhsm:a"}, {"TdeCredentialPassword", Password()}},
        {{"TdeCredentialArn", "arn:aws:cloudhsm:b"}, {"TdeCredentialPassword", Properties{{"env", "OTHER_PW"}}}}};
    add(std::move(tde));
    const auto volume = [](std::int64_t gib) {
      return List{Properties{{"VolumeName", "rdsdbdata2"}, {"AllocatedStorage", gib}, {"StorageType", "gp3"}}};
    };
    add(Choices("AdditionalStorageVolumes", {volume(200), volume(400)})).may = Grows;
  }
  return all;
}

std::vector<Bundle> SubnetGroupBundles() {
  std::vector<Bundle> all;
  all.push_back(Choices("DBSubnetGroupDescription", {"private subnets", "Private subnets of the team"}));
  all.back().at_birth = true;
  all.push_back(Choices("SubnetIds", {List{"subnet-one-a-1", "subnet-one-b-1"},
                                      List{"subnet-one-b-1", "subnet-one-c-1", "subnet-one-a-2"},
                                      List{"subnet-one-c-1", "subnet-one-a-1"}}));
  all.back().at_birth = true;
  all.push_back(Tags());
  return all;
}

std::vector<Bundle> ParameterGroupBundles(const Flavour& flavour) {
  std::vector<Bundle> all;
  const std::string other = flavour.engine == "postgres" ? "mysql8.0" : "postgres15";
  all.push_back(Fixed("DBParameterGroupFamily", {flavour.family, other}));
  all.back().possible = 1;
  all.back().at_birth = true;
  all.push_back(Fixed("Description", {"of the team", "of another team"}));
  all.back().at_birth = true;
  if (flavour.engine == "postgres") {
    all.push_back(Choices("Parameters",
                          {Properties{{"log_min_duration_statement", "500"}, {"max_connections", "200"}},
                           Properties{{"log_min_duration_statement", "250"}, {"autovacuum", "off"}},
                           Properties{{"max_connections", "300"}, {"shared_buffers", "{DBInstanceClassMemory/65536}"}},
                           Properties{{"log_min_duration_statement", nullptr}, {"max_connections", nullptr}}}));
  } else if (flavour.engine == "mysql" || flavour.engine == "mariadb") {
    all.push_back(Choices("Parameters", {Properties{{"long_query_time", "2"}, {"max_connections", "200"}},
                                         Properties{{"long_query_time", "1.5"}, {"slow_query_log", "1"}},
                                         Properties{{"long_query_time", nullptr}, {"max_connections", "300"}}}));
  }
  all.push_back(Tags());
  return all;
}

std::vector<Bundle> BundlesOf(const model::Kind& kind, const Flavour& flavour) {
  if (kind.name == "DBInstance") return InstanceBundles(flavour);
  if (kind.name == "DBSubnetGroup") return SubnetGroupBundles();
  if (kind.name == "DBParameterGroup") return ParameterGroupBundles(flavour);
  return {};
}

}  // namespace rdsteady::promises
