#include "model/kinds/key_names.h"

#include "base/text.h"
#include "model/kinds/compare.h"

namespace rdsteady::model {

bool IsKeyAlias(std::string_view key) {
  return key.starts_with("alias/") || key.contains(":alias/");
}

bool IsSameKey(std::string_view a, std::string_view b) {
  if (EqualsIgnoreCase(a, b)) return true;
  if (a.starts_with("arn:") && b.starts_with("arn:")) return false;
  return EqualsIgnoreCase(NameOfArn(a), NameOfArn(b));
}

bool NeedsKeyName(std::string_view stated, std::string_view live) {
  if (IsKeyAlias(stated)) return true;
  return !stated.starts_with("arn:") && !IsSameKey(stated, live);
}

}  // namespace rdsteady::model
