#include "model/kinds/disruption.h"

#include <algorithm>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/kinds/tables.h"

namespace rdsteady::model {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::span<const DisruptionRow> Rows() {
  return DisruptionRows(kDBInstance);
}

template <class Member, class Wanted>
int Count(Member member, Wanted wanted) {
  return static_cast<int>(std::ranges::count(Rows(), wanted, member));
}

Cost Change(std::string_view property, const Properties& live, const Value& from, const Value& to,
            Properties desired = {}) {
  if (FindProperty(kDBInstance, property) != nullptr) desired.insert_or_assign(std::string(property), to);
  const Value answer(live);
  return CostOf(kDBInstance, property, Sight{.desired = desired, .live = answer}, from, to);
}

// Counted in the references that the rows were taken from: a row that is lost or made up changes a sum.
TEST(DisruptionTableTest, CountsAreThoseOfTheReferences) {
  EXPECT_EQ(Rows().size(), 161U);
  EXPECT_EQ(Count(&DisruptionRow::disruption, Disruption::kNone), 55);
  EXPECT_EQ(Count(&DisruptionRow::disruption, Disruption::kDegraded), 19);
  EXPECT_EQ(Count(&DisruptionRow::disruption, Disruption::kFailover), 6);
  EXPECT_EQ(Count(&DisruptionRow::disruption, Disruption::kRestart), 22);
  EXPECT_EQ(Count(&DisruptionRow::disruption, Disruption::kOutage), 36);
  EXPECT_EQ(Count(&DisruptionRow::disruption, Disruption::kUnknown), 23);
  EXPECT_EQ(Count(&DisruptionRow::confidence, Confidence::kGuide), 123);
  EXPECT_EQ(Count(&DisruptionRow::confidence, Confidence::kImplied), 15);
  EXPECT_EQ(Count(&DisruptionRow::confidence, Confidence::kUnconfirmed), 23);
  EXPECT_EQ(Count(&DisruptionRow::when, ActsWhen::kWindow), 69);
  EXPECT_EQ(Count(&DisruptionRow::when, ActsWhen::kNow), 40);
  EXPECT_EQ(Count(&DisruptionRow::when, ActsWhen::kAsynchronous), 12);
  EXPECT_EQ(Count(&DisruptionRow::when, ActsWhen::kNextReboot), 8);
  EXPECT_EQ(Count(&DisruptionRow::when, ActsWhen::kUnknown), 20);
  EXPECT_EQ(Count(&DisruptionRow::reversible, Reversible::kNo), 47);
  EXPECT_EQ(Count(&DisruptionRow::reversible, Reversible::kUnknown), 6);
  EXPECT_EQ(Count(&DisruptionRow::destroys, Destroys::kNothing), 144);
  EXPECT_EQ(Count(&DisruptionRow::destroys, Destroys::kReplicationLink), 4);
  EXPECT_EQ(Count(&DisruptionRow::destroys, Destroys::kOther), 7);
  EXPECT_EQ(Count(&DisruptionRow::refused, true), 5);
}

TEST(DisruptionTableTest, RowsOfAPropertyStandTogether) {
  std::map<std::string_view, int> runs;
  for (std::size_t i = 0; i < Rows().size(); ++i) {
    if (i == 0 || Rows()[i].property != Rows()[i - 1].property) ++runs[Rows()[i].property];
  }
  EXPECT_EQ(runs.size(), 78U);
  for (const auto& [property, count] : runs) {
    EXPECT_EQ(count, 1) << property;
    EXPECT_FALSE(DisruptionRows(kDBInstance, property).empty()) << property;
  }
  EXPECT_THAT(DisruptionRows(kDBInstance, "Nothing"), IsEmpty());
  for (const DisruptionRow& row : Rows()) {
    EXPECT_FALSE(row.condition.empty()) << row.property;
    EXPECT_EQ(row.destroys == Destroys::kOther, !row.destroys_what.empty()) << row.property;
  }
}

// The enums have two readings of one word; nothing may be shown as "never".
TEST(DisruptionTableTest, WordsAreForPeople) {
  EXPECT_EQ(ToString(Disruption::kOutage), "outage");
  EXPECT_EQ(ToString(Reversible::kNo), "no");
  EXPECT_EQ(ToString(Destroys::kReplicationLink), "replication link");
  EXPECT_EQ(ToString(ActsWhen::kWindow), "in the maintenance window");
}

TEST(CostTest, ClassIsAFailoverOnMultiAZAndAnOutageElsewhere) {
  const Cost single =
      Change("DBInstanceClass", {{"Engine", "postgres"}, {"MultiAZ", false}}, "db.t3.micro", "db.t3.small");
  EXPECT_EQ(single.disruption, Disruption::kOutage);
  EXPECT_EQ(single.when, ActsWhen::kWindow);
  EXPECT_EQ(single.reversible, Reversible::kYes);
  EXPECT_TRUE(single.confirmed);
  const Cost multi =
      Change("DBInstanceClass", {{"Engine", "postgres"}, {"MultiAZ", true}}, "db.t3.micro", "db.t3.small");
  EXPECT_EQ(multi.disruption, Disruption::kFailover);
  EXPECT_FALSE(multi.confirmed);
  EXPECT_EQ(multi.destroys, Destroys::kNothing);
}

TEST(CostTest, GrowthCrossingTheStripingThresholdIsACopy) {
  const Properties live = {{"Engine", "postgres"}, {"StorageType", "gp3"}, {"AllocatedStorage", 100}};
  const Cost small = Change("AllocatedStorage", live, 100, 200);
  EXPECT_EQ(small.disruption, Disruption::kDegraded);
  EXPECT_EQ(small.storage_optimization, Maybe::kYes);
  EXPECT_EQ(small.reversible, Reversible::kNo);
  EXPECT_THAT(small.notes, Not(Contains(HasSubstr("copied to new volumes"))));
  EXPECT_THAT(Change("AllocatedStorage", live, 100, 400).notes, Contains(HasSubstr("copied to new volumes")));
  const Properties oracle = {{"Engine", "oracle-ee"}, {"StorageType", "gp3"}};
  EXPECT_THAT(Change("AllocatedStorage", oracle, 150, 250).notes, Contains(HasSubstr("copied to new volumes")));
  EXPECT_THAT(Change("AllocatedStorage", oracle, 250, 450).notes, Not(Contains(HasSubstr("copied to new volumes"))));
}

TEST(CostTest, OldSqlServerStorageMayGoDown) {
  const auto growth = [](const char* created) {
    return Change("AllocatedStorage",
                  {{"Engine", "sqlserver-ex"}, {"StorageType", "gp2"}, {"InstanceCreateTime", created}}, 100, 200);
  };
  EXPECT_EQ(growth("2016-05-01T00:00:00Z").disruption, Disruption::kOutage);
  EXPECT_EQ(growth("2020-05-01T00:00:00Z").disruption, Disruption::kDegraded);
}

TEST(CostTest, MagneticStorageIsARestartAndForSqlServerRefused) {
  const Cost cost = Change("StorageType", {{"Engine", "mysql"}, {"StorageType", "standard"}}, "standard", "gp3");
  EXPECT_EQ(cost.disruption, Disruption::kRestart);
  EXPECT_EQ(Change("StorageType", {{"Engine", "mysql"}}, "gp2", "gp3").disruption, Disruption::kDegraded);
  EXPECT_EQ(Change("StorageType", {{"Engine", "sqlserver-ex"}}, "standard", "gp3").refused,
            "to or from magnetic: SQL Server cannot enter or leave magnetic storage");
  EXPECT_EQ(Change("StorageType", {{"Engine", "sqlserver-ex"}}, "gp2", "gp3").refused, "");
  EXPECT_EQ(Change("StorageType", {{"Engine", "db2-se"}}, "gp3", "io1").disruption, Disruption::kUnknown);
}

TEST(CostTest, RetentionAcrossZeroIsAnOutageAndToZeroGivesUpBackups) {
  EXPECT_EQ(Change("BackupRetentionPeriod", {{"Engine", "mysql"}}, 7, 14).disruption, Disruption::kNone);
  EXPECT_EQ(Change("BackupRetentionPeriod", {{"Engine", "mysql"}}, 0, 7).disruption, Disruption::kOutage);
  const Cost off = Change("BackupRetentionPeriod", {{"Engine", "mysql"}}, 7, 0);
  EXPECT_EQ(off.disruption, Disruption::kOutage);
  EXPECT_EQ(off.destroys, Destroys::kBackups);
  EXPECT_EQ(off.reversible, Reversible::kNo);
}

TEST(CostTest, APortChangeRestartsAtOnce) {
  const Cost cost = Change("Port", {{"Engine", "postgres"}}, 5432, 5433);
  EXPECT_EQ(cost.disruption, Disruption::kRestart);
  EXPECT_EQ(cost.when, ActsWhen::kNow);
}

// PG-ASSOCIATION: the association is free, and its values wait for a reboot that has a cost of its own.
TEST(CostTest, AParameterGroupWaitsForAReboot) {
  const Cost cost = Change("DBParameterGroupName", {{"Engine", "postgres"}, {"MultiAZ", true}}, "a", "b");
  EXPECT_EQ(cost.disruption, Disruption::kNone);
  EXPECT_EQ(cost.when, ActsWhen::kNextReboot);
  EXPECT_EQ(Change("reboot", {{"Engine", "postgres"}}, {}, {}).disruption, Disruption::kRestart);
  EXPECT_EQ(Change("reboot", {{"Engine", "postgres"}, {"MultiAZ", true}}, {}, true).disruption, Disruption::kFailover);
}

TEST(CostTest, MultiAZDoesNotShortenAnUpgradeOfOpenEngines) {
  const auto upgrade = [](const char* engine, bool multi, const char* from, const char* to) {
    return Change("EngineVersion", {{"Engine", engine}, {"MultiAZ", multi}}, from, to);
  };
  EXPECT_EQ(upgrade("postgres", true, "14.9", "14.10").disruption, Disruption::kOutage);
  EXPECT_EQ(upgrade("mysql", true, "8.0.35", "8.0.36").disruption, Disruption::kOutage);
  EXPECT_EQ(upgrade("sqlserver-se", true, "15.00.1", "15.00.2").disruption, Disruption::kFailover);
  EXPECT_EQ(upgrade("sqlserver-se", false, "15.00.1", "15.00.2").disruption, Disruption::kOutage);
  EXPECT_EQ(upgrade("db2-se", true, "11.5.8", "11.5.9").disruption, Disruption::kUnknown);
  EXPECT_EQ(upgrade("oracle-ee", true, "19.1", "19.2").disruption, Disruption::kOutage);
  EXPECT_EQ(upgrade("oracle-ee", true, "19.1", "19.2").reversible, Reversible::kNo);
  EXPECT_EQ(upgrade("postgres", false, "14.9", "14.10").destroys, Destroys::kNothing);
  EXPECT_THAT(upgrade("postgres", false, "14.9", "15.4").notes, Contains(HasSubstr("ANALYZE")));
}

TEST(CostTest, AMajorUpgradeMayLoseReplicas) {
  const Properties live = {{"Engine", "postgres"}, {"ReadReplicaDBInstanceIdentifiers", List{"orders-replica"}}};
  const Cost cost = Change("EngineVersion", live, "14.9", "15.4");
  EXPECT_THAT(cost.notes, Contains("may give up: replication link"));
  EXPECT_NE(cost.destroys, Destroys::kReplicationLink);
}

TEST(CostTest, PromotionGivesUpTheLink) {
  const Cost cost = Change("SourceDBInstanceIdentifier", {{"Engine", "postgres"}}, "orders", nullptr);
  EXPECT_EQ(cost.disruption, Disruption::kRestart);
  EXPECT_EQ(cost.destroys, Destroys::kReplicationLink);
  EXPECT_EQ(cost.reversible, Reversible::kNo);
}

TEST(CostTest, ALogVolumeIsLostOnlyWhenItIsSwitchedOff) {
  EXPECT_EQ(Change("DedicatedLogVolume", {{"Engine", "postgres"}}, false, true).destroys, Destroys::kNothing);
  EXPECT_EQ(Change("DedicatedLogVolume", {{"Engine", "postgres"}}, true, false).destroys, Destroys::kVolume);
}

TEST(CostTest, PowerIsOneWordForTwoOperations) {
  const Properties live = {{"Engine", "postgres"}};
  EXPECT_EQ(Change("power", live, "available", "stopped").disruption, Disruption::kOutage);
  EXPECT_THAT(Change("power", live, "available", "stopped").notes, Not(Contains(HasSubstr("give up"))));
  EXPECT_THAT(Change("power", {{"PendingModifiedValues", Properties{{"Iops", 1}}}}, "available", "stopped").notes,
              Contains("may give up: pending modifications"));
  EXPECT_THAT(Change("power", live, "stopped", "running").notes, Contains(HasSubstr("a custom parameter group adds")));
}

// A standby, an old name, statistics: worth a word, and no reason to ask for consent by name.
TEST(CostTest, LesserLossesAreNotes) {
  const Cost cost = Change("MultiAZ", {{"Engine", "postgres"}, {"MultiAZ", true}}, true, false);
  EXPECT_EQ(cost.destroys, Destroys::kNothing);
  EXPECT_THAT(cost.notes, Contains("gives up: standby"));
}

// CERT
TEST(CostTest, ACertificateWaitsForARebootWhenTheRestartIsDeclined) {
  const auto rotate = [](const char* engine, Properties beside) {
    return Change("CACertificateIdentifier", {{"Engine", engine}}, "rds-ca-2019", "rds-ca-rsa2048-g1",
                  std::move(beside));
  };
  EXPECT_EQ(rotate("postgres", {}).disruption, Disruption::kRestart);
  EXPECT_EQ(rotate("oracle-ee", {}).disruption, Disruption::kDegraded);
  const Cost declined = rotate("postgres", {{"CertificateRotationRestart", false}});
  EXPECT_EQ(declined.disruption, Disruption::kNone);
  EXPECT_EQ(declined.when, ActsWhen::kNextReboot);
}

TEST(CostTest, SecretsOfManagedPasswordsAreLost) {
  EXPECT_EQ(Change("ManageMasterUserPassword", {{"Engine", "mysql"}}, true, false).destroys, Destroys::kSecret);
  EXPECT_EQ(Change("ManageMasterUserPassword", {{"Engine", "mysql"}}, false, true).destroys, Destroys::kNothing);
}

TEST(CostTest, ASubnetGroupMoveOfMoreThanAStandaloneInstanceIsRefused) {
  EXPECT_THAT(Change("DBSubnetGroupName", {{"Engine", "mysql"}, {"MultiAZ", true}}, "a", "b").refused,
              HasSubstr("standalone"));
  const Cost cost = Change("DBSubnetGroupName", {{"Engine", "mysql"}, {"MultiAZ", false}}, "a", "b");
  EXPECT_EQ(cost.refused, "");
  EXPECT_EQ(cost.disruption, Disruption::kOutage);
}

TEST(CostTest, WhatNobodyDocumentsIsUnknownAndWeighsAsAnOutage) {
  const Cost none = Change("Nothing", {{"Engine", "postgres"}}, 1, 2);
  EXPECT_EQ(none.disruption, Disruption::kUnknown);
  EXPECT_FALSE(none.confirmed);
  EXPECT_EQ(none.notes, std::vector<std::string>{"what this change does is not documented"});
  // Rows of other engines do not speak of this one.
  EXPECT_EQ(Change("MultiTenant", {{"Engine", "postgres"}}, false, true).disruption, Disruption::kUnknown);
  EXPECT_EQ(Weight(Disruption::kUnknown), Weight(Disruption::kOutage));
  EXPECT_LT(Weight(Disruption::kRestart), Weight(Disruption::kUnknown));
}

TEST(CostTest, AnUnknownEngineCountsEveryRow) {
  EXPECT_EQ(Change("ReplicaMode", {}, "open-read-only", "mounted").disruption, Disruption::kOutage);
  EXPECT_EQ(Change("DeletionProtection", {}, true, false).disruption, Disruption::kNone);
}

TEST(CostTest, AStaticParameterWaitsForAReboot) {
  const Properties desired;
  const Value live(Properties{});
  const auto when = [&](const Value& item) {
    return CostOf(kDBParameterGroup, "Parameters", {.desired = desired, .live = live}, item, "2").when;
  };
  EXPECT_EQ(when(Properties{{"ParameterName", "p"}, {"ApplyType", "static"}}), ActsWhen::kNextReboot);
  EXPECT_EQ(when(Properties{{"ParameterName", "p"}, {"ApplyType", "dynamic"}}), ActsWhen::kNow);
  EXPECT_EQ(when(nullptr), ActsWhen::kNow);
}

TEST(CostTest, GroupsCostNothingByThemselves) {
  const Properties desired;
  const Value live(Properties{});
  const Sight sight{.desired = desired, .live = live};
  EXPECT_EQ(CostOf(kDBSubnetGroup, "SubnetIds", sight, {}, {}).disruption, Disruption::kNone);
  EXPECT_EQ(CostOf(kDBParameterGroup, "Parameters", sight, "1", "2").disruption, Disruption::kNone);
}

}  // namespace
}  // namespace rdsteady::model
