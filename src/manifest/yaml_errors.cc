#include "manifest/yaml_errors.h"

#include <algorithm>
#include <array>

namespace rdsteady::manifest {
namespace {

struct Row {
  std::string_view fragment;  // of the library's message
  std::string_view message;
  std::string_view hint;
};

// The first row whose fragment occurs is taken.
constexpr std::array kRows = {
    Row{"without closing quote", "this quote is not closed", "close it on the same line"},
    Row{"-quoted scalar", "this quote is not closed", "close it on the same line"},
    Row{"tab", "a tab stands where indentation belongs", "indent with spaces"},
    Row{"invalid multiline plain key", "this value runs on into the next line, which looks like an entry of its own",
        "give the next line the indentation of its siblings"},
    Row{"could not find expected ':'", "a ':' is missing after this word", "write 'key: value'"},
    Row{"did not find expected key", "this line does not fit the map around it", "check its indentation"},
    Row{"invalid mapping key", "an entry cannot begin here", "check the indentation"},
    Row{"mapping values are not allowed", "a ':' cannot stand here",
        "put the text in quotes when the ':' belongs to it"},
    Row{"invalid indent for mapping", "this line does not fit the map around it", "check its indentation"},
    Row{"missing comma in flow", "a ',' is missing before this", ""},
    Row{"mismatched flow", "this bracket does not close what was opened", ""},
    Row{"invalid extra closing", "this bracket closes nothing", ""},
};

}  // namespace

SyntaxFault ExplainSyntax(std::string_view message, std::string_view text, std::size_t at) {
  const auto row = std::ranges::find_if(kRows, [&](const Row& r) { return message.contains(r.fragment); });
  if (row == kRows.end()) return {std::string("not valid YAML: ") + std::string(message), {}, at, 1};
  (void)text;
  return {std::string(row->message), std::string(row->hint), at, 1};
}

}  // namespace rdsteady::manifest
