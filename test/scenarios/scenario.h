// A scenario: a folder beside this file with what is stated and what is observed, and the plan that must come out.
//
//   manifest.yaml   what is stated; its first comment line names the rule that the scenario pins
//   observed.json   {"DBInstance/orders": {...the describe answer's item...}, "DBInstance/gone": null}
//   offers.json     optional: {"DBInstance/orders": {"DBEngineVersions": [...]}}: what the service says that it offers
//   policy.yaml     optional: a policy file; the plan then shows the approvals that are left to give
//   options.json    optional: {"when": "now", "flush_pending": true, "allow_update": [...], "max_disruption":
//                   "degraded", "approve": [...], "allow_irreversible": [...], "now": "2026-03-08T05:10:00Z"}
//
// What must come out: plan.json, plan.txt, and calls.txt, which has the questions to the service and the mutating calls
// with their parameters. A manifest that RDS would refuse whatever is live has its faults in plan.txt.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "manifest/manifest.h"
#include "plan/plan.h"

namespace rdsteady::scenarios {

struct Input {
  std::string rule_line;  // the manifest's first
  manifest::Manifest manifest;
  plan::World observed;  // before anything was asked
  plan::World world;     // with what the service offers
  plan::Options options;
  bool with_policy = false;
  std::string faults{};  // what is wrong with the manifest; nothing is planned then
};

struct Output {
  std::string json;
  std::string text;
  std::string calls;
  friend bool operator==(const Output&, const Output&) = default;
};

// The names of all scenarios, sorted.
[[nodiscard]] std::vector<std::string> Names();
[[nodiscard]] std::filesystem::path FolderOf(const std::string& name);
[[nodiscard]] std::string ReadFile(const std::filesystem::path& path);

// Faults of the folder fail the running test.
[[nodiscard]] Input Load(const std::string& name);
[[nodiscard]] Output PlanOf(const Input& input);
// What stands in the folder.
[[nodiscard]] Output Expected(const std::string& name);

}  // namespace rdsteady::scenarios
