// Answers that are behind: for some seconds after a change, what describe calls show of the changed resource is what
// was there before it, in whole or in part. An answer may be behind; having once shown the change, it shows it for
// good.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "support/in_process_rds.h"
#include "world_plan.h"

namespace rdsteady::promises {

class LaggingRds final : public aws::RdsApi {
 public:
  // Lags only where the plan says so. `world` and `plan` outlive it.
  LaggingRds(apply::World& world, const WorldPlan& plan) : world_(world), plan_(plan), dice_(plan.number) {}
  [[nodiscard]] boost::asio::awaitable<Result<Properties>> Call(const model::Operation& operation,
                                                                Properties input) override;

  // Answers that said another status, or other values, than there were.
  [[nodiscard]] std::size_t stale_statuses() const { return stale_statuses_; }
  [[nodiscard]] std::size_t stale_values() const { return stale_values_; }

 private:
  enum class Behind : std::uint8_t { kStatus, kValues, kBoth };
  // An extra read (tags, parameters) comes in pages and selections: a request that was made, and what its answer was
  // before the last change.
  struct Extra {
    const model::Operation* operation = nullptr;
    Properties input;
    std::optional<Properties> before{};
  };
  // Of one resource of the plan.
  struct Lag {
    Behind behind = Behind::kBoth;
    Instant until{};
    std::optional<Value> before{};  // the item of a describe call
    std::map<std::string, Extra> extras{};
  };

  // The resource that a call is about; nullptr: another one.
  [[nodiscard]] const ResourceWorld* ResourceOf(const model::Operation& operation, const Properties& input) const;
  void Remember(const ResourceWorld& resource, Lag& lag);
  void PutBackItems(const model::Kind& kind, Properties& answer);
  void PutBack(const model::Kind& kind, const Lag& lag, Value& item);
  [[nodiscard]] bool IsBehind(const Lag& lag) const { return world_.timer.Now() < lag.until; }

  apply::World& world_;
  const WorldPlan& plan_;
  Dice dice_;
  std::map<const ResourceWorld*, Lag> lags_;
  std::size_t stale_statuses_ = 0;
  std::size_t stale_values_ = 0;
};

}  // namespace rdsteady::promises
