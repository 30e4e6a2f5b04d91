// What a YAML syntax error says to a person: the library's messages in our words, with what to do.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace rdsteady::manifest {

inline constexpr std::string_view kUnclosedQuote = "this quote is not closed";
inline constexpr std::string_view kUnclosedQuoteHint = "close it on the same line";

struct LongQuote {
  std::size_t begin = 0;
  std::size_t end = 0;
};

struct SyntaxError {
  std::string_view message;          // the library's
  std::string_view text;             // of the whole file
  std::size_t at = 0;                // where the reader gave up
  std::size_t from = 0;              // where it began to read: what stands before has been dealt with
  std::size_t last_end = 0;          // where the last thing that could be read ends
  std::optional<LongQuote> quote{};  // the last quoted text before it that went over a line's end
};

struct SyntaxFault {
  std::string message;
  std::string hint;
  std::size_t at = 0;          // where the caret stands
  bool names_bracket = false;  // it may come from a bracket that was not closed
};

[[nodiscard]] SyntaxFault ExplainSyntax(const SyntaxError& error);

}  // namespace rdsteady::manifest
