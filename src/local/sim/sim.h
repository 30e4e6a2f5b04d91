// Sim: the control plane of the local RDS as a pure state machine on a virtual clock.
//
// It answers calls, moves statuses when their time comes, and says what the database engines have to do. It knows no
// socket, file, process, thread or machine clock: time is an argument, randomness is seeded, engine work goes out as
// EngineJob values and comes back as EngineReport values, durable state goes out as changed records. Same inputs, same
// outputs. Not thread-safe: one owner calls it.
//
// What is pending, immediate, rounded, cased or echoed is written down here from RDS's documented behaviour, on
// purpose without the client's property tables, so that one wrong row cannot hide in both.
//
//   Sim sim({.seed = 1});
//   sim.Load(records);                                   // at start; engines are told to come up again
//   Answer answer = sim.Handle(call, now);               // one API call
//   for (auto& job : sim.TakeEngineJobs()) host.Submit(std::move(job));
//   store.Write(sim.TakeChangedRecords());               // before the answer leaves
//   if (auto due = sim.NextTimer()) ...; sim.Advance(*due);
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "local/sim/engine_job.h"
#include "model/api/api.h"
#include "rdsteady/value.h"

namespace rdsteady::local {

struct Call {
  std::string account;  // 12 digits
  std::string region;
  const model::Operation* operation = nullptr;
  Properties input;
};

// An error as the protocol has it.
struct Fault {
  std::string code;
  std::string message;
  int http_status = 400;
};

using Answer = std::expected<Properties, Fault>;

// One row of durable state. An empty body means that the record is gone. Bodies are JSON and hold no secret: passwords
// are kept as the verifier that the engine itself stores.
struct Record {
  std::string key;
  std::string body;
};

// How long the visible transitions take. Real engine work takes as long as it takes, and at least this.
struct Pace {
  Millis creating{1'000};  // simulated engines only
  Millis backing_up{400};  // the first automated backup after creation
  Millis modifying{700};
  Millis storage_optimization{700};
  Millis rebooting{700};
  Millis stopping{700};
  Millis starting{700};
  Millis deleting{700};
  Millis resetting_credentials{400};
  Millis applying_parameters{400};
  Millis status_lag{250};  // a modified instance still says `available` for this long
};

// As many as an account may have in a region; RDS's own ceilings can be raised to about these.
struct Quotas {
  std::size_t instances = 10'000;
  std::size_t manual_snapshots = 10'000;
};

// Maintenance that RDS would come up with by itself; here somebody has to.
struct MaintenanceOffer {
  std::string action;  // system-update, os-upgrade, hardware-maintenance, db-upgrade, ca-certificate-rotation
  std::string description;
  std::optional<Instant> auto_applied_after;  // in the first maintenance window after it
  std::optional<Instant> forced;              // then, whatever the window says
};

struct SimOptions {
  std::uint64_t seed = 1;
  Pace pace{};
  Quotas quotas{};
  bool strict = false;  // refuse what this machine cannot run, as RDS would, in place of simulating it
  // Engines and majors that run for real here, for example {"postgres", "15"}; all else is simulated.
  std::vector<std::pair<std::string, std::string>> real_engines{};
  // For the salts of password verifiers and for managed passwords: as many unpredictable bytes as asked for. OpenSSL's
  // generator when there is none; tests give one that repeats.
  std::function<std::string(std::size_t)> random_bytes{};
};

// What an instance looks like is the same for as long as its revision is.
struct ShownInstance {
  std::string_view resource_id;
  std::uint64_t revision = 0;
};
struct InstancePage {
  std::vector<ShownInstance> instances;
  std::string marker;  // empty on the last page
};

class Sim {
 public:
  explicit Sim(SimOptions options);
  ~Sim();
  Sim(Sim&&) noexcept;
  Sim& operator=(Sim&&) noexcept;

  // REQUIRES: nothing was handled yet. Instances that were in the middle of something are taken up where they were.
  [[nodiscard]] std::expected<void, std::string> Load(const std::vector<Record>& records, Instant now);

  // REQUIRES: `now` never goes back. Runs due timers first.
  [[nodiscard]] Answer Handle(const Call& call, Instant now);
  // For a server that keeps what it has encoded: the page that DescribeDBInstances would answer, by reference.
  // REQUIRES: the operation is DescribeDBInstances. Show() renders one of them, until the next call of anything else.
  [[nodiscard]] std::expected<InstancePage, Fault> Page(const Call& call, Instant now);
  [[nodiscard]] Properties Show(std::string_view resource_id);
  void Advance(Instant now);
  [[nodiscard]] std::optional<Instant> NextTimer() const;
  // Makes the maintenance pending on the instance; one of that action takes the place of another.
  [[nodiscard]] std::expected<void, Fault> OfferMaintenance(const std::string& account, const std::string& region,
                                                            const std::string& identifier, MaintenanceOffer offer,
                                                            Instant now);
  // KMS's DescribeKey, for the keys that instances and snapshots have.
  [[nodiscard]] Answer DescribeKey(const std::string& account, const std::string& region, const Properties& input,
                                   Instant now);
  void OnEngineReport(const EngineReport& report, Instant now);

  [[nodiscard]] std::vector<EngineJob> TakeEngineJobs();
  [[nodiscard]] std::vector<Record> TakeChangedRecords();

  // What `local status` shows: instances with engine, real or simulated, endpoint, status.
  [[nodiscard]] Properties Summary() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace rdsteady::local
