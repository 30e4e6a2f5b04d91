// Events as they happen: one line each for people and logs, or one JSON object a line for programs. The live display
// for terminals is in progress.h.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string>

#include "apply/events.h"
#include "rdsteady/value.h"

namespace rdsteady::report {

// Takes whole lines, line ends included.
using Writer = std::function<void(std::string_view)>;

[[nodiscard]] Value EventToJson(const apply::Event& event);
// "DBInstance/orders: creating, 45% (1m12s)", without a line end.
[[nodiscard]] std::string EventLine(const apply::Event& event);

// One line an event. A reading that says what the last one of that resource said is left out, but for one a minute, so
// that a log shows life without being flooded. Thread-safe.
class LineSink final : public apply::EventSink {
 public:
  explicit LineSink(Writer write) : write_(std::move(write)) {}
  void OnEvent(const apply::Event& event) override;

 private:
  struct Last {
    std::string status;
    std::string text;
    int percent = -1;
    Instant at{};
  };
  std::mutex mutex_;
  Writer write_;
  std::map<std::string, Last, std::less<>> last_;
};

// Every event as {"format_version": 1, "type": "event", ...} on a line of its own. Thread-safe.
class JsonSink final : public apply::EventSink {
 public:
  explicit JsonSink(Writer write) : write_(std::move(write)) {}
  void OnEvent(const apply::Event& event) override;

 private:
  std::mutex mutex_;
  Writer write_;
};

class NullSink final : public apply::EventSink {
 public:
  void OnEvent(const apply::Event&) override {}
};

}  // namespace rdsteady::report
