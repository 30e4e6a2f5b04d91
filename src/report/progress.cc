#include "report/progress.h"

#include <algorithm>

#include <fmt/format.h>

namespace rdsteady::report {
namespace {

constexpr Millis kBetweenFrames{100};
constexpr Millis kTick{1000};  // elapsed times move although nothing happens

bool StartsCodePoint(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
}

std::size_t Width(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, StartsCodePoint));
}

}  // namespace

std::string CutTo(std::string_view text, int width) {
  const auto limit = static_cast<std::size_t>(std::max(1, width));
  if (Width(text) <= limit) return std::string(text);
  std::size_t at = 0;
  for (std::size_t seen = 0; at < text.size(); ++at) {
    if (StartsCodePoint(text[at]) && ++seen == limit) break;
  }
  return std::string(text.substr(0, at)) + "~";
}

ProgressModel::Row& ProgressModel::Find(const std::string& resource) {
  const auto found = std::ranges::find(rows_, resource, &Row::resource);
  if (found != rows_.end()) return *found;
  rows_.push_back({.resource = resource});
  return rows_.back();
}

std::vector<std::string> ProgressModel::Take(const apply::Event& event) {
  using What = apply::Event::What;
  switch (event.what) {
    case What::kNote: return {EventLine(event)};
    case What::kDone:
    case What::kFailed:
    case What::kRefused:
      std::erase_if(rows_, [&](const Row& row) { return row.resource == event.resource; });
      return {EventLine(event)};
    case What::kStarted:
    case What::kWaitingFor:
    case What::kCalling:
    case What::kCalled:
    case What::kStatus: break;
  }
  Row& row = Find(event.resource);
  apply::Event bare = event;
  bare.resource.clear();
  bare.elapsed = Millis(0);
  bare.percent = -1;
  row.said = EventLine(bare);
  row.percent = event.percent;
  row.at = event.at;
  row.elapsed = event.elapsed;
  return {};
}

std::vector<std::string> ProgressModel::Lines(Instant now, TerminalSize size) const {
  const std::size_t room = static_cast<std::size_t>(std::max(2, size.rows) - 1);
  const int columns = std::max(8, size.columns) - 1;
  std::size_t shown = rows_.size() <= room ? rows_.size() : room - 1;
  std::size_t longest = 0;
  for (std::size_t i = 0; i < shown; ++i)
    longest = std::max(longest, Width(rows_[i].resource));
  longest = std::min<std::size_t>(longest, static_cast<std::size_t>(columns) / 2);
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < shown; ++i) {
    const Row& row = rows_[i];
    const Millis elapsed = row.elapsed + std::max(Millis(0), now - row.at);
    const std::string time = Elapsed(elapsed);
    const std::string percent = row.percent < 0 ? std::string() : fmt::format(" {}%", row.percent);
    std::string name = CutTo(Printable(row.resource), static_cast<int>(longest));
    name.append(longest - std::min(longest, Width(name)), ' ');
    // Time and percent are what moves: a narrow terminal loses the words between before it loses them.
    const int left = columns - static_cast<int>(Width(name) + percent.size() + time.size() + 4);
    std::string line = name;
    if (left >= 4) line += "  " + CutTo(row.said, left);
    lines.push_back(CutTo(fmt::format("{}{}  {}", line, percent, time), columns));
  }
  if (shown < rows_.size()) lines.push_back(CutTo(fmt::format("... and {} more", rows_.size() - shown), columns));
  return lines;
}

LiveSink::LiveSink(Writer write, const Clock& clock, Size size, TextStyle style)
    : write_(std::move(write)),
      clock_(clock),
      size_(std::move(size)),
      style_(style),
      thread_([this](std::stop_token stop) { Loop(std::move(stop)); }) {}

LiveSink::~LiveSink() {
  thread_.request_stop();
  thread_.join();
  std::string out;
  if (!drawn_.empty()) out = fmt::format("\x1b[{}A\r\x1b[J", drawn_.size());
  for (const std::string& line : staying_)
    out += line + "\n";
  if (!out.empty()) write_(out);
}

void LiveSink::OnEvent(const apply::Event& event) {
  const std::scoped_lock lock(mutex_);
  for (std::string& line : model_.Take(event)) {
    const Ink ink = event.what == apply::Event::What::kFailed || event.what == apply::Event::What::kRefused ? Ink::kRed
                    : event.what == apply::Event::What::kDone ? Ink::kGreen
                                                              : Ink::kPlain;
    staying_.push_back(Paint(style_, ink, line));
  }
  dirty_ = true;
  wake_.notify_one();
}

void LiveSink::Draw() {
  std::vector<std::string> lines = model_.Lines(clock_.Now(), size_());
  std::string out;
  if (!staying_.empty() || lines.size() < drawn_.size()) {
    // Something scrolls away or the block shrinks: begin again at its top.
    if (!drawn_.empty()) out += fmt::format("\x1b[{}A", drawn_.size());
    out += "\r\x1b[J";
    for (const std::string& line : staying_)
      out += line + "\n";
    for (const std::string& line : lines)
      out += line + "\n";
  } else if (lines != drawn_) {
    if (!drawn_.empty()) out += fmt::format("\x1b[{}A", drawn_.size());
    for (std::size_t i = 0; i < lines.size(); ++i) {
      if (i < drawn_.size() && drawn_[i] == lines[i]) out += "\n";
      else out += "\r\x1b[2K" + lines[i] + "\n";
    }
  }
  staying_.clear();
  drawn_ = std::move(lines);
  if (!out.empty()) write_(out);
}

void LiveSink::Loop(std::stop_token stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    dirty_ = false;
    Draw();
    // Never sooner than the next frame, whatever happens; then as soon as something does, or at the next tick.
    wake_.wait_for(lock, stop, kBetweenFrames, [] { return false; });
    wake_.wait_for(lock, stop, kTick - kBetweenFrames, [this] { return dirty_; });
  }
}

}  // namespace rdsteady::report
