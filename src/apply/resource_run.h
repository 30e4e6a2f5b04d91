// One resource's run as one coroutine: read, plan anew, send the next approved step, wait until it is settled, repeat
// until nothing approved is left. What is sent is decided by the live answer of that moment, held against the approved
// plan; nothing is remembered but what cannot be read back.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "apply/apply.h"
#include "apply/poller.h"
#include "apply/secrets.h"
#include "apply/settle.h"

namespace rdsteady::apply {

// What all resources of a run share.
struct Shared {
  Context context;
  const manifest::Manifest& manifest;
  const ExecuteOptions& options;
  const ResolvedSecrets& secrets;
  Poller& poller;
  std::vector<CallRecord>& calls;
  std::set<plan::ResourceKey> created{};  // by this run: what names them may have to wait until they can be seen
};

class ResourceRun {
 public:
  ResourceRun(Shared& shared, const manifest::DesiredResource& desired, const plan::ResourcePlan& approved);

  // Never throws but for cancellation, which it turns into an error of the outcome.
  [[nodiscard]] boost::asio::awaitable<ResourceOutcome> Go();

 private:
  enum class Sent : std::uint8_t { kAccepted, kAlreadyThere, kReadAgain };

  [[nodiscard]] boost::asio::awaitable<Result<void>> Converge();
  [[nodiscard]] boost::asio::awaitable<Result<plan::Observation>> ReadAgain();
  // Waits while the status forbids a modification.
  [[nodiscard]] boost::asio::awaitable<Result<plan::Observation>> ReadWhenReady(bool will_send);
  // Without what the service offers: that was judged before the first call, of the live values of that moment.
  [[nodiscard]] plan::ResourcePlan PlanAnew(const plan::Observation& observation) const;
  // The error that says what of the step was not approved; success when all of it was.
  [[nodiscard]] Result<void> CheckApproved(const plan::Step& step, const plan::ResourcePlan& now) const;
  // That it is still the one that the plan was made for.
  [[nodiscard]] Result<void> CheckIdentity(const plan::Observation& observation);
  // Whether what is scheduled stands still.
  [[nodiscard]] boost::asio::awaitable<Result<bool>> ConfirmPending(const plan::Step& step);
  [[nodiscard]] boost::asio::awaitable<Result<Sent>> Send(const plan::Step& step, const plan::Observation& seen);
  [[nodiscard]] boost::asio::awaitable<Result<Sent>> AfterRefusal(const plan::Step& step, Error error);
  // What came of the call whose answer was lost: true when it had acted, and has been waited for.
  [[nodiscard]] boost::asio::awaitable<Result<bool>> TakeUp(const plan::Observation& seen);
  [[nodiscard]] bool IsMadeBy(const plan::Step& creation, const plan::Observation& seen) const;
  void Adopt(const plan::Step& creation);
  [[nodiscard]] Error SomebodyElses() const;
  [[nodiscard]] Millis WaitedFor(const std::string& refusal);
  // Whether it is in a status that it does not leave by itself, and cannot be used in.
  [[nodiscard]] bool NeedsHelp(const plan::Observation& observation) const;
  [[nodiscard]] bool DependsOnNewborn() const;
  [[nodiscard]] boost::asio::awaitable<Result<void>> Settle(const plan::Step& step);
  [[nodiscard]] boost::asio::awaitable<Result<void>> SettleByReading(const plan::Step& step);
  // Two readings apart: whether something that only shows later (parameters waiting for a reboot) has shown.
  [[nodiscard]] boost::asio::awaitable<Result<void>> LookTwice();
  [[nodiscard]] boost::asio::awaitable<Error> WithEvents(ErrorCategory category, std::string message,
                                                         std::string hint = {});

  [[nodiscard]] std::optional<Millis> FixedDelay() const;
  [[nodiscard]] Millis Deadline() const;
  void Emit(Event::What what, std::string text = {}, std::string operation = {}) const;
  void EmitStatus(const Judgement& judgement, bool reached) const;

  // Whether the step gives it another name at once, so that it will be found under that.
  [[nodiscard]] bool IsRenameNow(const plan::Step& step) const;

  Shared& shared_;
  const manifest::DesiredResource& desired_;
  const plan::ResourcePlan& approved_;
  std::string name_;  // under which it is read: the old one until a rename has taken effect
  ResourceOutcome outcome_;
  Instant started_;
  bool newborn_ = false;                          // created by this run
  bool create_unanswered_ = false;                // our create was sent and its answer was lost
  std::optional<plan::Step> unanswered_{};        // sent, and not yet known whether it has acted
  bool called_ = false;                           // something was accepted, or may have been
  std::string identity_;                          // the stable id of what all this is about, once it is known
  std::set<std::string, std::less<>> confirmed_;  // signatures of steps whose pending value stood still
  std::set<std::string, std::less<>> said_done_;  // of steps that the service has declined as done
  std::optional<Instant> helpless_since_{};
  std::set<std::string, std::less<>> sent_unreadable_;
  std::map<std::string, int> times_sent_;  // by operation and changes: the same call is not sent for ever
  std::map<std::string, Instant> refused_since_;
};

// Waits' numbers: a fixed delay and the deadline, from flags, the resource and the file, in this order of strength.
[[nodiscard]] manifest::WaitSettings EffectiveWait(const manifest::WaitSettings& flags,
                                                   const manifest::WaitSettings& resource,
                                                   const manifest::WaitSettings& file);
[[nodiscard]] Millis DeadlineOf(const manifest::WaitSettings& wait);

}  // namespace rdsteady::apply
