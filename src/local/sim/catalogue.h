// The catalogue: engines, their versions and upgrade paths, instance classes, as RDS offers them.
//
// Pure lookups in constant tables. A version or class that is not listed is "unknown", which is not an error here: the
// callers decide whether it is refused or simulated. Majors and families follow from the version's form, so that also
// unknown versions have one.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rdsteady::local::sim {

struct Major {
  std::string_view major;  // 15, 8.0, 10.11
  int first = 0;           // minors first..last, as major.minor
  int last = -1;
  std::span<const std::string_view> versions{};  // or these, oldest first
};

struct Engine {
  std::string_view name;
  std::string_view label;          // "PostgreSQL": in descriptions
  std::string_view family_prefix;  // family = prefix + major
  int major_parts = 1;             // dotted components that make a major
  int port = 0;
  std::string_view license;
  int max_password = 41;
  int max_username = 16;
  int max_replicas = 0;
  bool cluster = false;       // instances live in clusters
  int striping_gib = 0;       // gp3 below this size has fixed performance; 0: no such threshold
  std::int64_t min_gib = 20;  // gp2, gp3
  std::int64_t max_gib = 65536;
  std::int64_t min_magnetic_gib = 5;
  std::int64_t max_magnetic_gib = 3072;
  std::string_view default_major;
  std::span<const std::string_view> log_types;
  std::span<const Major> majors;  // oldest first
};

struct InstanceClass {
  std::string name;
  int vcpus = 0;
  std::int64_t memory_bytes = 0;
};

struct UpgradeTarget {
  std::string version;
  bool major = false;
  bool automatic = false;  // minor upgrades go there by themselves
};

[[nodiscard]] std::span<const Engine> Engines();
[[nodiscard]] const Engine* FindEngine(std::string_view name);
// All versions of the engine, oldest first.
[[nodiscard]] std::vector<std::string> Versions(const Engine& engine);
[[nodiscard]] bool IsKnownVersion(const Engine& engine, std::string_view version);
// The listed version that `text` names: itself, or the newest one below it ("15" is the newest 15.x).
[[nodiscard]] std::optional<std::string> ResolveVersion(const Engine& engine, std::string_view text);
// 15 of 15.10, 9.6 of 9.6.24, 8.0 of 8.0.36.
[[nodiscard]] std::string MajorOf(const Engine& engine, std::string_view version);
[[nodiscard]] std::string FamilyOf(const Engine& engine, std::string_view version);
// Component by component, numbers as numbers. <0, 0, >0.
[[nodiscard]] int CompareVersions(std::string_view a, std::string_view b);
[[nodiscard]] std::vector<UpgradeTarget> UpgradeTargets(const Engine& engine, std::string_view version);
// The engine whose families look like this one; nullptr when none does.
[[nodiscard]] const Engine* EngineOfFamily(std::string_view family);
[[nodiscard]] std::optional<InstanceClass> FindClass(std::string_view name);
[[nodiscard]] std::vector<std::string> ClassNames();
// Whether a text that the catalogue does not know has the form of a version ("10.0.1") or of a class ("db.m3.medium"):
// what has it is simulated.
[[nodiscard]] bool LooksLikeVersion(std::string_view text);
[[nodiscard]] bool LooksLikeClass(std::string_view text);

}  // namespace rdsteady::local::sim
