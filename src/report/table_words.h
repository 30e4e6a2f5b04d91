// The rows of the kinds' tables in words: sentences for people, and the words of the JSON formats. Pure.
#pragma once

#include <string>
#include <string_view>

#include "model/kinds/kind.h"
#include "rdsteady/value.h"

namespace rdsteady::report {

// "modify", "immutable", "operation", ...: the words of the format.
[[nodiscard]] std::string_view Word(model::Update update);
[[nodiscard]] std::string_view Word(model::Confidence confidence);
[[nodiscard]] std::string_view Word(model::StatusClass status_class);
[[nodiscard]] std::string_view Word(model::SeparateOperation::What what);

[[nodiscard]] std::string_view ComparedAs(model::Compare compare);  // "as text, without case"
[[nodiscard]] std::string_view HowItChanges(model::Update update);  // "by the modify call"
[[nodiscard]] std::string_view WhenItActs(const model::Property& property);
[[nodiscard]] std::string NullMeans(const model::Property& property);

// {"type", "enum", "values", "least", "most", "least_length", "most_length", "pattern", "members", "sensitive"}; those
// that say nothing are left out.
[[nodiscard]] Value ValueTypeToJson(const model::Kind& kind, const model::Property& property);
// "integer, 1150 to 65535", "list of text", "text: gp2, gp3 or io1"
[[nodiscard]] std::string ValueTypeText(const Value& type);

// At most `width` columns where words allow it; every line begins with `indent`, the first with `first`.
[[nodiscard]] std::string Wrapped(std::string_view text, std::string_view first, std::string_view indent,
                                  std::size_t width = 80);

}  // namespace rdsteady::report
