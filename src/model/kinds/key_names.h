// KMS-RESOLVE: answers carry the ARN of a key, manifests may name it otherwise: by key id, alias or an alias's ARN. Who
// compares the two needs what KMS says of the name, or takes an alias to mean the live key: encryption keys cannot be
// changed, and a wrong "differs" can only do harm. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace rdsteady::model {

// What KMS has said of a name.
struct NamedKey {
  enum class What : std::uint8_t {
    kKnown,    // `text` is the key's ARN
    kMissing,  // there is no such key; `text` are KMS's words
    kUntold,   // KMS was not reached, or does not tell; `text` says why
  } what = What::kUntold;
  std::string text;
  friend bool operator==(const NamedKey&, const NamedKey&) = default;
};
// By name as stated; a name that nobody has asked for is not there.
using KeyNames = std::map<std::string, NamedKey, std::less<>>;

[[nodiscard]] bool IsKeyAlias(std::string_view key);
// Whether two names that are no aliases are those of one key: an ARN and the id in it are.
[[nodiscard]] bool IsSameKey(std::string_view a, std::string_view b);
// Whether only KMS can say if the stated name is the live key's. An ARN of a key needs no asking.
[[nodiscard]] bool NeedsKeyName(std::string_view stated, std::string_view live);

}  // namespace rdsteady::model
