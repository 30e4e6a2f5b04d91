// The pure parts: versions, classes, formulas, windows, password verifiers, the table of settings.
#include "local/sim/catalogue.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "local/sim/formula.h"
#include "local/sim/parameter_catalogue.h"
#include "local/sim/setting_table.h"
#include "local/sim/verifier.h"
#include "local/sim/windows.h"
#include "model/api/api.h"

namespace rdsteady::local::sim {
namespace {

TEST(Catalogue, PrefixesNameTheNewestMinorOnComponentBoundaries) {
  const Engine& postgres = *FindEngine("postgres");
  EXPECT_EQ(ResolveVersion(postgres, "15"), "15.20");
  EXPECT_EQ(ResolveVersion(postgres, "15.2"), "15.2");
  EXPECT_EQ(ResolveVersion(postgres, "1"), std::nullopt);
  EXPECT_EQ(ResolveVersion(postgres, "10.0.1"), std::nullopt);
  EXPECT_EQ(ResolveVersion(*FindEngine("mysql"), "8.0"), "8.0.46");
  EXPECT_EQ(ResolveVersion(*FindEngine("sqlserver-se"), "15.00"), "15.00.4430.1.v1");
}

TEST(Catalogue, MajorsAndFamiliesFollowFromTheForm) {
  struct Case {
    std::string_view engine, version, major, family;
  };
  const Case cases[] = {{"postgres", "15.10", "15", "postgres15"},
                        {"postgres", "10.0.1", "10", "postgres10"},
                        {"postgres", "9.6.24", "9.6", "postgres9.6"},
                        {"mysql", "8.0.36", "8.0", "mysql8.0"},
                        {"mariadb", "10.11.6", "10.11", "mariadb10.11"},
                        {"oracle-ee", "19.0.0.0.ru-2024-01.rur-2024-01.r1", "19", "oracle-ee-19"},
                        {"sqlserver-se", "15.00.4385.2.v1", "15.00", "sqlserver-se-15.0"},
                        {"db2-se", "11.5.9.0.sb00029276.r1", "11.5", "db2-se-11.5"},
                        {"aurora-postgresql", "16.4", "16", "aurora-postgresql16"}};
  for (const Case& one : cases) {
    const Engine& engine = *FindEngine(one.engine);
    EXPECT_EQ(MajorOf(engine, one.version), one.major);
    EXPECT_EQ(FamilyOf(engine, one.version), one.family);
    EXPECT_EQ(EngineOfFamily(one.family), &engine) << one.family;
  }
  EXPECT_EQ(EngineOfFamily("postgresql15"), nullptr);
  EXPECT_EQ(EngineOfFamily("postgres"), nullptr);
}

TEST(Catalogue, UpgradesGoUpwardsOnly) {
  for (const Engine& engine : Engines()) {
    const auto versions = Versions(engine);
    ASSERT_FALSE(versions.empty()) << engine.name;
    EXPECT_TRUE(ResolveVersion(engine, engine.default_major).has_value()) << engine.name;
    for (const std::string& version : versions) {
      EXPECT_EQ(CompareVersions(version, version), 0);
      int automatic = 0;
      for (const UpgradeTarget& target : UpgradeTargets(engine, version)) {
        EXPECT_GT(CompareVersions(target.version, version), 0) << version;
        EXPECT_EQ(target.major, MajorOf(engine, target.version) != MajorOf(engine, version));
        automatic += target.automatic ? 1 : 0;
      }
      EXPECT_LE(automatic, 1);
    }
  }
  // MySQL goes one major at a time; PostgreSQL may leave some out.
  const auto reaches = [](std::string_view engine, std::string_view from, std::string_view to) {
    const auto targets = UpgradeTargets(*FindEngine(engine), from);
    return std::ranges::any_of(targets, [&](const UpgradeTarget& target) { return target.version.starts_with(to); });
  };
  EXPECT_TRUE(reaches("mysql", "5.7.44", "8.0."));
  EXPECT_FALSE(reaches("mysql", "5.7.44", "8.4."));
  EXPECT_TRUE(reaches("mysql", "8.0.36", "8.4."));
  EXPECT_TRUE(reaches("postgres", "11.22", "16."));
  EXPECT_LT(CompareVersions("15.9", "15.10"), 0);
  EXPECT_LT(CompareVersions("15", "15.1"), 0);
}

TEST(Catalogue, ClassesHaveTheirMemory) {
  EXPECT_EQ(FindClass("db.t3.micro")->memory_bytes, 1LL << 30);
  EXPECT_EQ(FindClass("db.m6g.large")->memory_bytes, 8LL << 30);
  EXPECT_EQ(FindClass("db.r6i.2xlarge")->memory_bytes, 64LL << 30);
  EXPECT_EQ(FindClass("db.r6i.2xlarge")->vcpus, 8);
  EXPECT_FALSE(FindClass("db.m3.medium").has_value());
  for (const std::string& name : ClassNames())
    EXPECT_TRUE(FindClass(name).has_value()) << name;
}

TEST(Formula, Evaluates) {
  const FormulaInput input{.memory_bytes = 8LL << 30, .vcpus = 2, .allocated_gib = 100, .port = 5432};
  const std::vector<std::pair<std::string_view, std::string_view>> cases = {
      {"{DBInstanceClassMemory/32768}", "262144"},
      {"LEAST({DBInstanceClassMemory/9531392},5000)", "901"},
      {"GREATEST({DBInstanceClassMemory*1024/63963136},65536)", "137518"},
      {"GREATEST({log(DBInstanceClassMemory/21474836480)*600},200)", "200"},
      {"SUM({DBInstanceClassMemory/12038}, -50003)", "663565"},
      {"{DBInstanceVCPU*2}", "4"},
      {"{EndPointPort}", "5432"},
      {"{(2+3)*4-6/2}", "17"},
  };
  for (const auto& [formula, value] : cases) {
    EXPECT_TRUE(IsFormula(formula)) << formula;
    EXPECT_EQ(EvaluateFormula(formula, input).value_or("an error"), value) << formula;
  }
  EXPECT_FALSE(IsFormula("500"));
  EXPECT_FALSE(IsFormula("%t:%r:%u@%d:[%p]:"));
}

TEST(Formula, SaysWhatIsWrong) {
  const std::vector<std::pair<std::string_view, std::string_view>> cases = {
      {"{DBInstanceMemory/2}", "unknown variable 'DBInstanceMemory'"},
      {"{1/0}", "division by zero"},
      {"{1", "missing '}'"},
      {"MEDIAN({1},2)", "unknown function 'MEDIAN'"},
      {"{1.2.3}", "not a number: '1.2.3'"},
      {"{1}}", "unexpected '}'"},
      {"{", "a number is missing at the end"},
  };
  for (const auto& [formula, error] : cases) {
    auto result = EvaluateFormula(formula, {});
    ASSERT_FALSE(result.has_value()) << formula;
    EXPECT_EQ(result.error(), error) << formula;
  }
  EXPECT_EQ(EvaluateFormula(std::string(10'000, '{'), {}).error(), "too deeply nested");
}

TEST(Windows, ParseFoldAndWrap) {
  EXPECT_EQ(FormatMaintenanceWindow(*ParseMaintenanceWindow("Sun:23:30-MON:00:30")), "sun:23:30-mon:00:30");
  EXPECT_EQ(FormatBackupWindow(*ParseBackupWindow("23:45-00:15")), "23:45-00:15");
  EXPECT_EQ(ParseBackupWindow("23:45-00:15")->length, 30);
  for (std::string_view wrong :
       {"", "sun:1:00-sun:2:00", "sun:24:00-mon:01:00", "sunday:01:00-sunday:02:00", "01:00-02:00"}) {
    EXPECT_FALSE(ParseMaintenanceWindow(wrong).has_value()) << wrong;
  }
  for (std::string_view wrong : {"", "1:00-2:00", "01:60-02:00", "sun:01:00-sun:02:00", "01:00"}) {
    EXPECT_FALSE(ParseBackupWindow(wrong).has_value()) << wrong;
  }
}

TEST(Windows, TheDailyOneMeetsEveryDay) {
  auto overlap = [](std::string_view daily, std::string_view weekly) {
    return Overlap(*ParseBackupWindow(daily), *ParseMaintenanceWindow(weekly));
  };
  EXPECT_TRUE(overlap("01:00-02:00", "wed:01:30-wed:02:30"));
  EXPECT_FALSE(overlap("01:00-02:00", "wed:02:00-wed:03:00"));
  EXPECT_TRUE(overlap("23:45-00:15", "mon:00:00-mon:00:30"));
  EXPECT_TRUE(overlap("00:00-00:30", "sun:23:45-mon:00:15"));
  EXPECT_TRUE(overlap("05:00-05:30", "sun:04:00-sun:08:00"));
}

TEST(Windows, NextIsStrictlyLater) {
  const Window window = *ParseMaintenanceWindow("sun:05:00-sun:06:00");
  const Instant start = *ParseIso8601("2026-03-08T05:00:00Z");  // a Sunday
  EXPECT_EQ(NextWeekly(window, *ParseIso8601("2026-03-04T10:00:00Z")), start);
  EXPECT_EQ(NextWeekly(window, start), start + std::chrono::days(7));
  EXPECT_TRUE(IsInside(window, start));
  EXPECT_FALSE(IsInside(window, start - Millis(1)));
  EXPECT_FALSE(IsInside(window, start + std::chrono::hours(1)));
}

TEST(Verifier, MatchesTheExampleOfRfc7677) {
  // Salt W22ZaJ0SNY7soEsUEjb6gQ== in bytes.
  const unsigned char salt[] = {0x5b, 0x6d, 0x99, 0x68, 0x9d, 0x12, 0x35, 0x8e,
                                0xec, 0xa0, 0x4b, 0x14, 0x12, 0x36, 0xfa, 0x81};
  EXPECT_EQ(ScramVerifier("pencil", {reinterpret_cast<const char*>(salt), sizeof(salt)}),
            "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:"
            "wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=");
}

TEST(Verifier, NativePasswordIsWhatMySqlComputes) {
  // SELECT PASSWORD('mypass')
  EXPECT_EQ(NativePasswordVerifier("mypass"), "*6C8989366EAF75BB670AD8EA7A7FC1176A95CEF4");
}

TEST(Verifier, BytesDoNotRepeat) {
  EXPECT_EQ(UnpredictableBytes(16).size(), 16U);
  EXPECT_NE(UnpredictableBytes(16), UnpredictableBytes(16));
}

TEST(Parameters, TablesAreSortedAndTheirDefaultsAllowed) {
  for (std::string_view family : {"postgres15", "mysql8.0"}) {
    const auto all = ParametersOf(family);
    EXPECT_TRUE(std::ranges::is_sorted(all, {}, &ParameterInfo::name)) << family;
    EXPECT_EQ(std::ranges::adjacent_find(all, {}, &ParameterInfo::name), all.end()) << family;
    for (const ParameterInfo& info : all) {
      const bool special = info.standard == "{TrueIfReplica}" || info.standard == "{ServerId}";
      if (info.standard.empty() || special || !info.modifiable) continue;
      EXPECT_TRUE(CheckParameterValue(info, info.standard).has_value()) << info.name << " " << info.standard;
    }
  }
  EXPECT_GT(ParametersOf("postgres15").size(), 300U);
  EXPECT_TRUE(FindParameter("postgres15", "max_connections")->is_static);
  EXPECT_FALSE(FindParameter("postgres15", "work_mem")->is_static);
  EXPECT_EQ(FindParameter("postgres15", "nothing"), nullptr);
  EXPECT_TRUE(ParametersOf("oracle-ee-19").empty());
}

// The names of the table are those of the API, so that a slip in one cannot hide.
TEST(SettingTable, NamesAreTheApis) {
  const auto& create = *model::FindShape("CreateDBInstanceMessage");
  const auto& replica = *model::FindShape("CreateDBInstanceReadReplicaMessage");
  const auto& modify = *model::FindShape("ModifyDBInstanceMessage");
  const auto& answer = *model::FindShape("DBInstance");
  const auto& pending = *model::FindShape("PendingModifiedValues");
  std::set<std::string_view> asked;
  for (const SettingRow& row : SettingRows()) {
    const bool only_later = row.setting == "AwsBackupRecoveryPointArn" || row.setting == "ReplicaMode";
    if (!only_later) EXPECT_NE(model::FindMember(create, row.setting), nullptr) << row.setting;
    if (!row.modify.empty()) EXPECT_NE(model::FindMember(modify, row.modify), nullptr) << row.modify;
    if (!row.answer.empty()) EXPECT_NE(model::FindMember(answer, row.answer), nullptr) << row.answer;
    if (!row.pending.empty()) EXPECT_NE(model::FindMember(pending, row.pending), nullptr) << row.pending;
    asked.insert(row.setting);
    asked.insert(row.modify);
  }
  // What a request may hold and the table does not know, on purpose.
  const std::set<std::string_view> elsewhere = {
      "AllowMajorVersionUpgrade",  // how, not what
      "ApplyImmediately", "AutomationMode", "CertificateRotationRestart", "DBSecurityGroups", "DisableDomain",
      "MasterUserAuthenticationType", "ResumeFullAutomationModeMinutes", "RotateMasterUserPassword",
      "TagSpecifications", "Tags", "TdeCredentialPassword", "UseDefaultProcessorFeatures", "DBInstanceIdentifier",
      // of a replica's birth
      "PreSignedUrl", "SourceDBClusterIdentifier", "SourceDBInstanceIdentifier", "UpgradeStorageConfig"};
  for (const auto* shape : {&create, &replica, &modify}) {
    for (const model::Member& member : shape->members) {
      EXPECT_TRUE(asked.contains(member.name) || elsewhere.contains(member.name)) << shape->name << " " << member.name;
    }
  }
}

}  // namespace
}  // namespace rdsteady::local::sim
