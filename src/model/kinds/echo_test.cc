// A property of every row: what RDS echoes where the row reads it is what was asked for, and anything else is not.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/text.h"
#include "model/kinds/compare.h"
#include "model/kinds/tables.h"

namespace rdsteady::model {
namespace {

// Puts the value where ReadPath would find it.
void Put(Properties& into, std::string_view path, Value value) {
  const std::size_t dot = path.find('.');
  const std::string_view segment = path.substr(0, dot);
  const std::string name(segment.substr(0, segment.find('[')));
  const bool is_list = segment.contains('[');
  if (dot == std::string_view::npos) {
    into.insert_or_assign(name, std::move(value));
    return;
  }
  const std::string_view rest = path.substr(dot + 1);
  const auto nest = [rest](Value inner) {
    Properties members;
    Put(members, rest, std::move(inner));
    return Value(std::move(members));
  };
  if (!is_list) {
    into.insert_or_assign(name, nest(std::move(value)));
    return;
  }
  List elements;
  const auto* each = segment.ends_with("[]") ? value.If<List>() : nullptr;
  if (each == nullptr) {
    elements.push_back(nest(std::move(value)));
  } else {
    for (const Value& item : *each)
      elements.push_back(nest(item));
  }
  into.insert_or_assign(name, std::move(elements));
}

std::string Word() {
  return *rc::gen::nonEmpty(rc::gen::container<std::string>(rc::gen::inRange('a', 'z')));
}

std::string TimeOfDay(int minute) {
  const auto two = [](int number) { return (number < 10 ? "0" : "") + std::to_string(number); };
  return two(minute / 60) + ":" + two(minute % 60);
}

// Two different values of the row's type, as manifests state them.
std::pair<Value, Value> TwoValues(const Property& property) {
  const int number = *rc::gen::inRange(1, 100000);
  const std::string word = Word();
  switch (property.compare) {
    case Compare::kBoolean:
    case Compare::kPresence: {
      const bool flag = *rc::gen::arbitrary<bool>();
      return {flag, !flag};
    }
    case Compare::kInteger:
    case Compare::kIntegerZeroIsNull: return {number, number + *rc::gen::inRange(1, 100)};
    case Compare::kStorageFloor: return {number, number * 2};
    case Compare::kVersion: return {std::to_string(number) + ".1", std::to_string(number + 1) + ".1"};
    case Compare::kDailyWindow: {
      const int minute = *rc::gen::inRange(0, 1380);
      return {TimeOfDay(minute) + "-" + TimeOfDay(minute + 30), TimeOfDay(minute) + "-" + TimeOfDay(minute + 31)};
    }
    case Compare::kWeeklyWindow: {
      const int minute = *rc::gen::inRange(0, 1380);
      const std::string times = TimeOfDay(minute) + "-mon:" + TimeOfDay(minute + 30);
      return {"mon:" + times, "sun:" + times};
    }
    case Compare::kSet:
    case Compare::kMultiset: return {List{word, word + "x"}, List{word, word + "y"}};
    case Compare::kTextMap:
    case Compare::kNameValueList:
    case Compare::kParameterMap: return {Properties{{word, "1"}}, Properties{{word, "2"}}};
    case Compare::kKeyedVolumes: {
      const auto volume = [number](int iops) {
        return List{Properties{{"VolumeName", "rdsdbdata2"}, {"AllocatedStorage", number}, {"IOPS", iops}}};
      };
      return {volume(3000), volume(6000)};
    }
    case Compare::kRolePairs:
      return {List{Properties{{"RoleArn", word}, {"FeatureName", "a"}}},
              List{Properties{{"RoleArn", word}, {"FeatureName", "b"}}}};
    case Compare::kNever:
    case Compare::kExact:
    case Compare::kIgnoreCase:
    case Compare::kIdentifier:
    case Compare::kKmsKey:
    case Compare::kArnOrName:
    case Compare::kDistinguishedName: return {word, word + "z"};
  }
  return {};
}

// As the service would echo it.
Value Echoed(const Property& property, const Value& want) {
  if (property.compare == Compare::kPresence)
    return want == Value(true) ? Value(Properties{{"SecretArn", "arn:x"}}) : Value();
  if (const auto* map = want.If<Properties>(); map != nullptr && !property.item_key.empty()) {
    List items;
    for (const auto& [key, value] : *map) {
      items.emplace_back(Properties{{std::string(property.item_key), key}, {std::string(property.item_value), value}});
    }
    return items;
  }
  if (property.compare == Compare::kSet) {
    const List& list = want.As<List>();
    return List(list.rbegin(), list.rend());
  }
  const bool loses_case = property.compare == Compare::kIgnoreCase || property.compare == Compare::kIdentifier;
  return loses_case ? Value(ToUpper(want.As<std::string>())) : want;
}

RC_GTEST_PROP(EchoTest, WhatIsEchoedIsReachedAndNothingElse, ()) {
  for (const Kind* kind : Kinds()) {
    for (const Property& property : kind->properties) {
      if (property.compare == Compare::kNever) continue;
      const auto [want, other] = TwoValues(property);
      const auto reached = [&](const Value& echoed) {
        Properties answer = {{"Engine", "postgres"}};
        Put(answer, property.live, Echoed(property, echoed));
        const Properties desired = {{std::string(property.name), want}};
        const Value live(std::move(answer));
        return Reached(property, {.desired = desired, .live = live}, want, ReadLive(property, live));
      };
      if (!reached(want)) RC_FAIL(std::string(property.name) + " is not reached by its echo " + ToDisplay(want));
      if (reached(other))
        RC_FAIL(std::string(property.name) + ": " + ToDisplay(want) + " is reached by " + ToDisplay(other));
    }
  }
}

RC_GTEST_PROP(EchoTest, APendingEchoIsReadAsScheduled, ()) {
  for (const Property& property : kDBInstance.properties) {
    if (property.pending.empty() || !property.delta_add.empty() || property.compare == Compare::kNever) continue;
    const auto [want, other] = TwoValues(property);
    Properties pending;
    Put(pending, property.pending, Echoed(property, want));
    const Value live(Properties{{"Engine", "postgres"}, {"PendingModifiedValues", pending}});
    const Properties desired = {{std::string(property.name), want}};
    const auto scheduled = ReadPending(property, live);
    RC_ASSERT(scheduled.has_value());
    if (!Reached(property, {.desired = desired, .live = live}, want, *scheduled)) RC_FAIL(std::string(property.name));
  }
}

}  // namespace
}  // namespace rdsteady::model
