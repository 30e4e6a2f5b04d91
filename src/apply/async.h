// The three things that coroutines of one executor need of each other: a signal, a limit, and waiting for all. All are
// for one thread's executor (a strand or a single-threaded io_context); no task outlives the one that waits for it.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

namespace rdsteady::apply {

// Set once; whoever waits, before or after, goes on.
class Signal {
 public:
  explicit Signal(const boost::asio::any_io_executor& executor);
  ~Signal();
  Signal(const Signal&) = delete;
  Signal& operator=(const Signal&) = delete;
  void Set();
  [[nodiscard]] bool is_set() const;
  // Cancellation throws operation_aborted.
  [[nodiscard]] boost::asio::awaitable<void> Wait();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

// At most `count` holders at once, first come, first served.
class Limit {
 public:
  Limit(boost::asio::any_io_executor executor, std::size_t count);
  ~Limit();
  Limit(const Limit&) = delete;
  Limit& operator=(const Limit&) = delete;
  class [[nodiscard]] Place {
   public:
    explicit Place(Limit* limit) : limit_(limit) {}
    Place(Place&& other) noexcept : limit_(std::exchange(other.limit_, nullptr)) {}
    Place& operator=(Place&&) = delete;
    ~Place() {
      if (limit_ != nullptr) limit_->Release();
    }

   private:
    Limit* limit_;
  };
  [[nodiscard]] boost::asio::awaitable<Place> Acquire();

 private:
  void Release();
  boost::asio::any_io_executor executor_;
  std::size_t free_;
  std::vector<std::shared_ptr<Signal>> queue_;
};

// Runs all at once and returns when the last has ended. Cancelling the waiter cancels all of them and still waits for
// their end. The first exception is thrown on, after all have ended.
[[nodiscard]] boost::asio::awaitable<void> WhenAll(std::vector<boost::asio::awaitable<void>> work);

}  // namespace rdsteady::apply
