#include "base/diagnostics.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"

namespace rdsteady {
namespace {

std::string_view LineOf(const SourceFile& file, std::uint32_t line) {
  std::string_view rest = file.text;
  for (std::uint32_t at = 1; at < line; ++at) {
    const auto end = rest.find('\n');
    if (end == std::string_view::npos) return {};
    rest.remove_prefix(end + 1);
  }
  rest = rest.substr(0, rest.find('\n'));
  if (rest.ends_with('\r')) rest.remove_suffix(1);
  return rest;
}

bool IsKeyChar(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
}

// Where the value of the first sensitive key on the line begins, or npos. A key is a word followed by optional quotes
// and spaces and then ':' or '='. Everything from there on is masked: a wrong quote may hide where the value ends.
std::size_t SensitiveFrom(std::string_view line, SensitiveKey sensitive) {
  for (std::size_t at = 0; at < line.size();) {
    if (!IsKeyChar(line[at])) {
      ++at;
      continue;
    }
    std::size_t end = at;
    while (end < line.size() && IsKeyChar(line[end]))
      ++end;
    std::size_t colon = end;
    while (colon < line.size() &&
           (line[colon] == '"' || line[colon] == '\'' || line[colon] == ' ' || line[colon] == '\t'))
      ++colon;
    if (colon < line.size() && (line[colon] == ':' || line[colon] == '=') && sensitive(line.substr(at, end - at)))
      return colon + 1;
    at = end;
  }
  return std::string_view::npos;
}

std::size_t IndentationOf(std::string_view line) {
  return std::min(line.find_first_not_of(" \t"), line.size());
}

// Whether the line goes on with what a sensitive key above it began: it is indented below that key, or the key's own
// line ends with ':', a block scalar's sign or an open quote.
bool ContinuesSensitive(const SourceFile& file, std::uint32_t number, SensitiveKey sensitive) {
  std::size_t indentation = IndentationOf(LineOf(file, number));
  bool nearest = true;
  for (std::uint32_t above = number; above > 1 && number - above < 200;) {
    const std::string_view line = LineOf(file, --above);
    const std::size_t indented = IndentationOf(line);
    if (indented == line.size()) continue;
    const std::size_t from = SensitiveFrom(line, sensitive);
    if (from != std::string_view::npos) {
      const std::string_view value = Trim(line.substr(from));
      const auto open = [&](char quote) { return std::ranges::count(value, quote) % 2 != 0; };
      if (indented < indentation) return true;
      if (nearest && (value.empty() || value.starts_with('|') || value.starts_with('>') || open('"') || open('\'')))
        return true;
    }
    nearest = false;
    indentation = std::min(indentation, indented);
    if (indentation == 0) return false;
  }
  return false;
}

constexpr std::size_t kMaxExcerpt = 160;

void AppendExcerpt(std::string& out, const SourceSpan& where, SensitiveKey sensitive) {
  if (where.file == nullptr || where.line == 0) return;
  const std::string_view line = LineOf(*where.file, where.line);
  if (line.empty()) return;
  std::string shown;
  std::string caret;
  const std::size_t masked_from =
      ContinuesSensitive(*where.file, where.line, sensitive) ? 0 : SensitiveFrom(line, sensitive);
  std::uint32_t column = 0;
  for (std::size_t at = 0; at < line.size(); ++at) {
    if (at == masked_from) {
      shown += " ********";
      break;
    }
    if ((static_cast<unsigned char>(line[at]) & 0xC0) != 0x80) {
      ++column;
      if (column > kMaxExcerpt && column > where.column + where.length) {
        shown += "...";
        break;
      }
      if (column < where.column) caret += line[at] == '\t' ? '\t' : ' ';
    }
    shown += static_cast<unsigned char>(line[at]) < 0x20 && line[at] != '\t' ? '?' : line[at];
  }
  const std::uint32_t marked = std::max<std::uint32_t>(1, std::min<std::uint32_t>(where.length, 60));
  out += fmt::format("    {}\n    {}^{}\n", shown, caret, std::string(marked - 1, '~'));
}

std::string Position(const SourceSpan& where) {
  if (where.file == nullptr) return {};
  if (where.line == 0) return where.file->path + ": ";
  return fmt::format("{}:{}:{}: ", where.file->path, where.line, where.column);
}

}  // namespace

bool LooksSensitive(std::string_view key) {
  // "pass" and "pasw" rather than the whole word: a key that is misspelt hides its value all the same.
  constexpr std::string_view kSigns[] = {"pass", "pasw", "pwd", "secret", "secert", "token"};
  return std::ranges::any_of(kSigns, [key](std::string_view sign) { return ContainsIgnoreCase(key, sign); });
}

std::string Render(const Diagnostic& diagnostic, SensitiveKey sensitive) {
  std::string out = fmt::format("{}{}: {}\n", Position(diagnostic.where),
                                diagnostic.severity == Severity::kError ? "error" : "warning", diagnostic.message);
  AppendExcerpt(out, diagnostic.where, sensitive);
  for (const auto& [label, span] : diagnostic.also) {
    out += fmt::format("  {}{}\n", Position(span), label);
    AppendExcerpt(out, span, sensitive);
  }
  if (!diagnostic.hint.empty()) out += fmt::format("  hint: {}\n", diagnostic.hint);
  return out;
}

std::string Render(const std::vector<Diagnostic>& diagnostics, SensitiveKey sensitive) {
  std::vector<const Diagnostic*> sorted;
  for (const Diagnostic& d : diagnostics)
    sorted.push_back(&d);
  // The diagnostics' own order breaks ties: pointers into one vector compare by position.
  std::ranges::sort(sorted, [](const Diagnostic* a, const Diagnostic* b) {
    const std::string_view a_path = a->where.file == nullptr ? std::string_view() : a->where.file->path;
    const std::string_view b_path = b->where.file == nullptr ? std::string_view() : b->where.file->path;
    return std::tuple(a_path, a->where.line, a->where.column, a) <
           std::tuple(b_path, b->where.line, b->where.column, b);
  });
  std::string out;
  for (const Diagnostic* d : sorted)
    out += Render(*d, sensitive);
  const auto errors = std::ranges::count(diagnostics, Severity::kError, &Diagnostic::severity);
  const auto warnings = std::ranges::count(diagnostics, Severity::kWarning, &Diagnostic::severity);
  const auto counted = [](auto n, std::string_view noun) { return fmt::format("{} {}{}", n, noun, n == 1 ? "" : "s"); };
  if (errors > 0) out += counted(errors, "error") + (warnings > 0 ? ", " + counted(warnings, "warning") : "") + "\n";
  return out;
}

bool HasErrors(const std::vector<Diagnostic>& diagnostics) {
  return std::ranges::any_of(diagnostics, [](const Diagnostic& d) { return d.severity == Severity::kError; });
}

}  // namespace rdsteady
