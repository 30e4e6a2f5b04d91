#include <gtest/gtest.h>

#include "manifest/load_for_test.h"

namespace rdsteady::manifest {
namespace {

const Properties kOrders = {{"DBInstanceIdentifier", "orders"}, {"Engine", "postgres"},
                            {"DBInstanceClass", "db.t3.micro"}, {"AllocatedStorage", 20},
                            {"MasterUsername", "admin1"},       {"MasterUserPassword", Secret::FromEnv("PW")}};

Properties With(const std::string& name, Value value) {
  Properties properties = kOrders;
  properties.insert_or_assign(name, std::move(value));
  return properties;
}

TEST(FromProperties, IsTypedAsAManifestWouldBe) {
  Properties properties = kOrders;
  properties["EngineVersion"] = 15;
  properties["MultiAZ"] = true;
  properties["VpcSecurityGroupIds"] = List{"sg-1"};
  properties["Tags"] = Properties{{"a", "b"}, {"c", nullptr}};
  properties["MaxAllocatedStorage"] = nullptr;
  properties["power"] = "stopped";
  properties["wait"] = Properties{{"delay", 5}};
  const Result<DesiredResource> resource = FromProperties("DBInstance", properties);
  ASSERT_TRUE(resource.has_value()) << resource.error().message;
  EXPECT_EQ(resource->Id(), "DBInstance/orders");
  EXPECT_EQ(*Find(resource->properties, "EngineVersion"), Value("15"));
  EXPECT_EQ(*Find(resource->properties, "MasterUserPassword"), Value(Secret::FromEnv("PW")));
  EXPECT_EQ(*Find(resource->properties, "Tags"), Value(Properties{{"a", "b"}, {"c", nullptr}}));
  EXPECT_TRUE(Find(resource->properties, "MaxAllocatedStorage")->IsNull());
  EXPECT_EQ(resource->properties.count("DBInstanceIdentifier"), 0U);
  EXPECT_EQ(resource->power, Power::kStopped);
  EXPECT_EQ(resource->wait.delay, std::chrono::seconds(5));
  EXPECT_EQ(resource->where.file, nullptr);
  EXPECT_TRUE(resource->where_stated.empty());
}

TEST(FromProperties, SaysWhatIsWrong) {
  const auto fault = [](std::string_view kind, const Properties& properties) {
    const Result<DesiredResource> resource = FromProperties(kind, properties);
    if (resource) return std::string("(none)");
    EXPECT_EQ(resource.error().category, ErrorCategory::kUsage);
    return resource.error().message + (resource.error().hint.empty() ? "" : " | " + resource.error().hint);
  };
  EXPECT_EQ(fault("DBInstanc", kOrders), "unknown kind 'DBInstanc' | did you mean 'DBInstance'?");
  EXPECT_EQ(fault("DBInstance", {}), "DBInstanceIdentifier is required, as text: it names the DBInstance");
  EXPECT_EQ(fault("DBInstance", With("Engin", "postgres")),
            "unknown property 'Engin' of DBInstance | did you mean 'Engine'?");
  EXPECT_EQ(fault("DBInstance", With("AllocatedStorage", "20")),
            "AllocatedStorage takes an integer, not the text \"20\" | write 20");
  EXPECT_EQ(fault("DBInstance", With("EngineVersion", 15.1)),
            "EngineVersion takes text, not a number with a fraction | write \"15.1\" with all its digits");
  EXPECT_EQ(fault("DBInstance", With("MasterUserPassword", "canary")),
            "MasterUserPassword takes a Secret, not text | Secret::FromEnv, FromFile or FromCommand; Secret::Literal "
            "for a value at hand");
  EXPECT_EQ(fault("DBInstance", With("DBName", Secret::FromEnv("X"))), "DBName takes text, not a secret");
  EXPECT_EQ(fault("DBInstance", With("ApplyImmediately", true)),
            "ApplyImmediately is not a property | say when with --when now or --when window");
  EXPECT_EQ(fault("DBInstance", With("Port", nullptr)),
            "Port cannot be reset with null | remove the line to leave it alone");
  EXPECT_EQ(fault("DBInstance", {{"DBInstanceIdentifier", "a_b"}, {"SourceDBInstanceIdentifier", "x"}, {"Port", true}}),
            "Port takes an integer, not 'true'; 'a_b' is not a DBInstanceIdentifier: 1 to 63 letters, digits and "
            "hyphens, the "
            "first a letter, no hyphen at the end, no two in a row [ID-FORMAT] | write it in decimal digits");
}

}  // namespace
}  // namespace rdsteady::manifest
