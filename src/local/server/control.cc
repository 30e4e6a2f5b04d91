#include "local/server/control.h"

#include <fmt/core.h>

#include "base/text.h"

namespace rdsteady::local {
namespace {

constexpr std::string_view kOffsetKey = "virtual_time_offset_ms";

Fault Unwritten() {
  return {
      .code = "InternalFailure", .message = "The local RDS cannot write its state; see its log.", .http_status = 500};
}

}  // namespace

Control::Control(Options options) : options_(std::move(options)), sim_(options_.sim) {}

Result<std::unique_ptr<Control>> Control::Open(Options options) {
  std::unique_ptr<Control> control(new Control(std::move(options)));
  auto offset = control->options_.store->Meta(kOffsetKey);
  if (!offset) return Fail(offset.error());
  if (*offset) control->offset_ = Millis(ParseInteger(**offset).value_or(0));
  auto records = control->options_.store->Load();
  if (!records) return Fail(records.error());
  const std::lock_guard lock(control->mutex_);
  if (auto loaded = control->sim_.Load(*records, control->Now()); !loaded) {
    return Fail(ErrorCategory::kUsage, fmt::format("the local RDS's state cannot be read: {}", loaded.error()),
                "start from nothing with 'rdsteady local reset'");
  }
  if (!control->Flush()) return Fail(ErrorCategory::kInternal, "the local RDS's state cannot be written");
  return control;
}

Instant Control::Now() {
  const auto machine = std::chrono::time_point_cast<Millis>(std::chrono::system_clock::now());
  // The machine's clock may be set back; the virtual one stands still until it is caught up with.
  last_now_ = std::max(last_now_, machine + offset_);
  return last_now_;
}

Reply Control::Handle(const Call& call) {
  // By far the most frequent call, and the one with the longest answers.
  static const model::Operation* const paged = model::FindOperation("DescribeDBInstances");
  const std::lock_guard lock(mutex_);
  Reply reply = call.operation == paged ? Reply(pages_.Describe(sim_, call, Now())) : Reply(sim_.Handle(call, Now()));
  if (!Flush()) return std::unexpected(Unwritten());
  return reply;
}

std::expected<void, Fault> Control::OfferMaintenance(const std::string& account, const std::string& region,
                                                     const std::string& identifier, MaintenanceOffer offer) {
  const std::lock_guard lock(mutex_);
  auto offered = sim_.OfferMaintenance(account, region, identifier, std::move(offer), Now());
  if (!Flush()) return std::unexpected(Unwritten());
  return offered;
}

Answer Control::DescribeKey(const std::string& account, const std::string& region, const Properties& input) {
  const std::lock_guard lock(mutex_);
  Answer answer = sim_.DescribeKey(account, region, input, Now());
  if (!Flush()) return std::unexpected(Unwritten());
  return answer;
}

void Control::RunDueTimers() {
  const std::lock_guard lock(mutex_);
  sim_.Advance(Now());
  // Whatever the timers moved, the next one is another; the caller asks for it.
  told_timer_.reset();
  (void)Flush();
}

void Control::OnReport(const EngineReport& report) {
  const std::lock_guard lock(mutex_);
  sim_.OnEngineReport(report, Now());
  (void)Flush();
}

std::optional<Instant> Control::NextTimer() {
  const std::lock_guard lock(mutex_);
  return sim_.NextTimer();
}

Instant Control::VirtualNow() {
  const std::lock_guard lock(mutex_);
  return Now();
}

Properties Control::Summary() {
  const std::lock_guard lock(mutex_);
  return sim_.Summary();
}

bool Control::Flush() {
  for (Record& record : sim_.TakeChangedRecords())
    unwritten_[std::move(record.key)] = std::move(record.body);
  for (EngineJob& job : sim_.TakeEngineJobs())
    unsent_.push_back(std::move(job));
  if (!unwritten_.empty()) {
    std::vector<Record> records;
    records.reserve(unwritten_.size());
    for (const auto& [key, body] : unwritten_)
      records.push_back({.key = key, .body = body});
    if (auto written = options_.store->Write(records); !written) {
      options_.log(Describe(written.error()));
      return false;
    }
    unwritten_.clear();
  }
  // Only now: an engine must not do what the state has forgotten after a crash.
  for (EngineJob& job : std::exchange(unsent_, {})) {
    if (options_.host == nullptr) {
      options_.log(fmt::format("{}: there is no engine host for its job", job.spec.identifier));
      continue;
    }
    // Engines live by the machine's clock.
    if (job.spec.restore_until) *job.spec.restore_until -= offset_;
    options_.host->Submit(std::move(job), [this](const EngineReport& report) { OnReport(report); });
  }
  const auto timer = sim_.NextTimer();
  if (timer != told_timer_) {
    told_timer_ = timer;
    options_.timer_moved();
  }
  return true;
}

}  // namespace rdsteady::local
