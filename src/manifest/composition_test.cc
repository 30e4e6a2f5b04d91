// What several files, defaults, variables and dictionaries come to.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "manifest/load_for_test.h"

namespace rdsteady::manifest {
namespace {

using testing::ElementsAre;

LoadOutcome LoadAll(std::map<std::string, std::string> files, const std::vector<std::string>& paths,
                    const LoadOptions& options = {}) {
  return Load(paths, FakeFiles(std::move(files)), options);
}

// Loads what must be good, and shows what was said when it is not.
Manifest Good(const LoadOutcome& outcome) {
  EXPECT_EQ(RenderDiagnostics(outcome.diagnostics), "");
  return outcome.manifest.value_or(Manifest{});
}
Manifest Good(const std::string& text, const LoadOptions& options = {}) {
  return Good(LoadAll({{"m.yaml", text}}, {"m.yaml"}, options));
}

std::vector<std::string> Ids(const Manifest& manifest) {
  std::vector<std::string> ids;
  for (const DesiredResource& resource : manifest.resources)
    ids.push_back(resource.Id());
  return ids;
}

const DesiredResource& Named(const Manifest& manifest, const std::string& name) {
  static const DesiredResource kNone;
  for (const DesiredResource& resource : manifest.resources) {
    if (resource.name == name) return resource;
  }
  ADD_FAILURE() << "no resource is named " << name;
  return kNone;
}

const Value& Property(const Manifest& manifest, const std::string& name, const std::string& property) {
  static const Value kNone("(absent)");
  const Value* value = Find(Named(manifest, name).properties, property);
  return value == nullptr ? kNone : *value;
}

TEST(Types, ComeFromTheApiAndNotFromYaml) {
  const Manifest m =
      Good(Orders("    EngineVersion: 15.10\n"
                  "    KmsKeyId: 0123\n"
                  "    LicenseModel: true\n"
                  "    AvailabilityZone: \"null\"\n"
                  "    MultiAZ: false\n"
                  "    Port: 5433\n"
                  "    Tags: {a: 1.0, b: no, c: \"\", d: null, e: 2026-01-02}\n"));
  EXPECT_EQ(Property(m, "orders", "EngineVersion"), Value("15.10"));
  EXPECT_EQ(Property(m, "orders", "KmsKeyId"), Value("0123"));
  EXPECT_EQ(Property(m, "orders", "LicenseModel"), Value("true"));
  EXPECT_EQ(Property(m, "orders", "AvailabilityZone"), Value("null"));
  EXPECT_EQ(Property(m, "orders", "MultiAZ"), Value(false));
  EXPECT_EQ(Property(m, "orders", "Port"), Value(5433));
  EXPECT_EQ(Property(m, "orders", "Tags"),
            Value(Properties{{"a", "1.0"}, {"b", "no"}, {"c", ""}, {"d", nullptr}, {"e", "2026-01-02"}}));
}

TEST(Types, FormulaInBracesIsItsSourceText) {
  const Manifest m = Good(
      "DBParameterGroup:\n  p:\n    DBParameterGroupFamily: postgres15\n    Description: d\n    Parameters:\n"
      "      shared_buffers: {DBInstanceClassMemory/32768}\n"
      "      work_mem: GREATEST({DBInstanceClassMemory/63963136},65536)\n"
      "      max_connections: LEAST({DBInstanceClassMemory/9531392},5000)\n");
  EXPECT_EQ(Property(m, "p", "Parameters"),
            Value(Properties{{"max_connections", "LEAST({DBInstanceClassMemory/9531392},5000)"},
                             {"shared_buffers", "{DBInstanceClassMemory/32768}"},
                             {"work_mem", "GREATEST({DBInstanceClassMemory/63963136},65536)"}}));
}

TEST(Types, TimesAreNormalised) {
  const Manifest m =
      Good("DBInstance:\n  r: {SourceDBInstanceIdentifier: a, RestoreTime: \"2026-01-02T03:04:05.000+00:00\"}\n");
  EXPECT_EQ(Property(m, "r", "RestoreTime"), Value("2026-01-02T03:04:05Z"));
}

TEST(Types, NullIsAResetWhereTheRowAllowsOne) {
  const Manifest m = Good(Orders("    MaxAllocatedStorage: null\n    Domain: null\n"));
  EXPECT_TRUE(Property(m, "orders", "MaxAllocatedStorage").IsNull());
  EXPECT_TRUE(Property(m, "orders", "Domain").IsNull());
}

TEST(Types, StructuresAndLists) {
  const Manifest m =
      Good(Orders("    VpcSecurityGroupIds: [sg-1, sg-2]\n"
                  "    EnableCloudwatchLogsExports: []\n"
                  "    AssociatedRoles: [{RoleArn: \"arn:aws:iam::1:role/r\", FeatureName: s3Import}]\n"));
  EXPECT_EQ(Property(m, "orders", "VpcSecurityGroupIds"), Value(List{"sg-1", "sg-2"}));
  EXPECT_EQ(Property(m, "orders", "EnableCloudwatchLogsExports"), Value(List{}));
  EXPECT_EQ(Property(m, "orders", "AssociatedRoles"),
            Value(List{Properties{{"FeatureName", "s3Import"}, {"RoleArn", "arn:aws:iam::1:role/r"}}}));
}

TEST(Secrets, AreReferences) {
  const auto of = [](const std::string& reference) {
    return Property(Good("DBInstance:\n  r: {DBSnapshotIdentifier: a, TdeCredentialPassword: " + reference + "}\n"),
                    "r", "TdeCredentialPassword");
  };
  EXPECT_EQ(of("{env: PW}"), Value(Secret::FromEnv("PW")));
  EXPECT_EQ(of("{file: /run/pw}"), Value(Secret::FromFile("/run/pw")));
  EXPECT_EQ(of("{command: [pass, show, \"a b\", \"${HOME}\"]}"),
            Value(Secret::FromCommand({"pass", "show", "a b", "${HOME}"})));
}

TEST(Settings, AreReadWithTheirUnits) {
  const Manifest m =
      Good("wait: {timeout: 3h}\n" + Orders("    wait: {delay: 120, max_attempts: 60, timeout: 5m}\n"
                                            "    power: stopped\n    reboot: if-pending\n    password_version: 3\n"
                                            "    Tags: {a: b}\n    exact: [Tags]\n    renamed_from: old-orders\n"));
  const DesiredResource& r = Named(m, "orders");
  EXPECT_EQ(r.wait.delay, std::chrono::seconds(120));
  EXPECT_EQ(r.wait.max_attempts, 60);
  EXPECT_EQ(r.wait.timeout, std::chrono::minutes(5));
  EXPECT_EQ(r.power, Power::kStopped);
  EXPECT_EQ(r.reboot, RebootPolicy::kIfPending);
  EXPECT_EQ(r.password_version, 3);
  EXPECT_THAT(r.exact, ElementsAre("Tags"));
  EXPECT_EQ(r.renamed_from, "old-orders");
  EXPECT_EQ(m.wait.timeout, std::chrono::hours(3));
  EXPECT_EQ(m.wait.delay, std::nullopt);
}

TEST(Positions, AreOfNamesAndKeys) {
  const Manifest m = Good(Orders("    Port: 5433\n"));
  const DesiredResource& r = Named(m, "orders");
  EXPECT_EQ(r.where.file->path, "m.yaml");
  EXPECT_EQ(r.where.line, 2U);
  EXPECT_EQ(r.where.column, 3U);
  EXPECT_EQ(r.where.length, 6U);
  ASSERT_TRUE(r.where_stated.contains("Port"));
  EXPECT_EQ(r.where_stated.find("Port")->second.line, 8U);
  EXPECT_EQ(r.where_stated.find("Port")->second.column, 5U);
}

TEST(Sharing, AnchorsAndMerges) {
  const Manifest m = Good(
      "x-base: &base\n  Engine: postgres\n  DBInstanceClass: db.t3.micro\n  AllocatedStorage: 20\n"
      "  MasterUsername: admin1\n  MasterUserPassword: {env: PW}\n  Tags: &tags {team: shop}\n"
      "DBInstance:\n"
      "  a: *base\n"
      "  b: {<<: *base, AllocatedStorage: 30, Tags: {<<: *tags, stage: test}}\n");
  EXPECT_EQ(Property(m, "a", "AllocatedStorage"), Value(20));
  EXPECT_EQ(Property(m, "b", "AllocatedStorage"), Value(30));
  EXPECT_EQ(Property(m, "b", "Engine"), Value("postgres"));
  EXPECT_EQ(Property(m, "b", "Tags"), Value(Properties{{"stage", "test"}, {"team", "shop"}}));
}

TEST(Sharing, DefaultsLieUnderWhatIsStated) {
  const Manifest m = Good(
      "defaults:\n  DBInstance:\n    Engine: postgres\n    DBInstanceClass: db.t3.micro\n    AllocatedStorage: 20\n"
      "    MasterUsername: admin1\n    MasterUserPassword: {env: PW}\n    Tags: {team: shop, stage: test}\n"
      "    wait: {timeout: 2h}\n    reboot: if-pending\n    exact: [Tags]\n"
      "  DBSubnetGroup: {DBSubnetGroupDescription: d}\n"
      "DBInstance:\n"
      "  one: {Tags: {stage: prod}, wait: {delay: 5s}}\n"
      "  two: {SourceDBInstanceIdentifier: one, reboot: never}\n"
      "DBSubnetGroup:\n  g: {SubnetIds: [subnet-1, subnet-2]}\n");
  EXPECT_EQ(Property(m, "one", "Engine"), Value("postgres"));
  EXPECT_EQ(Property(m, "one", "Tags"), Value(Properties{{"stage", "prod"}, {"team", "shop"}}));
  EXPECT_EQ(Named(m, "one").wait.timeout, std::nullopt);  // a setting is whole
  EXPECT_EQ(Named(m, "one").wait.delay, std::chrono::seconds(5));
  EXPECT_EQ(Named(m, "one").reboot, RebootPolicy::kIfPending);
  EXPECT_THAT(Named(m, "one").exact, ElementsAre("Tags"));
  EXPECT_EQ(Named(m, "one").where_stated.find("Engine")->second.line, 3U);
  EXPECT_EQ(Property(m, "g", "DBSubnetGroupDescription"), Value("d"));
  // A replica's birth takes neither user nor password, and no modification brings them.
  EXPECT_EQ(Property(m, "two", "MasterUsername"), Value("(absent)"));
  EXPECT_EQ(Property(m, "two", "MasterUserPassword"), Value("(absent)"));
  EXPECT_EQ(Property(m, "two", "DBInstanceClass"), Value("db.t3.micro"));
  EXPECT_EQ(Named(m, "two").reboot, RebootPolicy::kNever);
}

TEST(Sharing, VariablesAreReplacedBeforeTyping) {
  const std::string text =
      "vars: {size: 20, stage: test, zone: }\n" +
      Orders(
          "    DBName: orders_${stage}\n    MaxAllocatedStorage: ${size}00\n    AvailabilityZone: ${zone}\n"
          "    Tags: {a: \"${stage}-${size}\", b: \"$${stage}\", c: $stage}\n");
  const Manifest m = Good(text, {.vars = {{"zone", "us-east-1a"}, {"stage", "prod"}}});
  EXPECT_EQ(Property(m, "orders", "DBName"), Value("orders_prod"));
  EXPECT_EQ(Property(m, "orders", "MaxAllocatedStorage"), Value(2000));
  EXPECT_EQ(Property(m, "orders", "AvailabilityZone"), Value("us-east-1a"));
  EXPECT_EQ(Property(m, "orders", "Tags"), Value(Properties{{"a", "prod-20"}, {"b", "${stage}"}, {"c", "$stage"}}));
}

TEST(Sharing, VariablesAreNotRecursiveAndNotOfOtherFiles) {
  EXPECT_EQ(Property(Good(Orders("    KmsKeyId: a${x}\n"), {.vars = {{"x", "${y}"}}}), "orders", "KmsKeyId"),
            Value("a${y}"));
  const LoadOutcome outcome = LoadAll({{"a.yaml", "vars: {x: 1}\n"}, {"b.yaml", "x-y: ${x}\n"}}, {"a.yaml", "b.yaml"});
  EXPECT_EQ(RenderDiagnostics(outcome.diagnostics),
            "b.yaml:1:6: error: no variable is named 'x'\n"
            "    x-y: ${x}\n"
            "         ^~~~\n"
            "  hint: declare it in vars: of this file, or give it with --var x=VALUE\n"
            "1 error\n");
}

TEST(Sharing, AVariableThatNoFileUsesIsASlip) {
  EXPECT_EQ(Said("vars: {stage: test}\nDBInstance: {}\n", {.vars = {{"stgae", "prod"}}}),
            "error: no file uses the variable 'stgae', which --var gives\n"
            "  hint: did you mean 'stage'?\n"
            "1 error\n");
}

TEST(Files, FoldersAndIncludesAreReadOnce) {
  const std::map<std::string, std::string> files = {
      {"d/a.yaml",
       "include: [sub/b.yaml, ../d/c.json]\nregion: us-east-1\nDBInstance:\n  a: {SourceDBInstanceIdentifier: b}\n"},
      {"d/sub/b.yaml", "include: ../a.yaml\nDBInstance:\n  b: {SourceDBInstanceIdentifier: c}\n"},
      {"d/c.json", R"({"region": "us-east-1", "DBInstance": {"c": {"SourceDBInstanceIdentifier": "x"}}})"}};
  const Manifest m = Good(LoadAll(files, {"d/", "d/./a.yaml"}));
  EXPECT_EQ(m.region, "us-east-1");
  EXPECT_THAT(Ids(m), ElementsAre("DBInstance/c", "DBInstance/b", "DBInstance/a"));
}

TEST(Files, DefaultsOfIncludedFilesHoldAndOnesOwnBeatThem) {
  const Manifest m =
      Good(LoadAll({{"base.yaml", "defaults: {DBInstance: {DBInstanceClass: db.base, StorageType: gp2}}\n"},
                    {"a.yaml",
                     "include: base.yaml\ndefaults: {DBInstance: {StorageType: gp3}}\nDBInstance:\n  a: "
                     "{SourceDBInstanceIdentifier: x}\n"},
                    {"b.yaml", "DBInstance:\n  b: {SourceDBInstanceIdentifier: x}\n"}},
                   {"a.yaml", "b.yaml"}));
  EXPECT_EQ(Property(m, "a", "DBInstanceClass"), Value("db.base"));
  EXPECT_EQ(Property(m, "a", "StorageType"), Value("gp3"));
  EXPECT_EQ(Property(m, "b", "DBInstanceClass"), Value("(absent)"));
}

TEST(Files, FaultsOfAllFilesAreSaidTogether) {
  const LoadOutcome outcome =
      LoadAll({{"d/a.yaml", "DBInstance:\n\torders: {}\n"},
               {"d/b.yaml", "region: us-east-1\nDBInstance:\n  orders: {SourceDBInstanceIdentifier: x, Foo: 1}\n"},
               {"d/c.yaml", "region: eu-west-1\nDBInstance:\n  ORDERS: {SourceDBInstanceIdentifier: x}\n"},
               {"d/d.yaml", ""}},
              {"d/", "e.yaml", "f/"});
  EXPECT_FALSE(outcome.manifest.has_value());
  EXPECT_EQ(RenderDiagnostics(outcome.diagnostics),
            "d/a.yaml:2:1: error: a tab stands where indentation belongs\n"
            "    \torders: {}\n"
            "    ^\n"
            "  hint: indent with spaces\n"
            "d/b.yaml:3:43: error: unknown property 'Foo' of DBInstance\n"
            "      orders: {SourceDBInstanceIdentifier: x, Foo: 1}\n"
            "                                              ^~~\n"
            "d/c.yaml:1:9: error: region is 'eu-west-1' here and 'us-east-1' elsewhere\n"
            "    region: eu-west-1\n"
            "            ^~~~~~~~~\n"
            "  d/b.yaml:1:9: elsewhere\n"
            "    region: us-east-1\n"
            "            ^~~~~~~~~\n"
            "  hint: one run has one of them\n"
            "d/c.yaml:3:3: error: DBInstance/ORDERS is named twice\n"
            "      ORDERS: {SourceDBInstanceIdentifier: x}\n"
            "      ^~~~~~\n"
            "  d/b.yaml:3:3: first named here\n"
            "      orders: {SourceDBInstanceIdentifier: x, Foo: 1}\n"
            "      ^~~~~~\n"
            "d/d.yaml: error: the file is empty\n"
            "  hint: a manifest names at least one resource\n"
            "e.yaml: error: no such file\n"
            "f/: error: the folder holds no manifest\n"
            "  hint: a manifest's name ends in .yaml, .yml or .json\n"
            "7 errors\n");
}

TEST(Files, MoreThan64MiBIsRefused) {
  const std::string large = "x-a: \"" + std::string(70ULL << 20, 'a') + "\"\n";
  EXPECT_EQ(Said(large), "m.yaml: error: larger than 64 MiB\n1 error\n");
}

TEST(Order, DependenciesComeFirstElseTheFilesOrder) {
  const Manifest m = Good(
      "DBInstance:\n"
      "  z: {SourceDBInstanceIdentifier: elsewhere}\n"
      "  replica: {SourceDBInstanceIdentifier: MAIN, DBParameterGroupName: p}\n"
      "  main: {SourceDBInstanceIdentifier: \"arn:aws:rds:us-east-1:1:db:replica\", DBSubnetGroupName: G}\n"
      "DBSubnetGroup:\n  unused: {DBSubnetGroupDescription: d, SubnetIds: [subnet-1, subnet-2]}\n"
      "  g: {DBSubnetGroupDescription: d, SubnetIds: [subnet-1, subnet-2]}\n"
      "DBParameterGroup:\n  p: {DBParameterGroupFamily: postgres15, Description: d}\n");
  EXPECT_THAT(Ids(m), ElementsAre("DBInstance/z", "DBParameterGroup/p", "DBSubnetGroup/g", "DBInstance/main",
                                  "DBInstance/replica", "DBSubnetGroup/unused"));
}

TEST(Order, AChainOfTenThousandReplicasIsWalked) {
  std::string text = "DBInstance:\n";
  for (int i = 0; i < 10'000; ++i) {
    text += "  r" + std::to_string(i) + ": {SourceDBInstanceIdentifier: r" + std::to_string(i + 1) + "}\n";
  }
  const Manifest m = Good(text);
  ASSERT_EQ(m.resources.size(), 10'000U);
  EXPECT_EQ(m.resources.front().name, "r9999");
  EXPECT_EQ(m.resources.back().name, "r0");
}

TEST(References, AreNamesOfOtherResources) {
  const Manifest m = Good(
      "DBInstance:\n  r: {SourceDBInstanceIdentifier: main, DBSubnetGroupName: g, DBParameterGroupName: "
      "\"arn:aws:x\"}\n");
  std::vector<std::string> found;
  for (const Reference& reference : ReferencesOf(m.resources.front())) {
    found.push_back(std::string(reference.kind->name) + "/" + reference.name + " by " + reference.property);
    EXPECT_EQ(reference.where.line, 2U);
  }
  EXPECT_THAT(found,
              ElementsAre("DBSubnetGroup/g by DBSubnetGroupName", "DBInstance/main by SourceDBInstanceIdentifier"));
}

TEST(Dictionary, OfAScriptIsAManifestOfOneInstance) {
  const LoadOutcome outcome = LoadAll(
      {{"s.json", R"({"DBInstanceIdentifier": "orders", "NewDBInstanceIdentifier": "orders2", "DBPortNumber": 5433,
                            "ApplyImmediately": true, "MasterUserPassword": "canary-secret",
                            "Tags": [{"Key": "a", "Value": "b"}, {"Key": "c"}]})"}},
      {"s.json"});
  ASSERT_TRUE(outcome.manifest.has_value()) << RenderDiagnostics(outcome.diagnostics);
  ASSERT_EQ(outcome.diagnostics.size(), 1U);
  EXPECT_EQ(outcome.diagnostics.front().severity, Severity::kWarning);
  EXPECT_TRUE(outcome.manifest->bare_dictionary);
  EXPECT_EQ(outcome.manifest->apply_immediately, true);
  const DesiredResource& r = outcome.manifest->resources.front();
  EXPECT_EQ(r.Id(), "DBInstance/orders2");
  EXPECT_EQ(r.renamed_from, "orders");
  EXPECT_EQ(*Find(r.properties, "Port"), Value(5433));
  EXPECT_EQ(*Find(r.properties, "MasterUserPassword"), Value(Secret::Literal("canary-secret")));
  EXPECT_EQ(*Find(r.properties, "Tags"), Value(Properties{{"a", "b"}, {"c", ""}}));
  EXPECT_FALSE(r.properties.contains("DBInstanceIdentifier"));
}

TEST(Dictionary, StandsAlone) {
  const LoadOutcome outcome =
      LoadAll({{"s.yaml", "DBInstanceIdentifier: orders\nDBPortNumber: 5433\n"}, {"m.yaml", "DBInstance: {}\n"}},
              {"s.yaml", "m.yaml"});
  EXPECT_EQ(RenderDiagnostics(outcome.diagnostics),
            "s.yaml:1:23: error: a script's dictionary is a manifest of its own and stands beside no other file\n"
            "    DBInstanceIdentifier: orders\n"
            "                          ^~~~~~\n"
            "  hint: give it alone, or write it as DBInstance: and the database's name\n"
            "1 error\n");
}

TEST(Words, SharedWithFlags) {
  EXPECT_EQ(ParseSeconds("120").value(), std::chrono::seconds(120));
  EXPECT_EQ(ParseSeconds("30s").value(), std::chrono::seconds(30));
  EXPECT_EQ(ParseSeconds("5m").value(), std::chrono::minutes(5));
  EXPECT_EQ(ParseSeconds("2h").value(), std::chrono::hours(2));
  for (const char* bad : {"", "s", "1.5m", "-1", "0", "1d", "1h30m", "01", "999999999999999999h", "721h"}) {
    EXPECT_FALSE(ParseSeconds(bad).has_value()) << bad;
  }
  EXPECT_EQ(ParseMaxDisruption("failover").value(), model::Disruption::kFailover);
  EXPECT_FALSE(ParseMaxDisruption("unknown").has_value());
  for (const char* good :
       {"AllocatedStorage", "DBInstance.Tags", "Tags.service", "DBParameterGroup.Parameters.a.b", "power"}) {
    EXPECT_TRUE(CheckUpdatable(good).has_value()) << good;
  }
  for (const char* bad : {"", "DBInstance", "DBInstance.", "DBSubnetGroup.Port", "Port.x", "Parameters", "Tags."}) {
    EXPECT_FALSE(CheckUpdatable(bad).has_value()) << bad;
  }
}

}  // namespace
}  // namespace rdsteady::manifest
