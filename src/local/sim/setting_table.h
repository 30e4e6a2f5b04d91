// The settings of an instance, one row each: what ModifyDBInstance calls it, where DescribeDBInstances shows it, when a
// change takes effect and what the instance goes through meanwhile.
//
// Written from RDS's documented behaviour. Settings whose life is not a plain value (password, security groups,
// parameter group, rename) have a row for their names and are handled by name in instance_modify.cc.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "rdsteady/value.h"

namespace rdsteady::local::sim {

enum class Timing : std::uint8_t {
  kFixed,     // set at birth
  kNow,       // at once, whatever ApplyImmediately says
  kDeferred,  // in the maintenance window unless ApplyImmediately
  kSpecial,   // handled by name
};

enum class Fold : std::uint8_t { kExact, kLower, kWindow, kKmsKey };

enum SettingFlags : unsigned {
  kPlain = 0,
  kRestarts = 1U << 0,     // the engine restarts when it is applied
  kIsStorage = 1U << 1,    // followed by storage-optimization, and locked while that lasts
  kZeroIsUnset = 1U << 2,  // 0 and absent are the same
};

struct SettingRow {
  std::string_view setting;  // the name in CreateDBInstance
  std::string_view modify;   // the name in ModifyDBInstance; empty: cannot be asked for there
  std::string_view answer;   // the member of DBInstance that shows it; empty: shown otherwise or not at all
  std::string_view pending;  // the member of PendingModifiedValues; empty: never shown there
  Timing timing;
  std::string_view status;  // what the instance shows while it changes; empty: nothing, it changes at once
  Fold fold = Fold::kExact;
  unsigned flags = kPlain;
};

[[nodiscard]] std::span<const SettingRow> SettingRows();
[[nodiscard]] const SettingRow* FindSetting(std::string_view setting);

}  // namespace rdsteady::local::sim
