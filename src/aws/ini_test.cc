#include "aws/ini.h"

#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

namespace rdsteady::aws {
namespace {

IniFile Parse(std::string_view text) {
  Result<IniFile> file = ParseIni("config", text);
  EXPECT_TRUE(file) << file.error().message;
  return file.value_or(IniFile{});
}

std::string Value(std::string_view text, std::string_view section, std::string_view key) {
  const IniFile file = Parse(text);
  const auto at = file.find(section);
  if (at == file.end()) return "(no section)";
  const std::string* value = at->second.Find(key);
  return value == nullptr ? "(none)" : *value;
}

struct ValueCase {
  const char* name;
  const char* text;
  const char* section;
  const char* key;
  const char* value;
};

class IniValueTest : public ::testing::TestWithParam<ValueCase> {};

TEST_P(IniValueTest, Reads) {
  EXPECT_EQ(Value(GetParam().text, GetParam().section, GetParam().key), GetParam().value);
}

INSTANTIATE_TEST_SUITE_P(
    Ini, IniValueTest,
    ::testing::Values(
        ValueCase{"Plain", "[default]\nregion = us-east-1\n", "default", "region", "us-east-1"},
        ValueCase{"NoSpaces", "[default]\nregion=us-east-1", "default", "region", "us-east-1"},
        ValueCase{"WindowsLines", "[default]\r\nregion = x\r\n", "default", "region", "x"},
        ValueCase{"ByteOrderMark", "\xEF\xBB\xBF[default]\nregion = x\n", "default", "region", "x"},
        ValueCase{"KeysWithoutCase", "[default]\nRegion = x\n", "default", "region", "x"},
        ValueCase{"ProfileWithSpaces", "[ profile \t \"my dev\" ]\nregion = x\n", "profile my dev", "region", "x"},
        ValueCase{"CommentLines", "# a\n; b\n[default]\n#region = y\nregion = x\n", "default", "region", "x"},
        ValueCase{"CommentAfterSpace", "[default]\nregion = x # home\n", "default", "region", "x"},
        ValueCase{"SemicolonAfterTab", "[default]\nregion = x\t; home\n", "default", "region", "x"},
        ValueCase{"HashInsideAValue", "[default]\nkey = ab#cd;ef\n", "default", "key", "ab#cd;ef"},
        ValueCase{"CommentAfterSection", "[default] # mine\nregion = x\n", "default", "region", "x"},
        ValueCase{"EqualsInAValue", "[default]\ntoken = ab==\n", "default", "token", "ab=="},
        ValueCase{"LaterKeyWins", "[default]\nregion = x\nregion = y\n", "default", "region", "y"},
        ValueCase{"SectionsAreJoined", "[default]\nregion = x\n[other]\na = b\n[default]\noutput = json\n", "default",
                  "region", "x"},
        ValueCase{"Continuation", "[default]\nca = one\n  two\n", "default", "ca", "one\ntwo"},
        ValueCase{"EmptyIsNothing", "[default]\nregion =\n", "default", "region", "(none)"},
        ValueCase{"NestedIsNotAKey", "[default]\ns3 =\n  region = y\n", "default", "region", "(none)"},
        ValueCase{"EmptyFile", "", "default", "region", "(no section)"}),
    [](const auto& param) { return param.param.name; });

TEST(Ini, NestedKeysBelongToTheirGroup) {
  const IniFile file = Parse(
      "[services local]\n"
      "rds =\n"
      "  endpoint_url = http://127.0.0.1:1\n"
      "\n"
      "  # a comment\n"
      "  other = x ; y\n"
      "sts =\n"
      "\tendpoint_url = http://127.0.0.1:2\n");
  const IniSection& section = file.at("services local");
  EXPECT_THAT(section.FindInGroup("rds", "endpoint_url"), ::testing::Pointee(std::string("http://127.0.0.1:1")));
  EXPECT_THAT(section.FindInGroup("rds", "other"), ::testing::Pointee(std::string("x")));
  EXPECT_THAT(section.FindInGroup("sts", "endpoint_url"), ::testing::Pointee(std::string("http://127.0.0.1:2")));
  EXPECT_EQ(section.FindInGroup("sts", "other"), nullptr);
  EXPECT_EQ(section.FindInGroup("s3", "endpoint_url"), nullptr);
}

struct FaultCase {
  const char* name;
  const char* text;
  const char* message;
};

class IniFaultTest : public ::testing::TestWithParam<FaultCase> {};

TEST_P(IniFaultTest, NamesFileAndLineAndShowsNoContent) {
  const Result<IniFile> file = ParseIni("/home/me/.aws/config", GetParam().text);
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().category, ErrorCategory::kUsage);
  EXPECT_EQ(file.error().message, std::string("/home/me/.aws/config:") + GetParam().message);
}

INSTANTIATE_TEST_SUITE_P(
    Ini, IniFaultTest,
    ::testing::Values(FaultCase{"OpenSection", "[default\nregion = x\n", "1: the section's closing ']' is missing"},
                      FaultCase{"NoEquals", "[default]\n\nwJalrXUtnFEMI\n", "3: neither a [section] nor 'key = value'"},
                      FaultCase{"NoSection", "aws_secret_access_key = x\n", "1: a key before the first [section]"},
                      FaultCase{"NoKey", "[default]\n= x\n", "2: a value without a key"},
                      FaultCase{"NestedWithoutEquals", "[default]\nrds =\n  endpoint\n",
                                "3: an indented line under a key without a value must be 'key = value'"}),
    [](const auto& param) { return param.param.name; });

// Text made of what the format gives a meaning to, and bytes that it does not know.
rc::Gen<std::string> AnyIni() {
  return rc::gen::container<std::string>(
      rc::gen::oneOf(rc::gen::elementOf(std::string("[]=#; \t\r\n\n\n\"'ab")), rc::gen::arbitrary<char>()));
}

RC_GTEST_PROP(IniProperty, AnyTextIsReadOrRefusedWithItsLine, ()) {
  const std::string text = *AnyIni();
  const Result<IniFile> file = ParseIni("f", text);
  if (!file) RC_ASSERT(file.error().message.starts_with("f:"));
}

RC_GTEST_PROP(IniProperty, WhatIsWrittenPlainlyIsReadBack, ()) {
  const auto word = rc::gen::nonEmpty(rc::gen::container<std::string>(rc::gen::inRange('a', 'z')));
  const auto keys = *rc::gen::container<std::map<std::string, std::string>>(word, word);
  std::string text = "[default]\n";
  for (const auto& [key, value] : keys)
    text += key + " = " + value + "\n";
  const Result<IniFile> file = ParseIni("f", text);
  RC_ASSERT(file.has_value());
  for (const auto& [key, value] : keys)
    RC_ASSERT(*file->at("default").Find(key) == value);
}

}  // namespace
}  // namespace rdsteady::aws
