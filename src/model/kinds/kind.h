// The property table: per kind, a row per desired property, and everything else that the engine has to know about a
// kind. Comparing, planning, forecasting, applying and settling read these rows and know no kind by name.
//
// Types, required members, enums and sensitivity are not repeated here: they come from the API table by name; a test
// joins the two. All tables are static, immutable and thread-safe. Rows are grouped by kind in db_instance.cc,
// db_subnet_group.cc, db_parameter_group.cc; disruption rows in db_instance_disruption.cc. What reads the rows lies
// beside them: compare.h (reading and comparing values), judge.h (guards and checks), disruption.h (costs).
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "model/api/api.h"
#include "model/kinds/key_names.h"
#include "model/kinds/operation_name.h"
#include "rdsteady/value.h"

namespace rdsteady::model {

// Other resources: their live answers where somebody has read them (nullptr: not read, or not there), and what the
// manifest states of them (nullptr: it does not name them).
class Others {
 public:
  virtual ~Others() = default;
  [[nodiscard]] virtual const Value* Live(std::string_view kind, std::string_view name) const = 0;
  [[nodiscard]] virtual const Properties* Stated(std::string_view kind, std::string_view name) const = 0;
  // The name that the manifest renames to `name`; empty when there is none.
  [[nodiscard]] virtual std::string_view OldName(std::string_view kind, std::string_view name) const = 0;
};

// What the service offers: items by Preflight::name. Many resources of a region share one answer, which may be large.
using Offers = std::map<std::string, std::shared_ptr<const List>, std::less<>>;

// What a rule may look at: the stated properties, the live answer (null when the resource does not exist), its name,
// and, where they were read, other resources and what the service offers. What is not known makes a rule silent, never
// wrong.
struct Sight {
  const Properties& desired;
  const Value& live;
  std::string_view name{};  // the key's value as stated
  const Others* others = nullptr;
  const Offers* offers = nullptr;  // what was not asked for is not there
  const KeyNames* keys = nullptr;  // what stated names of keys stand for; nullptr: nobody could ask
  // The engine that counts, in lower case: stated, else live, else the source's. Empty when nobody knows.
  [[nodiscard]] std::string Engine() const;
};

// The births and the modify call; a property's row says in which of them it is a parameter.
enum CallBit : std::uint8_t { kCreate = 1, kModify = 2, kReplica = 4, kFromSnapshot = 8, kPointInTime = 16 };

enum class Compare : std::uint8_t {
  kNever,  // write-only, modifiers, sources of a birth
  kExact,
  kIgnoreCase,
  kIdentifier,  // names that RDS folds to lower case
  kInteger,
  kIntegerZeroIsNull,  // 0 and absent are the same
  kStorageFloor,       // live >= desired is reached when RDS rounded up or autoscaling may have grown it
  kBoolean,            // absent is false
  kPresence,           // a boolean that says whether the live path holds anything
  kVersion,            // a stated prefix by component; with automatic minor versions a floor
  kDailyWindow,
  kWeeklyWindow,
  kKmsKey,     // key id, key ARN, alias (key_names.h): one that cannot be resolved counts as equal, with a warning
  kArnOrName,  // an ARN of this account and region equals the bare name
  kSet,        // of texts, order-free
  kMultiset,
  kTextMap,            // key by key; keys that are not stated are untouched
  kNameValueList,      // [{Name, Value}] as a map of texts
  kKeyedVolumes,       // AdditionalStorageVolumes by VolumeName
  kRolePairs,          // {RoleArn, FeatureName} pairs as a set
  kDistinguishedName,  // without case, spaces after commas ignored
  kParameterMap,       // like kTextMap, values as RDS normalises them
};

enum class Update : std::uint8_t {
  kKey,           // the identity; where the modify call can change it (modify_as), only by `renamed_from`
  kModify,        // travels in the kind's modify call
  kOperation,     // by operations of its own (SeparateOperation rows)
  kImmutable,     // a difference is refused with the recipe
  kBirth,         // chooses or feeds the creating call; never compared afterwards
  kWriteOnly,     // sent at birth, afterwards only on an explicit word (password_version)
  kModifier,      // travels with another property, never causes a change
  kServiceOwned,  // never sent, read as a sign of ownership
  kRefused,       // an error when stated; the note says why and what to do instead
};

// When a modification acts, apart from what its value adds.
enum class Timing : std::uint8_t {
  kNotModifiable,
  kDeferrable,      // in the maintenance window, or now with ApplyImmediately
  kImmediate,       // now, whatever is asked
  kAsynchronous,    // as soon as possible, whatever is asked
  kOnlyNow,         // RDS demands ApplyImmediately=true
  kDependsOnValue,  // BackupRetentionPeriod: crossing 0 is deferrable, else asynchronous; `deferrable` decides
};

// What an explicit null means.
enum class Reset : std::uint8_t {
  kNotPossible,
  kSendZero,    // MonitoringInterval, Iops
  kSendLiveOf,  // MaxAllocatedStorage: the live AllocatedStorage (reset_with)
  kSendFlag,    // Domain: DisableDomain=true (reset_with)
  kEmptySet,    // log exports, roles
  kPerKey,      // maps: null removes or resets a key
  kOperation,   // SourceDBInstanceIdentifier: promotion (a SeparateOperation row)
};

enum class Disruption : std::uint8_t { kNone, kDegraded, kFailover, kRestart, kOutage, kUnknown };
enum class Reversible : std::uint8_t { kYes, kNo, kUnknown };
enum class Destroys : std::uint8_t { kNothing, kBackups, kVolume, kSecret, kReplicationLink, kHistory, kOther };
enum class ActsWhen : std::uint8_t { kNow, kAsynchronous, kWindow, kNextReboot, kNotApplicable, kUnknown };
enum class Maybe : std::uint8_t { kNo, kYes, kMaybe };
enum class Confidence : std::uint8_t { kGuide, kImplied, kUnconfirmed };

[[nodiscard]] std::string_view ToString(Disruption);
[[nodiscard]] std::string_view ToString(Reversible);
[[nodiscard]] std::string_view ToString(Destroys);
[[nodiscard]] std::string_view ToString(ActsWhen);

// A condition under which the row's property is left out, with the rule's name and the reason shown.
struct Guard {
  std::string_view rule;    // CLUSTER-MEMBER, AWS-BACKUP-OWNS, GP3-THRESHOLD, MULTIAZ-AZ ...
  std::string_view reason;  // "the cluster owns it"
  bool (*holds)(const Sight&);
  enum class Scope : std::uint8_t {
    kCompare,  // not compared, and so never modified
    kAlways,   // nor sent at birth
    kBirth,    // not sent at birth, but compared: the modification follows
  } scope = Scope::kCompare;
};

// What RDS would refuse or can never do, found before the call. Empty text: nothing to object to.
struct Check {
  std::string_view rule;  // GROW-ONLY
  std::string (*objection)(const Sight&);
  std::string_view advice;  // what a person would do instead
  bool offline = false;     // needs no live answer: `validate` runs it
  // Takes a null live answer for "will be created": judged offline only where that is assumed.
  bool at_birth = false;
  std::string (*hint)(const Sight&) = nullptr;  // in place of `advice` where it depends on what was stated
};

// `property` rides along when the row's property changes: as stated, else as live.
struct Companion {
  std::string_view property;
  bool (*needed)(const Sight&) = nullptr;  // nullptr: always
  // A change of the companion must not go in another request than this row's (the group of a new major version).
  bool only_together = false;
};

// Bounds that the API table does not state. `most` < `least`: none.
struct Range {
  std::int64_t least = 0;
  std::int64_t most = -1;
  [[nodiscard]] constexpr bool IsStated() const { return most >= least; }
};

struct Property {
  std::string_view name;   // the desired name; the API's
  std::uint8_t calls = 0;  // CallBits
  Update update = Update::kModify;
  Compare compare = Compare::kExact;
  Timing timing = Timing::kNotModifiable;
  // "Endpoint.Port", "VpcSecurityGroups[].VpcSecurityGroupId", "DBParameterGroups[0].DBParameterGroupName"
  std::string_view live{};
  std::string_view live_or{};            // read when `live` yields nothing
  std::string_view pending{};            // under PendingModifiedValues, or empty
  std::string_view pending_elsewhere{};  // a path of the answer itself that holds what is scheduled
  std::string_view pending_ignore{};     // elements of that path that do not (as live_ignore)
  std::string_view modify_as{};          // the modify call's spelling when it differs (DBPortNumber)
  Reset reset = Reset::kNotPossible;
  std::string_view reset_with{};
  std::string_view references{};   // the kind that the value names
  std::string_view live_ignore{};  // "Status=removing|gone": list elements left out when `live` is a list of structures
  bool absent_is_unknown = false;  // an answer without the member tells nothing, and it is left as it is
  std::string_view absent_equals{};            // an answer without the member counts as this (BackupTarget: region)
  std::span<const std::string_view> values{};  // a closed list, without case, where the API table has no enum
  Range range{};
  std::span<const Companion> companions{};
  std::span<const Guard> guards{};
  std::span<const Check> checks{};
  bool (*deferrable)(const Value& from, const Value& to) = nullptr;  // for Timing::kDependsOnValue
  bool (*held_until_restart)(const Sight&) = nullptr;                // as stated, it stays scheduled whatever is asked
  bool folds_case = false;                                           // the answer comes in lower case
  // Maps that travel as lists of structures (Tags, Parameters, ProcessorFeatures): the members of an item.
  std::string_view item_key{};                       // Key, ParameterName, Name
  std::string_view item_value{};                     // Value, ParameterValue
  std::span<const std::string_view> foreign_keys{};  // prefixes of keys never compared or removed: "aws:", "rdsteady:"
  // A set that is changed by differences inside a structure (modify_as): the members that take what comes and goes.
  std::string_view delta_add{};       // EnableLogTypes
  std::string_view delta_remove{};    // DisableLogTypes
  std::string_view pending_add{};     // under `pending`: LogTypesToEnable
  std::string_view pending_remove{};  // LogTypesToDisable
  bool one_way = false;               // cannot be taken back: asks for consent by name (MultiTenant, Engine)
  std::string_view note{};            // one sentence for people
};

// A property of the manifest that is no member of the kind's calls, or changes by calls of its own. Rows stand in the
// order of execution.
struct SeparateOperation {
  std::string_view property;  // Tags, AssociatedRoles, Parameters, SourceDBInstanceIdentifier, power ...
  enum class What : std::uint8_t { kAdd, kRemove, kSet, kReset, kPromote, kStart, kStop, kReboot } what;
  OperationName operation;           // AddTagsToResource
  std::string_view resource_member;  // the member that names the resource: ResourceName, DBInstanceIdentifier
  bool by_arn = false;               // resource_member takes the live ARN (Kind::arn), else the name
  std::string_view items_member{};   // Tags, TagKeys, Parameters: the list of items; empty: one call an item
  int max_items = 0;                 // per call; 0: no limit
  // Items of a map: builds one from key and value, looking at the live item (null when there is none); nullptr: the
  // property's item_key and item_value, or, where items are bare keys, the key itself.
  Value (*item)(std::string_view key, const Value& value, const Value& live_item) = nullptr;
  // Keys that must travel in one call: nullptr when any split will do.
  std::span<const std::string_view> (*together)(std::string_view key) = nullptr;
  // For start, stop and reboot: the statuses in which it is needed (empty: any but done_statuses) and those in which it
  // is done already; and what must be seen for a reboot to be due.
  std::span<const std::string_view> from_statuses{};
  std::span<const std::string_view> done_statuses{};
  std::string_view needed_path{};   // DBParameterGroups[].ParameterApplyStatus
  std::string_view needed_value{};  // pending-reboot
  // Members with fixed values: ResetAllParameters=false.
  std::span<const std::pair<std::string_view, bool>> flags{};
  std::span<const std::string_view> already_done_codes{};  // refusals that mean it is as wanted already
  std::string_view already_done_fragment{};                // when set, the message must hold it too, without case
  std::span<const std::string_view> carries{};  // properties that ride along when stated (promotion: the retention)
};

// A read beside the describe call, made only where the manifest states the property and the answer lacks the member.
struct ExtraRead {
  std::string_view property;   // Tags, Parameters
  std::string_view operation;  // ListTagsForResource, DescribeDBParameters
  std::string_view resource_member;
  bool by_arn = false;
  std::string_view items;     // the list in the answer
  std::string_view store_as;  // the member of the live answer under which the list is kept: TagList, Parameters
};

// A read made only where something is to be created or changed: what the service offers, and so what it would refuse.
// Rules find its items under `name` in Sight::offers.
struct Preflight {
  std::string_view name;         // OrderableDBInstanceOptions
  std::string_view operation;    // DescribeOrderableDBInstanceOptions
  std::string_view items;        // the list in the answer
  std::string_view none_code{};  // an error that means an empty list: DBSnapshotNotFound
  // The request; nullopt: too little is known, or there is nothing to ask.
  std::optional<Properties> (*request)(const Sight&);
  std::span<const std::string_view> properties{};  // asked where one of them is created or changed; empty: any
  // Of what waits beside the pending values: asked where a request would carry ApplyImmediately, and only there. The
  // text says what of an item such a request may run; empty: nothing.
  std::string (*waiting)(const Value& item) = nullptr;
};

// One way to come into being. The first row whose selector is stated (neither null nor false) is taken; the last row
// has no selector.
struct Birth {
  std::string_view selector;  // "SourceDBInstanceIdentifier", or empty
  OperationName operation;    // CreateDBInstanceReadReplica
  CallBit bit;
  std::string_view key_as;                       // the key's spelling in that call
  std::string_view exists_code;                  // DBInstanceAlreadyExists
  std::span<const std::string_view> not_with{};  // selectors that make it ambiguous
};

enum class StatusClass : std::uint8_t { kSettled, kTransient, kNeedsAction, kTerminal, kGone };
struct StatusRow {
  std::string_view status;
  StatusClass status_class;
  bool accepts_modify;
  std::string_view advice{};  // for kNeedsAction and kTerminal
  std::string_view only{};    // the one property that may be changed in it, first and alone; empty: any
};

// Beside the status: what must hold before a change of `property` counts as done.
struct Facet {
  std::string_view property;  // the change it belongs to
  std::string_view path;      // "VpcSecurityGroups[].Status"
  std::span<const std::string_view> settled;
  std::span<const std::string_view> failed;
};

// A refusal of the service that means "wait and try again".
struct WaitRefusal {
  std::string_view code;
  std::string_view fragment;  // of the message, without case; empty: any
  // kAlreadyDone: the service says that there is nothing to do; counts as done, not as a reason to wait.
  enum class Until : std::uint8_t { kSettled, kShortly, kStorageOptimized, kAlreadyDone } until;
  int limit_seconds;              // give up after this long
  bool fresh_dependency = false;  // only where this run created what the refused request names
};

struct Kind {
  std::string_view name;            // DBInstance
  std::string_view key;             // DBInstanceIdentifier
  std::string_view arn;             // DBInstanceArn, the live ARN's member
  std::string_view stable_id{};     // DbiResourceId
  std::string_view describe;        // DescribeDBInstances
  std::string_view describe_key;    // the request member that names one
  std::string_view describe_items;  // DBInstances
  std::string_view filter{};        // "db-instance-id": a Filters name that takes several identifiers, or empty
  std::string_view not_found_code;  // DBInstanceNotFound
  OperationName modify;
  std::string_view apply_immediately{};             // "ApplyImmediately", or empty when the call takes effect at once
  std::string_view window_path{};                   // PreferredMaintenanceWindow: when what is deferred will act
  std::string_view event_source{};                  // db-instance: the SourceType of DescribeEvents
  std::string_view pending_root{};                  // PendingModifiedValues
  std::string_view versioned_secret{};              // MasterUserPassword: what password_version speaks of
  std::string_view version_tags{};                  // Tags: the map that keeps the version, as <stable_id>/<N>
  std::span<const std::string_view> always_send{};  // ModifyDBSubnetGroup: SubnetIds
  std::span<const Birth> births;
  std::span<const Property> properties;  // sorted by name
  std::span<const SeparateOperation> operations{};
  std::span<const ExtraRead> extra_reads{};
  std::span<const Preflight> preflights{};
  std::string_view status_path{};  // DBInstanceStatus; empty: the kind has no status, it is always settled
  std::span<const StatusRow> statuses{};
  std::span<const Facet> facets{};
  std::span<const WaitRefusal> wait_refusals{};
  std::span<const Check> checks{};  // about the resource as a whole
  // Live Engine values outside this list (by prefix) are not RDS's; empty: all are.
  std::span<const std::string_view> own_engines{};
};

// What a change costs. Rows of one property in order; every row whose engine, deployment and condition may hold counts,
// and the worst of them is the forecast. Unknown weighs as an outage.
struct DisruptionRow {
  std::string_view property;    // or a word for what is no property: power, reboot, or an operation's name
  std::string_view engines;     // "all" or names separated by spaces: "mysql mariadb postgres"
  std::string_view deployment;  // any, single-az, multi-az, replica ...
  std::string_view condition;   // for people: "growth from below to above 400 GiB (one to four volumes)"
  // yes / no / cannot be told from what is observed. nullptr: always.
  Maybe (*applies)(const Sight&, const Value& from, const Value& to) = nullptr;
  Disruption disruption = Disruption::kUnknown;
  Maybe storage_optimization = Maybe::kNo;
  ActsWhen when = ActsWhen::kUnknown;
  Reversible reversible = Reversible::kUnknown;
  Destroys destroys = Destroys::kNothing;
  Confidence confidence = Confidence::kUnconfirmed;
  bool refused = false;              // RDS declines it: plan it as an error
  std::string_view destroys_what{};  // for Destroys::kOther: "old endpoint"
  std::string_view note{};
  // When it destroys only in one of its directions. nullptr: whenever the row holds.
  Maybe (*destroys_if)(const Sight&, const Value& from, const Value& to) = nullptr;
};

[[nodiscard]] std::span<const Kind* const> Kinds();
[[nodiscard]] const Kind* FindKind(std::string_view name);
[[nodiscard]] const Property* FindProperty(const Kind& kind, std::string_view name);
// The row that a call's own spelling belongs to (DBPortNumber, NewDBInstanceIdentifier, TargetDBInstanceIdentifier,
// DisableDomain); nullptr when the name is no such spelling.
[[nodiscard]] const Property* FindBySpelling(const Kind& kind, std::string_view name);
// The birth that the stated properties choose. REQUIRES: the kind has births, the last without a selector.
[[nodiscard]] const Birth& BirthOf(const Kind& kind, const Properties& desired);
[[nodiscard]] const StatusRow* FindStatus(const Kind& kind, std::string_view status);
// All rows of the kind, and those of one property (rows of one property stand together).
[[nodiscard]] std::span<const DisruptionRow> DisruptionRows(const Kind& kind);
[[nodiscard]] std::span<const DisruptionRow> DisruptionRows(const Kind& kind, std::string_view property);
// The property's type from the API table: the member of the births' or the modify call's input. nullptr for properties
// that are no member of a call (AssociatedRoles, Parameters).
[[nodiscard]] const Member* ApiMember(const Kind& kind, const Property& property);
// The shape of the property in the API: ApiMember's, else that of the answer that carries it (a list of structures for
// AssociatedRoles and Parameters). Maps (those with an item_key) may be written {key: text} in manifests.
[[nodiscard]] const Shape* TypeOf(const Kind& kind, const Property& property);

}  // namespace rdsteady::model
