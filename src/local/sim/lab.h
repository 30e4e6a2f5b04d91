// Lab: a control plane for tests, with a clock that stands still and engines that answer when told to.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "local/sim/sim.h"

namespace rdsteady::local::sim {

inline constexpr std::string_view kAccount = "123456789012";
inline constexpr std::string_view kRegion = "us-east-1";
inline constexpr std::string_view kPassword = "correct-horse-battery";

class Lab {
 public:
  explicit Lab(SimOptions options = {});

  [[nodiscard]] Instant now() const { return now_; }
  [[nodiscard]] Sim& sim() { return sim_; }

  Answer Handle(std::string_view operation, Properties input, std::string_view region = kRegion);
  // The answer of a call that works; a failed expectation and nothing otherwise.
  Properties Do(std::string_view operation, Properties input);
  // "Code: message" of a call that is refused, "accepted" otherwise.
  std::string Refusal(std::string_view operation, Properties input);

  // A postgres instance of that name with `more` members, brought up to `available`.
  Properties Create(std::string_view name, Properties more = {});
  Properties Instance(std::string_view name);
  std::string Status(std::string_view name);
  // A member of the instance by dotted path, as text.
  std::string Show(std::string_view name, std::string_view path);
  std::string Pending(std::string_view name);
  std::vector<std::string> Messages(std::string_view name);

  // Moves the clock, timer by timer. Engine jobs are reported as done when `engines_work`.
  void Pass(Millis time);
  // Until no instance has anything under way (an hour at most).
  void Settle();
  std::vector<EngineJob> TakeJobs();
  void Report(const EngineJob& job, bool ok = true, std::string message = {});

  // What a store would hold, and a control plane that was loaded from it.
  [[nodiscard]] const std::map<std::string, std::string>& records();
  [[nodiscard]] std::vector<Record> Stored();
  void Restart();

  bool engines_work = true;

 private:
  void Serve();

  SimOptions options_;
  Sim sim_;
  Instant now_;
  std::vector<EngineJob> jobs_;  // taken, and kept for the test
  std::map<std::string, std::string> records_;
};

// The members of a create request for a postgres instance.
[[nodiscard]] Properties PostgresMembers(std::string_view name, Properties more = {});

}  // namespace rdsteady::local::sim
