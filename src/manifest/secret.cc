#include "manifest/secret.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "manifest/scalar.h"

namespace rdsteady::manifest {
namespace {

constexpr std::array<std::string_view, 3> kSources = {"command", "env", "file"};
constexpr std::string_view kHowTo = "refer to it: {env: NAME}, {file: PATH} or {command: [PROGRAM, ARGUMENT]}";

std::optional<Value> Refuse(const Reading& reading, const Node& node, std::string message, std::string_view hint = {}) {
  reading.faults.Error(reading.document.Span(node), std::move(message), std::string(hint));
  return std::nullopt;
}

std::optional<Value> Reference(const Reading& reading, std::string_view source, const Node& node,
                               std::string_view what) {
  if (source == "command") {
    if (!node.IsList()) {
      return Refuse(reading, node, fmt::format("{} takes a list", what), "its first item is the program");
    }
    const std::optional<std::vector<std::string>> argv = ReadTexts(reading, node, what);
    if (!argv) return std::nullopt;
    if (argv->empty())
      return Refuse(reading, node, fmt::format("{} is an empty list", what), "its first item is the program");
    return Value(Secret::FromCommand(*argv));
  }
  const std::optional<std::string> text = ReadText(reading, node, what);
  if (!text) return std::nullopt;
  if (source == "file") {
    if (text->contains("${")) {
      return Refuse(reading, node, "variables are not replaced in secrets", "write the path itself");
    }
    return Value(Secret::FromFile(*text));
  }
  if (!IsWord(*text)) {
    return Refuse(reading, node, fmt::format("{} takes the name of an environment variable", what),
                  "letters, digits and '_', not a digit first");
  }
  return Value(Secret::FromEnv(*text));
}

}  // namespace

bool LooksLikeSecretReference(const Node& node) {
  return node.count == 1 && IsOneOf(node.entries().front().key->text(), kSources);
}

// No message here holds what was written, and no caret shows how long it is.
std::optional<Value> TypeSecret(const Reading& reading, const Entry& entry, std::string_view what) {
  const Node& key = *entry.key;
  const Node& node = *entry.value;
  if (node.type == Node::Type::kSecret) return Value(*node.secret);
  if (node.faulty) return std::nullopt;
  if (node.IsNull()) return Refuse(reading, key, fmt::format("{} cannot be null", what), kHowTo);
  if (node.IsList()) return Refuse(reading, key, fmt::format("{} takes a secret, not a list", what), kHowTo);
  if (node.IsScalar()) {
    if (node.text().empty()) return Refuse(reading, key, fmt::format("{} has no value", what), kHowTo);
    if (!reading.bare_dictionary)
      return Refuse(reading, key, fmt::format("{} is written out in the file", what), kHowTo);
    reading.faults.Warning(reading.document.Span(key), fmt::format("{} is written out in the file", what),
                           std::string(kHowTo));
    return Value(Secret::Literal(std::string(node.text())));
  }
  if (node.count != 1) {
    return Refuse(reading, key, fmt::format("{} takes one of 'env', 'file' and 'command'", what), kHowTo);
  }
  const Entry& reference = node.entries().front();
  const std::string_view source = reference.key->text();
  if (!IsOneOf(source, kSources)) {
    const std::string hint = SuggestName(source, kSources);
    return Refuse(reading, key, fmt::format("{} takes 'env', 'file' or 'command'", what),
                  hint.empty() ? kHowTo : std::string_view(hint));
  }
  return Reference(reading, source, *reference.value, fmt::format("{}.{}", what, source));
}

}  // namespace rdsteady::manifest
