// Live progress on a terminal: the resources at work, each with its status as the service gives it, percent and elapsed
// time, redrawn in place; what has ended scrolls away above as ordinary lines.
//
// Slow terminals: at most ten redraws a second, and lines that have not changed are not sent again. Narrow ones: lines
// are cut at the width, and no more rows are shown than fit.
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "apply/events.h"
#include "base/time.h"
#include "report/events.h"
#include "report/words.h"

namespace rdsteady::report {

struct TerminalSize {
  int columns = 80;
  int rows = 24;
};

// What is shown, without any terminal: rows in the order in which work on them began. Pure.
class ProgressModel {
 public:
  // Returns the lines that are to stay on the screen for good (an end, a note), without line ends.
  std::vector<std::string> Take(const apply::Event& event);
  // The moving part, each line at most `columns - 1` wide, at most `rows - 1` lines.
  [[nodiscard]] std::vector<std::string> Lines(Instant now, TerminalSize size) const;

 private:
  struct Row {
    std::string resource;
    std::string said;
    Instant at{};
    Millis elapsed{0};
    int percent = -1;
  };
  Row& Find(const std::string& resource);
  std::vector<Row> rows_;
};

// Cuts at `width` code points, marking the cut with "~".
[[nodiscard]] std::string CutTo(std::string_view text, int width);

// Thread-safe. Draws from a thread of its own, which ends with the object; the last frame is wiped then.
class LiveSink final : public apply::EventSink {
 public:
  using Size = std::function<TerminalSize()>;
  LiveSink(Writer write, const Clock& clock, Size size, TextStyle style);
  ~LiveSink() override;
  void OnEvent(const apply::Event& event) override;

 private:
  void Draw();  // with the lock held
  void Loop(std::stop_token stop);

  Writer write_;
  const Clock& clock_;
  Size size_;
  TextStyle style_;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  ProgressModel model_;
  std::vector<std::string> staying_;
  std::vector<std::string> drawn_;
  bool dirty_ = false;
  std::jthread thread_;  // last: started when all the rest is there
};

}  // namespace rdsteady::report
