#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <pugixml.hpp>

#include "base/text.h"
#include "wire/pagination.h"
#include "wire/query.h"
#include "wire/sample_values.h"

namespace rdsteady::wire {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr std::string_view kRequestId = "0b9a0f5e-1111-4222-8333-444455556666";

const model::Operation& Op(std::string_view name) {
  return *model::FindOperation(name);
}

// An answer of DescribeDBInstances with the given content of its result.
std::string Answer(std::string_view result) {
  return "<DescribeDBInstancesResponse xmlns=\"http://rds.amazonaws.com/doc/2014-10-31/\"><DescribeDBInstancesResult>" +
         std::string(result) +
         "</DescribeDBInstancesResult><ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata>"
         "</DescribeDBInstancesResponse>";
}
std::string Instance(std::string_view members) {
  return Answer("<DBInstances><DBInstance>" + std::string(members) + "</DBInstance></DBInstances>");
}

Value Decoded(std::string_view xml) {
  const auto decoded = DecodeResponse(Op("DescribeDBInstances"), xml);
  return decoded ? Value(decoded->output) : Value(Describe(decoded.error()));
}
// The members of the one instance of an answer.
Value DecodedInstance(std::string_view members) {
  const Value output = Decoded(Instance(members));
  const Value* instances = output.Find("DBInstances");
  return instances == nullptr ? output : instances->As<List>().at(0);
}

TEST(EncodeResponse, SpellsEveryKindOfMember) {
  EXPECT_EQ(
      EncodeResponse(
          Op("DescribeDBInstances"),
          {{"Marker", "a<b>&c"},
           {"DBInstances", List{Properties{{"AllocatedStorage", 20},
                                           {"MultiAZ", false},
                                           {"DBName", ""},
                                           {"Endpoint", Properties{{"Port", 5432}}},
                                           {"InstanceCreateTime", "2026-01-02T03:04:05Z"},
                                           {"LatestRestorableTime", "2026-01-02T03:04:05.678Z"},
                                           {"Iops", nullptr},
                                           {"ReadReplicaDBInstanceIdentifiers", List{}},
                                           {"VpcSecurityGroups", List{Properties{{"VpcSecurityGroupId", "sg-1"}}}}}}}},
          "r-1"),
      "<DescribeDBInstancesResponse xmlns=\"http://rds.amazonaws.com/doc/2014-10-31/\"><DescribeDBInstancesResult>"
      "<DBInstances><DBInstance><AllocatedStorage>20</AllocatedStorage><DBName></DBName><Endpoint><Port>5432</Port>"
      "</Endpoint><InstanceCreateTime>2026-01-02T03:04:05.000Z</InstanceCreateTime><LatestRestorableTime>"
      "2026-01-02T03:04:05.678Z</LatestRestorableTime><MultiAZ>false</MultiAZ><ReadReplicaDBInstanceIdentifiers>"
      "</ReadReplicaDBInstanceIdentifiers><VpcSecurityGroups><VpcSecurityGroupMembership><VpcSecurityGroupId>sg-1"
      "</VpcSecurityGroupId></VpcSecurityGroupMembership></VpcSecurityGroups></DBInstance></DBInstances>"
      "<Marker>a&lt;b&gt;&amp;c</Marker></DescribeDBInstancesResult><ResponseMetadata><RequestId>r-1</RequestId>"
      "</ResponseMetadata></DescribeDBInstancesResponse>");
}

TEST(EncodeResponse, OperationsWithoutOutputHaveNoResult) {
  EXPECT_EQ(
      EncodeResponse(Op("DeleteDBSubnetGroup"), {}, "r-1"),
      "<DeleteDBSubnetGroupResponse xmlns=\"http://rds.amazonaws.com/doc/2014-10-31/\"><ResponseMetadata><RequestId>r-1"
      "</RequestId></ResponseMetadata></DeleteDBSubnetGroupResponse>");
  std::size_t without_output = 0;
  for (const model::Operation& operation : model::Operations())
    without_output += operation.output == nullptr ? 1 : 0;
  EXPECT_EQ(without_output, 11U);
}

TEST(EncodeResponse, AMisfitIsAnInternalError) {
  const auto fault = [](std::string_view operation, const Properties& output) {
    const auto encoded = TryEncodeResponse(Op(operation), output, "r");
    return encoded ? *encoded : Describe(encoded.error());
  };
  EXPECT_THAT(fault("DescribeDBInstances", {{"DBInstance", List{}}}),
              HasSubstr("answer does not fit its shape: DBInstanceMessage has no member DBInstance"));
  EXPECT_THAT(fault("DescribeDBInstances", {{"Marker", 3}}), HasSubstr("Marker is not of the type of String"));
  EXPECT_THAT(fault("DescribeDBInstances", {{"Marker", Secret::Literal("x")}}),
              HasSubstr("Marker is not of the type of"));
  EXPECT_THAT(fault("DescribeDBInstances", {{"DBInstances", List{nullptr}}}),
              HasSubstr("DBInstance is not of the type of"));
  EXPECT_THAT(fault("DescribeDBInstances", {{"DBInstances", List{Properties{{"InstanceCreateTime", "today"}}}}}),
              HasSubstr("InstanceCreateTime is not a time"));
  EXPECT_THAT(fault("DeleteDBSubnetGroup", {{"X", 1}}), HasSubstr("the operation answers nothing"));
  EXPECT_EQ(TryEncodeResponse(Op("DescribeDBInstances"), {{"X", 1}}, "r").error().category, ErrorCategory::kInternal);
  EXPECT_DEATH((void)EncodeResponse(Op("DescribeDBInstances"), {{"X", 1}}, "r"), "has no member X");
}

TEST(EncodeResponse, AnyBytesGiveWellFormedXml) {
  const std::string replacement = "\xEF\xBF\xBD";
  const auto through = [](std::string_view text) {
    const std::string xml = EncodeResponse(Op("DescribeDBInstances"), {{"Marker", text}}, "r");
    return DecodeResponse(Op("DescribeDBInstances"), xml)->output.at("Marker").As<std::string>();
  };
  EXPECT_EQ(through(std::string_view("a\0b", 3)), "a" + replacement + "b");
  EXPECT_EQ(through("\x1b[31m"), replacement + "[31m");
  EXPECT_EQ(through("\xFF\xC3"), replacement + replacement);
  EXPECT_EQ(through("\xEF\xBF\xBE"), replacement + replacement + replacement);
  EXPECT_EQ(through("\xF0\x9D\x84\x9E \xE2\x98\x83 \x7F"), "\xF0\x9D\x84\x9E \xE2\x98\x83 \x7F");
  EXPECT_EQ(through("a\r\nb\rc"), "a\r\nb\rc");
}

TEST(EncodeElement, InItsFrameGivesTheSameAnswer) {
  const model::Operation& operation = Op("DescribeDBInstances");
  const Properties output = Sampler(2).Structure(*operation.output);
  std::string result;
  for (const auto& [name, value] : output) {
    result += *EncodeElement(name, *model::FindMember(*operation.output, name)->shape, value);
  }
  const ResponseFrame frame = FrameResponse(operation, "r");
  EXPECT_EQ(frame.head + result + frame.tail, EncodeResponse(operation, output, "r"));
  const ResponseFrame bare = FrameResponse(Op("DeleteDBSubnetGroup"), "r");
  EXPECT_EQ(bare.head + bare.tail, EncodeResponse(Op("DeleteDBSubnetGroup"), {}, "r"));
  EXPECT_EQ(EncodeElement("X", *model::FindShape("DBInstance"), 3).error().category, ErrorCategory::kInternal);
}

TEST(DecodeResponse, ReadsWhatRdsSends) {
  EXPECT_EQ(DecodedInstance("<DBName/><AllocatedStorage> 20 </AllocatedStorage><MultiAZ>true</MultiAZ>"),
            Value(Properties{{"AllocatedStorage", 20}, {"DBName", ""}, {"MultiAZ", true}}));
  EXPECT_EQ(DecodedInstance("<InstanceCreateTime>2026-01-02T03:04:05.000Z</InstanceCreateTime>"
                            "<LatestRestorableTime>2026-01-02T03:04:05Z</LatestRestorableTime>"),
            Value(Properties{{"InstanceCreateTime", "2026-01-02T03:04:05Z"},
                             {"LatestRestorableTime", "2026-01-02T03:04:05Z"}}));
  // A scalar without content says nothing; a list or structure without content is empty.
  EXPECT_EQ(
      DecodedInstance("<Iops/><MultiAZ></MultiAZ><InstanceCreateTime> </InstanceCreateTime><TagList/><Endpoint/>"),
      Value(Properties{{"Endpoint", Properties{}}, {"TagList", List{}}}));
  EXPECT_EQ(Decoded(Answer("<DBInstances/>")), Value(Properties{{"DBInstances", List{}}}));
  EXPECT_EQ(Decoded(Answer("")), Value(Properties{}));
  EXPECT_EQ(Decoded("<?xml version=\"1.0\"?>\n<!-- c -->" + Answer("<Marker>m</Marker>") + "\n"),
            Value(Properties{{"Marker", "m"}}));
  EXPECT_EQ(DecodeResponse(Op("DescribeDBInstances"), Answer(""))->request_id, "r-1");
  EXPECT_EQ(
      DecodeResponse(Op("DeleteDBSubnetGroup"),
                     "<DeleteDBSubnetGroupResponse><ResponseMetadata><RequestId>r-2</RequestId></ResponseMetadata>"
                     "</DeleteDBSubnetGroupResponse>")
          ->request_id,
      "r-2");
}

TEST(DecodeResponse, TextKeepsEveryCharacter) {
  const auto name = [](std::string_view content) {
    return DecodedInstance("<DBName>" + std::string(content) + "</DBName>").FindPath("DBName")->As<std::string>();
  };
  EXPECT_EQ(name("&lt;&amp;&gt;&quot;&apos;&#65;&#x42;&#13;"), "<&>\"'AB\r");
  EXPECT_EQ(name("a<![CDATA[<b>&amp;]]>c"), "a<b>&amp;c");
  EXPECT_EQ(name("<![CDATA[x]]>"), "x");
  EXPECT_EQ(name("<![CDATA[]]>"), "");
  EXPECT_EQ(name("   "), "   ");
  EXPECT_EQ(name(" a "), " a ");
  EXPECT_EQ(name("a<!-- note -->b"), "ab");
  EXPECT_EQ(name("a<?pi?>b"), "ab");
  EXPECT_EQ(name("a\r\nb"), "a\nb");
  EXPECT_EQ(name("gr\xC3\xBCn"), "gr\xC3\xBCn");
  EXPECT_EQ(name("&unknown;"), "&unknown;");
}

TEST(DecodeResponse, EntitiesOfADocumentTypeAreNeverExpanded) {
  const std::string bomb =
      "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\"><!ENTITY f SYSTEM \"file:///etc/passwd\">]>";
  EXPECT_EQ(Decoded(bomb + Answer("<Marker>&b;&f;</Marker>")), Value(Properties{{"Marker", "&b;&f;"}}));
}

TEST(DecodeResponse, NewMembersOfTheServiceAreSkipped) {
  EXPECT_EQ(DecodedInstance("<Future><DBName>inner</DBName></Future><DBName>orders</DBName><dbname>x</dbname>"),
            Value(Properties{{"DBName", "orders"}}));
  EXPECT_EQ(Decoded(Answer("<DBInstances><Other><DBName>x</DBName></Other><DBInstance/><member/></DBInstances>")),
            Value(Properties{{"DBInstances", List{Properties{}, Properties{}}}}));
}

TEST(DecodeResponse, DepthIsTheShapesNotTheSenders) {
  constexpr int kDepth = 200'000;
  std::string open;
  std::string close;
  for (int i = 0; i < kDepth; ++i)
    open += "<a>", close += "</a>";
  EXPECT_EQ(DecodedInstance(open + close + "<DBName>orders</DBName>"), Value(Properties{{"DBName", "orders"}}));
}

TEST(DecodeResponse, WhatIsNotTheAnswerIsATransportError) {
  const auto fault = [](std::string_view xml) {
    const auto decoded = DecodeResponse(Op("DescribeDBInstances"), xml);
    if (decoded) return std::string("decoded");
    EXPECT_EQ(decoded.error().category, ErrorCategory::kTransport);
    EXPECT_EQ(decoded.error().operation, "DescribeDBInstances");
    EXPECT_NE(decoded.error().hint, "");
    return decoded.error().message;
  };
  EXPECT_EQ(fault(""), "the answer is empty");
  EXPECT_EQ(fault(" \n"), "the answer is empty");
  EXPECT_EQ(fault("<html><body>Sign in</body></html>"), "the answer is a web page, not the service's XML");
  EXPECT_EQ(fault("<!DOCTYPE html><html><br></html>"), "the answer is a web page, not the service's XML");
  EXPECT_EQ(fault("{\"message\": \"no\"}"), "the answer is not XML");
  EXPECT_EQ(fault("Service Unavailable"), "the answer is not XML");
  EXPECT_THAT(fault(Answer("<DBInstances/>").substr(0, 100)),
              StartsWith("the answer is cut off or malformed XML (at byte "));
  EXPECT_EQ(fault("<CreateDBInstanceResponse/>"),
            "the answer to DescribeDBInstances is a <CreateDBInstanceResponse>, not a <DescribeDBInstancesResponse>");
  EXPECT_EQ(fault(EncodeError({.code = "Throttling", .message = "m", .type = "Sender", .request_id = "r"})),
            "the answer to DescribeDBInstances is a <ErrorResponse>, not a <DescribeDBInstancesResponse>");
  EXPECT_EQ(fault("<DescribeDBInstancesResponse/>"),
            "the answer to DescribeDBInstances holds no <DescribeDBInstancesResult>");
  EXPECT_EQ(fault(Instance("<AllocatedStorage>many</AllocatedStorage>")),
            "the answer to DescribeDBInstances is malformed: AllocatedStorage is not of its type");
  EXPECT_EQ(fault(Instance("<MultiAZ>maybe</MultiAZ>")),
            "the answer to DescribeDBInstances is malformed: MultiAZ is not of its type");
}

TEST(DecodeResponse, EveryCutIsNoticed) {
  const model::Operation& operation = Op("CreateDBSubnetGroup");
  const std::string xml = EncodeResponse(operation, Sampler(3).Structure(*operation.output), kRequestId);
  ASSERT_GT(xml.size(), 500U);
  for (std::size_t size = 0; size < xml.size(); ++size) {
    const auto decoded = DecodeResponse(operation, std::string_view(xml).substr(0, size));
    ASSERT_FALSE(decoded) << "cut after " << size << " bytes of " << xml;
    ASSERT_EQ(decoded.error().category, ErrorCategory::kTransport);
  }
}

RC_GTEST_PROP(DecodeResponse, AnyBytesGiveAnAnswerOrAnError, (const std::string& noise)) {
  for (const std::string& xml :
       {noise, "<" + noise, Answer(noise), Instance("<DBName>" + noise), Instance("<Iops>" + noise + "</Iops>")}) {
    (void)DecodeResponse(Op("DescribeDBInstances"), xml);
    (void)DecodeError(xml);
  }
}

RC_GTEST_PROP(DecodeResponse, AnyPrintableTextComesBack, (const std::vector<std::uint16_t>& characters)) {
  std::string text;
  for (const std::uint16_t c : characters) {
    if (c < 0x20 || (c >= 0xD800 && c < 0xE000) || c >= 0xFFFE) continue;
    if (c < 0x80) {
      text += static_cast<char>(c);
    } else if (c < 0x800) {
      text += static_cast<char>(0xC0 | c >> 6);
      text += static_cast<char>(0x80 | (c & 63));
    } else {
      text += static_cast<char>(0xE0 | c >> 12);
      text += static_cast<char>(0x80 | (c >> 6 & 63));
      text += static_cast<char>(0x80 | (c & 63));
    }
  }
  const Properties output{{"Marker", text}};
  const auto decoded =
      DecodeResponse(Op("DescribeDBInstances"), EncodeResponse(Op("DescribeDBInstances"), output, "r"));
  RC_ASSERT(decoded.has_value());
  RC_ASSERT(Value(decoded->output) == Value(output));
}

// What follows holds for every operation of the table, with every member of every shape occurring.

TEST(EveryOperation, DecodeOfEncodeIsTheSameAnswer) {
  std::set<const model::Member*> reachable;
  std::set<const model::Member*> seen;
  std::size_t answers = 0;
  for (const model::Operation& operation : model::Operations()) {
    if (operation.output == nullptr) {
      const auto decoded = DecodeResponse(operation, EncodeResponse(operation, {}, kRequestId));
      ASSERT_TRUE(decoded);
      EXPECT_EQ(decoded->request_id, kRequestId);
      continue;
    }
    CollectMembers(*operation.output, reachable);
    for (unsigned seed = 0; seed < 24; ++seed) {
      Sampler sampler(seed, seed < 4 ? Fill::kEverything : Fill::kSome);
      const Properties output = sampler.Structure(*operation.output);
      const std::string xml = EncodeResponse(operation, output, kRequestId);
      const auto decoded = DecodeResponse(operation, xml);
      ASSERT_TRUE(decoded) << Describe(decoded.error()) << "\n" << xml;
      ASSERT_EQ(Value(decoded->output), Value(output)) << xml;
      EXPECT_EQ(decoded->request_id, kRequestId);
      if (seed < 4) seen.insert(sampler.seen().begin(), sampler.seen().end());
      ++answers;
    }
  }
  EXPECT_EQ(seen, reachable);
  EXPECT_GT(answers, 3000U);
  EXPECT_GT(reachable.size(), 900U);
}

// Indents every element and puts an unknown one, with a known name inside, into every structure.
void Disturb(pugi::xml_node element) {
  bool has_elements = false;
  for (pugi::xml_node child : element.children()) {
    if (child.type() != pugi::node_element) continue;
    has_elements = true;
    Disturb(child);
  }
  if (!has_elements) return;
  // Escapes stay as they are from reading to writing, so that nothing else changes.
  element.prepend_child("Future").append_child("DBInstances").append_child(pugi::node_pcdata).set_value("5");
  element.append_child("FutureFlag");
}

TEST(EveryOperation, WhiteSpaceAndUnknownElementsDoNotMatter) {
  for (const model::Operation& operation : model::Operations()) {
    if (operation.output == nullptr) continue;
    const Properties output = Sampler(5).Structure(*operation.output);
    pugi::xml_document document;
    ASSERT_TRUE(document.load_string(EncodeResponse(operation, output, kRequestId).c_str(),
                                     pugi::parse_minimal | pugi::parse_ws_pcdata_single));
    Disturb(document.document_element());
    struct Text final : pugi::xml_writer {
      std::string text;
      void write(const void* data, std::size_t size) override { text.append(static_cast<const char*>(data), size); }
    } writer;
    document.save(writer, "  ", pugi::format_indent | pugi::format_no_escapes);
    const auto decoded = DecodeResponse(operation, writer.text);
    ASSERT_TRUE(decoded) << Describe(decoded.error());
    ASSERT_EQ(Value(decoded->output), Value(output)) << writer.text;
  }
}

TEST(DecodeError, UnderstandsBothForms) {
  const auto usual = DecodeError(
      "<ErrorResponse xmlns=\"http://rds.amazonaws.com/doc/2014-10-31/\"><Error><Type>Sender</Type>"
      "<Code>DBInstanceNotFound</Code><Message>DBInstance x not found.</Message><Detail/></Error>"
      "<RequestId>r-1</RequestId></ErrorResponse>");
  ASSERT_TRUE(usual);
  EXPECT_EQ(usual->code, "DBInstanceNotFound");
  EXPECT_EQ(usual->message, "DBInstance x not found.");
  EXPECT_EQ(usual->type, "Sender");
  EXPECT_EQ(usual->request_id, "r-1");
  const auto front_end = DecodeError(
      "<?xml version=\"1.0\"?><Response><Errors><Error><Code>AuthFailure</Code><Message>no &amp; "
      "no</Message></Error></Errors>"
      "<RequestID>r-2</RequestID></Response>");
  ASSERT_TRUE(front_end);
  EXPECT_EQ(front_end->code, "AuthFailure");
  EXPECT_EQ(front_end->message, "no & no");
  EXPECT_EQ(front_end->request_id, "r-2");
}

TEST(DecodeError, OfEveryModelledErrorGivesItBack) {
  for (const model::ErrorShape& error : model::Errors()) {
    const ServiceError sent{.code = std::string(error.code),
                            .message = "<" + std::string(error.name) + "> & more",
                            .type = error.sender ? "Sender" : "Receiver",
                            .request_id = std::string(kRequestId)};
    const auto read = DecodeError(EncodeError(sent));
    ASSERT_TRUE(read);
    EXPECT_EQ(read->code, sent.code);
    EXPECT_EQ(read->message, sent.message);
    EXPECT_EQ(read->type, sent.type);
    EXPECT_EQ(read->request_id, sent.request_id);
  }
}

TEST(DecodeError, AnythingElseIsATransportError) {
  EXPECT_EQ(DecodeError("<html></html>").error().message, "the answer is a web page, not the service's XML");
  EXPECT_EQ(DecodeError("").error().message, "the answer is empty");
  EXPECT_EQ(DecodeError("<ErrorResponse><Error><Message>m</Message></Error></ErrorResponse>").error().message,
            "the answer is a <ErrorResponse>, not one of the service's errors");
  EXPECT_EQ(DecodeError(Answer("")).error().message,
            "the answer is a <DescribeDBInstancesResponse>, not one of the service's errors");
  EXPECT_EQ(DecodeError("<Err").error().category, ErrorCategory::kTransport);
}

TEST(PageCursor, FollowsTheMarkerUntilThereIsNone) {
  PageCursor cursor(*Op("DescribeDBInstances").paginator);
  Properties input{{"MaxRecords", 100}};
  EXPECT_EQ(cursor.Advance({{"Marker", "m1"}}, input), true);
  EXPECT_EQ(input, (Properties{{"Marker", "m1"}, {"MaxRecords", 100}}));
  EXPECT_EQ(cursor.Advance({{"Marker", "m2"}}, input), true);
  EXPECT_EQ(input.at("Marker"), Value("m2"));
  EXPECT_EQ(cursor.Advance({{"Marker", ""}}, input), false);
  EXPECT_EQ(cursor.Advance({}, input), false);
}

TEST(PageCursor, AMarkerThatComesBackIsAnError) {
  PageCursor cursor(*Op("DescribeDBInstances").paginator);
  Properties input;
  ASSERT_EQ(cursor.Advance({{"Marker", "a"}}, input), true);
  ASSERT_EQ(cursor.Advance({{"Marker", "b"}}, input), true);
  const auto again = cursor.Advance({{"Marker", "a"}}, input);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().category, ErrorCategory::kTransport);
  EXPECT_EQ(again.error().message, "the service answered with a page marker that it had given before");
}

TEST(PageCursor, NestedMarkersAndLogFilesFollowTheTable) {
  PageCursor defaults(*Op("DescribeEngineDefaultParameters").paginator);
  Properties input;
  EXPECT_EQ(defaults.Advance({{"EngineDefaults", Properties{{"Marker", "m"}}}}, input), true);
  EXPECT_EQ(input, (Properties{{"Marker", "m"}}));
  PageCursor log(*Op("DownloadDBLogFilePortion").paginator);
  EXPECT_EQ(log.Advance({{"Marker", "0:10"}, {"AdditionalDataPending", true}}, input), true);
  EXPECT_EQ(log.Advance({{"Marker", "0:20"}, {"AdditionalDataPending", false}}, input), false);
}

TEST(PageItems, AreFoundForEveryPaginator) {
  std::size_t paginators = 0;
  for (const model::Operation& operation : model::Operations()) {
    if (operation.paginator == nullptr) continue;
    ++paginators;
    const Properties output = Sampler(1).Structure(*operation.output);
    const Value* items = PageItems(*operation.paginator, output);
    ASSERT_NE(items, nullptr) << operation.name;
    EXPECT_TRUE(items->Is<List>() || operation.name == "DownloadDBLogFilePortion") << operation.name;
    Properties input;
    PageCursor cursor(*operation.paginator);
    EXPECT_TRUE(cursor.Advance(output, input).has_value()) << operation.name;
  }
  EXPECT_EQ(paginators, 43U);
}

}  // namespace
}  // namespace rdsteady::wire
