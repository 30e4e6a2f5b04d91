// Members of a structure by name, in constant time: one small hash table per shape, built when first asked for.
//
// Thread-safe. Shapes of the API table are indexed once for the life of the program; any other shape (tests make their
// own) is searched member by member.
#pragma once

#include <string_view>

#include "model/api/api.h"

namespace rdsteady::wire {

// nullptr when the structure has no member of that name.
[[nodiscard]] const model::Member* LookUpMember(const model::Shape& structure, std::string_view name);

}  // namespace rdsteady::wire
