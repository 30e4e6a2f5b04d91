// Tags as every kind has them: the property, the operations that change them and the read that finds them. Internal.
#pragma once

#include "model/kinds/kind.h"
#include "model/kinds/tables.h"

namespace rdsteady::model {

inline constexpr Check kTagChecks[] = {
    {.rule = "TAGS-AWS", .objection = ObjectionToTags, .offline = true},
};

// `births`: the creating calls that take Tags.
[[nodiscard]] constexpr Property TagsProperty(std::uint8_t births) {
  return {.name = "Tags",
          .calls = births,
          .update = Update::kOperation,
          .compare = Compare::kTextMap,
          .timing = Timing::kImmediate,
          .live = "TagList",
          .reset = Reset::kPerKey,
          .checks = kTagChecks,
          .item_key = "Key",
          .item_value = "Value",
          .foreign_keys = kForeignTags};
}

// Add before remove: a key that gets another value is overwritten, never taken away first.
inline constexpr SeparateOperation kAddTags = {.property = "Tags",
                                               .what = SeparateOperation::What::kAdd,
                                               .operation = "AddTagsToResource",
                                               .resource_member = "ResourceName",
                                               .by_arn = true,
                                               .items_member = "Tags"};
inline constexpr SeparateOperation kRemoveTags = {.property = "Tags",
                                                  .what = SeparateOperation::What::kRemove,
                                                  .operation = "RemoveTagsFromResource",
                                                  .resource_member = "ResourceName",
                                                  .by_arn = true,
                                                  .items_member = "TagKeys"};

// Where the describe call carries the tags, they are read only should an answer lack them: a missing list is not an
// empty one.
inline constexpr ExtraRead kReadTags = {.property = "Tags",
                                        .operation = "ListTagsForResource",
                                        .resource_member = "ResourceName",
                                        .by_arn = true,
                                        .items = "TagList",
                                        .store_as = "TagList"};

}  // namespace rdsteady::model
