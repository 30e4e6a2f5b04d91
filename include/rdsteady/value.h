// Value: what a property is, in a manifest, in a request and in an answer.
//
// A closed variant: null, bool, integer, double, text, list, map, Secret. Timestamps are text in ISO-8601 UTC. Value
// semantics throughout; a const Value may be read from several threads. A Secret never prints its content: every
// rendering of it is a placeholder.
#pragma once

#include <compare>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace rdsteady {

class Value;
using List = std::vector<Value>;
using Properties = std::map<std::string, Value, std::less<>>;

// Where a secret comes from. It is resolved only when a planned call needs it; plans hold the reference.
class Secret {
 public:
  enum class Source : std::uint8_t { kLiteral, kEnv, kFile, kCommand };

  static Secret FromEnv(std::string variable) { return {Source::kEnv, {std::move(variable)}}; }
  static Secret FromFile(std::string path) { return {Source::kFile, {std::move(path)}}; }
  // argv, run without a shell; its standard output, one trailing newline removed, is the secret.
  static Secret FromCommand(std::vector<std::string> argv) { return {Source::kCommand, std::move(argv)}; }
  static Secret Literal(std::string text) { return {Source::kLiteral, {std::move(text)}}; }

  [[nodiscard]] Source source() const { return source_; }
  // The variable, the path, or the argv. REQUIRES: source() is not kLiteral.
  [[nodiscard]] const std::vector<std::string>& reference() const { return parts_; }
  // The secret itself. REQUIRES: source() is kLiteral. The only way to the content; callers hand it to the wire.
  [[nodiscard]] const std::string& Reveal() const { return parts_.front(); }
  // "env ORDERS_DB_PASSWORD", "file /run/pw", "command pass", "literal": never the content.
  [[nodiscard]] std::string Describe() const;

  friend bool operator==(const Secret&, const Secret&) = default;

 private:
  Secret(Source source, std::vector<std::string> parts) : source_(source), parts_(std::move(parts)) {}
  Source source_;
  std::vector<std::string> parts_;
};

class Value {
 public:
  using Storage = std::variant<std::monostate, bool, std::int64_t, double, std::string, List, Properties, Secret>;

  Value() = default;                                         // null
  Value(std::nullptr_t) {}                                   // NOLINT(google-explicit-constructor)
  Value(std::same_as<bool> auto value) : storage_(value) {}  // NOLINT(google-explicit-constructor)
  template <std::integral T>
    requires(!std::same_as<T, bool>)
  Value(T value) : storage_(static_cast<std::int64_t>(value)) {}  // NOLINT(google-explicit-constructor)
  Value(std::floating_point auto value)
      : storage_(static_cast<double>(value)) {}                    // NOLINT(google-explicit-constructor)
  Value(std::string value) : storage_(std::move(value)) {}         // NOLINT(google-explicit-constructor)
  Value(std::string_view value) : storage_(std::string(value)) {}  // NOLINT(google-explicit-constructor)
  Value(const char* value) : storage_(std::string(value)) {}       // NOLINT(google-explicit-constructor)
  Value(List value) : storage_(std::move(value)) {}                // NOLINT(google-explicit-constructor)
  Value(Properties value) : storage_(std::move(value)) {}          // NOLINT(google-explicit-constructor)
  Value(Secret value) : storage_(std::move(value)) {}              // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool IsNull() const { return std::holds_alternative<std::monostate>(storage_); }
  template <class T>
  [[nodiscard]] bool Is() const {
    return std::holds_alternative<T>(storage_);
  }
  // Pointer to the content, or nullptr when the value is of another type: if (auto* text = v.If<std::string>()).
  template <class T>
  [[nodiscard]] const T* If() const {
    return std::get_if<T>(&storage_);
  }
  template <class T>
  [[nodiscard]] T* If() {
    return std::get_if<T>(&storage_);
  }
  // REQUIRES: Is<T>().
  template <class T>
  [[nodiscard]] const T& As() const {
    return *std::get_if<T>(&storage_);
  }
  [[nodiscard]] const Storage& storage() const { return storage_; }

  // A map's member, or nullptr when this is no map or has no such member.
  [[nodiscard]] const Value* Find(std::string_view member) const;
  // Find along a dotted path of maps: "Endpoint.Port". A list on the way yields nullptr.
  [[nodiscard]] const Value* FindPath(std::string_view dotted_path) const;

  friend bool operator==(const Value& a, const Value& b);

 private:
  Storage storage_;
};

// For messages and plans: 20, true, "text", [a, b], {k: v}, null; a secret is (secret, env NAME).
[[nodiscard]] std::string ToDisplay(const Value& value);

// Members of a Properties by name; nullptr when absent.
[[nodiscard]] const Value* Find(const Properties& properties, std::string_view name);

}  // namespace rdsteady
