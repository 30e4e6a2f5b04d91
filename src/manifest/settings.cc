#include "manifest/settings.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "base/text.h"
#include "manifest/scalar.h"

namespace rdsteady::manifest {
namespace {

void Refuse(const Reading& reading, const Node& node, std::string message, std::string hint = {}) {
  reading.faults.Error(reading.document.Span(node), std::move(message), std::move(hint));
}

std::optional<int> ReadCount(const Reading& reading, const Node& node, std::string_view what) {
  const std::optional<std::int64_t> value = ReadInteger(reading, node, what);
  if (!value) return std::nullopt;
  if (*value < 1 || *value > std::numeric_limits<int>::max()) {
    Refuse(
        reading, node,
        fmt::format("{} is out of range: {} is not between 1 and {}", what, *value, std::numeric_limits<int>::max()));
    return std::nullopt;
  }
  return static_cast<int>(*value);
}

std::optional<std::chrono::seconds> ReadSeconds(const Reading& reading, const Node& node, std::string_view what) {
  const std::optional<std::string> text = ReadText(reading, node, what);
  if (!text) return std::nullopt;
  const Result<std::chrono::seconds> seconds = ParseSeconds(*text);
  if (seconds) return *seconds;
  Refuse(reading, node, fmt::format("{}: {}", what, seconds.error().message), seconds.error().hint);
  return std::nullopt;
}

}  // namespace

Result<std::chrono::seconds> ParseSeconds(std::string_view text) {
  constexpr std::int64_t kMost = 60LL * 60 * 24 * 30;
  constexpr std::string_view kForm = "write seconds, or a number with s, m or h: 30s, 5m, 2h";
  const std::string_view written = text;
  std::int64_t unit = 1;
  if (text.ends_with('s')) text.remove_suffix(1);
  else if (text.ends_with('m')) unit = 60;
  else if (text.ends_with('h')) unit = 3600;
  if (unit > 1) text.remove_suffix(1);
  const std::optional<std::int64_t> count = IsDecimal(text) ? ParseInteger(text) : std::nullopt;
  if (!count) {
    return Fail(ErrorCategory::kUsage, fmt::format("'{}' is not a length of time", written), std::string(kForm));
  }
  if (*count < 1 || *count > kMost / unit) {
    return Fail(ErrorCategory::kUsage, fmt::format("'{}' is out of range", written), "from 1s to 30 days");
  }
  return std::chrono::seconds(*count * unit);
}

WaitSettings ReadWait(const Reading& reading, const Node& node) {
  WaitSettings wait;
  if (!HasValue(reading, node, "wait")) return wait;
  if (!node.IsMap()) {
    Refuse(reading, node, fmt::format("wait takes a map, not {}", Describe(node)),
           "write {delay: 30s, max_attempts: 60} or {timeout: 2h}");
    return wait;
  }
  constexpr std::array<std::string_view, 3> kMembers = {"delay", "max_attempts", "timeout"};
  for (const Entry& entry : node.entries()) {
    const std::string_view key = entry.key->text();
    if (key == "delay") wait.delay = ReadSeconds(reading, *entry.value, "wait.delay");
    else if (key == "max_attempts") wait.max_attempts = ReadCount(reading, *entry.value, "wait.max_attempts");
    else if (key == "timeout") wait.timeout = ReadSeconds(reading, *entry.value, "wait.timeout");
    else Refuse(reading, *entry.key, fmt::format("unknown member '{}' of wait", key), SuggestName(key, kMembers));
  }
  return wait;
}

void ReadSetting(const Reading& reading, const Entry& entry, DesiredResource& resource) {
  const std::string_view setting = entry.key->text();
  const Node& value = *entry.value;
  const auto supported = [&](bool yes) {
    if (!yes) Refuse(reading, *entry.key, fmt::format("{} has no '{}'", resource.kind->name, setting));
    return yes;
  };
  const auto has_operation = [&](model::SeparateOperation::What what) {
    return std::ranges::any_of(resource.kind->operations,
                               [&](const model::SeparateOperation& o) { return o.what == what; });
  };
  if (setting == "wait") {
    resource.wait = ReadWait(reading, value);
  } else if (setting == "renamed_from") {
    if (std::optional<std::string> name = ReadText(reading, value, setting)) resource.renamed_from = *std::move(name);
  } else if (setting == "power") {
    if (!supported(has_operation(model::SeparateOperation::What::kStop))) return;
    resource.power = ReadChoice(reading, value, setting,
                                std::array{std::pair{std::string_view("running"), Power::kRunning},
                                           std::pair{std::string_view("stopped"), Power::kStopped}});
  } else if (setting == "reboot") {
    if (!supported(has_operation(model::SeparateOperation::What::kReboot))) return;
    resource.reboot = ReadChoice(reading, value, setting,
                                 std::array{std::pair{std::string_view("never"), RebootPolicy::kNever},
                                            std::pair{std::string_view("if-pending"), RebootPolicy::kIfPending},
                                            std::pair{std::string_view("window"), RebootPolicy::kWindow}})
                          .value_or(RebootPolicy::kNever);
  } else if (setting == "password_version") {
    if (!supported(!resource.kind->versioned_secret.empty())) return;
    resource.password_version = ReadCount(reading, value, setting);
  } else if (setting == "exact") {
    const std::optional<std::vector<std::string>> names = ReadTexts(reading, value, setting);
    if (!names) return;
    std::vector<std::string_view> maps;
    for (const std::string_view name : KindTypes::Of(*resource.kind).names()) {
      if (KindTypes::Of(*resource.kind).Find(name)->form == PropertyType::Form::kTextMap) maps.push_back(name);
    }
    for (std::size_t i = 0; i < names->size(); ++i) {
      if (IsOneOf((*names)[i], maps)) {
        resource.exact.push_back((*names)[i]);
        continue;
      }
      Refuse(reading, *value.items()[i], fmt::format("exact takes {}, not '{}'", QuotedAlternatives(maps), (*names)[i]),
             SuggestName((*names)[i], maps));
    }
  }
}

}  // namespace rdsteady::manifest
