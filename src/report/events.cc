#include "report/events.h"

#include <fmt/format.h>

#include "base/json.h"
#include "report/words.h"

namespace rdsteady::report {

Value EventToJson(const apply::Event& event) {
  Properties json{{"format_version", kFormatVersion},
                  {"type", "event"},
                  {"event", Word(event.what)},
                  {"at", FormatIso8601(event.at, true)},
                  {"elapsed_ms", event.elapsed.count()}};
  if (!event.resource.empty()) json.emplace("resource", event.resource);
  if (!event.operation.empty()) json.emplace("operation", event.operation);
  if (!event.status.empty()) json.emplace("status", event.status);
  if (event.percent >= 0) json.emplace("percent", event.percent);
  if (!event.text.empty()) json.emplace("text", event.text);
  return json;
}

std::string EventLine(const apply::Event& event) {
  std::string said;
  const auto add = [&said](std::string_view part) {
    if (part.empty()) return;
    if (!said.empty()) said += ": ";
    said += Printable(part);
  };
  switch (event.what) {
    case apply::Event::What::kStarted: add(event.text.empty() ? "started" : event.text); break;
    case apply::Event::What::kWaitingFor: add("waiting for " + event.text); break;
    case apply::Event::What::kCalling:
      add("calling " + event.operation);
      add(event.text);
      break;
    case apply::Event::What::kCalled:
      add(event.operation + " accepted");
      add(event.text);
      break;
    case apply::Event::What::kStatus:
      add(event.status);
      if (event.percent >= 0) said += fmt::format("{}{}%", said.empty() ? "" : ", ", event.percent);
      // To be told "creating, status creating" helps nobody.
      if (!event.text.empty() && event.text != "status " + event.status) {
        said += fmt::format("{}{}", said.empty() ? "" : ", ", Printable(event.text));
      }
      break;
    case apply::Event::What::kNote:
      add("note");
      add(event.text);
      break;
    case apply::Event::What::kDone:
      add("done");
      add(event.text);
      break;
    case apply::Event::What::kFailed:
      add("failed");
      add(event.text);
      break;
    case apply::Event::What::kRefused:
      add("refused");
      add(event.text);
      break;
  }
  std::string line = event.resource.empty() ? said : Printable(event.resource) + ": " + said;
  if (event.elapsed >= Millis(1000)) line += fmt::format(" ({})", Elapsed(event.elapsed));
  return line;
}

void LineSink::OnEvent(const apply::Event& event) {
  const std::scoped_lock lock(mutex_);
  if (event.what == apply::Event::What::kStatus) {
    Last& last = last_[event.resource];
    const bool same = last.status == event.status && last.percent == event.percent && last.text == event.text;
    if (same && event.at - last.at < std::chrono::minutes(1)) return;
    last = {.status = event.status, .text = event.text, .percent = event.percent, .at = event.at};
  }
  write_(EventLine(event) + "\n");
}

void JsonSink::OnEvent(const apply::Event& event) {
  const std::string line = ToJson(EventToJson(event)) + "\n";
  const std::scoped_lock lock(mutex_);
  write_(line);
}

}  // namespace rdsteady::report
