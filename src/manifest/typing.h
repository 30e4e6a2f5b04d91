// Typing: nodes of a file to Values, by what the API table and a kind's rows say of a property.
//
// YAML's own types play no part: a scalar is its text and whether it was plain. Every fault is reported where it
// stands; a value that has one is left out. Thread-compatible.
#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "manifest/faults.h"
#include "manifest/yaml.h"
#include "model/kinds/kind.h"
#include "rdsteady/value.h"

namespace rdsteady::manifest {

// Where a value is being read, and for whom.
struct Reading {
  const Document& document;
  Faults& faults;
  bool bare_dictionary = false;  // a script's: a literal secret is a warning, and maps may be lists of pairs
};

// What a property takes.
struct PropertyType {
  enum class Form : std::uint8_t {
    kShape,    // as the API's shape says
    kTextMap,  // a map of texts, which travels as a list of pairs
    kItems,    // a list of what an operation of its own takes (AssociatedRoles)
  };
  const model::Property* property = nullptr;
  Form form = Form::kShape;
  const model::Shape* shape = nullptr;  // kTextMap: of a pair, nullptr when there is none; kItems: of an item
  const model::Constraint* constraint = nullptr;
  std::string_view left_out{};  // kItems: the member that names the resource, not the manifest's to state
  bool sensitive = false;
};

// The properties of a kind with their types, found by name. Built once for each kind.
class KindTypes {
 public:
  [[nodiscard]] static const KindTypes& Of(const model::Kind& kind);

  [[nodiscard]] const PropertyType* Find(std::string_view property) const;
  [[nodiscard]] const std::vector<std::string_view>& names() const { return names_; }  // what a body may state, sorted

 private:
  explicit KindTypes(const model::Kind& kind);
  std::vector<PropertyType> types_;  // sorted by name
  std::vector<std::string_view> names_;
};

// The property's value as stated. Null is an explicit reset. nullopt: there was a fault, which has been reported.
[[nodiscard]] std::optional<Value> TypeProperty(const Reading& reading, const PropertyType& type, const Entry& entry);

// For what is ours: `what` names it in messages.
[[nodiscard]] std::optional<std::string> ReadText(const Reading& reading, const Node& node, std::string_view what);
[[nodiscard]] std::optional<std::int64_t> ReadInteger(const Reading& reading, const Node& node, std::string_view what);
[[nodiscard]] std::optional<std::vector<std::string>> ReadTexts(const Reading& reading, const Node& node,
                                                                std::string_view what);
// Which of the words it is.
[[nodiscard]] std::optional<std::size_t> ReadWord(const Reading& reading, const Node& node, std::string_view what,
                                                  std::span<const std::string_view> words);
// What the word stands for.
template <class Choice, std::size_t kCount>
[[nodiscard]] std::optional<Choice> ReadChoice(const Reading& reading, const Node& node, std::string_view what,
                                               const std::array<std::pair<std::string_view, Choice>, kCount>& choices) {
  std::array<std::string_view, kCount> words;
  std::ranges::transform(choices, words.begin(), &std::pair<std::string_view, Choice>::first);
  const std::optional<std::size_t> at = ReadWord(reading, node, what, words);
  return at ? std::optional(choices[*at].second) : std::nullopt;
}
// True when a value is written there; else says that it is missing.
[[nodiscard]] bool HasValue(const Reading& reading, const Node& node, std::string_view what,
                            std::string_view advice = {});

// "a list", "a map", "text": what was found instead.
[[nodiscard]] std::string_view Describe(const Node& node);

}  // namespace rdsteady::manifest
