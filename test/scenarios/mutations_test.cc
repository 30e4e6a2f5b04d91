// The mutation run: every property row of every kind is broken in one way after the other, and at least one scenario
// must then plan something else than is written. A row that could be wrong without any scenario noticing is not tested.
//
// What survives, and why that is no gap, stands in survivors.txt beside this file; an entry that is killed after all is
// a fault too.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <set>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "scenario.h"

namespace rdsteady::scenarios {
namespace {

using model::Compare;
using model::Property;
using model::Timing;

// The nearest wrong comparator: one that treats what only looks different as different, or the other way round.
Compare Wrong(Compare compare) {
  switch (compare) {
    case Compare::kExact: return Compare::kIgnoreCase;
    case Compare::kInteger: return Compare::kBoolean;
    case Compare::kStorageFloor: return Compare::kInteger;
    case Compare::kMultiset: return Compare::kSet;
    case Compare::kNever:
    case Compare::kIgnoreCase:
    case Compare::kIdentifier:
    case Compare::kIntegerZeroIsNull:
    case Compare::kBoolean:
    case Compare::kPresence:
    case Compare::kVersion:
    case Compare::kDailyWindow:
    case Compare::kWeeklyWindow:
    case Compare::kKmsKey:
    case Compare::kArnOrName:
    case Compare::kSet:
    case Compare::kTextMap:
    case Compare::kNameValueList:
    case Compare::kKeyedVolumes:
    case Compare::kRolePairs:
    case Compare::kDistinguishedName:
    case Compare::kParameterMap: return Compare::kExact;
  }
  return Compare::kExact;
}

struct Mutation {
  const char* what;
  bool (*apply)(Property&);  // false: the row has nothing of the sort
};

constexpr Mutation kMutations[] = {
    {"comparator",
     [](Property& row) {
       if (row.compare == Compare::kNever) return false;
       row.compare = Wrong(row.compare);
       return true;
     }},
    {"timing",
     [](Property& row) {
       if (row.timing == Timing::kNotModifiable) return false;
       row.timing = row.timing == Timing::kDeferrable ? Timing::kImmediate : Timing::kDeferrable;
       return true;
     }},
    {"pending path",
     [](Property& row) {
       if (row.pending.empty()) return false;
       row.pending = {};
       return true;
     }},
    {"companions",
     [](Property& row) {
       if (row.companions.empty()) return false;
       row.companions = {};
       return true;
     }},
    {"live path",
     [](Property& row) {
       if (row.live.empty()) return false;
       row.live = "NotThere";
       row.live_or = {};
       return true;
     }},
    {"guards",
     [](Property& row) {
       if (row.guards.empty()) return false;
       row.guards = {};
       return true;
     }},
    {"checks",
     [](Property& row) {
       // What is judged offline stops the manifest before any plan, and is tested beside the rules.
       if (std::ranges::all_of(row.checks, &model::Check::offline)) return false;
       row.checks = {};
       return true;
     }},
};

// "DBInstance.StorageType comparator" -> why no scenario can tell.
std::map<std::string, std::string> Survivors() {
  std::map<std::string, std::string> survivors;
  std::ifstream in(FolderOf("survivors.txt"));
  for (std::string line; std::getline(in, line);) {
    if (line.empty() || line.starts_with('#')) continue;
    const auto colon = line.find(": ");
    EXPECT_NE(colon, std::string::npos) << line;
    if (colon != std::string::npos) survivors.emplace(line.substr(0, colon), line.substr(colon + 2));
  }
  return survivors;
}

std::string WhyItSurvives(const std::map<std::string, std::string>& justified, const std::string& id) {
  const auto why = justified.find(id);
  return why == justified.end() ? "nothing says why" : why->second;
}

struct Case {
  std::string name;
  Input input;
  Output expected;
};

// The scenario that notices; nullptr when none does.
const Case* KillerOf(const std::vector<Case>& cases, const model::Kind& kind, const model::Kind& broken,
                     std::string_view property) {
  for (const Case& one : cases) {
    Input input = one.input;
    bool concerned = false;
    for (manifest::DesiredResource& resource : input.manifest.resources) {
      if (resource.kind != &kind) continue;
      resource.kind = &broken;
      concerned |= resource.properties.contains(property) || property == kind.key;
    }
    // A row that is not stated still matters where the queue is looked at.
    if (concerned || !input.world.empty()) {
      if (PlanOf(input) != one.expected) return &one;
    }
  }
  return nullptr;
}

TEST(Mutations, EveryRowIsPinnedByAScenario) {
  std::vector<Case> cases;
  for (const std::string& name : Names())
    cases.push_back({name, Load(name), Expected(name)});
  // A copy that is not broken must be as good as the table itself, or every mutation would seem to be noticed.
  for (const model::Kind* kind : model::Kinds()) {
    const std::vector<Property> rows(kind->properties.begin(), kind->properties.end());
    model::Kind copy = *kind;
    copy.properties = rows;
    ASSERT_EQ(KillerOf(cases, *kind, copy, kind->key), nullptr) << kind->name;
  }
  const std::map<std::string, std::string> justified = Survivors();
  const bool listed = std::getenv("RDSTEADY_LIST_MUTATIONS") != nullptr;  // tools/mutate
  std::set<std::string> survived;
  int made = 0;
  for (const model::Kind* kind : model::Kinds()) {
    // Scenarios that state the row are tried first: most mutations die at once.
    for (std::size_t at = 0; at < kind->properties.size(); ++at) {
      const std::string_view name = kind->properties[at].name;
      std::ranges::partition(cases, [&](const Case& one) {
        return std::ranges::any_of(one.input.manifest.resources, [&](const manifest::DesiredResource& resource) {
          return resource.kind == kind && resource.properties.contains(name);
        });
      });
      for (const Mutation& mutation : kMutations) {
        std::vector<Property> rows(kind->properties.begin(), kind->properties.end());
        if (!mutation.apply(rows[at])) continue;
        ++made;
        model::Kind broken = *kind;
        broken.properties = rows;
        const std::string id = fmt::format("{}.{} {}", kind->name, name, mutation.what);
        const Case* killer = KillerOf(cases, *kind, broken, name);
        if (killer == nullptr) survived.insert(id);
        if (listed && killer != nullptr) std::printf("%s: killed by %s\n", id.c_str(), killer->name.c_str());
        else if (listed) std::printf("%s: survives; %s\n", id.c_str(), WhyItSurvives(justified, id).c_str());
      }
    }
  }
  std::printf("%d mutations, %zu survive\n", made, survived.size());
  for (const std::string& one : survived)
    EXPECT_TRUE(justified.contains(one)) << one << " survives: no scenario notices, and survivors.txt does not say why";
  for (const auto& [one, why] : justified)
    EXPECT_TRUE(survived.contains(one)) << one << " is killed: survivors.txt need not excuse it any more";
}

}  // namespace
}  // namespace rdsteady::scenarios
