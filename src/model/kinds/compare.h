// Reading what an answer says of a property, and comparing it with what is stated. Pure; the rules are the rows'
// (kind.h, Compare), the code knows no kind by name.
//
// Values that are read here have the shape that manifests use: maps that travel as lists of structures come out as maps
// ({service: orders}), a set of role pairs as {RoleArn, FeatureName}, a presence as a boolean. Null: the answer has
// none.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "model/kinds/kind.h"
#include "model/kinds/version.h"
#include "model/kinds/window.h"
#include "rdsteady/value.h"

namespace rdsteady::model {

// "A", "A.B", "A[0].B", "A[].B" (a list, of what the elements have). `ignore` ("Status=removing|gone") leaves out the
// elements of such a list whose member has one of these values, without case. Null when nothing is there.
[[nodiscard]] Value ReadPath(const Value& live, std::string_view path, std::string_view ignore = {});

// What is in force. The first that holds where the path yields a list and the property is a single value.
[[nodiscard]] Value ReadLive(const Property& property, const Value& live);
// What is scheduled; for a set that changes by differences, the set that will be. nullopt: nothing is.
[[nodiscard]] std::optional<Value> ReadPending(const Property& property, const Value& live);
// The structure that a map's key comes from ({ParameterName, ParameterValue, ApplyType, ...}); null when there is none.
[[nodiscard]] Value LiveItem(const Property& property, const Value& live, std::string_view key);

// Whether `have` (live or scheduled) is what `want` asks for. A null `want` is the explicit reset. For maps: of the
// stated keys.
[[nodiscard]] bool Reached(const Property& property, const Sight& sight, const Value& want, const Value& have);
// One key of a map. A null `want` removes or resets it; `live_item` is LiveItem's.
[[nodiscard]] bool KeyReached(const Property& property, const Value& want, const Value& have, const Value& live_item);

// What KMS has said of the stated name of a key; nullptr where the property is no key, or nobody has asked.
[[nodiscard]] const NamedKey* NamedKeyOf(const Property& property, const Sight& sight, const Value& want);
// For people: the stated value, and of a key's name what it stands for: "alias/orders (arn:aws:kms:...)".
[[nodiscard]] std::string ShownMeaning(const Property& property, const Sight& sight, const Value& want);

// A sentence for people where Reached is presumed or tolerated rather than seen: an alias that was not resolved, a
// minor version or a volume that the service moved on, a name that differs in case. Empty: nothing to say.
[[nodiscard]] std::string DoubtOf(const Property& property, const Sight& sight, const Value& want, const Value& have);

// What stands after the last ':' or '/' of an ARN; anything else as it is.
[[nodiscard]] std::string_view NameOfArn(std::string_view arn_or_name);

}  // namespace rdsteady::model
