// Pages, filters, the catalogue's answers, events, and what is not there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "base/json.h"
#include "local/sim/lab.h"
#include "model/api/api.h"

namespace rdsteady::local::sim {
namespace {

using testing::Contains;
using testing::ElementsAre;

const List& ListOf(const Properties& answer, std::string_view member) {
  return Find(answer, member)->As<List>();
}

std::vector<std::string> Texts(const Properties& answer, std::string_view list, std::string_view member) {
  std::vector<std::string> texts;
  for (const Value& item : ListOf(answer, list))
    texts.push_back(item.Find(member)->As<std::string>());
  return texts;
}

Properties Filter(std::string_view name, List values) {
  return {{"Filters", List{Properties{{"Name", std::string(name)}, {"Values", std::move(values)}}}}};
}

TEST(SimPages, HoldEveryInstanceOnceWhateverHappensBetween) {
  Lab lab;
  for (int i = 0; i < 45; ++i) {
    lab.Do("CreateDBInstance", PostgresMembers("db-" + std::to_string(100 + i)));
  }
  std::vector<std::string> seen;
  Properties input{{"MaxRecords", 20}};
  std::vector<std::size_t> sizes;
  for (;;) {
    const Properties page = lab.Do("DescribeDBInstances", input);
    for (std::string& name : Texts(page, "DBInstances", "DBInstanceIdentifier"))
      seen.push_back(std::move(name));
    sizes.push_back(ListOf(page, "DBInstances").size());
    if (sizes.size() == 1) {
      // The list moves between two pages: one goes before the cut, one comes before it.
      lab.Settle();
      lab.Do("DeleteDBInstance", {{"DBInstanceIdentifier", "db-101"}, {"SkipFinalSnapshot", true}});
      lab.Settle();
      lab.Do("CreateDBInstance", PostgresMembers("a-new-one"));
    }
    const Value* marker = Find(page, "Marker");
    if (marker == nullptr) break;
    input["Marker"] = *marker;
  }
  EXPECT_THAT(sizes, ElementsAre(20U, 20U, 5U));
  EXPECT_EQ(seen.size(), 45U);
  EXPECT_EQ(std::set<std::string>(seen.begin(), seen.end()).size(), 45U) << "no one twice";
}

TEST(SimPages, Bounds) {
  Lab lab;
  for (int size : {19, 101, 0, -1}) {
    EXPECT_EQ(
        lab.Refusal("DescribeDBInstances", {{"MaxRecords", size}}),
        "InvalidParameterValue: Invalid value " + std::to_string(size) + " for MaxRecords. Must be between 20 and 100");
  }
  EXPECT_EQ(lab.Refusal("DescribeDBInstances", {{"Marker", "bogus"}}), "InvalidParameterValue: Invalid marker: bogus");
  EXPECT_EQ(lab.Refusal("DescribeDBEngineVersions", {{"MaxRecords", 5}}),
            "InvalidParameterValue: Invalid value 5 for MaxRecords. Must be between 20 and 100");
}

TEST(SimFilters, SelectInstances) {
  Lab lab;
  lab.Create("one");
  lab.Create("two", {{"Engine", "mysql"}, {"EngineVersion", "8.0"}});
  auto names = [&](Properties input) {
    return Texts(lab.Do("DescribeDBInstances", std::move(input)), "DBInstances", "DBInstanceIdentifier");
  };
  EXPECT_THAT(names(Filter("engine", {"mysql"})), ElementsAre("two"));
  EXPECT_THAT(names(Filter("db-instance-id", {"ONE", "none"})), ElementsAre("one"));
  EXPECT_THAT(names(Filter("db-instance-id", {lab.Show("two", "DBInstanceArn")})), ElementsAre("two"));
  EXPECT_THAT(names(Filter("dbi-resource-id", {lab.Show("one", "DbiResourceId")})), ElementsAre("one"));
  EXPECT_THAT(names({}), ElementsAre("one", "two"));
  EXPECT_EQ(lab.Refusal("DescribeDBInstances", Filter("colour", {"red"})),
            "InvalidParameterValue: Unrecognized filter name: colour");
  EXPECT_EQ(lab.Refusal("DescribeDBInstances", Filter("engine", {})),
            "InvalidParameterValue: The filter engine must have at least one value.");
}

TEST(SimCatalogue, VersionsTellFamilyLogsAndTargets) {
  Lab lab;
  const Properties answer = lab.Do("DescribeDBEngineVersions", {{"Engine", "postgres"}, {"EngineVersion", "15.19"}});
  const Value& version = ListOf(answer, "DBEngineVersions").at(0);
  EXPECT_EQ(*version.Find("DBParameterGroupFamily"), Value("postgres15"));
  EXPECT_EQ(*version.Find("MajorEngineVersion"), Value("15"));
  EXPECT_EQ(*version.Find("ExportableLogTypes"), Value(List{"iam-db-auth-error", "postgresql", "upgrade"}));
  const Value& first = version.Find("ValidUpgradeTarget")->As<List>().at(0);
  EXPECT_EQ(*first.Find("EngineVersion"), Value("15.20"));
  EXPECT_EQ(*first.Find("IsMajorVersionUpgrade"), Value(false));
}

TEST(SimCatalogue, TheDefaultIsTheNewestThatRunsForReal) {
  auto defaults = [](SimOptions options) {
    Lab lab(std::move(options));
    return Texts(lab.Do("DescribeDBEngineVersions", {{"Engine", "postgres"}, {"DefaultOnly", true}}),
                 "DBEngineVersions", "EngineVersion");
  };
  EXPECT_THAT(defaults({}), ElementsAre("17.12"));
  EXPECT_THAT(defaults({.real_engines = {{"postgres", "15"}}}), ElementsAre("15.20"));
}

TEST(SimCatalogue, VersionsComeInTheirOrderAcrossPages) {
  Lab lab;
  std::vector<std::string> seen;
  Properties input{{"Engine", "postgres"}, {"MaxRecords", 20}};
  for (;;) {
    const Properties page = lab.Do("DescribeDBEngineVersions", input);
    for (std::string& version : Texts(page, "DBEngineVersions", "EngineVersion"))
      seen.push_back(std::move(version));
    const Value* marker = Find(page, "Marker");
    if (marker == nullptr) break;
    input["Marker"] = *marker;
  }
  EXPECT_EQ(seen.front(), "11.16");
  EXPECT_EQ(seen.back(), "18.6");
  EXPECT_EQ(std::set<std::string>(seen.begin(), seen.end()).size(), seen.size());
  EXPECT_THAT(seen, Contains("15.10"));
}

TEST(SimCatalogue, OrderableOptionsPageToTheEnd) {
  Lab lab;
  Properties input{{"Engine", "postgres"}, {"EngineVersion", "15.20"}};
  std::set<std::string> seen;
  std::size_t count = 0;
  for (;;) {
    const Properties page = lab.Do("DescribeOrderableDBInstanceOptions", input);
    for (const Value& option : ListOf(page, "OrderableDBInstanceOptions")) {
      seen.insert(option.Find("DBInstanceClass")->As<std::string>() + option.Find("StorageType")->As<std::string>());
      ++count;
    }
    const Value* marker = Find(page, "Marker");
    if (marker == nullptr) break;
    input["Marker"] = *marker;
  }
  EXPECT_EQ(seen.size(), count);
  EXPECT_EQ(count, (18U + 24U * 9U) * 5U);
  EXPECT_EQ(ListOf(lab.Do("DescribeOrderableDBInstanceOptions",
                          {{"Engine", "postgres"}, {"EngineVersion", "15.20"}, {"DBInstanceClass", "db.m6g.large"}}),
                   "OrderableDBInstanceOptions")
                .size(),
            5U);
}

// What the create call accepts and simulates is offered to who asks for it by name.
TEST(SimCatalogue, WhatIsSimulatedIsOfferedUnlessTheServerIsStrict) {
  for (const bool strict : {false, true}) {
    SimOptions options;
    options.strict = strict;
    Lab lab(options);
    const auto count = [&](const char* operation, const char* items, Properties input) {
      return ListOf(lab.Do(operation, std::move(input)), items).size();
    };
    EXPECT_EQ(count("DescribeOrderableDBInstanceOptions", "OrderableDBInstanceOptions",
                    {{"Engine", "postgres"}, {"EngineVersion", "10.0.1"}, {"DBInstanceClass", "db.m3.medium"}}),
              strict ? 0U : 5U);
    EXPECT_EQ(
        count("DescribeDBEngineVersions", "DBEngineVersions", {{"Engine", "postgres"}, {"EngineVersion", "10.0.1"}}),
        strict ? 0U : 1U);
    EXPECT_EQ(count("DescribeDBEngineVersions", "DBEngineVersions", {{"Engine", "postgres"}, {"EngineVersion", "new"}}),
              0U);
  }
}

// What is offered is what is accepted, at both ends.
TEST(SimCatalogue, OrderableRangesAreThoseThatCreationHolds) {
  Lab lab;
  const auto options =
      lab.Do("DescribeOrderableDBInstanceOptions",
             {{"Engine", "postgres"}, {"EngineVersion", "15.20"}, {"DBInstanceClass", "db.m6g.large"}});
  int next = 0;
  const auto create = [&](Properties more) {
    const std::string refusal =
        lab.Refusal("CreateDBInstance", PostgresMembers("db" + std::to_string(next++), std::move(more)));
    return refusal.substr(0, refusal.find(':'));
  };
  for (const Value& option : ListOf(options, "OrderableDBInstanceOptions")) {
    const std::string& type = option.Find("StorageType")->As<std::string>();
    const auto number = [&](const char* name) {
      const Value* value = option.Find(name);
      return value == nullptr ? 0 : value->As<std::int64_t>();
    };
    const bool provisioned = type.starts_with("io");
    for (const auto& [size, good] : {std::pair(number("MinStorageSize"), true),
                                     {number("MinStorageSize") - 1, false},
                                     {number("MaxStorageSize"), true},
                                     {number("MaxStorageSize") + 1, false}}) {
      Properties asked{{"StorageType", type}, {"AllocatedStorage", size}};
      if (provisioned) asked["Iops"] = std::max<std::int64_t>(1000, size / 2 + 1);
      EXPECT_EQ(create(asked), good ? "accepted" : "InvalidParameterValue") << type << " " << size;
    }
    EXPECT_EQ(*option.Find("SupportsIops"), Value(number("MaxIopsPerDbInstance") > 0)) << type;
    if (number("MaxIopsPerDbInstance") == 0) continue;
    for (const auto& [iops, good] : {std::pair(number("MinIopsPerDbInstance"), true),
                                     {number("MinIopsPerDbInstance") - 1, false},
                                     {number("MaxIopsPerDbInstance"), true},
                                     {number("MaxIopsPerDbInstance") + 1, false}}) {
      Properties asked{{"StorageType", type}, {"AllocatedStorage", iops > 100'000 ? 10'000 : 1'000}, {"Iops", iops}};
      EXPECT_EQ(create(asked), good ? "accepted" : "InvalidParameterCombination") << type << " " << iops;
    }
  }
  EXPECT_EQ(ListOf(options, "OrderableDBInstanceOptions").size(), 5U);
  for (const auto& [engine, capable] : {std::pair("sqlserver-ex", false), {"sqlserver-se", true}, {"postgres", true}}) {
    const auto some = lab.Do("DescribeOrderableDBInstanceOptions", {{"Engine", engine}, {"MaxRecords", 20}});
    EXPECT_EQ(*ListOf(some, "OrderableDBInstanceOptions").front().Find("MultiAZCapable"), Value(capable)) << engine;
  }
}

TEST(SimCatalogue, ValidModificationsBeginAtWhatIsThere) {
  Lab lab;
  lab.Create("orders", {{"AllocatedStorage", 500}});
  const Properties answer = lab.Do("DescribeValidDBInstanceModifications", {{"DBInstanceIdentifier", "orders"}});
  const Value& message = *Find(answer, "ValidDBInstanceModificationsMessage");
  for (const Value& storage : message.Find("Storage")->As<List>()) {
    const Value& size = storage.Find("StorageSize")->As<List>().at(0);
    EXPECT_EQ(*size.Find("From"), Value(500)) << ToDisplay(storage);
  }
  EXPECT_EQ(message.Find("Storage")->As<List>().size(), 5U);
  EXPECT_EQ(lab.Refusal("DescribeValidDBInstanceModifications", {{"DBInstanceIdentifier", "none"}}),
            "DBInstanceNotFound: DBInstance none not found.");
}

TEST(SimCatalogue, ParametersPageAndFilter) {
  Lab lab;
  std::size_t count = 0;
  Properties input{{"DBParameterGroupName", "default.postgres15"}};
  for (;;) {
    const Properties page = lab.Do("DescribeDBParameters", input);
    count += ListOf(page, "Parameters").size();
    const Value* marker = Find(page, "Marker");
    if (marker == nullptr) break;
    input["Marker"] = *marker;
  }
  EXPECT_GT(count, 300U);
  Properties one = Filter("parameter-name", {"max_connections", "work_mem"});
  one["DBParameterGroupName"] = "default.postgres15";
  const Properties answer = lab.Do("DescribeDBParameters", one);
  EXPECT_THAT(Texts(answer, "Parameters", "ParameterName"), ElementsAre("max_connections", "work_mem"));
  EXPECT_EQ(ToJson(ListOf(answer, "Parameters").at(0)),
            R"x({"AllowedValues": "1-262143", "ApplyMethod": "pending-reboot", "ApplyType": "static", )x"
            R"x("DataType": "integer", "IsModifiable": true, "ParameterName": "max_connections", )x"
            R"x("ParameterValue": "LEAST({DBInstanceClassMemory/9531392},5000)", "Source": "system"})x");
  const Properties defaults = lab.Do("DescribeEngineDefaultParameters", {{"DBParameterGroupFamily", "postgres15"}});
  EXPECT_NE(Find(defaults, "EngineDefaults")->Find("Marker"), nullptr);
}

TEST(SimCatalogue, EveryOperationAnswersItsOwnShape) {
  Lab lab;
  lab.Create("orders");
  for (std::string_view name :
       {"DescribeDBInstances", "DescribeDBSubnetGroups", "DescribeDBParameterGroups", "DescribeDBEngineVersions",
        "DescribeOptionGroups", "DescribeCertificates", "DescribeAccountAttributes", "DescribeDBSnapshots",
        "DescribePendingMaintenanceActions", "DescribeEvents", "DescribeEventCategories"}) {
    const Properties answer = lab.Do(name, {});
    for (const auto& [member, value] : answer) {
      const model::Member* known = model::FindMember(*model::FindOperation(name)->output, member);
      ASSERT_NE(known, nullptr) << name << "." << member;
      const auto* list = value.If<List>();
      if (list == nullptr || list->empty() || !list->front().Is<Properties>()) continue;
      for (const auto& [inner, unused] : list->front().As<Properties>()) {
        EXPECT_NE(model::FindMember(*known->shape->element, inner), nullptr) << name << "." << member << "." << inner;
      }
    }
  }
}

TEST(SimEvents, AreFoundBySourceCategoryAndTime) {
  Lab lab;
  lab.Create("orders");
  EXPECT_THAT(lab.Messages("orders"),
              ElementsAre("PostgreSQL 15 is not installed on this machine: this instance is simulated",
                          "DB instance created", "Backing up DB instance", "Finished DB Instance backup"));
  const Properties backups = lab.Do("DescribeEvents", {{"EventCategories", List{"backup"}}});
  EXPECT_EQ(ListOf(backups, "Events").size(), 2U);
  lab.Pass(std::chrono::hours(2));
  EXPECT_TRUE(ListOf(lab.Do("DescribeEvents", {}), "Events").empty()) << "the last hour, when nothing else is said";
  EXPECT_EQ(ListOf(lab.Do("DescribeEvents", {{"Duration", 180}}), "Events").size(), 5U);
  EXPECT_EQ(ListOf(lab.Do("DescribeEvents", {{"StartTime", "2026-03-04T10:00:00Z"}}), "Events").size(), 5U);
  EXPECT_EQ(lab.Refusal("DescribeEvents", {{"SourceIdentifier", "orders"}}),
            "InvalidParameterCombination: SourceType must be given when SourceIdentifier is given.");
}

TEST(SimEvents, AreBoundedInNumberAndAge) {
  Lab lab;
  lab.Do("CreateDBParameterGroup",
         {{"DBParameterGroupName", "pg"}, {"DBParameterGroupFamily", "postgres15"}, {"Description", "d"}});
  auto change = [&](int value) {
    lab.Do("ModifyDBParameterGroup", {{"DBParameterGroupName", "pg"},
                                      {"Parameters", List{Properties{{"ParameterName", "work_mem"},
                                                                     {"ParameterValue", std::to_string(value)},
                                                                     {"ApplyMethod", "immediate"}}}}});
  };
  auto stored = [&] {
    return std::ranges::count_if(lab.records(), [](const auto& record) { return record.first.starts_with("event/"); });
  };
  for (int i = 0; i < 2100; ++i)
    change(64 + i);
  EXPECT_EQ(stored(), 2000);
  lab.Pass(std::chrono::days(15));
  change(64);
  EXPECT_EQ(stored(), 1);
}

TEST(SimOperations, WhatIsNotThereSaysSo) {
  Lab lab;
  EXPECT_EQ(lab.Refusal("CreateDBCluster", {}), "InvalidAction: CreateDBCluster is not implemented by the local RDS");
  std::size_t there = 0;
  for (const model::Operation& operation : model::Operations()) {
    const std::string refusal = lab.Refusal(operation.name, {});
    there += refusal.ends_with("is not implemented by the local RDS") ? 0 : 1;
  }
  EXPECT_EQ(there, 40U);
}

TEST(SimOperations, RegionsAndAccountsAreApart) {
  Lab lab;
  lab.Create("orders");
  auto answer = lab.Handle("DescribeDBInstances", {}, "eu-west-1");
  EXPECT_TRUE(ListOf(*answer, "DBInstances").empty());
}

TEST(SimSummary, TellsWhatIsReal) {
  Lab lab({.real_engines = {{"postgres", "15"}}});
  lab.Create("real");
  lab.Create("simulated", {{"Engine", "mysql"}, {"EngineVersion", "8.0"}});
  const Properties summary = lab.sim().Summary();
  const List& instances = ListOf(summary, "instances");
  ASSERT_EQ(instances.size(), 2U);
  EXPECT_EQ(*instances[0].Find("real"), Value(true));
  EXPECT_EQ(*instances[1].Find("real"), Value(false));
  EXPECT_EQ(*instances[1].Find("status"), Value("available"));
}

}  // namespace
}  // namespace rdsteady::local::sim
