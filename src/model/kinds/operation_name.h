// OperationName: the name of an operation that the program may send by itself.
//
// It can be made at compile time only, and the compiler refuses one that begins with "Delete": nothing that plans or
// applies can name an operation that deletes. (`delete` and `call`, which a person asks for by name, do not use it.)
#pragma once

#include <string_view>

namespace rdsteady::model {

// The one member by which a modification deletes: of a volume. Nothing that plans or applies sends it.
inline constexpr std::string_view kRemovesVolume = "SetForDelete";

class OperationName {
 public:
  consteval OperationName() = default;
  consteval OperationName(const char* name) : name_(name) {  // NOLINT(google-explicit-constructor): rows read as text
    if (name_.starts_with("Delete")) throw "an operation that deletes cannot be planned";
  }
  [[nodiscard]] constexpr std::string_view view() const { return name_; }
  [[nodiscard]] constexpr bool empty() const { return name_.empty(); }
  friend constexpr bool operator==(OperationName, OperationName) = default;

 private:
  std::string_view name_;
};

}  // namespace rdsteady::model
