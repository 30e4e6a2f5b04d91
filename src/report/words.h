// The words of the JSON formats, version 1, and small helpers that every rendering uses. Pure.
//
// The words are owned here, not by the layers whose enums they spell: renaming an enumerator must not change a format
// that other people's programs read.
#pragma once

#include <string>
#include <string_view>

#include "apply/apply.h"
#include "model/kinds/kind.h"
#include "plan/plan.h"

namespace rdsteady::report {

inline constexpr int kFormatVersion = 1;

[[nodiscard]] std::string_view Word(model::Disruption disruption);
[[nodiscard]] std::string_view Word(model::Reversible reversible);
[[nodiscard]] std::string_view Word(model::Destroys destroys);
[[nodiscard]] std::string_view Word(model::ActsWhen when);
[[nodiscard]] std::string_view Word(model::Maybe maybe);
[[nodiscard]] std::string_view Word(plan::Fate fate);
[[nodiscard]] std::string_view Word(plan::Action action);
[[nodiscard]] std::string_view Word(plan::When when);
[[nodiscard]] std::string_view Word(plan::Verdict verdict);
[[nodiscard]] std::string_view Word(apply::ResourceResult result);
[[nodiscard]] std::string_view Word(apply::Event::What what);
[[nodiscard]] std::string_view Word(ErrorCategory category);

// How much a text may be decorated. Every text is complete without colour.
struct TextStyle {
  bool colour = false;
};

enum class Ink : std::uint8_t { kPlain, kBold, kDim, kGreen, kYellow, kRed, kCyan };
[[nodiscard]] std::string Paint(const TextStyle& style, Ink ink, std::string_view text);

// What comes from files and services may hold anything: control characters (an escape sequence among them) are shown as
// \xNN, so that nothing but us moves the cursor.
[[nodiscard]] std::string Printable(std::string_view text);

// True when the API's table calls the property of that kind sensitive; where it has no such property, its name decides.
// "Tags.owner" is a key of Tags.
[[nodiscard]] bool IsSensitiveProperty(const model::Kind& kind, std::string_view property);

// "file:line:column", or empty when the span has no file.
[[nodiscard]] std::string Position(const SourceSpan& where);

// "1 call", "2 calls"
[[nodiscard]] std::string Counted(std::size_t count, std::string_view noun);

// "9s", "1h02m": whole seconds, because what is shown moves once a second.
[[nodiscard]] std::string Elapsed(Millis duration);

// Members of the JSON structures, with a default where they are absent.
[[nodiscard]] std::string_view TextOf(const Value& map, std::string_view member);
[[nodiscard]] bool FlagOf(const Value& map, std::string_view member);
[[nodiscard]] std::int64_t NumberOf(const Value& map, std::string_view member);
[[nodiscard]] const List& ListOf(const Value& map, std::string_view member);

}  // namespace rdsteady::report
