// The committed table must be what its overlays say: an overlay that was edited without a refresh, or a generated file
// that was edited by hand, fails here, without a network.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>

#include "base/json.h"
#include "model/api/api.h"

namespace rdsteady::model {
namespace {

Value ReadOverlay(const std::string& name) {
  std::ifstream in(std::string(RDSTEADY_SOURCE_DIR) + "/tools/api-model/" + name);
  std::ostringstream text;
  text << in.rdbuf();
  Result<Value> value = ParseJson(text.str());
  EXPECT_TRUE(value.has_value()) << name;
  return value.has_value() ? *value : Value();
}

std::map<std::string, const Member*> MembersByPath() {
  std::map<std::string, const Member*> result;
  for (const Shape& shape : Shapes()) {
    for (const Member& member : shape.members) {
      result.emplace(std::string(shape.name) + "." + std::string(member.name), &member);
    }
  }
  return result;
}

TEST(ApiOverlay, EveryNumberHasTheWidthThatTheOverlayStates) {
  const Value overlay = ReadOverlay("overlay-numeric.json");
  const auto members = MembersByPath();
  std::set<std::string> stated;
  for (const auto& [width, type] : {std::pair{"integer", ShapeType::kInteger}, std::pair{"long", ShapeType::kLong},
                                    std::pair{"double", ShapeType::kDouble}}) {
    const Value* list = overlay.Find(width);
    ASSERT_NE(list, nullptr) << width;
    for (const Value& entry : list->As<List>()) {
      const std::string& path = entry.As<std::string>();
      stated.insert(path);
      const auto it = members.find(path);
      ASSERT_NE(it, members.end()) << path;
      EXPECT_EQ(it->second->shape->type, type) << path;
    }
  }
  for (const auto& [path, member] : members) {
    const ShapeType type = member->shape->type;
    const bool number = type == ShapeType::kInteger || type == ShapeType::kLong || type == ShapeType::kDouble;
    EXPECT_EQ(stated.contains(path), number) << path;
  }
}

std::optional<std::int64_t> Bound(const Value& stated, std::string_view path) {
  const Value* bound = stated.FindPath(path);
  if (bound == nullptr) return std::nullopt;
  return bound->As<std::int64_t>();
}

TEST(ApiOverlay, ConstraintsAreThoseOfTheOverlay) {
  const Value overlay = ReadOverlay("overlay-constraints.json");
  ASSERT_NE(overlay.Find("members"), nullptr);
  const Properties& stated = overlay.Find("members")->As<Properties>();
  for (const auto& [path, member] : MembersByPath()) {
    const Value* expected = Find(stated, path);
    ASSERT_EQ(member->constraint != nullptr, expected != nullptr) << path;
    if (expected == nullptr) continue;
    const Constraint& c = *member->constraint;
    EXPECT_EQ(c.min_length, Bound(*expected, "length.min")) << path;
    EXPECT_EQ(c.max_length, Bound(*expected, "length.max")) << path;
    EXPECT_EQ(c.min, Bound(*expected, "range.min")) << path;
    EXPECT_EQ(c.max, Bound(*expected, "range.max")) << path;
    const Value* pattern = expected->Find("pattern");
    EXPECT_EQ(c.pattern, pattern == nullptr ? "" : pattern->As<std::string>()) << path;
  }
}

TEST(ApiOverlay, PaginatorsAreThoseOfTheOverlay) {
  const Value overlay = ReadOverlay("overlay-paginator.json");
  ASSERT_NE(overlay.Find("operations"), nullptr);
  for (const auto& [name, stated] : overlay.Find("operations")->As<Properties>()) {
    const Operation* operation = FindOperation(name);
    ASSERT_TRUE(operation != nullptr && operation->paginator != nullptr) << name;
    EXPECT_EQ(operation->paginator->items, stated.Find("items")->As<std::string>()) << name;
    const Value* more = stated.Find("more");
    EXPECT_EQ(operation->paginator->more, more == nullptr ? "" : more->As<std::string>()) << name;
  }
}

}  // namespace
}  // namespace rdsteady::model
