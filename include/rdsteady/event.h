// What happens during a run: given to Run::on_event as it happens.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>

namespace rdsteady {

struct Event {
  enum class What : std::uint8_t {
    kStarted,     // work on the resource begins
    kWaitingFor,  // another resource must be ready first; text names it
    kCalling,     // a mutating call is about to be sent; operation is set
    kCalled,      // it was accepted
    kStatus,      // a reading while waiting: status, percent and what is waited for
    kNote,        // something a person should know
    kDone,        // the resource is as stated, or scheduled; text says which
    kFailed,      // it is not; text says why
    kRefused,     // nothing was sent for it; text says why
  };
  What what = What::kNote;
  std::chrono::system_clock::time_point at{};
  std::string resource{};  // DBInstance/orders
  std::string operation{};
  std::string status{};                  // DBInstanceStatus as the service gives it
  int percent = -1;                      // -1: the service gives none
  std::chrono::milliseconds elapsed{0};  // since work on the resource began
  std::string text{};                    // never a secret
};

// How one blocking call of the library runs.
struct Run {
  // Stopping it ends the call with ErrorCategory::kInterrupted. What was sent stays sent: the next run reads what is.
  std::stop_token stop{};
  // Called on the thread that made the call, in the order of what happens. Must not throw.
  std::function<void(const Event&)> on_event{};
};

}  // namespace rdsteady
