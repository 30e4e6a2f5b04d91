// Timer: waiting as a seam. Production waits on the executor's clock; tests wait on a virtual clock that jumps to the
// next deadline when nothing else can run, so no test sleeps.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "base/time.h"

namespace rdsteady::aws {

class Timer : public Clock {
 public:
  // Resumes after the duration. Cancellation resumes at once, with operation_aborted thrown as every Asio wait does.
  [[nodiscard]] virtual boost::asio::awaitable<void> Sleep(Millis duration) = 0;
};

}  // namespace rdsteady::aws
