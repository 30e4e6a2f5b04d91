// What happens during a run, as values: progress, the JSON event stream and the library's on_event all show these.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/time.h"

namespace rdsteady::apply {

struct Event {
  enum class What : std::uint8_t {
    kStarted,     // work on the resource begins
    kWaitingFor,  // another resource must be ready first; text names it
    kCalling,     // a mutating call is about to be sent; operation is set
    kCalled,      // it was accepted
    kStatus,      // a reading while waiting: status, percent and what is waited for
    kNote,        // something a person should know
    kDone,        // the resource is as stated (or scheduled); text says which
    kFailed,      // it is not; text says why
    kRefused,     // nothing was sent for it; text says why
  };
  What what = What::kNote;
  Instant at{};
  std::string resource{};  // DBInstance/orders; empty: the run as a whole
  std::string operation{};
  std::string status{};  // DBInstanceStatus as the service gives it
  int percent = -1;      // -1: the service gives none
  Millis elapsed{0};     // since work on the resource began
  std::string text{};    // never a secret
};
[[nodiscard]] std::string_view ToString(Event::What what);

class EventSink {
 public:
  virtual ~EventSink() = default;
  virtual void OnEvent(const Event& event) = 0;
};

}  // namespace rdsteady::apply
