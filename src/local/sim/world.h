// What the control plane of the local RDS knows: plain data, by account and region.
//
// Settings and pending changes are kept by the names that CreateDBInstance gives them (Port, Tags of a request, not
// DbInstancePort or TagList of an answer); setting_table.h says how each is asked for, changed and shown.
#pragma once

#include <compare>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/time.h"
#include "local/sim/engine_job.h"
#include "rdsteady/value.h"

namespace rdsteady::local::sim {

struct Scope {
  std::string account;
  std::string region;
  auto operator<=>(const Scope&) const = default;
};

enum class ActivityKind : std::uint8_t {
  // One after the other; the first one gives the instance its status.
  kLag,  // accepted, and not yet to be seen in the status
  kCreate,
  kBackup,  // `argument`: the snapshot that is taken; empty until an automated one starts
  kApply,   // `keys` of the pending queue take effect
  kRename,
  kResetPassword,
  kReboot,
  kStop,
  kStart,
  kPromote,
  kDelete,
  // Beside the status.
  kStorageOptimization,
  kParameters,  // dynamic parameters are being applied
  kSecurityGroups,
  kRoles,
  kSecret,
  kDomain,
  kRecovery,     // the engine comes up again after the control plane was restarted
  kDailyBackup,  // as kBackup
  // A phase again.
  kMaintain,  // `argument`: the action of `maintenance` that is carried out
};

// Something that an instance is going through. It ends when `due` is past and the engine job, if there is one, has
// been reported.
struct Activity {
  ActivityKind kind = ActivityKind::kLag;
  std::string status;  // empty: what the instance showed before
  Millis lasts{};
  std::vector<std::string> keys;   // kApply: the pending settings that it applies
  std::string argument;            // kRename: the new name; kCreate, kReboot: see transitions.cc
  std::optional<EngineVerb> verb;  // what the engine has to do meanwhile
  std::uint64_t job = 0;           // the outstanding job; 0 before it was handed out and after it was reported
  bool started = false;
  bool reported = false;
  Instant due{};
};

// The backup that an instance is being created from.
struct Birth {
  std::string data_id;             // of the snapshot
  std::string log_of;              // point in time: the resource id of the instance whose log is replayed
  std::optional<Instant> until{};  // up to this time; nothing: to the end of the log
};

// Something that RDS wants to do to the instance.
struct Maintenance {
  std::string action;
  std::string description;
  std::string opt_in;  // immediate, next-maintenance, or empty
  Instant opted_at{};
  std::optional<Instant> auto_applied_after;  // in the first maintenance window after it
  std::optional<Instant> forced;              // then, whatever the window says
};

struct Instance {
  Scope scope;
  std::string identifier;   // lower case
  std::string resource_id;  // db-...: the instance's identity for ever
  Properties settings;
  Properties pending;
  Instant pending_since{};
  std::set<std::string, std::less<>> pending_on_reboot;  // of `pending`: not flushed by window or ApplyImmediately
  std::string base_status = "creating";                  // shown when nothing is going on
  std::string status_reason;
  std::deque<Activity> phases;
  std::vector<Activity> facets;
  bool real = false;  // a database engine runs for it
  bool endpoint_known = false;
  std::string address;
  std::string password_verifier;  // what the engine stores in place of the master password
  std::string next_verifier;      // while the password is being set
  Instant created{};
  Instant stopped_at{};
  std::string active_parameter_group;                     // the group in effect since the last restart
  std::map<std::string, std::string> running_parameters;  // user-set values in effect, as written in the group
  std::string parameter_status = "in-sync";
  std::string source_resource_id;                      // of a replica
  std::string source_reference;                        // what ReadReplicaSourceDBInstanceIdentifier shows
  Properties secret;                                   // MasterUserSecret; empty when there is none
  List roles;                                          // AssociatedRoles
  std::map<std::string, std::string> security_groups;  // id -> status
  std::string domain_status;
  Birth birth;  // while it is being created from a backup
  std::vector<Maintenance> maintenance;
  Instant last_backup{};       // when the last automated one began
  std::uint64_t revision = 0;  // of what Describe shows of it; not stored
};

struct SubnetGroup {
  std::string name;
  std::string description;
  std::string vpc_id;
  std::vector<std::string> subnet_ids;
};

struct ParameterValue {
  std::string value;
  std::string apply_method;  // immediate, pending-reboot
};

struct ParameterGroup {
  std::string name;
  std::string family;
  std::string description;
  std::map<std::string, ParameterValue> values;  // what a user set
};

struct Snapshot {
  std::string identifier;  // lower case; rds:... when RDS took it by itself
  std::string status = "creating";
  Properties answer;    // the DBSnapshot as Describe shows it, without status and tags
  Properties settings;  // of the instance when it was taken: what a restore begins with
  std::map<std::string, std::string> instance_tags;
  std::string password_verifier;
  std::string data_id;  // snap-...: names the data for ever
  Instant taken{};
  bool real = false;  // there is data
};

struct Event {
  std::uint64_t sequence = 0;
  Instant at{};
  std::string source_type;  // db-instance, db-parameter-group, db-snapshot
  std::string source;
  std::string source_arn;
  std::string message;
  std::vector<std::string> categories;
};

// Everything of one account in one region.
struct Realm {
  std::map<std::string, Instance> instances;  // by identifier
  std::map<std::string, SubnetGroup> subnet_groups;
  std::map<std::string, ParameterGroup> parameter_groups;
  std::map<std::string, Snapshot> snapshots;
  std::map<std::string, std::uint64_t> discarded;  // data of snapshots that are gone -> the job that removes it, or 0
  std::map<std::string, std::map<std::string, std::string>> tags;  // by ARN
  std::deque<Event> events;
  // What all instances show may have changed at this revision (groups, tags, the time they can be restored to).
  std::uint64_t revision = 0;
  std::int64_t restorable_slot = 0;
};

}  // namespace rdsteady::local::sim
