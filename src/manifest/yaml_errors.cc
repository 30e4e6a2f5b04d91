#include "manifest/yaml_errors.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace rdsteady::manifest {
namespace {

struct Row {
  std::string_view fragment;  // of the library's message
  std::string_view message;
  std::string_view hint{};
  bool names_bracket = false;
};

constexpr std::string_view kIndentation = "give the line the indentation of its siblings";

// The first row whose fragment occurs is taken.
constexpr std::array kRows = {
    Row{"without closing quote", kUnclosedQuote, kUnclosedQuoteHint},
    Row{"wrongly indented double-quoted", kUnclosedQuote, kUnclosedQuoteHint},
    Row{"wrongly indented single-quoted", kUnclosedQuote, kUnclosedQuoteHint},
    Row{"expected node content", "an item without a value stands before this"},
    Row{"invalid escape", "this is no escape of a double-quoted text",
        "write \\\\ for a backslash, or use single quotes"},
    Row{"tab", "a tab stands where indentation belongs", "indent with spaces"},
    Row{"plain scalar cannot start", "a value cannot begin with this character", "put the value in quotes"},
    Row{"invalid nested block mapping", "a second ':' on the line",
        "put the value in quotes when the ':' belongs to it"},
    Row{"mapping values are not allowed", "a ':' cannot stand here",
        "put the text in quotes when the ':' belongs to it"},
    Row{"invalid multiline plain key", "this value runs on into the next line, which looks like an entry",
        kIndentation},
    Row{"could not find expected ':'", "a ':' is missing after this word", "write 'key: value'"},
    Row{"did not find expected key", "this line does not fit the map around it", kIndentation},
    Row{"invalid mapping key", "an entry cannot begin here", kIndentation},
    Row{"invalid block mapping indent", "this line does not fit the map around it", kIndentation},
    Row{"indent for mapping", "this line does not fit the map around it", kIndentation},
    Row{"indent for sequence", "this line does not fit the list around it", kIndentation},
    Row{"missing comma in flow", "a ',' or a closing bracket is missing before this", {}, true},
    Row{"mismatched flow", "this bracket does not close the one that is open", {}, true},
    Row{"invalid extra closing", "this bracket closes nothing"},
    Row{"flow", "a ',' or a closing bracket is missing before this", {}, true},
};

std::string_view LineAround(std::string_view text, std::size_t at) {
  const std::size_t newline = at == 0 ? std::string_view::npos : text.rfind('\n', at - 1);
  const std::size_t begin = newline == std::string_view::npos ? 0 : newline + 1;
  return text.substr(begin, text.find('\n', begin) - begin);
}

// The library gave up right behind a quote: it may be the next one that was to open, and the one before never closed.
std::optional<std::size_t> OpeningAbove(std::string_view text, std::size_t from, std::size_t at) {
  if (at < 2 || (text[at - 1] != '"' && text[at - 1] != '\'')) return std::nullopt;
  const std::size_t opening = text.rfind(text[at - 1], at - 2);
  if (opening == std::string_view::npos || opening < from || !text.substr(opening, at - opening).contains('\n'))
    return std::nullopt;
  return opening;
}

// A quote that opens right behind the last thing that could be read and is not closed on its line, when the reader gave
// up on a later line: whatever it stumbled over stands inside the quote.
std::optional<std::size_t> OpenBehind(std::string_view text, std::size_t last_end, std::size_t at) {
  const std::size_t opening = text.find_first_not_of(" :,", last_end);
  if (opening == std::string_view::npos || (text[opening] != '"' && text[opening] != '\'')) return std::nullopt;
  const std::size_t line_end = text.find('\n', opening);
  if (line_end >= at) return std::nullopt;
  for (std::size_t i = opening + 1; i < line_end; ++i) {
    if (text[i] == '\\' && text[opening] == '"') ++i;
    else if (text[i] == text[opening]) return std::nullopt;
  }
  return opening;
}

}  // namespace

SyntaxFault ExplainSyntax(const SyntaxError& error) {
  // A forgotten quote takes in all up to the next one; what follows that cannot be read.
  if (error.quote && error.quote->end <= error.at + 1 && error.at - error.quote->begin < 4096 &&
      !error.text.substr(error.quote->end, error.at - std::min(error.at, error.quote->end)).contains('\n')) {
    return {std::string(kUnclosedQuote), std::string(kUnclosedQuoteHint), error.quote->begin};
  }
  if (const auto opening = OpenBehind(error.text, error.last_end, error.at)) {
    return {std::string(kUnclosedQuote), std::string(kUnclosedQuoteHint), *opening};
  }
  if (error.message.contains("trailing content after")) {
    if (const auto opening = OpeningAbove(error.text, error.from, error.at)) {
      return {std::string(kUnclosedQuote), std::string(kUnclosedQuoteHint), *opening};
    }
    return {"text stands behind the closing quote", "put all of the value in quotes; a quote inside is \\\" or ''",
            error.at};
  }
  const auto row = std::ranges::find_if(kRows, [&](const Row& r) { return error.message.contains(r.fragment); });
  if (row == kRows.end()) {
    return {error.message.empty() ? "not valid YAML" : "not valid YAML: " + std::string(error.message), {}, error.at};
  }
  if (row->fragment == "invalid multiline plain key" && !LineAround(error.text, error.at).contains(':')) {
    return {"a ':' is missing after this word", "write 'key:' above what belongs to it", error.at};
  }
  if (row->names_bracket && LineAround(error.text, error.at).contains("${")) {
    return {std::string(row->message), "inside brackets a value with ${...} needs quotes", error.at, true};
  }
  std::size_t at = error.at;
  if (row->message == kUnclosedQuote && at > 0 && (error.text[at - 1] == '"' || error.text[at - 1] == '\'')) --at;
  return {std::string(row->message), std::string(row->hint), at, row->names_bracket};
}

}  // namespace rdsteady::manifest
