// Types and constraints that the API table can state, on shapes made for it; and the real table's join with the rows.
#include "manifest/typing.h"

#include <gtest/gtest.h>

#include "manifest/load_for_test.h"
#include "manifest/scalar.h"

namespace rdsteady::manifest {
namespace {

using model::Constraint;
using model::Member;
using model::Shape;
using model::ShapeType;

constexpr Shape kText{.name = "String", .type = ShapeType::kString};
constexpr Shape kInteger{.name = "Integer", .type = ShapeType::kInteger};
constexpr Shape kLong{.name = "Long", .type = ShapeType::kLong};
constexpr Shape kDouble{.name = "Double", .type = ShapeType::kDouble};
constexpr Shape kFlag{.name = "Boolean", .type = ShapeType::kBoolean};
constexpr Shape kTime{.name = "TStamp", .type = ShapeType::kTimestamp};
constexpr Shape kTexts{.name = "Texts", .type = ShapeType::kList, .element = &kText};
constexpr std::string_view kColours[] = {"red", "green"};
constexpr Shape kColour{.name = "Colour", .type = ShapeType::kString, .enum_values = kColours};
constexpr Shape kPassword{.name = "Password", .type = ShapeType::kString, .sensitive = true};
constexpr Constraint kShort{.min_length = 2, .max_length = 4};
constexpr Constraint kLetters{.pattern = "^[a-z]+$"};
constexpr Constraint kPercent{.min = 0, .max = 100};
constexpr Member kMembers[] = {{"Name", &kText, true, false, nullptr},
                               {"Share", &kInteger, false, false, &kPercent},
                               {"Colour", &kColour, false, false, nullptr},
                               {"Password", &kPassword, false, false, nullptr}};
constexpr Shape kThing{.name = "Thing", .type = ShapeType::kStructure, .members = kMembers};
constexpr Shape kThings{.name = "Things", .type = ShapeType::kList, .element = &kThing};

struct Case {
  const Shape* shape;
  const Constraint* constraint;
  std::string written;
  std::string result;  // the value, or what was said: message | hint
};

std::string TypeOf(const Shape& shape, const Constraint* constraint, const std::string& written) {
  Faults faults;
  const Document document =
      ParseYaml(std::make_shared<const SourceFile>(SourceFile{"m.yaml", "P: " + written + "\n"}), faults);
  const model::Property property{.name = "P"};
  const PropertyType type{.property = &property, .shape = &shape, .constraint = constraint};
  const std::optional<Value> value = TypeProperty({document, faults}, type, document.root()->entries().front());
  std::string said;
  for (const Diagnostic& diagnostic : std::move(faults).Take()) {
    said += (said.empty() ? "" : "; ") + diagnostic.message + (diagnostic.hint.empty() ? "" : " | " + diagnostic.hint);
  }
  EXPECT_EQ(value.has_value(), said.empty());
  return value ? ToDisplay(*value) : said;
}

TEST(Typing, FollowsTheShape) {
  const std::vector<Case> cases = {
      {&kText, nullptr, "15.10", "15.10"},
      {&kText, &kShort, "abc", "abc"},
      {&kText, &kShort, "a", "P takes 2 to 4 characters, not 1"},
      {&kText, &kShort, "\"aäää\"", "aäää"},
      {&kText, &kLetters, "abc", "abc"},
      {&kText, &kLetters, "ab1", "'ab1' is not a P | its form is ^[a-z]+$"},
      {&kInteger, nullptr, "-5", "-5"},
      {&kInteger, nullptr, "2147483648", "P is out of range: 2147483648 is not between -2147483648 and 2147483647"},
      {&kInteger, &kPercent, "101", "P is out of range: 101 is not between 0 and 100"},
      {&kInteger, nullptr, "-0", "P takes an integer, not '-0' | write 0"},
      {&kLong, nullptr, "9223372036854775807", "9223372036854775807"},
      {&kLong, nullptr, "9223372036854775808", "P is out of range: 9223372036854775808"},
      {&kDouble, nullptr, "0.50", "0.5"},
      {&kDouble, nullptr, "20", "20"},
      {&kDouble, nullptr, ".inf", "P takes a number, not '.inf'"},
      {&kDouble, nullptr, "\"0.5\"", "P takes a number, not the text \"0.5\""},
      {&kFlag, nullptr, "true", "true"},
      {&kFlag, nullptr, "OFF", "P takes true or false, not 'OFF' | write false"},
      {&kTime, nullptr, "2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z"},
      {&kTime, nullptr, "2026-01-02", "P takes a time in UTC, not '2026-01-02' | write 2026-01-02T00:00:00Z"},
      {&kTime, nullptr, "2026-13-02T03:04:05Z",
       "P takes a time in UTC, not '2026-13-02T03:04:05Z' | write it as 2026-01-02T03:04:05Z"},
      {&kColour, nullptr, "green", "green"},
      {&kColour, nullptr, "Green", "P takes 'red' or 'green', not 'Green' | did you mean 'green'?"},
      {&kTexts, nullptr, "[a, \"b\", 1]", "[a, b, 1]"},
      {&kTexts, nullptr, "[[a]]", "P[0] takes text, not a list"},
      {&kThing, nullptr, "{Name: a, Share: 50, Colour: red, Password: {env: X}}",
       "{Colour: red, Name: a, Password: (secret, env X), Share: 50}"},
      {&kThing, nullptr, "{Share: 200}", "P.Share is out of range: 200 is not between 0 and 100; P lacks 'Name'"},
      {&kThing, nullptr, "{Name: a, Nmae: b}", "unknown member 'Nmae' of P | did you mean 'Name'?"},
      {&kThing, nullptr, "{Name: null}",
       "P.Name cannot be null | remove it to leave it alone; write \"null\" for the word itself"},
      {&kThing, nullptr, "{Name: a, Password: canary}",
       "P.Password is written out in the file | refer to it: {env: NAME}, {file: PATH} or {command: [PROGRAM, "
       "ARGUMENT]}"},
      {&kThings, nullptr, "[{Name: a}, {Name: b}]", "[{Name: a}, {Name: b}]"},
      {&kThings, nullptr, "[{Name: a}, b]", "P[1] takes a map, not a word"},
      {&kText, nullptr, "{a/1}", "{a/1}"},
      {&kText, nullptr, "{a, b}", "{a, b}"},
      {&kText, nullptr, "{a: b}", "P takes text, not a map"},
      {&kText, nullptr, "{}", "P takes text, not a map"},
  };
  for (const Case& c : cases)
    EXPECT_EQ(TypeOf(*c.shape, c.constraint, c.written), c.result) << c.shape->name << " " << c.written;
}

TEST(Typing, LengthsCountCharactersNotBytes) {
  constexpr Constraint kFour{.min_length = 4, .max_length = 4};
  EXPECT_EQ(TypeOf(kText, &kFour, "äöüß"), "äöüß");
}

// A row whose type nobody knows could not be stated: there must be none.
TEST(Typing, KnowsEveryProperty) {
  for (const model::Kind* kind : model::Kinds()) {
    for (const model::Property& property : kind->properties) {
      const PropertyType* type = KindTypes::Of(*kind).Find(property.name);
      ASSERT_NE(type, nullptr) << kind->name << "." << property.name;
      if (type->form != PropertyType::Form::kTextMap) {
        EXPECT_NE(type->shape, nullptr) << kind->name << "." << property.name;
      }
    }
  }
}

// The hints' guesses, which are never taken as values.
TEST(Meant, Integers) {
  EXPECT_EQ(MeantInteger("0x14"), 20);
  EXPECT_EQ(MeantInteger("0o17"), 15);
  EXPECT_EQ(MeantInteger("1,000"), 1000);
  EXPECT_EQ(MeantInteger("20.00"), 20);
  EXPECT_EQ(MeantInteger("+5"), 5);
  EXPECT_EQ(MeantInteger("20 GiB"), 20);
  for (const char* no : {"", "x", "1.5", "1e3", "20.", "5 apples", "0x", "--5", "99999999999999999999"}) {
    EXPECT_EQ(MeantInteger(no), std::nullopt) << no;
  }
}

TEST(Meant, Names) {
  constexpr std::string_view kKnown[] = {"AllocatedStorage", "DBInstanceClass", "MaxAllocatedStorage", "Port"};
  EXPECT_EQ(SuggestName("allocatedstorage", kKnown), "did you mean 'AllocatedStorage'?");
  EXPECT_EQ(SuggestName("InstanceClass", kKnown), "did you mean 'DBInstanceClass'?");
  EXPECT_EQ(SuggestName("Storage", kKnown), "");  // two hold it
  EXPECT_EQ(SuggestName("Prot", kKnown), "did you mean 'Port'?");
  EXPECT_EQ(SuggestName("Colour", kKnown), "");
}

}  // namespace
}  // namespace rdsteady::manifest
