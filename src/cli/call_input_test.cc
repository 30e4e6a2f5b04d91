#include "cli/call_input.h"

#include <gtest/gtest.h>

#include "base/json.h"

namespace rdsteady::cli {
namespace {

CallInput Read(const char* operation, const std::vector<std::string>& words, std::string_view json = {}) {
  return ReadCallInput(*model::FindOperation(operation), json, words);
}

std::string Json(const char* operation, const std::vector<std::string>& words, std::string_view json = {}) {
  const CallInput read = Read(operation, words, json);
  for (const Error& error : read.errors)
    ADD_FAILURE() << error.message;
  return ToJson(read.input);
}

std::string Faults(const char* operation, const std::vector<std::string>& words, std::string_view json = {}) {
  std::string text;
  for (const Error& error : Read(operation, words, json).errors)
    text += error.message + (error.hint.empty() ? "" : " (" + error.hint + ")") + "\n";
  return text;
}

TEST(CallInput, WordsAreTypedByTheTable) {
  EXPECT_EQ(Json("ModifyDBInstance",
                 {"DBInstanceIdentifier=a", "AllocatedStorage=20", "MultiAZ=true", "EngineVersion=15.10"}),
            R"({"AllocatedStorage": 20, "DBInstanceIdentifier": "a", "EngineVersion": "15.10", "MultiAZ": true})");
}

TEST(CallInput, ListsAndDottedNames) {
  EXPECT_EQ(Json("ModifyDBInstance", {"DBInstanceIdentifier=a", "VpcSecurityGroupIds=[sg-1, sg-2]",
                                      "CloudwatchLogsExportConfiguration.EnableLogTypes=[postgresql]"}),
            R"({"CloudwatchLogsExportConfiguration": {"EnableLogTypes": ["postgresql"]}, "DBInstanceIdentifier": "a", )"
            R"("VpcSecurityGroupIds": ["sg-1", "sg-2"]})");
  EXPECT_EQ(Json("AddTagsToResource", {"ResourceName=x", "Tags.1.Key=k", "Tags.1.Value=v", "Tags.2.Key=l"}),
            R"({"ResourceName": "x", "Tags": [{"Key": "k", "Value": "v"}, {"Key": "l"}]})");
  EXPECT_EQ(Json("AddTagsToResource", {"ResourceName=x", R"(Tags=[{"Key": "k"}])"}),
            R"({"ResourceName": "x", "Tags": [{"Key": "k"}]})");
  EXPECT_EQ(Json("ModifyDBInstance", {"DBInstanceIdentifier=a", "VpcSecurityGroupIds=[]"}),
            R"({"DBInstanceIdentifier": "a", "VpcSecurityGroupIds": []})");
}

TEST(CallInput, LaterWordsWinOverJson) {
  EXPECT_EQ(Json("DescribeDBInstances", {"MaxRecords=50"}, R"({"DBInstanceIdentifier": "a", "MaxRecords": 20})"),
            R"({"DBInstanceIdentifier": "a", "MaxRecords": 50})");
  EXPECT_EQ(Json("DescribeDBInstances", {R"({"MaxRecords": 20})"}), R"({"MaxRecords": 20})");
}

TEST(CallInput, SecretsAreReferencesOrAreNeverShown) {
  const CallInput read = Read("ModifyDBInstance", {"DBInstanceIdentifier=a", R"(MasterUserPassword={"env": "PW"})"});
  ASSERT_TRUE(read.errors.empty());
  EXPECT_EQ(read.input.at("MasterUserPassword"), Value(Secret::FromEnv("PW")));
  EXPECT_EQ(Read("ModifyDBInstance", {"MasterUserPassword=canary"}).input.at("MasterUserPassword"),
            Value(Secret::Literal("canary")));
  EXPECT_EQ(Faults("ModifyDBInstance", {"DBInstanceIdentifier=a"}, R"({"MasterUserPassword": 12345})"),
            "MasterUserPassword must be a text\n");
  EXPECT_EQ(Faults("ModifyDBInstance", {"DBInstanceIdentifier=a"}, R"({"MasterUserPassword": {"env": 1}})"),
            "MasterUserPassword is no reference to a secret (write {\"env\": \"NAME\"}, {\"file\": \"PATH\"} or "
            "{\"command\": [\"word\"]})\n");
}

TEST(CallInput, AllFaultsAreToldTogether) {
  EXPECT_EQ(Faults("CreateDBInstance", {"AllocatedStorag=20", "MultiAZ=yes", "Port=x", "word"}),
            "unknown member 'AllocatedStorag' of CreateDBInstanceMessage (did you mean 'AllocatedStorage'?)\n"
            "MultiAZ is yes, and must be true or false\n"
            "Port is x, and must be a whole number\n"
            "'word' is no Name=value\n");
  EXPECT_EQ(Faults("DeleteDBInstance", {}), "DBInstanceIdentifier is missing (it is a text)\n");
  EXPECT_EQ(Faults("ModifyDBInstance", {"DBInstanceIdentifier=a"}, R"({"EngineVersion": 15.1})"),
            "EngineVersion is 15.1, and must be a text\n");
  EXPECT_EQ(Faults("DescribeDBInstances", {"Filters=[a]"}), "Filters must be a list of objects (write it as JSON)\n");
  EXPECT_EQ(Faults("DescribeDBInstances", {"Filters.0.Name=a"}),
            "Filters is a list: '0' is no position in it (positions begin at 1)\n");
  EXPECT_EQ(Faults("DescribeDBInstances", {"{"}), "the input is not JSON at line 1, column 2: incomplete JSON\n");
}

}  // namespace
}  // namespace rdsteady::cli
