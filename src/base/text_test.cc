#include "base/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace rdsteady {
namespace {

using ::testing::ElementsAre;

TEST(Text, SplitKeepsEmptyParts) {
  EXPECT_THAT(Split("a,b,,c", ','), ElementsAre("a", "b", "", "c"));
  EXPECT_THAT(Split("", ','), ElementsAre(""));
}

TEST(Text, CaseHelpersFoldAsciiOnly) {
  EXPECT_EQ(ToLower("DB-Ä-1"), "db-Ä-1");
  EXPECT_TRUE(EqualsIgnoreCase("GP3", "gp3"));
  EXPECT_FALSE(EqualsIgnoreCase("gp3", "gp33"));
  EXPECT_TRUE(ContainsIgnoreCase("Cannot find upgrade path", "FIND UP"));
  EXPECT_TRUE(ContainsIgnoreCase("anything", ""));
  EXPECT_FALSE(ContainsIgnoreCase("", "x"));
}

TEST(Text, IntegersAreDecimalDigitsAndNothingElse) {
  EXPECT_EQ(ParseInteger("20"), 20);
  EXPECT_EQ(ParseInteger("-1"), -1);
  for (const char* wrong : {"", " 20", "20 ", "+20", "0x14", "1_000", "20.0", "1e3", "9223372036854775808"}) {
    EXPECT_EQ(ParseInteger(wrong), std::nullopt) << wrong;
  }
}

TEST(Text, DoublesAreFiniteAndRoundTripShortest) {
  EXPECT_EQ(ParseDouble("0.5"), 0.5);
  EXPECT_EQ(ParseDouble("inf"), std::nullopt);
  EXPECT_EQ(ParseDouble("nan"), std::nullopt);
  EXPECT_EQ(FormatDouble(0.5), "0.5");
  EXPECT_EQ(FormatDouble(128), "128");
  EXPECT_TRUE(rc::check("a formatted double reads back as itself", [](double value) {
    RC_PRE(std::isfinite(value));
    RC_ASSERT(ParseDouble(FormatDouble(value)) == value);
  }));
}

TEST(Text, Utf8RejectsOverlongSurrogatesAndTruncation) {
  EXPECT_TRUE(IsValidUtf8("plain, ä, €, 𝄞"));
  for (const char* wrong :
       {"\xC0\xAF", "\xE0\x80\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE2\x82", "\x80", "\xFF"}) {
    EXPECT_FALSE(IsValidUtf8(wrong));
  }
}

TEST(Text, ReplaceAllDoesNotReadItsOwnOutput) {
  EXPECT_EQ(ReplaceAll("aaa", "a", "aa"), "aaaaaa");
}

TEST(Text, AlternativesReadAsASentence) {
  const std::vector<std::string_view> names{"a", "b", "c"};
  EXPECT_EQ(QuotedAlternatives(names), "'a', 'b' or 'c'");
}

}  // namespace
}  // namespace rdsteady
