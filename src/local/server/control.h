// Control: the control plane at work: the pure Sim, its store, its engines and the clock behind one mutex.
//
// Whatever changes the Sim ends with the changed records on disk and the engines told, in this order; only then does an
// answer leave. Thread-safe.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "local/engine/engine_host.h"
#include "local/sim/instance_pages.h"
#include "local/sim/sim.h"
#include "local/store/store.h"

namespace rdsteady::local {

// What a call is answered with: members that are still to be encoded, or the elements of the result.
using Reply = std::expected<std::variant<Properties, TextPieces>, Fault>;

class Control {
 public:
  struct Options {
    SimOptions sim{};
    std::unique_ptr<Store> store;
    EngineHost* host = nullptr;  // outlives this; nullptr: everything is simulated
    std::function<void(std::string_view)> log = [](std::string_view) {};
    // Called, from any thread and under the lock, when NextTimer() has another answer than before.
    std::function<void()> timer_moved = [] {};
  };
  // Loads the state and tells the engines to come up. Errors: kUsage when the state cannot be read.
  [[nodiscard]] static Result<std::unique_ptr<Control>> Open(Options options);

  [[nodiscard]] Reply Handle(const Call& call);
  [[nodiscard]] std::expected<void, Fault> OfferMaintenance(const std::string& account, const std::string& region,
                                                            const std::string& identifier, MaintenanceOffer offer);
  [[nodiscard]] Answer DescribeKey(const std::string& account, const std::string& region, const Properties& input);
  void RunDueTimers();
  // In virtual time, like everything here; VirtualNow() runs as the machine's clock does.
  [[nodiscard]] std::optional<Instant> NextTimer();
  [[nodiscard]] Instant VirtualNow();
  [[nodiscard]] Properties Summary();

 private:
  explicit Control(Options options);
  Instant Now();
  [[nodiscard]] bool Flush();
  void OnReport(const EngineReport& report);

  Options options_;
  std::mutex mutex_;
  Sim sim_;
  InstancePages pages_;
  Instant last_now_{};
  Millis offset_{0};
  std::optional<Instant> told_timer_;
  // Not on disk yet because a write failed; tried again with the next.
  std::map<std::string, std::string> unwritten_;
  std::vector<EngineJob> unsent_;
};

}  // namespace rdsteady::local
