// SystemTimer: the machine's clock, and waiting on an executor.
#pragma once

#include "aws/timer.h"

namespace rdsteady::aws {

// Thread-safe: every Sleep is its own wait on the coroutine's executor.
class SystemTimer final : public Timer {
 public:
  [[nodiscard]] Instant Now() const override;
  [[nodiscard]] boost::asio::awaitable<void> Sleep(Millis duration) override;
};

}  // namespace rdsteady::aws
