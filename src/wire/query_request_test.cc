#include <algorithm>
#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/text.h"
#include "wire/form.h"
#include "wire/query.h"
#include "wire/sample_values.h"

namespace rdsteady::wire {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const model::Operation& Op(std::string_view name) {
  return *model::FindOperation(name);
}

std::string Encoded(std::string_view operation, const Properties& input) {
  auto encoded = EncodeRequest(Op(operation), input);
  return encoded ? *encoded : "error: " + encoded.error().message + " | " + encoded.error().hint;
}

std::string Prefix(std::string_view operation) {
  return "Action=" + std::string(operation) + "&Version=2014-10-31";
}

// The decoded input, or {"fault": "CODE: message"}.
Properties Decoded(std::string_view form) {
  auto decoded = DecodeRequest(form);
  if (!decoded) return {{"fault", decoded.error().code + ": " + decoded.error().message}};
  return decoded->input;
}
Properties Decoded(std::string_view operation, std::string_view rest) {
  return Decoded(Prefix(operation) + "&" + std::string(rest));
}
Properties Fault(std::string text) {
  return {{"fault", std::move(text)}};
}

TEST(EncodeRequest, SpellsEveryKindOfMember) {
  EXPECT_EQ(Encoded("ModifyDBInstance", {{"DBInstanceIdentifier", "orders"},
                                         {"AllocatedStorage", 20},
                                         {"ApplyImmediately", true},
                                         {"VpcSecurityGroupIds", List{"sg-1", "sg-2"}},
                                         {"DBSecurityGroups", List{}},
                                         {"MasterUserPassword", Secret::Literal("a b+c")},
                                         {"ProcessorFeatures", List{Properties{{"Name", "coreCount"}, {"Value", "4"}}}},
                                         {"EngineVersion", nullptr}}),
            "Action=ModifyDBInstance&Version=2014-10-31&AllocatedStorage=20&ApplyImmediately=true"
            "&DBInstanceIdentifier=orders&DBSecurityGroups=&MasterUserPassword=a%20b%2Bc"
            "&ProcessorFeatures.ProcessorFeature.1.Name=coreCount&ProcessorFeatures.ProcessorFeature.1.Value=4"
            "&VpcSecurityGroupIds.VpcSecurityGroupId.1=sg-1&VpcSecurityGroupIds.VpcSecurityGroupId.2=sg-2");
}

// The names were seen on the wire of two SDKs.
TEST(EncodeRequest, ListElementsAreNamedByTheTable) {
  EXPECT_EQ(Encoded("ModifyDBProxy", {{"SecurityGroups", List{"sg-1"}}}),
            Prefix("ModifyDBProxy") + "&SecurityGroups.member.1=sg-1");
  EXPECT_EQ(Encoded("CreateDBProxy", {{"VpcSecurityGroupIds", List{"sg-1"}}}),
            Prefix("CreateDBProxy") + "&VpcSecurityGroupIds.member.1=sg-1");
  EXPECT_EQ(Encoded("DescribeDBInstances", {{"Filters", List{Properties{{"Name", "n"}, {"Values", List{"a", "b"}}}}}}),
            Prefix("DescribeDBInstances") +
                "&Filters.Filter.1.Name=n&Filters.Filter.1.Values.Value.1=a&Filters.Filter.1.Values.Value.2=b");
  EXPECT_EQ(
      Encoded("CreateDBSubnetGroup",
              {{"SubnetIds", List{"subnet-1"}}, {"Tags", List{Properties{{"Key", "k"}, {"Value", "v"}}}}}),
      Prefix("CreateDBSubnetGroup") + "&SubnetIds.SubnetIdentifier.1=subnet-1&Tags.Tag.1.Key=k&Tags.Tag.1.Value=v");
  EXPECT_EQ(Encoded("ModifyDBParameterGroup", {{"Parameters", List{Properties{{"ParameterName", "p"}}}}}),
            Prefix("ModifyDBParameterGroup") + "&Parameters.Parameter.1.ParameterName=p");
  EXPECT_EQ(Encoded("RemoveTagsFromResource", {{"TagKeys", List{"k"}}}),
            Prefix("RemoveTagsFromResource") + "&TagKeys.member.1=k");
  EXPECT_EQ(
      Encoded("CreateDBInstance", {{"TagSpecifications", List{Properties{{"Tags", List{Properties{{"Key", "k"}}}}}}},
                                   {"AdditionalStorageVolumes", List{Properties{{"VolumeName", "rdsdbdata2"}}}},
                                   {"AvailabilityZone", "us-east-1a"},
                                   {"EnableCloudwatchLogsExports", List{"postgresql"}}}),
      Prefix("CreateDBInstance") +
          "&AdditionalStorageVolumes.member.1.VolumeName=rdsdbdata2&AvailabilityZone=us-east-1a"
          "&EnableCloudwatchLogsExports.member.1=postgresql&TagSpecifications.item.1.Tags.Tag.1.Key=k");
  EXPECT_EQ(Encoded("CreateIntegration", {{"AdditionalEncryptionContext", Properties{{"a", "1"}, {"b", "2"}}}}),
            Prefix("CreateIntegration") +
                "&AdditionalEncryptionContext.entry.1.key=a&AdditionalEncryptionContext.entry.1.value=1"
                "&AdditionalEncryptionContext.entry.2.key=b&AdditionalEncryptionContext.entry.2.value=2");
}

TEST(EncodeRequest, NumbersAndTimesHaveOneSpelling) {
  EXPECT_EQ(Encoded("ModifyDBCluster",
                    {{"ServerlessV2ScalingConfiguration", Properties{{"MinCapacity", 0.5}, {"MaxCapacity", 128}}}}),
            Prefix("ModifyDBCluster") +
                "&ServerlessV2ScalingConfiguration.MaxCapacity=128&ServerlessV2ScalingConfiguration.MinCapacity=0.5");
  for (const auto* written : {"2026-01-02T03:04:05Z", "2026-01-02T03:04:05.000Z", "2026-01-02 03:04:05+00:00"}) {
    EXPECT_EQ(Encoded("RestoreDBInstanceToPointInTime", {{"RestoreTime", written}}),
              Prefix("RestoreDBInstanceToPointInTime") + "&RestoreTime=2026-01-02T03%3A04%3A05Z");
  }
  EXPECT_EQ(Encoded("RestoreDBInstanceToPointInTime", {{"RestoreTime", "2026-01-02T03:04:05.678Z"}}),
            Prefix("RestoreDBInstanceToPointInTime") + "&RestoreTime=2026-01-02T03%3A04%3A05.678Z");
}

TEST(EncodeRequest, FaultsNameTheMemberAndNeverItsValue) {
  EXPECT_EQ(Encoded("CreateDBInstance", {{"AllocatedStorag", 20}}),
            "error: unknown parameter 'AllocatedStorag' of CreateDBInstance | did you mean 'AllocatedStorage'?");
  EXPECT_EQ(Encoded("CreateDBInstance", {{"Tags", List{Properties{{"Kee", "k"}}}}}),
            "error: unknown parameter 'Tags.Tag.1.Kee' of CreateDBInstance | did you mean 'Key'?");
  EXPECT_EQ(Encoded("CreateDBInstance", {{"AllocatedStorage", "20"}}),
            "error: AllocatedStorage of CreateDBInstance must be an integer | ");
  EXPECT_EQ(Encoded("CreateDBInstance", {{"AllocatedStorage", 20.0}}),
            "error: AllocatedStorage of CreateDBInstance must be an integer | ");
  EXPECT_EQ(Encoded("CreateDBInstance", {{"MultiAZ", "yes"}}),
            "error: MultiAZ of CreateDBInstance must be true or false | ");
  EXPECT_EQ(Encoded("CreateDBInstance", {{"EngineVersion", 15}}),
            "error: EngineVersion of CreateDBInstance must be text | ");
  EXPECT_EQ(Encoded("CreateDBInstance", {{"VpcSecurityGroupIds", "sg-1"}}),
            "error: VpcSecurityGroupIds of CreateDBInstance must be a list | ");
  EXPECT_EQ(Encoded("CreateDBInstance", {{"VpcSecurityGroupIds", List{"sg-1", nullptr}}}),
            "error: VpcSecurityGroupIds.VpcSecurityGroupId.2 of CreateDBInstance must be text | ");
  EXPECT_EQ(Encoded("CreateDBInstance", {{"Tags", List{"k"}}}),
            "error: Tags.Tag.1 of CreateDBInstance must be a structure | ");
  EXPECT_EQ(Encoded("CreateDBInstance", {{"Tags", List{Properties{}}}}),
            "error: Tags.Tag.1 of CreateDBInstance is empty | ");
  EXPECT_EQ(Encoded("CreateIntegration", {{"AdditionalEncryptionContext", "x"}}),
            "error: AdditionalEncryptionContext of CreateIntegration must be a map | ");
  EXPECT_EQ(Encoded("ModifyDBCluster", {{"ServerlessV2ScalingConfiguration", Properties{{"MinCapacity", "1"}}}}),
            "error: ServerlessV2ScalingConfiguration.MinCapacity of ModifyDBCluster must be a number | ");
  EXPECT_EQ(Encoded("RestoreDBInstanceToPointInTime", {{"RestoreTime", "yesterday"}}),
            "error: RestoreTime of RestoreDBInstanceToPointInTime must be a time such as 2026-01-02T03:04:05Z | ");
  EXPECT_EQ(Encoded("CreateDBInstance", {{"MasterUserPassword", Secret::FromEnv("PW")}}),
            "error: MasterUserPassword of CreateDBInstance is a secret that was not resolved (env PW) | ");
  EXPECT_EQ(Encoded("CreateDBInstance", {{"AllocatedStorage", Secret::Literal("hunter2")}}),
            "error: AllocatedStorage of CreateDBInstance must be an integer | ");
  const auto fault = EncodeRequest(Op("CreateDBInstance"), {{"Nonsense", 1}});
  EXPECT_EQ(fault.error().category, ErrorCategory::kUsage);
  EXPECT_EQ(fault.error().operation, "CreateDBInstance");
}

TEST(DecodeRequest, ReadsWhatOtherClientsSend) {
  // '+' for a blank, any order, Action last.
  EXPECT_EQ(Decoded("Description=two+words%2B&DBParameterGroupName=p&Version=2014-10-31&Action=CreateDBParameterGroup"),
            (Properties{{"DBParameterGroupName", "p"}, {"Description", "two words+"}}));
  // `member` for the list's own element name, gaps, numbers out of order.
  EXPECT_EQ(Decoded("CreateDBInstance",
                    "VpcSecurityGroupIds.member.7=c&VpcSecurityGroupIds.member.2=a"
                    "&VpcSecurityGroupIds.VpcSecurityGroupId.3=b"),
            (Properties{{"VpcSecurityGroupIds", List{"a", "b", "c"}}}));
  EXPECT_EQ(Decoded("CreateDBInstance", "VpcSecurityGroupIds.member.10=b&VpcSecurityGroupIds.member.9=a"),
            (Properties{{"VpcSecurityGroupIds", List{"a", "b"}}}));
  // `Name=` is an empty list or an empty text, as the table says.
  EXPECT_EQ(Decoded("CreateDBInstance", "VpcSecurityGroupIds=&DBName="),
            (Properties{{"DBName", ""}, {"VpcSecurityGroupIds", List{}}}));
  EXPECT_EQ(Decoded("DescribeDBInstances", "Filters.Filter.1.Name=n&Filters.Filter.1.Values="),
            (Properties{{"Filters", List{Properties{{"Name", "n"}, {"Values", List{}}}}}}));
  EXPECT_EQ(Decoded("DescribeDBInstances", "&&MaxRecords=20&"), (Properties{{"MaxRecords", 20}}));
  EXPECT_EQ(Decoded("RestoreDBInstanceToPointInTime", "RestoreTime=2026-01-02T03%3a04%3a05.000Z"),
            (Properties{{"RestoreTime", "2026-01-02T03:04:05Z"}}));
}

TEST(DecodeRequest, EveryFaultIsTheProtocolsOwn) {
  EXPECT_EQ(Decoded(""), Fault("MissingAction: The request names no Action"));
  EXPECT_EQ(Decoded("Version=2014-10-31"), Fault("MissingAction: The request names no Action"));
  EXPECT_EQ(Decoded("Action=&Version=2014-10-31"), Fault("MissingAction: The request names no Action"));
  EXPECT_EQ(Decoded("Action=Fly&Version=2014-10-31"),
            Fault("InvalidAction: Could not find operation Fly for version 2014-10-31"));
  EXPECT_EQ(Decoded("Action=describedbinstances&Version=2014-10-31"),
            Fault("InvalidAction: Could not find operation describedbinstances for version 2014-10-31"));
  EXPECT_EQ(Decoded("Action=DescribeDBInstances&Version=2010-05-08"),
            Fault("InvalidAction: Could not find operation DescribeDBInstances for version 2010-05-08"));
  EXPECT_EQ(Decoded("Action=DescribeDBInstances"),
            Fault("InvalidAction: Could not find operation DescribeDBInstances for version NO_VERSION_SPECIFIED"));
  EXPECT_EQ(Decoded("DescribeDBInstances", "Action=DescribeDBInstances"),
            Fault("MalformedQueryString: The parameter Action is given twice"));
  EXPECT_EQ(Decoded("DescribeDBInstances", "Marker=a&Marker=a"),
            Fault("MalformedQueryString: The parameter Marker is given twice"));
  EXPECT_EQ(Decoded("CreateDBInstance", "VpcSecurityGroupIds.member.1=a&VpcSecurityGroupIds.VpcSecurityGroupId.1=b"),
            Fault("MalformedQueryString: The parameter VpcSecurityGroupIds.VpcSecurityGroupId.1 is given twice"));
  EXPECT_EQ(Decoded("CreateDBInstance", "VpcSecurityGroupIds=&VpcSecurityGroupIds.member.1=a"),
            Fault("MalformedQueryString: The parameter VpcSecurityGroupIds is given twice"));
  EXPECT_EQ(Decoded("DescribeDBInstances", "Marker=%"),
            Fault("MalformedQueryString: parameter 3 of the request holds a malformed percent escape"));
  EXPECT_EQ(Decoded("DescribeDBInstances", "Marker=%4"),
            Fault("MalformedQueryString: parameter 3 of the request holds a malformed percent escape"));
  EXPECT_EQ(Decoded("DescribeDBInstances", "Mar%GGker=a"),
            Fault("MalformedQueryString: parameter 3 of the request holds a malformed percent escape"));
  EXPECT_EQ(Decoded("CreateDBInstance", "Nonsense=1"),
            Fault("ValidationError: CreateDBInstance has no parameter Nonsense"));
  EXPECT_EQ(Decoded("CreateDBInstance", "=1"), Fault("ValidationError: CreateDBInstance has no parameter "));
  for (const std::string name : {"DBName.", ".DBName", "Tags.Tag.1.", "Tags..1.Key", "."}) {
    EXPECT_EQ(Decoded("CreateDBInstance", name + "=1"),
              Fault("ValidationError: CreateDBInstance has no parameter " + name));
  }
  EXPECT_EQ(Decoded("CreateDBInstance", "Tags.Tag.1.Kee=1"),
            Fault("ValidationError: CreateDBInstance has no parameter Tags.Tag.1.Kee"));
  EXPECT_EQ(Decoded("CreateDBInstance", "Tags.Tagg.1.Key=1"),
            Fault("ValidationError: CreateDBInstance has no parameter Tags.Tagg.1.Key"));
  EXPECT_EQ(Decoded("CreateDBInstance", "DBName.1=x"),
            Fault("ValidationError: CreateDBInstance has no parameter DBName.1"));
  EXPECT_EQ(Decoded("CopyDBSnapshot", "SourceRegion=us-west-2"),
            Fault("ValidationError: CopyDBSnapshot has no parameter SourceRegion"));
  for (const std::string number : {"0", "x", "-1", "1x", "99999999999999999999", ""}) {
    EXPECT_EQ(Decoded("CreateDBInstance", "Tags.Tag." + number + ".Key=1"),
              Fault("MalformedQueryString: The parameter Tags.Tag." + number + ".Key needs a list number from 1"));
  }
  EXPECT_EQ(Decoded("CreateDBInstance", "Tags=x"),
            Fault("InvalidParameterValue: Invalid value for Tags: expected a list"));
  EXPECT_EQ(Decoded("CreateDBInstance", "Tags.Tag.1=x"),
            Fault("InvalidParameterValue: Invalid value for Tags.Tag.1: expected a structure"));
  for (const std::string number : {"", "abc", "1.5", "%2B1", "0x10", "99999999999999999999", "1%20"}) {
    EXPECT_EQ(Decoded("CreateDBInstance", "AllocatedStorage=" + number),
              Fault("InvalidParameterValue: Invalid value for AllocatedStorage: expected an integer"));
  }
  EXPECT_EQ(Decoded("CreateDBInstance", "MultiAZ=yes"),
            Fault("InvalidParameterValue: Invalid value for MultiAZ: expected true or false"));
  EXPECT_EQ(
      Decoded("ModifyDBCluster", "ServerlessV2ScalingConfiguration.MinCapacity=inf"),
      Fault(
          "InvalidParameterValue: Invalid value for ServerlessV2ScalingConfiguration.MinCapacity: expected a number"));
  EXPECT_EQ(
      Decoded("RestoreDBInstanceToPointInTime", "RestoreTime=now"),
      Fault("InvalidParameterValue: Invalid value for RestoreTime: expected a time such as 2026-01-02T03:04:05Z"));
  EXPECT_EQ(
      Decoded("CreateIntegration", "AdditionalEncryptionContext.entry.1.key=k"),
      Fault(
          "InvalidParameterValue: Invalid value for AdditionalEncryptionContext.entry.1: expected a key and a value"));
  EXPECT_EQ(Decoded("CreateIntegration", "AdditionalEncryptionContext.entry.1.name=k"),
            Fault("ValidationError: CreateIntegration has no parameter AdditionalEncryptionContext.entry.1.name"));
  // What XML could not carry back is refused on the way in: control characters, broken UTF-8.
  for (const std::string text : {"%00", "%01", "%1F", "%FF", "%C3", "%ED%A0%80", "%EF%BF%BE"}) {
    EXPECT_EQ(Decoded("CreateDBInstance", "DBName=" + text),
              Fault("InvalidParameterValue: Invalid value for DBName: expected printable UTF-8 text"));
  }
}

TEST(DecodeRequest, NamesOfStrangersAreShownShortAndPrintable) {
  const auto fault = DecodeRequest(Prefix("CreateDBInstance") + "&%1b%5b31m" + std::string(5000, 'x') + "=1");
  ASSERT_FALSE(fault);
  EXPECT_EQ(fault.error().message, "CreateDBInstance has no parameter ?[31m" + std::string(95, 'x') + "...");
}

TEST(DecodeRequest, DeepNamesStopAtTheShapesDepth) {
  std::string name = "Tags";
  for (int i = 0; i < 100'000; ++i)
    name += ".Tag.1";
  EXPECT_EQ(DecodeRequest(Prefix("CreateDBInstance") + "&" + name + "=x").error().code, "ValidationError");
}

TEST(DecodeQuery, PlusIsAPlusAndTheSignatureIsSkipped) {
  const auto decoded =
      DecodeQuery(Prefix("DescribeDBInstances") + "&Marker=a+b%20c&X-Amz-Signature=1&X-Amz-Security-Token=t");
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->input, (Properties{{"Marker", "a+b c"}}));
  EXPECT_EQ(Decoded("DescribeDBInstances", "X-Amz-Signature=1"),
            Fault("ValidationError: DescribeDBInstances has no parameter X-Amz-Signature"));
}

// What follows holds for every operation of the table, with every member of every shape occurring.

TEST(EveryOperation, DecodeOfEncodeIsTheSameRequest) {
  std::set<const model::Member*> reachable;
  std::set<const model::Member*> seen;
  std::size_t requests = 0;
  for (const model::Operation& operation : model::Operations()) {
    if (operation.input == nullptr) {
      EXPECT_EQ(EncodeRequest(operation, {}), Prefix(operation.name));
      continue;
    }
    CollectMembers(*operation.input, reachable);
    for (unsigned seed = 0; seed < 24; ++seed) {
      Sampler sampler(seed, seed < 4 ? Fill::kEverything : Fill::kSome);
      const Properties input = sampler.Structure(*operation.input);
      if (input.empty()) continue;
      const auto encoded = EncodeRequest(operation, input);
      ASSERT_TRUE(encoded) << Describe(encoded.error());
      const auto decoded = DecodeRequest(*encoded);
      ASSERT_TRUE(decoded) << *encoded << "\n" << decoded.error().message;
      EXPECT_EQ(decoded->operation, &operation);
      ASSERT_EQ(Value(decoded->input), Value(input)) << *encoded;
      // Blanks as '+', the way botocore writes them.
      ASSERT_EQ(Decoded(ReplaceAll(*encoded, "%20", "+")), input) << *encoded;
      if (seed < 4) seen.insert(sampler.seen().begin(), sampler.seen().end());
      ++requests;
    }
  }
  EXPECT_EQ(seen, reachable);
  EXPECT_GT(requests, 3000U);
  EXPECT_GT(reachable.size(), 800U);
  RecordProperty("requests", static_cast<int>(requests));
  RecordProperty("members", static_cast<int>(reachable.size()));
}

TEST(EveryOperation, OrderGapsAndTheMemberAliasDoNotMatter) {
  std::mt19937 random(7);
  for (const model::Operation& operation : model::Operations()) {
    if (operation.input == nullptr || operation.input->members.empty()) continue;
    const Properties input = Sampler(11).Structure(*operation.input);
    const auto pairs = ParseForm(*EncodeRequest(operation, input), true);
    ASSERT_TRUE(pairs);
    std::vector<std::string> rewritten;
    for (const auto& [name, value] : *pairs) {
      std::string other;
      std::string_view previous;
      const std::vector<std::string_view> segments = Split(name, '.');
      for (std::size_t i = 0; i < segments.size(); ++i) {
        if (i > 0) other += '.';
        const auto number = ParseInteger(segments[i]);
        // "Tag.2" may be written "member.6" (numbers keep their order), a map's "entry" may not.
        if (number) other += std::to_string(*number * 3);
        else if (i + 1 < segments.size() && ParseInteger(segments[i + 1]) && segments[i] != "entry") other += "member";
        else other += segments[i];
        previous = segments[i];
      }
      rewritten.push_back(other + "=" + PercentEncode(value));
    }
    std::ranges::shuffle(rewritten, random);
    ASSERT_EQ(Decoded(Join(rewritten, "&")), input) << Join(rewritten, "&");
  }
}

TEST(MissingMember, NamesTheFirstAbsentOne) {
  const model::Shape& create = *Op("CreateDBInstance").input;
  EXPECT_EQ(MissingMember(create, {}), "DBInstanceIdentifier");
  Properties input{{"DBInstanceIdentifier", "a"}, {"DBInstanceClass", "c"}, {"Engine", nullptr}};
  EXPECT_EQ(MissingMember(create, input), "Engine");
  input.insert_or_assign("Engine", "postgres");
  EXPECT_EQ(MissingMember(create, input), "");
  const model::Shape& describe = *Op("DescribeDBInstances").input;
  EXPECT_EQ(MissingMember(describe, {{"Filters",
                                      List{Properties{{"Name", "n"}, {"Values", List{}}}, Properties{{"Name", "n"}}}}}),
            "Filters.2.Values");
}

TEST(Redact, HidesWhatTheTableCallsSensitive) {
  const model::Shape& create = *Op("CreateDBInstance").input;
  const Properties redacted = Redact(create, {{"MasterUserPassword", "hunter2"},
                                              {"TdeCredentialPassword", Secret::Literal("hunter2")},
                                              {"MasterUsername", "admin"},
                                              {"DBName", Secret::FromEnv("X")},
                                              {"Tags", List{Properties{{"Key", "k"}}}},
                                              {"FuturePassword", "hunter2"},
                                              {"FutureThing", Properties{{"ApiToken", "hunter2"}, {"Size", 3}}},
                                              {"Iops", nullptr}});
  EXPECT_EQ(redacted, (Properties{{"MasterUserPassword", "****"},
                                  {"TdeCredentialPassword", "****"},
                                  {"MasterUsername", "admin"},
                                  {"DBName", "****"},
                                  {"Tags", List{Properties{{"Key", "k"}}}},
                                  {"FuturePassword", "****"},
                                  {"FutureThing", Properties{{"ApiToken", "****"}, {"Size", 3}}},
                                  {"Iops", nullptr}}));
  const model::Shape& options = *Op("ModifyOptionGroup").input;
  EXPECT_EQ(
      Redact(options, {{"OptionsToInclude",
                        List{Properties{{"OptionSettings", List{Properties{{"Name", "n"}, {"Value", "hunter2"}}}}}}}}),
      (Properties{{"OptionsToInclude",
                   List{Properties{{"OptionSettings", List{Properties{{"Name", "n"}, {"Value", "****"}}}}}}}}));
}

TEST(Redact, NoCanarySurvivesInAnySensitiveMemberOfAnyOperation) {
  constexpr std::string_view kCanary = "canary-7f3a";
  std::size_t planted = 0;
  const std::function<Value(const model::Shape&)> plant = [&](const model::Shape& shape) -> Value {
    if (shape.type == model::ShapeType::kList) return List{plant(*shape.element)};
    if (shape.type != model::ShapeType::kStructure) return shape.sensitive ? Value(kCanary) : Value("x");
    Properties members;
    for (const model::Member& member : shape.members) {
      planted += member.sensitive ? 1 : 0;
      members.emplace(member.name, member.sensitive ? Value(kCanary) : plant(*member.shape));
    }
    return members;
  };
  for (const model::Operation& operation : model::Operations()) {
    for (const model::Shape* shape : {operation.input, operation.output}) {
      if (shape == nullptr) continue;
      const Value value = plant(*shape);
      EXPECT_THAT(ToDisplay(Redact(*shape, value.As<Properties>())), Not(HasSubstr(std::string(kCanary))))
          << shape->name;
    }
  }
  EXPECT_GE(planted, 24U);
}

TEST(PercentEncode, OnlyUnreservedCharactersStandBare) {
  EXPECT_EQ(PercentEncode("AZaz09-_.~"), "AZaz09-_.~");
  EXPECT_EQ(PercentEncode(" +&=%/:\xC3\xBC"), "%20%2B%26%3D%25%2F%3A%C3%BC");
}

RC_GTEST_PROP(PercentEncode, DecodesToTheSameBytes, (const std::string& text)) {
  RC_ASSERT(PercentDecode(PercentEncode(text), true) == text);
  RC_ASSERT(PercentDecode(PercentEncode(text), false) == text);
}

RC_GTEST_PROP(DecodeRequest, AnyBytesGiveARequestOrAFault, (const std::string& noise)) {
  for (const std::string& form :
       {noise, Prefix("CreateDBInstance") + "&" + noise, Prefix("CreateDBInstance") + "&Tags." + noise + "=1",
        Prefix("CreateIntegration") + "&AdditionalEncryptionContext.entry." + noise}) {
    const auto decoded = DecodeRequest(form);
    RC_ASSERT(decoded.has_value() || (!decoded.error().code.empty() && decoded.error().http_status == 400));
  }
}

}  // namespace
}  // namespace rdsteady::wire
