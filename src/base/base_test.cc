#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "base/diagnostics.h"
#include "base/json.h"
#include "base/suggest.h"
#include "base/time.h"
#include "rdsteady/error.h"
#include "rdsteady/value.h"

namespace rdsteady {
namespace {

// ---- did you mean ------------------------------------------------------------------------------------------------

TEST(Suggest, FindsSlipsAndSwapsButNotStrangers) {
  const std::vector<std::string_view> known{"AllocatedStorage", "StorageType", "StorageThroughput", "Port"};
  EXPECT_EQ(Suggest("AllocatedStorag", known), "AllocatedStorage");
  EXPECT_EQ(Suggest("allocatedstorage", known), "AllocatedStorage");
  EXPECT_EQ(Suggest("StroageType", known), "StorageType");
  EXPECT_EQ(Suggest("Prot", known), "Port");
  EXPECT_EQ(Suggest("Colour", known), "");
  EXPECT_EQ(DidYouMean("Colour", known), "");
}

// ---- values ------------------------------------------------------------------------------------------------------

TEST(Value, PathsGoThroughMapsOnly) {
  const Value value(Properties{{"Endpoint", Properties{{"Port", 5432}}}, {"List", List{1, 2}}});
  EXPECT_EQ(*value.FindPath("Endpoint.Port"), Value(5432));
  EXPECT_EQ(value.FindPath("Endpoint.Address"), nullptr);
  EXPECT_EQ(value.FindPath("List.0"), nullptr);
  EXPECT_EQ(Value(5).FindPath("x"), nullptr);
}

TEST(Value, ASecretIsNeverDisplayed) {
  const Value value(
      Properties{{"MasterUserPassword", Secret::Literal("hunter2-canary")}, {"b", List{Secret::FromEnv("PW")}}});
  EXPECT_EQ(ToDisplay(value), "{MasterUserPassword: (secret, literal), b: [(secret, env PW)]}");
  EXPECT_EQ(ToJson(value).find("canary"), std::string::npos);
}

TEST(Value, DisplayShowsTypesAsWritten) {
  EXPECT_EQ(ToDisplay(Value()), "null");
  EXPECT_EQ(ToDisplay(Value(true)), "true");
  EXPECT_EQ(ToDisplay(Value(20)), "20");
  EXPECT_EQ(ToDisplay(Value("")), "\"\"");
  EXPECT_EQ(ToDisplay(Value(List{"a", "b"})), "[a, b]");
}

// ---- JSON --------------------------------------------------------------------------------------------------------

rc::Gen<Value> AnyValue(int depth) {
  auto scalar = rc::gen::oneOf(
      rc::gen::construct<Value>(), rc::gen::map(rc::gen::arbitrary<bool>(), [](bool b) { return Value(b); }),
      rc::gen::map(rc::gen::arbitrary<std::int64_t>(), [](std::int64_t i) { return Value(i); }),
      rc::gen::map(rc::gen::string<std::string>(), [](std::string s) {
        for (char& c : s)
          c = static_cast<char>(static_cast<unsigned char>(c) & 0x7F);
        return Value(std::move(s));
      }));
  if (depth == 0) return scalar;
  return rc::gen::oneOf(
      scalar, rc::gen::map(rc::gen::container<List>(AnyValue(depth - 1)), [](List l) { return Value(std::move(l)); }));
}

TEST(Json, WhatIsWrittenReadsBack) {
  EXPECT_TRUE(rc::check("parse after render is the identity", [] {
    const Value value = *AnyValue(2);
    RC_ASSERT(ParseJson(ToJson(value)).value() == value);
    RC_ASSERT(ParseJson(ToJson(value, {.pretty = true})).value() == value);
  }));
}

TEST(Json, FaultsHaveAPlace) {
  EXPECT_EQ(ParseJson("{\n  \"a\": nope}").error().message, "not JSON at line 2, column 8: syntax error");
  EXPECT_FALSE(ParseJson("{} {}").has_value());
  EXPECT_FALSE(ParseJson("{\"a\": 1").has_value());
}

TEST(Json, InvalidUtf8IsReplacedNotPassedOn) {
  EXPECT_EQ(JsonQuote("a\xFF"), "\"a\xEF\xBF\xBD\"");
}

// ---- time --------------------------------------------------------------------------------------------------------

TEST(Time, Iso8601ReadsWhatServicesWrite) {
  const Instant at = ParseIso8601("2026-01-02T03:04:05Z").value();
  EXPECT_EQ(FormatIso8601(at), "2026-01-02T03:04:05Z");
  EXPECT_EQ(FormatIso8601(at, true), "2026-01-02T03:04:05.000Z");
  EXPECT_EQ(FormatBasic(at), "20260102T030405Z");
  EXPECT_EQ(ParseBasic("20260102T030405Z"), at);
  EXPECT_EQ(ParseIso8601("2026-01-02T03:04:05.678Z"), at + Millis(678));
  EXPECT_EQ(ParseIso8601("2026-01-02T03:04:05.6789012+00:00"), at + Millis(678));
  for (const char* wrong : {"", "2026-01-02", "2026-13-02T03:04:05Z", "2026-02-30T03:04:05Z", "2026-01-02T24:00:00Z",
                            "2026-01-02T03:04:05", "2026-01-02T03:04:05.Z", "2026-01-02T03:04:05+02:00"}) {
    EXPECT_EQ(ParseIso8601(wrong), std::nullopt) << wrong;
  }
}

TEST(Time, DurationsAreForPeople) {
  EXPECT_EQ(FormatDuration(Millis(350)), "350ms");
  EXPECT_EQ(FormatDuration(Millis(1500)), "1.5s");
  EXPECT_EQ(FormatDuration(std::chrono::seconds(59)), "59s");
  EXPECT_EQ(FormatDuration(std::chrono::seconds(62)), "1m02s");
  EXPECT_EQ(FormatDuration(std::chrono::minutes(62)), "1h02m");
}

// ---- diagnostics -------------------------------------------------------------------------------------------------

std::shared_ptr<const SourceFile> File(std::string text) {
  return std::make_shared<SourceFile>("orders.yaml", std::move(text));
}

TEST(Diagnostics, ShowsTheLineWithACaret) {
  const auto file = File("a:\n  AllocatedStorag: 20\n");
  EXPECT_EQ(Render(Diagnostic{.message = "unknown property 'AllocatedStorag'",
                              .where = {file, 2, 3, 15},
                              .hint = "did you mean 'AllocatedStorage'?"}),
            "orders.yaml:2:3: error: unknown property 'AllocatedStorag'\n"
            "      AllocatedStorag: 20\n"
            "      ^~~~~~~~~~~~~~~\n"
            "  hint: did you mean 'AllocatedStorage'?\n");
}

TEST(Diagnostics, MasksWhatFollowsASensitiveKey) {
  for (const char* line : {"MasterUserPassword: \"canary", "{user: x, 'dbPassword' : canary}", "token=canary",
                           "  api_secret:\tcanary # note"}) {
    const std::string shown = Render(Diagnostic{.message = "m", .where = {File(line), 1, 1, 3}});
    EXPECT_EQ(shown.find("canary"), std::string::npos) << shown;
    EXPECT_NE(shown.find("********"), std::string::npos) << shown;
  }
}

TEST(Diagnostics, AreShownInFileOrderWithACount) {
  const auto file = File("x\ny\n");
  const std::string all =
      Render(std::vector<Diagnostic>{{.message = "second", .where = {file, 2, 1}},
                                     {.severity = Severity::kWarning, .message = "first", .where = {file, 1, 1}}});
  EXPECT_LT(all.find("first"), all.find("second"));
  EXPECT_TRUE(all.ends_with("1 error, 1 warning\n")) << all;
}

TEST(Diagnostics, ColumnsCountCodePointsAndTabsKeepTheCaretInPlace) {
  EXPECT_EQ(Render(Diagnostic{.message = "m", .where = {File("\tä: b"), 1, 4, 1}}),
            "orders.yaml:1:4: error: m\n    \tä: b\n    \t  ^\n");
}

// ---- errors ------------------------------------------------------------------------------------------------------

TEST(Error, DescribesItselfOnOneLine) {
  EXPECT_EQ(
      Describe(Error{.category = ErrorCategory::kService,
                     .message = "not found",
                     .resource = "DBInstance/a",
                     .operation = "DescribeDBInstances",
                     .aws_code = "DBInstanceNotFound",
                     .request_id = "r-1"}
                   .Within("while reading")),
      "service: DBInstance/a: DescribeDBInstances: DBInstanceNotFound: not found (request id r-1), while reading");
}

}  // namespace
}  // namespace rdsteady
