// EngineHost: carries out engine jobs on this machine.
//
// Jobs of one resource_id run in the order of their submission; jobs of different ones run at once. Every job is
// idempotent: after a crash the control plane submits again what it has no report for, and the outcome is the same.
// The callback is called once per job, from any thread.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "local/sim/engine_job.h"

namespace rdsteady::local {

class EngineHost {
 public:
  using Done = std::function<void(EngineReport)>;
  virtual ~EngineHost() = default;

  // {engine, major} pairs that this host runs for real, with what is missing told in Explain().
  [[nodiscard]] virtual std::vector<std::pair<std::string, std::string>> Available() const = 0;
  [[nodiscard]] virtual std::string Explain() const = 0;
  virtual void Submit(EngineJob job, Done done) = 0;
  // Stops every engine that it started and returns when they are gone.
  virtual void Shutdown() = 0;
};

}  // namespace rdsteady::local
