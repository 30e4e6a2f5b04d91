// ConcurrencyLimit: so many at once, the others in the order in which they came.
#pragma once

#include <memory>

#include <boost/asio/awaitable.hpp>

namespace rdsteady::aws {

// Used from one thread or strand.
class ConcurrencyLimit {
 public:
  explicit ConcurrencyLimit(int most);
  // Resumes with a turn taken. Cancellation throws operation_aborted, as every Asio wait does, and takes none.
  [[nodiscard]] boost::asio::awaitable<void> Acquire();
  void Release();

 private:
  struct State;
  std::shared_ptr<State> state_;  // shared with waiting frames, which may be destroyed later
};

}  // namespace rdsteady::aws
