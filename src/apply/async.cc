#include "apply/async.h"

#include <algorithm>
#include <exception>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace rdsteady::apply {

namespace asio = boost::asio;

// A timer that never expires is Asio's condition variable: cancelling it wakes every waiter.
struct Signal::State {
  explicit State(const asio::any_io_executor& executor) : timer(executor, asio::steady_timer::time_point::max()) {}
  asio::steady_timer timer;
  bool set = false;
};

Signal::Signal(const asio::any_io_executor& executor) : state_(std::make_shared<State>(executor)) {}
Signal::~Signal() = default;

void Signal::Set() {
  state_->set = true;
  state_->timer.cancel();
}

bool Signal::is_set() const {
  return state_->set;
}

asio::awaitable<void> Signal::Wait() {
  const auto state = state_;  // the signal may die before its last waiter has gone on
  boost::system::error_code error;
  while (!state->set) {
    co_await state->timer.async_wait(asio::redirect_error(asio::use_awaitable, error));
    if (!state->set) throw boost::system::system_error(asio::error::operation_aborted);
  }
}

Limit::Limit(asio::any_io_executor executor, std::size_t count) : executor_(std::move(executor)), free_(count) {}
Limit::~Limit() = default;

asio::awaitable<Limit::Place> Limit::Acquire() {
  if (free_ > 0) {
    --free_;
    co_return Place(this);
  }
  auto turn = std::make_shared<Signal>(executor_);
  queue_.push_back(turn);
  try {
    co_await turn->Wait();
  } catch (...) {
    // Cancelled while queued: give up the turn, or pass on the place that came in the same moment.
    if (std::erase(queue_, turn) == 0) Release();
    throw;
  }
  co_return Place(this);
}

void Limit::Release() {
  if (queue_.empty()) {
    ++free_;
    return;
  }
  const auto next = queue_.front();
  queue_.erase(queue_.begin());
  next->Set();
}

asio::awaitable<void> WhenAll(std::vector<asio::awaitable<void>> work) {
  const auto executor = co_await asio::this_coro::executor;
  struct Shared {
    explicit Shared(const asio::any_io_executor& on) : done(on) {}
    std::size_t left = 0;
    Signal done;
    std::exception_ptr failure;
    std::vector<std::unique_ptr<asio::cancellation_signal>> signals;
  };
  const auto shared = std::make_shared<Shared>(executor);
  shared->left = work.size();
  if (work.empty()) co_return;
  for (asio::awaitable<void>& task : work) {
    asio::cancellation_signal& signal = *shared->signals.emplace_back(std::make_unique<asio::cancellation_signal>());
    asio::co_spawn(executor, std::move(task),
                   asio::bind_cancellation_slot(signal.slot(), [shared](std::exception_ptr thrown) {
                     if (thrown && !shared->failure) shared->failure = std::move(thrown);
                     if (--shared->left == 0) shared->done.Set();
                   }));
  }
  bool cancelled = false;
  while (shared->left > 0) {
    try {
      co_await shared->done.Wait();
    } catch (const boost::system::system_error&) {
      cancelled = true;
    }
    if (cancelled && shared->left > 0) {
      co_await asio::this_coro::reset_cancellation_state();
      for (const auto& signal : shared->signals)
        signal->emit(asio::cancellation_type::terminal);
      while (shared->left > 0)
        co_await shared->done.Wait();
    }
  }
  if (cancelled) throw boost::system::system_error(asio::error::operation_aborted);
  if (shared->failure) std::rethrow_exception(shared->failure);
}

}  // namespace rdsteady::apply
