// Plan: what would be done, why, and what it costs; and Change: what a caller allows.
//
// A Plan is an immutable handle: copies are cheap and share the content; thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "rdsteady/error.h"

namespace rdsteady {

namespace api {
struct Handles;
}

enum class When : std::uint8_t {
  kWindow,  // what can wait waits for the maintenance window, as RDS's own default
  kNow,     // ApplyImmediately where a change can be deferred
};

enum class Disruption : std::uint8_t { kNone, kDegraded, kFailover, kRestart, kOutage, kUnknown };

// What may be changed, and when. The defaults are the careful ones.
struct Change {
  When when = When::kWindow;
  // Agrees to changes above `degraded`. Client::Apply does not ask for it: to hand it a plan is to agree to the plan.
  bool approve = false;
  // Runs queued changes of others where a request would flush them.
  bool flush_pending = false;
  // When given, nothing else of an existing resource may change: "AllocatedStorage", "DBSubnetGroup.SubnetIds".
  std::optional<std::vector<std::string>> allow_update{};
  std::optional<Disruption> max_disruption{};
  // "DBInstance/orders.MultiTenant": what destroys something, or turns one way only, is refused unless named here.
  std::set<std::string, std::less<>> allow_irreversible{};
  // Named likewise: agrees to this change, also where a policy says ask, which `approve` does not settle.
  std::set<std::string, std::less<>> approve_by_name{};
};

struct Approval {
  std::string resource;  // DBInstance/orders
  std::string property;
  std::string why;            // "restarts the database in the window"
  bool irreversible = false;  // only Change::allow_irreversible settles it
  bool asked = false;         // a policy says ask: only Change::approve_by_name settles it
};

class Plan {
 public:
  // True when there is a call to make.
  [[nodiscard]] bool HasChanges() const;
  [[nodiscard]] bool HasRefusals() const;
  [[nodiscard]] bool HasScheduled() const;
  [[nodiscard]] std::vector<Approval> ApprovalsNeeded() const;
  // As `rdsteady plan` prints it, without colour; and as `rdsteady plan --json` does (format_version 1).
  [[nodiscard]] std::string ToText() const;
  [[nodiscard]] std::string ToJson() const;

 private:
  friend struct api::Handles;
  struct Content;
  explicit Plan(std::shared_ptr<const Content> content) : content_(std::move(content)) {}
  std::shared_ptr<const Content> content_;
};

}  // namespace rdsteady
