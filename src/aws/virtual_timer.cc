#include "aws/virtual_timer.h"

#include <algorithm>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

namespace rdsteady::aws {
namespace {

// A sleeper waits on a real timer that never expires: Asio then brings executors and cancellation with it.
struct Sleeper {
  boost::asio::steady_timer wait;
  bool due = false;  // its time came: no longer registered
};

// Jumps that neither moved the time nor let anything run, after which a source of timers is taken to be stuck.
constexpr int kMaxStandstill = 1000;

}  // namespace

struct VirtualTimer::State {
  Instant start;
  Instant now;
  Millis limit;
  // Those not yet due. Those of one deadline wake in the order of their registration.
  std::multimap<Instant, Sleeper*> sleepers;
  std::vector<std::function<void(Instant)>> observers;
  std::vector<std::function<std::optional<Instant>()>> sources;
};

VirtualTimer::VirtualTimer(boost::asio::io_context& context, Instant start, Millis limit)
    : context_(context), state_(std::make_shared<State>(State{.start = start, .now = start, .limit = limit})) {}

Instant VirtualTimer::Now() const {
  return state_->now;
}

boost::asio::awaitable<void> VirtualTimer::Sleep(Millis duration) {
  // Held by the frame: it may be destroyed with the context, after this object.
  const std::shared_ptr<State> state = state_;
  Sleeper sleeper{.wait = boost::asio::steady_timer(co_await boost::asio::this_coro::executor,
                                                    boost::asio::steady_timer::time_point::max())};
  struct Registration {
    State& state;
    const Sleeper& sleeper;
    std::multimap<Instant, Sleeper*>::iterator at;
    ~Registration() {
      if (!sleeper.due) state.sleepers.erase(at);
    }
  } registration{*state, sleeper, state->sleepers.emplace(state->now + std::max(duration, Millis(0)), &sleeper)};
  (void)co_await sleeper.wait.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
  if (!sleeper.due) throw boost::system::system_error(boost::asio::error::operation_aborted);
}

void VirtualTimer::OnAdvance(std::function<void(Instant)> observer) {
  state_->observers.push_back(std::move(observer));
}

void VirtualTimer::AlsoWake(std::function<std::optional<Instant>()> source) {
  state_->sources.push_back(std::move(source));
}

std::size_t VirtualTimer::RunReady() {
  std::size_t ran = 0;
  for (;;) {
    context_.restart();
    const std::size_t now = context_.poll();
    if (now == 0) return ran;
    ran += now;
  }
}

std::optional<Instant> VirtualTimer::NextDeadline() const {
  std::optional<Instant> next;
  if (!state_->sleepers.empty()) next = state_->sleepers.begin()->first;
  for (const auto& source : state_->sources) {
    const std::optional<Instant> at = source();
    if (at && (!next || *at < *next)) next = at;
  }
  return next;
}

void VirtualTimer::MoveTo(Instant to) {
  state_->now = std::max(state_->now, to);
  if (state_->now - state_->start > state_->limit) {
    throw std::logic_error("virtual time ran past its limit of " + FormatDuration(state_->limit));
  }
  for (const auto& observer : state_->observers)
    observer(state_->now);
  while (!state_->sleepers.empty() && state_->sleepers.begin()->first <= state_->now) {
    Sleeper* sleeper = state_->sleepers.begin()->second;
    state_->sleepers.erase(state_->sleepers.begin());
    sleeper->due = true;
    sleeper->wait.cancel();
  }
}

bool VirtualTimer::AdvanceToNext() {
  const std::optional<Instant> next = NextDeadline();
  if (!next) return false;
  MoveTo(*next);
  return true;
}

void VirtualTimer::RunUntil(const std::function<bool()>& done) {
  int standstill = 0;
  for (;;) {
    const std::size_t ran = RunReady();
    if (done()) return;
    const Instant before = Now();
    if (!AdvanceToNext()) throw std::logic_error("virtual time: nothing can run and no timer is set");
    standstill = ran == 0 && Now() == before ? standstill + 1 : 0;
    if (standstill > kMaxStandstill) {
      throw std::logic_error("virtual time: a timer stays due at " + FormatIso8601(before, true));
    }
  }
}

void VirtualTimer::RunFor(Millis duration) {
  const Instant end = Now() + duration;
  int standstill = 0;
  for (;;) {
    const std::size_t ran = RunReady();
    const std::optional<Instant> next = NextDeadline();
    if (!next || *next > end) break;
    const Instant before = Now();
    MoveTo(*next);
    standstill = ran == 0 && Now() == before ? standstill + 1 : 0;
    if (standstill > kMaxStandstill) {
      throw std::logic_error("virtual time: a timer stays due at " + FormatIso8601(before, true));
    }
  }
  MoveTo(end);
  RunReady();
}

void VirtualTimer::Run(boost::asio::awaitable<void> work) {
  struct Ending {
    bool done = false;
    std::exception_ptr failure;
  };
  const auto ending = std::make_shared<Ending>();
  boost::asio::co_spawn(context_, std::move(work), [ending](std::exception_ptr thrown) {
    ending->failure = std::move(thrown);
    ending->done = true;
  });
  RunUntil([&] { return ending->done; });
  if (ending->failure) std::rethrow_exception(ending->failure);
}

}  // namespace rdsteady::aws
