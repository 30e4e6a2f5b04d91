#include "manifest/encoding.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"

namespace rdsteady::manifest {
namespace {

// The first line that is not UTF-8; a line is whole characters, because '\n' is no part of any other.
std::size_t FirstBadLine(std::string_view text) {
  std::size_t line = 1;
  for (std::size_t at = 0; at < text.size(); ++line) {
    const std::size_t end = std::min(text.find('\n', at), text.size() - 1) + 1;
    if (!IsValidUtf8(text.substr(at, end - at))) return line;
    at = end;
  }
  return line;
}

}  // namespace

std::shared_ptr<const SourceFile> CheckedText(const std::string& path, std::string text, Faults& faults) {
  const auto refuse = [&](std::string message) -> std::shared_ptr<const SourceFile> {
    faults.Error({std::make_shared<const SourceFile>(SourceFile{path, {}}), 0, 0, 1}, std::move(message),
                 "save it as UTF-8");
    return nullptr;
  };
  if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
  const std::string_view head = std::string_view(text).substr(0, 4);
  const bool marked = head.starts_with("\xFF\xFE") || head.starts_with("\xFE\xFF");
  const bool wide = head.size() >= 2 && (head[0] == '\0') != (head[1] == '\0');
  if (marked || wide) return refuse("the file is UTF-16 or UTF-32, not UTF-8");
  if (!IsValidUtf8(text)) return refuse(fmt::format("line {} holds bytes that are not UTF-8", FirstBadLine(text)));
  // YAML allows no other control characters; in a terminal they would act.
  const auto control = [](char c) { return (c >= 0 && c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7F; };
  const auto found = std::ranges::find_if(text, control);
  if (found != text.end()) {
    const auto line = 1 + std::count(text.begin(), found, '\n');
    faults.Error({std::make_shared<const SourceFile>(SourceFile{path, {}}), 0, 0, 1},
                 fmt::format("line {} holds a control character (0x{:02x})", line, static_cast<int>(*found)),
                 "remove it, or write it as an escape in double quotes");
    return nullptr;
  }
  return std::make_shared<const SourceFile>(SourceFile{path, std::move(text)});
}

}  // namespace rdsteady::manifest
