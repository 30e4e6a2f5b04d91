#include "aws/ini.h"

#include <fmt/format.h>

#include "base/text.h"

namespace rdsteady::aws {
namespace {

bool IsBlank(char c) {
  return c == ' ' || c == '\t';
}
bool IsComment(char c) {
  return c == '#' || c == ';';
}

std::string_view WithoutComment(std::string_view line) {
  for (std::size_t at = 0; at < line.size(); ++at) {
    if (IsComment(line[at]) && (at == 0 || IsBlank(line[at - 1]))) return line.substr(0, at);
  }
  return line;
}

// profile "my profile" and profile   my are spelled 'profile my profile' and 'profile my'.
std::string SectionName(std::string_view text) {
  std::string name;
  bool gap = false;
  for (const char c : Trim(text)) {
    if (IsBlank(c)) {
      gap = true;
    } else if (c != '"' && c != '\'') {
      if (gap && !name.empty()) name += ' ';
      gap = false;
      name += c;
    }
  }
  return name;
}

class Parser {
 public:
  explicit Parser(std::string_view path) : path_(path) {}

  Result<IniFile> Parse(std::string_view text) {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    for (std::string_view line : Split(text, '\n')) {
      ++line_;
      if (line.ends_with('\r')) line.remove_suffix(1);
      const bool indented = !line.empty() && IsBlank(line.front());
      line = WithoutComment(line);
      if (Trim(line).empty()) continue;
      Result<void> read = indented && key_ != nullptr ? ReadIndented(Trim(line)) : ReadLine(Trim(line));
      if (!read) return Fail(std::move(read.error()));
    }
    return std::move(file_);
  }

 private:
  [[nodiscard]] std::unexpected<Error> Fault(std::string_view what) const {
    return Fail(ErrorCategory::kUsage, fmt::format("{}:{}: {}", path_, line_, what));
  }

  Result<void> ReadLine(std::string_view line) {
    if (line.starts_with('[')) {
      if (!line.ends_with(']')) return Fault("the section's closing ']' is missing");
      section_ = &file_[SectionName(line.substr(1, line.size() - 2))];
      key_ = nullptr;
      return {};
    }
    const auto equals = line.find('=');
    if (equals == std::string_view::npos) return Fault("neither a [section] nor 'key = value'");
    if (section_ == nullptr) return Fault("a key before the first [section]");
    key_name_ = ToLower(Trim(line.substr(0, equals)));
    if (key_name_.empty()) return Fault("a value without a key");
    key_ = &section_->keys[key_name_];
    *key_ = std::string(Trim(line.substr(equals + 1)));
    section_->groups.erase(key_name_);
    return {};
  }

  Result<void> ReadIndented(std::string_view line) {
    if (!key_->empty()) {
      *key_ += '\n';
      *key_ += line;
      return {};
    }
    const auto equals = line.find('=');
    if (equals == std::string_view::npos)
      return Fault("an indented line under a key without a value must be 'key = value'");
    section_->groups[key_name_][ToLower(Trim(line.substr(0, equals)))] = std::string(Trim(line.substr(equals + 1)));
    return {};
  }

  std::string_view path_;
  std::size_t line_ = 0;
  IniFile file_;
  IniSection* section_ = nullptr;
  std::string key_name_;
  std::string* key_ = nullptr;  // the value that an indented line continues
};

}  // namespace

const std::string* IniSection::Find(std::string_view key) const {
  const auto at = keys.find(key);
  return at == keys.end() || at->second.empty() ? nullptr : &at->second;
}

const std::string* IniSection::FindInGroup(std::string_view group, std::string_view key) const {
  const auto at = groups.find(group);
  if (at == groups.end()) return nullptr;
  const auto value = at->second.find(key);
  return value == at->second.end() || value->second.empty() ? nullptr : &value->second;
}

Result<IniFile> ParseIni(std::string_view path, std::string_view text) {
  return Parser(path).Parse(text);
}

}  // namespace rdsteady::aws
