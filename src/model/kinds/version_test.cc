#include "model/kinds/version.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace rdsteady::model {
namespace {

TEST(VersionPrefixTest, GoesByComponentNotByCharacter) {
  struct Case {
    std::string_view prefix;
    std::string_view version;
    bool expected;
  };
  for (const Case& c : {
           Case{"14", "14.10", true},
           Case{"14", "14", true},
           Case{"8.0", "8.0.36", true},
           Case{"1", "14", false},
           Case{"14.1", "14.10", false},
           Case{"14.10", "14.1", false},
           Case{"14.10.1", "14.10", false},
           Case{"15.00", "15.00.4236.7.v1", true},
           Case{"19", "19.0.0.0.ru-2024-01.rur-2024-01.r1", true},
           Case{"19.0.0.0.ru-2024-01", "19.0.0.0.ru-2024-01.rur-2024-01.r1", true},
           Case{"19.0.0.0.ru-2024-0", "19.0.0.0.ru-2024-01.rur-2024-01.r1", false},
           Case{"8.0.mysql_aurora.3.05.2", "8.0.mysql_aurora.3.05.2", true},
           Case{"8.0.mysql_aurora.3.5", "8.0.mysql_aurora.3.05.2", true},
           Case{"", "14", false},
           Case{"10.0.1", "10.0.1", true},
       }) {
    EXPECT_EQ(IsVersionPrefix(c.prefix, c.version), c.expected) << c.prefix << " of " << c.version;
  }
}

TEST(VersionOrderTest, ComparesNumbersAsNumbers) {
  EXPECT_TRUE(CompareVersions("9.6", "10") < 0);
  EXPECT_TRUE(CompareVersions("14.9", "14.10") < 0);
  EXPECT_TRUE(CompareVersions("14", "14.1") < 0);
  EXPECT_TRUE(CompareVersions("14.00.3049.1.v1", "15.00.1000.1.v1") < 0);
  EXPECT_TRUE(CompareVersions("15.00.4236.7.v1", "15.00.4236.7.v10") < 0);
  EXPECT_TRUE(CompareVersions("8.0.mysql_aurora.3.05.2", "8.0.mysql_aurora.3.5.2") == 0);
  EXPECT_TRUE(CompareVersions("19.0.0.0.ru-2023-10.rur-2023-10.r1", "19.0.0.0.ru-2024-01.rur-2024-01.r1") < 0);
  EXPECT_TRUE(CompareVersions("99999999999999999999999.1", "99999999999999999999999.2") < 0);
  EXPECT_TRUE(CompareVersions("", "1") < 0);
}

TEST(MajorVersionTest, DependsOnTheEngine) {
  EXPECT_EQ(MajorOf("postgres", "14.10"), "14");
  EXPECT_EQ(MajorOf("postgres", "9.6.24"), "9.6");
  EXPECT_EQ(MajorOf("aurora-postgresql", "15.4"), "15");
  EXPECT_EQ(MajorOf("mysql", "8.0.36"), "8.0");
  EXPECT_EQ(MajorOf("mysql", "8"), "8");
  EXPECT_EQ(MajorOf("mariadb", "10.11.6"), "10.11");
  EXPECT_EQ(MajorOf("aurora-mysql", "8.0.mysql_aurora.3.05.2"), "8.0");
  EXPECT_EQ(MajorOf("oracle-ee", "19.0.0.0.ru-2024-01.rur-2024-01.r1"), "19");
  EXPECT_EQ(MajorOf("oracle-se2", "12.1.0.2.v10"), "12.1");
  EXPECT_EQ(MajorOf("sqlserver-ex", "15.00.4236.7.v1"), "15.00");
  EXPECT_EQ(MajorOf("db2-se", "11.5.9.0.sb00000000.r1"), "11.5");
}

TEST(MajorVersionTest, IsCrossedAsFarAsTheTargetSays) {
  EXPECT_TRUE(CrossesMajor("postgres", "14.10", "15"));
  EXPECT_FALSE(CrossesMajor("postgres", "14.10", "14.12"));
  EXPECT_TRUE(CrossesMajor("postgres", "9.5.2", "9.6.1"));
  EXPECT_TRUE(CrossesMajor("postgres", "9.6.24", "10.1"));
  EXPECT_FALSE(CrossesMajor("mysql", "8.0.36", "8"));
  EXPECT_TRUE(CrossesMajor("mysql", "8.0.36", "8.4"));
  EXPECT_TRUE(CrossesMajor("mysql", "5.7.44", "8"));
}

RC_GTEST_PROP(VersionPropertyTest, OrderIsTotalAndPrefixesAreLess, ()) {
  const auto component = rc::gen::inRange(0, 30);
  const auto parts = *rc::gen::nonEmpty(rc::gen::container<std::vector<int>>(component));
  std::string version;
  for (const int part : parts)
    version.append(version.empty() ? "" : ".").append(std::to_string(part));
  RC_ASSERT((CompareVersions(version, version) == 0));
  RC_ASSERT(IsVersionPrefix(version, version));
  const std::string longer = version + ".7";
  RC_ASSERT(IsVersionPrefix(version, longer));
  RC_ASSERT(!IsVersionPrefix(longer, version));
  RC_ASSERT((CompareVersions(version, longer) < 0));
  RC_ASSERT((CompareVersions(longer, version) > 0));
}

}  // namespace
}  // namespace rdsteady::model
