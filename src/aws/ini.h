// The ini files that the AWS tools share (~/.aws/config, ~/.aws/credentials). Pure.
//
// Comments begin with '#' or ';' at the start of a line or after white space. A key without a value opens a group: the
// indented lines after it are its own keys. An indented line after a key with a value continues that value. Names of
// keys are case-insensitive and kept in lower case. A section that occurs twice is one; the later of two equal keys
// wins.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "rdsteady/error.h"

namespace rdsteady::aws {

struct IniSection {
  std::map<std::string, std::string, std::less<>> keys;
  std::map<std::string, std::map<std::string, std::string, std::less<>>, std::less<>> groups;

  // nullptr when absent or empty: a key without a value says nothing.
  [[nodiscard]] const std::string* Find(std::string_view key) const;
  [[nodiscard]] const std::string* FindInGroup(std::string_view group, std::string_view key) const;
};

// By the text between the brackets, quotes removed and white space made single: "default", "profile dev".
using IniFile = std::map<std::string, IniSection, std::less<>>;

// Errors: kUsage with path and line. The line itself is not shown: it may hold a key.
[[nodiscard]] Result<IniFile> ParseIni(std::string_view path, std::string_view text);

}  // namespace rdsteady::aws
