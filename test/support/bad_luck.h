// Bad luck for a run, scripted: what its calls meet on their way, what others do in between, what answers lack. A
// decorator over the control plane in this process; what is sent is recorded whether it arrives or not.
//
//   BadLuck luck(world);
//   luck.Refuse("ModifyDBInstance", "InvalidDBInstanceState", "not available", 3);  // the next three
//   luck.Lose("CreateDBInstance", BadLuck::Lost::kAnswer);                          // the next one has its effect
//   luck.Before("ModifyDBInstance", [&] { luck.Others("DeleteDBInstance", ...); }); // once, before it arrives
//   luck.Show([](Properties& item) { item.erase("TagList"); });                     // of each resource that is
//   described
#pragma once

#include <functional>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/in_process_rds.h"

namespace rdsteady::apply {

class BadLuck final : public aws::RdsApi {
 public:
  explicit BadLuck(World& world) : world_(world) {}

  enum class Lost : std::uint8_t { kRequest, kAnswer };
  static constexpr int kAlways = 1'000'000;

  // What a call meets. Scripts are met in the order in which they were written, one a call.
  struct Script {
    std::string operation;  // "": any that changes something; "*": any at all
    int skip = 0;           // so many pass before the first
    int times = 1;
    std::function<void()> before{};  // it arrives
    std::function<void()> after{};   // its effect, and before its answer
    std::optional<Error> error{};
    bool acts = false;  // before the error
  };
  // The reference is good until the end.
  Script& Refuse(std::string operation, std::string code, std::string message, int times = 1, int skip = 0);
  Script& Lose(std::string operation, Lost lost, int times = 1, int skip = 0);
  Script& Before(std::string operation, std::function<void()> what, int skip = 0);
  Script& After(std::string operation, std::function<void()> what, int skip = 0);
  // Refuses with this code for as long as the clock stands before `until`.
  void RefuseUntil(std::string code, Instant until);
  // Edits what describe calls of instances show; the last one that was given counts.
  void Show(std::function<void(Properties&)> edit) { edit_ = std::move(edit); }

  // A call of somebody else, in the middle of a run. Others() fails the test when it is refused.
  void Others(std::string_view operation, Properties input);
  bool TryOthers(std::string_view operation, Properties input);

  // Mutating calls as they were sent: "ModifyDBInstance BackupRetentionPeriod=14 DBInstanceIdentifier=orders",
  // passwords as (secret).
  [[nodiscard]] const std::vector<std::string>& sent() const { return sent_; }
  void Forget() { sent_.clear(); }
  // Scripts that nothing has met.
  [[nodiscard]] std::size_t unmet() const;

  [[nodiscard]] boost::asio::awaitable<Result<Properties>> Call(const model::Operation& operation,
                                                                Properties input) override;

 private:
  [[nodiscard]] Script* Take(const model::Operation& operation);

  World& world_;
  std::list<Script> scripts_;
  std::optional<std::pair<std::string, Instant>> refused_until_{};
  std::function<void(Properties&)> edit_{};
  std::vector<std::string> sent_;
};

}  // namespace rdsteady::apply
