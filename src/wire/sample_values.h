// For tests: values made up for a shape, deterministic for a seed, rich in what codecs get wrong (blanks, '+', markup,
// several scripts, empty texts and lists, fractions, far times).
#pragma once

#include <array>
#include <ostream>
#include <random>
#include <set>
#include <string>
#include <utility>

#include "model/api/api.h"
#include "rdsteady/value.h"

namespace rdsteady {

// What GoogleTest shows of a value.
inline void PrintTo(const Value& value, std::ostream* out) {
  *out << ToDisplay(value);
}

}  // namespace rdsteady

namespace rdsteady::wire {

enum class Fill { kEverything, kSome };  // every member of every structure, or about half of them

class Sampler {
 public:
  explicit Sampler(unsigned seed, Fill fill = Fill::kEverything) : random_(seed), fill_(fill) {}

  Properties Structure(const model::Shape& shape) {
    Properties members;
    for (const model::Member& member : shape.members) {
      if (fill_ == Fill::kSome && Below(2) == 0) continue;
      Add(members, member);
    }
    // A request cannot say "a structure without members".
    if (members.empty() && !shape.members.empty()) Add(members, shape.members[Below(shape.members.size())]);
    return members;
  }

  Value Make(const model::Shape& shape) {
    using model::ShapeType;
    switch (shape.type) {
      case ShapeType::kStructure: return Structure(shape);
      case ShapeType::kList: return MakeList(shape);
      case ShapeType::kMap: return Properties{{"key one", Make(*shape.element)}, {"k+2", Make(*shape.element)}};
      case ShapeType::kString:
        if (!shape.enum_values.empty() && Below(2) == 0) return Pick(shape.enum_values);
        return Pick(kTexts);
      case ShapeType::kBoolean: return Below(2) == 0;
      case ShapeType::kInteger: return Pick(kIntegers);
      case ShapeType::kLong: return Pick(kLongs);
      case ShapeType::kDouble: return Pick(kDoubles);
      case ShapeType::kTimestamp: return Pick(kTimes);
    }
    return {};
  }

  // The members that have occurred so far.
  [[nodiscard]] const std::set<const model::Member*>& seen() const { return seen_; }

 private:
  static constexpr std::array<std::string_view, 16> kTexts = {"orders",
                                                              "two words",
                                                              "a+b",
                                                              "a=b&c=d",
                                                              "50%",
                                                              "%2B",
                                                              "<b>&amp;\"'</b>",
                                                              "]]>",
                                                              "grün ☃ 𝄞 日本",
                                                              "",
                                                              " around ",
                                                              "line\nfeed\ttab",
                                                              "arn:aws:rds:us-east-1:123456789012:db:orders",
                                                              "~-_.!*'();:@,/?#[]",
                                                              "a\r\nb",
                                                              "."};
  static constexpr std::array<std::int64_t, 5> kIntegers = {0, 1, -1, 5432, 2147483647};
  static constexpr std::array<std::int64_t, 4> kLongs = {0, 2147483648, -9007199254740991, 9007199254740991};
  static constexpr std::array<double, 7> kDoubles = {0.5, 128.0, 0.1, -2.25, 1e-7, 1e21, 3.141592653589793};
  static constexpr std::array<std::string_view, 5> kTimes = {"2026-01-02T03:04:05Z", "2026-01-02T03:04:05.678Z",
                                                             "1970-01-01T00:00:00Z", "2038-01-19T03:14:08Z",
                                                             "1999-12-31T23:59:59.001Z"};

  std::size_t Below(std::size_t bound) { return std::uniform_int_distribution<std::size_t>(0, bound - 1)(random_); }
  template <class Pool>
  Value Pick(const Pool& pool) {
    return pool[Below(pool.size())];
  }
  void Add(Properties& members, const model::Member& member) {
    seen_.insert(&member);
    members.emplace(member.name, Make(*member.shape));
  }
  // Everything: at least one item, or the item's members would not occur.
  Value MakeList(const model::Shape& shape) {
    const std::size_t size = fill_ == Fill::kEverything ? 1 + Below(2) : Below(4);
    List items;
    for (std::size_t i = 0; i < size; ++i)
      items.push_back(Make(*shape.element));
    return items;
  }

  std::mt19937 random_;
  Fill fill_;
  std::set<const model::Member*> seen_;
};

// Every member that can occur in a value of the shape.
inline void CollectMembers(const model::Shape& shape, std::set<const model::Member*>& members) {
  if (shape.element != nullptr) CollectMembers(*shape.element, members);
  for (const model::Member& member : shape.members) {
    if (members.insert(&member).second) CollectMembers(*member.shape, members);
  }
}

}  // namespace rdsteady::wire
