// SIGINT and SIGTERM: the first one asks the run to stop, so that it can end at a step's border and say how to go on;
// the second ends the program at once.
#pragma once

#include <stop_token>
#include <thread>

#include "cli/exit_status.h"

namespace rdsteady::cli {

// At most one at a time. The handlers stay until the program ends, so a signal after the object's life ends it.
class Interrupts {
 public:
  Interrupts();
  ~Interrupts();
  Interrupts(const Interrupts&) = delete;
  Interrupts& operator=(const Interrupts&) = delete;

  [[nodiscard]] std::stop_token token() const { return source_.get_token(); }

  // The first signal that came; 0 when there was none.
  [[nodiscard]] static int Signal();
  // Readable from the first signal on; -1 when no object lives.
  [[nodiscard]] static int WakeDescriptor();

 private:
  std::stop_source source_;
  std::jthread watcher_;
};

// 130, or 143 when it was SIGTERM.
[[nodiscard]] ExitStatus InterruptedStatus();

}  // namespace rdsteady::cli
