// The manifests of examples/ load, typed as a reader would expect.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "manifest/load_for_test.h"

namespace rdsteady::manifest {
namespace {

LoadOutcome Example(const std::string& name) {
  return Load({std::string(RDSTEADY_SOURCE_DIR "/examples/") + name}, DiskFileSource());
}

TEST(Examples, OrdersStatesADatabaseItsReplicaAndItsGroups) {
  const LoadOutcome outcome = Example("orders.yaml");
  ASSERT_EQ(RenderDiagnostics(outcome.diagnostics), "");
  const Manifest& m = *outcome.manifest;
  EXPECT_EQ(m.region, "us-east-1");
  ASSERT_EQ(m.resources.size(), 4U);
  EXPECT_EQ(m.resources[0].Id(), "DBSubnetGroup/orders-subnets");
  EXPECT_EQ(m.resources[1].Id(), "DBParameterGroup/orders-postgres15");
  EXPECT_EQ(m.resources[2].Id(), "DBInstance/orders");
  EXPECT_EQ(m.resources[3].Id(), "DBInstance/orders-replica");
  EXPECT_EQ(
      m.resources[1].properties,
      (Properties{{"DBParameterGroupFamily", "postgres15"},
                  {"Description", "orders service"},
                  {"Parameters", Properties{{"log_min_duration_statement", "500"}, {"max_connections", "200"}}}}));
  EXPECT_EQ(m.resources[2].properties, (Properties{{"AllocatedStorage", 20},
                                                   {"BackupRetentionPeriod", 7},
                                                   {"DBInstanceClass", "db.m6g.large"},
                                                   {"DBName", "orders"},
                                                   {"DBParameterGroupName", "orders-postgres15"},
                                                   {"DBSubnetGroupName", "orders-subnets"},
                                                   {"Engine", "postgres"},
                                                   {"EngineVersion", "15"},
                                                   {"MasterUserPassword", Secret::FromEnv("ORDERS_DB_PASSWORD")},
                                                   {"MasterUsername", "orders_admin"},
                                                   {"MultiAZ", true},
                                                   {"PubliclyAccessible", false},
                                                   {"StorageType", "gp3"},
                                                   {"Tags", Properties{{"service", "orders"}}},
                                                   {"VpcSecurityGroupIds", List{"sg-0007c6489efbd9bca"}}}));
}

TEST(Examples, ScriptDictionaryIsTakenAsItIs) {
  const LoadOutcome outcome = Example("script-dictionary.json");
  ASSERT_TRUE(outcome.manifest.has_value()) << RenderDiagnostics(outcome.diagnostics);
  ASSERT_EQ(outcome.diagnostics.size(), 1U);
  EXPECT_EQ(outcome.diagnostics[0].severity, Severity::kWarning);
  EXPECT_EQ(outcome.diagnostics[0].message, "MasterUserPassword is written out in the file");
  EXPECT_TRUE(outcome.manifest->bare_dictionary);
  EXPECT_EQ(outcome.manifest->apply_immediately, std::nullopt);
  ASSERT_EQ(outcome.manifest->resources.size(), 1U);
  EXPECT_EQ(outcome.manifest->resources[0].Id(), "DBInstance/instance-name");
  EXPECT_EQ(outcome.manifest->resources[0].properties.size(), 14U);
}

TEST(Examples, ScriptGroupsAreWhatTheDictionaryNames) {
  const LoadOutcome dictionary = Example("script-dictionary.json");
  const LoadOutcome groups = Example("script-groups.yaml");
  ASSERT_TRUE(dictionary.manifest.has_value());
  ASSERT_EQ(RenderDiagnostics(groups.diagnostics), "");
  std::vector<std::string> named;
  for (const Reference& r : ReferencesOf(dictionary.manifest->resources[0]))
    named.push_back(std::string(r.kind->name) + "/" + r.name);
  std::vector<std::string> stated;
  for (const DesiredResource& r : groups.manifest->resources)
    stated.push_back(r.Id());
  EXPECT_THAT(named, testing::UnorderedElementsAreArray(stated));
}

}  // namespace
}  // namespace rdsteady::manifest
