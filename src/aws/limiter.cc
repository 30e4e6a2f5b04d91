#include "aws/limiter.h"

#include <list>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

namespace rdsteady::aws {
namespace {

struct Waiter {
  boost::asio::steady_timer wait;
  bool granted = false;  // and no longer queued
};

}  // namespace

struct ConcurrencyLimit::State {
  int free;
  std::list<Waiter*> queue;
};

ConcurrencyLimit::ConcurrencyLimit(int most) : state_(std::make_shared<State>(State{.free = most})) {}

boost::asio::awaitable<void> ConcurrencyLimit::Acquire() {
  const std::shared_ptr<State> state = state_;
  if (state->free > 0) {
    --state->free;
    co_return;
  }
  Waiter waiter{.wait = boost::asio::steady_timer(co_await boost::asio::this_coro::executor,
                                                  boost::asio::steady_timer::time_point::max())};
  struct Place {
    State& state;
    const Waiter& waiter;
    std::list<Waiter*>::iterator at;
    ~Place() {
      if (!waiter.granted) state.queue.erase(at);
    }
  } place{*state, waiter, state->queue.insert(state->queue.end(), &waiter)};
  (void)co_await waiter.wait.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
  if (!waiter.granted) throw boost::system::system_error(boost::asio::error::operation_aborted);
}

void ConcurrencyLimit::Release() {
  if (state_->queue.empty()) {
    ++state_->free;
    return;
  }
  Waiter* next = state_->queue.front();
  state_->queue.pop_front();
  next->granted = true;
  next->wait.cancel();
}

}  // namespace rdsteady::aws
