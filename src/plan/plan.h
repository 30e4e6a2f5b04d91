// The plan: what would be done, why, and what it costs. A value: built from desired and observed state by pure
// functions, rendered by report, executed by apply. The same inputs give the same plan, byte for byte.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"
#include "manifest/manifest.h"
#include "model/kinds/kind.h"
#include "rdsteady/value.h"

namespace rdsteady::plan {

// ---- what was read -------------------------------------------------------------------------------------------------

struct Observation {
  bool exists = false;
  Value live;  // the describe answer's item, extra reads stored inside; null when absent
  std::set<std::string, std::less<>> unread{};  // stated properties that could not be read, with their extra read
  model::Offers offers{};                       // what the service offers for what is to be done
};

struct ResourceKey {
  std::string kind;
  std::string name;  // lower case
  friend auto operator<=>(const ResourceKey&, const ResourceKey&) = default;
};
[[nodiscard]] ResourceKey KeyOf(const model::Kind& kind, std::string_view name);

// Everything that was read for a manifest: its resources, and the external resources that they refer to.
using World = std::map<ResourceKey, Observation>;

// What was read of the resource: under its name, or, while only the old one is there, under the one that it is renamed
// from.
[[nodiscard]] const Observation& ObservationOf(const World& world, const manifest::DesiredResource& desired);
[[nodiscard]] ResourceKey ObservedKeyOf(const World& world, const manifest::DesiredResource& desired);

// What the rules of the kind may see of it. Refers to all of them.
[[nodiscard]] model::Sight SightOf(const manifest::DesiredResource& desired, const Observation& observed,
                                   const model::Others* others, const model::KeyNames* keys = nullptr);

// ---- what was asked ------------------------------------------------------------------------------------------------

enum class When : std::uint8_t { kWindow, kNow };

struct Options {
  When when = When::kWindow;
  bool flush_pending = false;
  std::optional<std::vector<std::string>> allow_update{};   // --allow-update: tightens the manifest's policy
  std::optional<model::Disruption> max_disruption{};        // --max-disruption: likewise
  std::set<std::string, std::less<>> allow_irreversible{};  // "DBInstance/orders.MultiTenant"
  std::set<std::string, std::less<>> approve{};             // --approve: likewise
  bool when_is_explicit = false;                            // somebody said --when; the default says nothing
  // Changes (ChangeId) that this run has sent already and that cannot be read back: not planned again.
  std::set<std::string, std::less<>> sent_in_this_run{};
  // The run has sent something for it already: whether its status takes the next change is for the service to say.
  bool underway = false;
  // The resource was created by this run: nothing waits for a window, nothing needs consent.
  bool newborn = false;
  const model::Others* others = nullptr;  // what else was read; MakePlan sets it
  // What KMS said of stated names of keys (KeysToAsk); nullptr: nobody could ask.
  std::shared_ptr<const model::KeyNames> keys{};
  Instant now{};  // for window times only
  std::string region;
  std::string account;  // empty when not known
};

// ---- the plan ------------------------------------------------------------------------------------------------------

// "Tags" of "Tags.service": the property of which a change or a decision is a part.
[[nodiscard]] std::string_view PropertyOf(std::string_view part);

enum class Verdict : std::uint8_t {
  kEqual,
  kScheduled,  // a matching value waits for the window, or for a reboot
  kDiffers,
  kNotCompared,  // write-only, birth, or a guard's rule
  kUnknowable,   // could not be read
  kRefused,      // differs, and cannot or may not be changed
};
[[nodiscard]] std::string_view ToString(Verdict verdict);

// One per stated property (and per stated key of a map), changed or not: what explain shows.
struct Decision {
  std::string property;  // "AllocatedStorage", "Tags.service"
  Verdict verdict = Verdict::kEqual;
  Value desired;
  Value live;
  Value scheduled;   // null when nothing is pending
  std::string rule;  // the rule that decided, when it was a named one
  std::string reason;
  model::ActsWhen until = model::ActsWhen::kWindow;  // for kScheduled: what it waits for; kAsynchronous: on its way
};

struct Forecast {
  model::Disruption disruption = model::Disruption::kNone;
  model::Maybe storage_optimization = model::Maybe::kNo;
  model::ActsWhen when = model::ActsWhen::kNow;
  std::optional<Instant> window{};  // the start of the window it waits for, when it does and it is known
  model::Reversible reversible = model::Reversible::kYes;
  model::Destroys destroys = model::Destroys::kNothing;
  bool confirmed = true;  // false: expected, not confirmed by AWS's reference
  std::vector<std::string> notes{};
  std::string refused{};  // RDS declines this change, and why; empty otherwise
};

// What a policy says of asking before a change, or before a creation.
enum class Consent : std::uint8_t { kUnstated, kGranted, kAsk };

struct Change {
  std::string property;  // as in Decision
  Value from;            // null: was not there
  Value to;              // null: reset or removed
  Forecast forecast;
  SourceSpan where{};  // where the manifest states it
  Consent consent = Consent::kUnstated;
  std::string consent_rule{};         // "policy.yaml:14 says 'Port: ask' for DBInstance prod-*"
  bool irreversible_allowed = false;  // by policy
};

enum class Action : std::uint8_t { kCreate, kModify, kOperation, kWithdraw };
[[nodiscard]] std::string_view ToString(Action action);

// One mutating call, or several of one operation when it takes a limited number of items a call.
struct Step {
  Action action = Action::kModify;
  model::OperationName operation;
  Properties parameters;        // secrets are references; the live ARN stands as text when the resource exists
  std::string arn_member{};     // filled with the live ARN when the step is sent, if it was not known
  std::vector<Change> changes;  // never empty
  bool apply_immediately = false;
  std::vector<std::string> flushes{};  // pending values of the queue that this request runs besides its own
  bool flush_allowed = false;          // by policy
  bool conditional = false;            // sent only if its reason shows once the steps before it are settled
  bool confirm_pending = false;        // sent only after the pending value stood through three readings 10 s apart
};

struct Refusal {
  std::string rule;
  std::string property;  // empty: the whole resource
  std::string message;
  std::string advice;
  SourceSpan where{};
};

enum class Fate : std::uint8_t { kUnchanged, kCreate, kUpdate, kScheduled, kRefused };
[[nodiscard]] std::string_view ToString(Fate fate);

struct ResourcePlan {
  const model::Kind* kind = nullptr;
  std::string name;  // as written
  Fate fate = Fate::kUnchanged;
  std::vector<Decision> decisions;
  std::vector<Step> steps;  // in order
  std::vector<Refusal> refusals;
  std::vector<std::string> notes;       // warnings and remarks for people
  std::vector<std::string> scheduled;   // "DBInstanceClass: db.m6g.xlarge in the window of ..."
  std::vector<ResourceKey> depends_on;  // within the manifest
  std::optional<Instant> next_window{};
  ResourceKey observed{};  // where the world holds what was read of it
  std::string identity{};  // the stable id that it has, where it exists and its kind has one
  Consent creation = Consent::kUnstated;
  std::string creation_rule{};

  [[nodiscard]] std::string Id() const { return std::string(kind->name) + "/" + name; }
  [[nodiscard]] model::Disruption WorstDisruption() const;
};

struct Plan {
  std::string region;
  std::string account;
  std::string endpoint;
  When when = When::kWindow;
  std::vector<ResourcePlan> resources;  // in the order of the manifest: dependencies first

  [[nodiscard]] bool HasRefusals() const;
  [[nodiscard]] bool HasSteps() const;
  [[nodiscard]] bool HasScheduled() const;
};

// Compares and plans the whole manifest. Every named resource and every reference must be in `world`.
[[nodiscard]] Plan MakePlan(const manifest::Manifest& manifest, const World& world, const Options& options);

// One resource. `policy` is the manifest's, with all files' rows.
[[nodiscard]] ResourcePlan PlanResource(const manifest::DesiredResource& desired, const Observation& observed,
                                        const manifest::Policy& policy, const Options& options);

// ---- approval ------------------------------------------------------------------------------------------------------

// What a person has to agree to before the plan may run, beyond what flags and policy have settled.
struct ApprovalNeed {
  std::string resource;  // DBInstance/orders
  std::string property;
  std::string why;            // "restarts the database in the window", "sets the master password"
  bool irreversible = false;  // needs --allow-irreversible by name besides
  bool asked = false;         // a policy says ask: only a person or --approve by name settles it
};
[[nodiscard]] std::vector<ApprovalNeed> ApprovalsNeeded(const Plan& plan, const Options& options);

// The tag that remembers which password_version was set: <stable id>/<N>.
inline constexpr std::string_view kPasswordVersionTag = "rdsteady:password-version";

// "DBInstance/orders.AllocatedStorage": how changes are named in flags, approvals and the approved set.
[[nodiscard]] std::string ChangeId(std::string_view resource_id, std::string_view property);

}  // namespace rdsteady::plan
