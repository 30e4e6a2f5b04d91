// What a YAML syntax error says to a person: the library's messages in our words, with what to do.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace rdsteady::manifest {

struct SyntaxFault {
  std::string message;
  std::string hint;
  std::size_t at = 0;      // where the caret stands, which may be before where the reader gave up
  std::size_t length = 1;  // bytes
};

// `message` is the library's, `at` its position in `text`.
[[nodiscard]] SyntaxFault ExplainSyntax(std::string_view message, std::string_view text, std::size_t at);

}  // namespace rdsteady::manifest
