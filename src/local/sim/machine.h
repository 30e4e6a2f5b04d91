// Machine: the state of the control plane, its clock, and what moves it.
//
// It owns every realm and instance. Handlers of operations read and change the state through it; whoever changes
// something says so with Touch..., which keeps the timers and the list of changed records right. Not thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "local/sim/catalogue.h"
#include "local/sim/sim.h"
#include "local/sim/world.h"

namespace rdsteady::local::sim {

enum class RecordKind : std::uint8_t {
  kInstance,
  kSubnetGroup,
  kParameterGroup,
  kSnapshot,
  kTags,
  kEvent,
  kMeta,
  kDiscarded
};

struct RecordKey {
  RecordKind kind = RecordKind::kMeta;
  Scope scope;
  std::string name;
  auto operator<=>(const RecordKey&) const = default;
};

class Machine {
 public:
  explicit Machine(SimOptions options);

  [[nodiscard]] const SimOptions& options() const { return options_; }
  [[nodiscard]] const Pace& pace() const { return options_.pace; }
  [[nodiscard]] Instant now() const { return now_; }

  // State. Pointers stay valid until the thing itself is deleted.
  [[nodiscard]] Realm& RealmOf(const Scope& scope);
  [[nodiscard]] const std::map<Scope, Realm>& realms() const { return realms_; }
  [[nodiscard]] Instance* FindInstance(const Scope& scope, std::string_view identifier);
  [[nodiscard]] Instance* FindByResource(std::string_view resource_id);
  [[nodiscard]] std::vector<Instance*> ReplicasOf(const Instance& source);
  Instance& AddInstance(Instance instance);
  void EraseInstance(const Instance& instance);
  // Makes it a replica of that instance, or of none.
  void SetSource(Instance& instance, std::string source_resource_id, std::string reference);
  // The group of that name; default.<family> comes into being when it is first looked for.
  [[nodiscard]] ParameterGroup* FindParameterGroup(const Scope& scope, std::string_view name);
  [[nodiscard]] std::vector<Instance*> UsersOf(const Scope& scope, std::string_view parameter_group);

  // Snapshots (machine_snapshots.cc). One that is being taken is ended by the instance's activity that names it.
  [[nodiscard]] Snapshot* FindSnapshot(const Scope& scope, std::string_view identifier);
  // REQUIRES: the name is free.
  Snapshot& AddSnapshot(const Instance& instance, std::string identifier, std::string_view type);
  // Its data is removed as soon as nothing is restored from it.
  void EraseSnapshot(const Scope& scope, const std::string& identifier);
  // Automated backups of the instance, oldest first.
  [[nodiscard]] std::vector<const Snapshot*> BackupsOf(const Instance& instance);

  // Identity. Names are the same for the same seed and history.
  [[nodiscard]] std::uint64_t Hash(std::string_view text) const;
  [[nodiscard]] std::string NewName(std::string_view prefix, std::size_t letters);  // upper-case letters and digits
  [[nodiscard]] std::string RandomBytes(std::size_t count) const;
  [[nodiscard]] std::string AddressFor(const Scope& scope, std::string_view identifier) const;
  [[nodiscard]] bool RunsForReal(const Engine& engine, std::string_view version, std::string_view instance_class,
                                 std::string& reason) const;
  [[nodiscard]] std::string DefaultVersion(const Engine& engine) const;

  // A number that grows whenever what Describe shows of the instance may have changed.
  [[nodiscard]] std::uint64_t RevisionOf(const Instance& instance);

  // Changes.
  void Touch(Instance& instance);
  void Touch(RecordKind kind, const Scope& scope, std::string name);
  void AddEvent(const Instance& instance, std::vector<std::string> categories, std::string message);
  void AddEvent(const Scope& scope, Event event);

  // Transitions (transitions.cc).
  void Begin(Instance& instance, std::vector<Activity> phases);  // after those that are under way
  void BeginFacet(Instance& instance, Activity facet);
  // The phases that make `keys` of the pending queue take effect.
  [[nodiscard]] std::vector<Activity> PhasesFor(const Instance& instance, const std::vector<std::string>& keys) const;
  // Runs what is due. False when the instance is gone.
  bool Pump(Instance& instance);
  void PumpReplicasOf(const Instance& source);
  void Report(const EngineReport& report, Instant at);
  void AdvanceTo(Instant at);
  [[nodiscard]] std::optional<Instant> NextTimer() const;

  // Durable state and work for engines (records.cc, transitions.cc).
  [[nodiscard]] std::expected<void, std::string> Load(const std::vector<Record>& records, Instant now);
  [[nodiscard]] std::vector<Record> TakeChangedRecords();
  [[nodiscard]] std::vector<EngineJob> TakeEngineJobs();

 private:
  void Start(Instance& instance, Activity& activity);
  void PumpFacets(Instance& instance);
  void SubmitJob(Instance& instance, Activity& activity);
  bool EndPhase(Instance& instance, const Activity& done);
  void EndFacet(Instance& instance, const Activity& done);
  void EndApply(Instance& instance, const Activity& done);
  void EndMaintenance(Instance& instance, const Activity& done);
  void Fail(Instance& instance, const Activity& activity, const std::string& message);
  bool QueueWhatTimeBrings(Instance& instance);
  [[nodiscard]] EngineSpec SpecOf(Instance& instance, const Activity& activity);
  void Rename(Instance& instance, const std::string& name);
  void TakeUp(Instance& instance);
  Snapshot& KeepSnapshot(const Scope& scope, Snapshot snapshot);
  void StartBackup(Instance& instance, Activity& activity);
  void EndBackup(Instance& instance, const Activity& done);
  void FailBackup(Instance& instance, const Activity& activity, const std::string& message);
  void AgeBackups(const Instance& instance);
  void EndBirth(const Scope& scope, const std::string& resource_id);
  void PumpDiscarded(const Scope& scope);
  void ReportDiscarded(const std::string& data_id, bool ok);
  [[nodiscard]] bool IsRestoring(std::string_view data_id) const;
  [[nodiscard]] bool IsReplayed(const Instance& instance) const;
  void SetTimer(const RecordKey& key, std::optional<Instant> due);
  [[nodiscard]] std::string Body(const RecordKey& key) const;
  [[nodiscard]] std::expected<void, std::string> LoadOne(const Record& record);

  SimOptions options_;
  Instant now_{};
  std::map<Scope, Realm> realms_;
  std::unordered_map<std::string, Instance*> by_resource_;
  std::map<std::string, std::set<std::string>> replicas_;  // source resource id -> resource ids
  std::map<std::string, std::set<std::string>> backups_;   // resource id -> automated snapshots
  std::map<std::string, std::string> restoring_;           // resource id -> the data that it is created from
  std::map<std::string, std::string> replaying_;           // resource id -> that of the instance whose log it reads
  std::set<std::string> addresses_;
  std::set<std::pair<Instant, RecordKey>> timers_;
  std::map<RecordKey, Instant> due_;
  std::set<RecordKey> changed_;
  std::uint64_t next_revision_ = 1;
  std::unordered_map<std::uint64_t, std::string> jobs_;  // outstanding job -> resource id
  std::vector<EngineJob> submitted_;
  std::uint64_t next_job_ = 1;
  std::uint64_t next_name_ = 1;
  std::uint64_t next_event_ = 1;
};

// What DescribeDBInstances says.
[[nodiscard]] std::string ShownStatus(const Instance& instance);
// The status that it is really in: `available` only when nothing is going on.
[[nodiscard]] bool IsSettled(const Instance& instance);
[[nodiscard]] std::string ParameterApplyStatus(Machine& machine, const Instance& instance);
// The end of the log that is safe; REQUIRES: the instance is backed up.
[[nodiscard]] Instant LatestRestorable(const Machine& machine, const Instance& instance);
[[nodiscard]] bool HasFacet(const Instance& instance, ActivityKind kind);
// maintenance.cc: when it is carried out, as things stand; and the phase that does it.
[[nodiscard]] std::optional<Instant> ApplyDateOf(const Instance& instance, const Maintenance& maintenance);
[[nodiscard]] Activity PhaseOf(const Machine& machine, const Maintenance& maintenance);
[[nodiscard]] std::string Partition(std::string_view region);
// ArnOf(scope, "db", "orders")
[[nodiscard]] std::string ArnOf(const Scope& scope, std::string_view type, std::string_view name);
[[nodiscard]] bool IsDefaultGroup(std::string_view name);

inline constexpr std::chrono::minutes kRestorableStep{5};  // LatestRestorableTime moves in such steps
inline constexpr std::size_t kMaxEvents = 2000;            // of a realm; older ones are dropped
inline constexpr Millis kEventLife = std::chrono::days(14);
inline constexpr Millis kStoppedFor = std::chrono::days(7);  // then RDS starts a stopped instance by itself

}  // namespace rdsteady::local::sim
