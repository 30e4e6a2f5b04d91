// VirtualTimer: a clock that stands still while anything can run, and jumps to the next deadline when nothing can.
//
// It owns the running of an io_context: Run() executes every ready handler, then moves the time to the earliest of its
// own sleepers and of the other sources of timers that it was told of, tells the observers, wakes the sleepers that are
// due, and so on until the coroutine is done. A wait of three hours takes no time, and two runs of the same program
// take the same steps in the same order.
//
//   boost::asio::io_context context;
//   VirtualTimer timer(context, start);
//   timer.AlsoWake([&] { return sim.NextTimer(); });
//   timer.OnAdvance([&](Instant now) { sim.Advance(now); });
//   Result<Properties> answer = timer.Run(api.Call(operation, input));
//
// Not thread-safe: the context is run by the calling thread only, and work that other threads do is not waited for.
// The context must outlive the timer. A coroutine that waits for something that no timer will bring, a timer that is
// due for ever, and a run past the limit throw std::logic_error: each is a fault of the program under test.
#pragma once

#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "aws/timer.h"

namespace rdsteady::aws {

class VirtualTimer final : public Timer {
 public:
  // `limit`: how far the time may go from `start`; a loop that polls for ever ends there.
  VirtualTimer(boost::asio::io_context& context, Instant start, Millis limit = std::chrono::days(90));

  [[nodiscard]] Instant Now() const override;
  [[nodiscard]] boost::asio::awaitable<void> Sleep(Millis duration) override;

  // Called with the new time at every jump, before sleepers wake: the world moves first. In order of registration.
  void OnAdvance(std::function<void(Instant)> observer);
  // Asked for its next deadline whenever nothing can run.
  void AlsoWake(std::function<std::optional<Instant>()> source);

  // Runs every handler that is ready, without moving the time. Returns how many ran.
  std::size_t RunReady();
  // Moves to the next deadline and wakes what is due, without running it. False when there is no deadline.
  bool AdvanceToNext();
  // Runs for this long in virtual time, through every deadline on the way.
  void RunFor(Millis duration);
  // Until `done` says so.
  void RunUntil(const std::function<bool()>& done);

  // Runs the coroutine to its end and returns its value; its exception is thrown on.
  template <class T>
  T Run(boost::asio::awaitable<T> work) {
    struct Ending {
      bool done = false;
      std::exception_ptr failure;
      std::optional<T> value;
    };
    const auto ending = std::make_shared<Ending>();
    boost::asio::co_spawn(context_, std::move(work), [ending](std::exception_ptr thrown, T result) {
      ending->failure = std::move(thrown);
      if (!ending->failure) ending->value.emplace(std::move(result));
      ending->done = true;
    });
    RunUntil([&] { return ending->done; });
    if (ending->failure) std::rethrow_exception(ending->failure);
    return std::move(*ending->value);
  }
  void Run(boost::asio::awaitable<void> work);

 private:
  struct State;
  [[nodiscard]] std::optional<Instant> NextDeadline() const;
  void MoveTo(Instant to);

  boost::asio::io_context& context_;
  std::shared_ptr<State> state_;  // shared with the frames of sleeping coroutines, which may be destroyed later
};

}  // namespace rdsteady::aws
