#include "manifest/yaml.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <set>
#include <tuple>

#include "base/text.h"

namespace rdsteady::manifest {
namespace {

// The tree as one line: plain scalars bare, quoted ones in quotes, nothing as <>, a '!' where entries were lost.
std::string Show(const Node& node) {
  if (node.IsScalar()) {
    if (node.absent) return "<>";
    const std::string text = ReplaceAll(std::string(node.text()), "\n", "\\n");
    return node.plain ? text : '"' + text + '"';
  }
  std::string out;
  if (node.IsList()) {
    for (const Node* item : node.items())
      out += (out.empty() ? "" : ", ") + Show(*item);
    return "[" + out + "]" + (node.incomplete ? "!" : "");
  }
  for (const Entry& entry : node.entries()) {
    out += (out.empty() ? "" : ", ") + Show(*entry.key) + ": " + Show(*entry.value);
  }
  return "{" + out + "}" + (node.incomplete ? "!" : "");
}

struct Parsed {
  std::string tree;
  std::string said;
};

Parsed Parse(const std::string& text) {
  Faults faults;
  const Document document = ParseYaml(std::make_shared<const SourceFile>(SourceFile{"m.yaml", text}), faults);
  return {document.root() == nullptr ? "" : Show(*document.root()), Render(std::move(faults).Take())};
}

struct TreeCase {
  std::string text;
  std::string tree;
};

class Trees : public testing::TestWithParam<TreeCase> {};

TEST_P(Trees, AreReadWithoutTypes) {
  const Parsed parsed = Parse(GetParam().text);
  EXPECT_EQ(parsed.tree, GetParam().tree);
  EXPECT_EQ(parsed.said, "");
}

INSTANTIATE_TEST_SUITE_P(
    Yaml, Trees,
    testing::Values(TreeCase{"a: 15.10", "{a: 15.10}"}, TreeCase{"a: 0123", "{a: 0123}"},
                    TreeCase{"a: no\nb: ~\nc: null", "{a: no, b: ~, c: null}"},
                    TreeCase{"a: \"x\\ny\"\nb: 'it''s'", "{a: \"x\\ny\", b: \"it's\"}"},
                    TreeCase{"a:\nb: ''", "{a: <>, b: \"\"}"}, TreeCase{"a: [1, [2], {b: c}]", "{a: [1, [2], {b: c}]}"},
                    TreeCase{"a:\n  - 1\n  -\n  - b: c\n    d: e", "{a: [1, <>, {b: c, d: e}]}"},
                    TreeCase{"a:\n- 1\n- b: c\n  d: e", "{a: [1, {b: c, d: e}]}"},
                    TreeCase{"a: |\n  one\n  two\n", "{a: \"one\\ntwo\\n\"}"},
                    TreeCase{"a: one\n  two", "{a: one two}"}, TreeCase{"a: {b: {\n  c: d\n}}", "{a: {b: {c: d}}}"},
                    TreeCase{"{\"a\": \"b\", \"c\": [true, null, 1.5]}", "{\"a\": \"b\", \"c\": [true, null, 1.5]}"},
                    TreeCase{"{\n\t\"a\":\t\"\\ud83d\\ude00\\/\"\n}", "{\"a\": \"\xF0\x9F\x98\x80/\"}"},
                    TreeCase{"a: {DBInstanceClassMemory/32768}", "{a: {DBInstanceClassMemory/32768: <>}}"},
                    TreeCase{"a: &x {b: c}\nd: *x", "{a: {b: c}, d: {b: c}}"},
                    TreeCase{"a: &x b\n*x : c", "{a: b, b: c}"},
                    TreeCase{"a: &x {b: 1, c: 2}\nd: {<<: *x, c: 3}", "{a: {b: 1, c: 2}, d: {c: 3, b: 1}}"},
                    TreeCase{"a: &x {b: 1}\nc: &y {b: 2, d: 3}\ne:\n  <<: [*x, *y]",
                             "{a: {b: 1}, c: {b: 2, d: 3}, e: {b: 1, d: 3}}"},
                    TreeCase{"a: {\"<<\": b}", "{a: {\"<<\": b}}"}, TreeCase{"---\na: 1\n...\n", "{a: 1}"},
                    TreeCase{"a: 1\r\nb: \"x\"\r\n", "{a: 1, b: \"x\"}"}, TreeCase{"# nothing", ""}, TreeCase{"", ""}));

struct FaultCase {
  std::string name;
  std::string text;
  std::string said;
  std::string tree;
};

class SyntaxFaults : public testing::TestWithParam<FaultCase> {};

TEST_P(SyntaxFaults, SayWhereAndWhat) {
  const Parsed parsed = Parse(GetParam().text);
  EXPECT_EQ(parsed.said, GetParam().said);
  EXPECT_EQ(parsed.tree, GetParam().tree);
}

INSTANTIATE_TEST_SUITE_P(
    Yaml, SyntaxFaults,
    testing::Values(FaultCase{"Tab", "a:\n\tb: 1\nc: 2\n",
                              "m.yaml:2:1: error: a tab stands where indentation belongs\n"
                              "    \tb: 1\n"
                              "    ^\n"
                              "  hint: indent with spaces\n"
                              "1 error\n",
                              "{c: 2}!"},
                    FaultCase{"Quote", "a:\n  b: \"x\n  c: 1\nd: 2\n",
                              "m.yaml:2:6: error: this quote is not closed\n"
                              "      b: \"x\n"
                              "         ^\n"
                              "  hint: close it on the same line\n"
                              "1 error\n",
                              "{a: {c: 1}!, d: 2}!"},
                    FaultCase{"QuoteUpToTheNextOne", "a:\n  b: 'x\n  c: 'y'\n  d: 1\n",
                              "m.yaml:2:6: error: this quote is not closed\n"
                              "      b: 'x\n"
                              "         ^\n"
                              "  hint: close it on the same line\n"
                              "1 error\n",
                              "{a: {c: \"y\", d: 1}!}!"},
                    FaultCase{"SeveralInOneFile", "a: \"x\nb: @y\nc: z: 1\nd: 1\n",
                              "m.yaml:1:4: error: this quote is not closed\n"
                              "    a: \"x\n"
                              "       ^\n"
                              "  hint: close it on the same line\n"
                              "m.yaml:2:4: error: a value cannot begin with this character\n"
                              "    b: @y\n"
                              "       ^\n"
                              "  hint: put the value in quotes\n"
                              "m.yaml:3:5: error: a second ':' on the line\n"
                              "    c: z: 1\n"
                              "        ^\n"
                              "  hint: put the value in quotes when the ':' belongs to it\n"
                              "3 errors\n",
                              "{c: z, d: 1}!"},
                    FaultCase{"Bracket", "a: {b: [c, d}\ne: 1\n",
                              "m.yaml:1:13: error: this bracket does not close the one that is open\n"
                              "    a: {b: [c, d}\n"
                              "                ^\n"
                              "  m.yaml:1:8: the bracket that opened here is not closed\n"
                              "    a: {b: [c, d}\n"
                              "           ^\n"
                              "1 error\n",
                              "{a: {b: [c]!}!, e: 1}!"},
                    FaultCase{"Escape", "a: \"C:\\path\"\nb: 1\n",
                              "m.yaml:1:7: error: this is no escape of a double-quoted text\n"
                              "    a: \"C:\\path\"\n"
                              "          ^\n"
                              "  hint: write \\\\ for a backslash, or use single quotes\n"
                              "1 error\n",
                              "{b: 1}!"},
                    FaultCase{"ItemWithoutValue", "a:\n- 1\n-\n- b\nc: 1\n",
                              "m.yaml:4:1: error: an item without a value stands before this\n"
                              "    - b\n"
                              "    ^\n"
                              "1 error\n",
                              "{a: [1]!, c: 1}!"},
                    FaultCase{"MissingColon", "a\nb: 1\nc: 2\n",
                              "m.yaml:1:1: error: a ':' is missing after this word\n"
                              "    a\n"
                              "    ^\n"
                              "  hint: write 'key:' above what belongs to it\n"
                              "1 error\n",
                              ""},
                    FaultCase{"Indentation", "a:\n  b: 1\n   c: 2\n  d: 3\n",
                              "m.yaml:2:6: error: this value runs on into the next line, which looks like an entry\n"
                              "      b: 1\n"
                              "         ^\n"
                              "  hint: give the line the indentation of its siblings\n"
                              "1 error\n",
                              "{a: {d: 3}!}!"},
                    FaultCase{"SecondDocument", "a: 1\n---\nb: 2\n",
                              "m.yaml:2:1: error: a second document begins here\n"
                              "    ---\n"
                              "    ^~~\n"
                              "  hint: a file holds one document; put the other into a file of its own\n"
                              "1 error\n",
                              "{a: 1}"},
                    FaultCase{"DuplicateKey", "a: 1\n\"a\": 2\n",
                              "m.yaml:2:1: error: 'a' is stated twice\n"
                              "    \"a\": 2\n"
                              "    ^~~\n"
                              "  m.yaml:1:1: first stated here\n"
                              "    a: 1\n"
                              "    ^\n"
                              "1 error\n",
                              "{a: 1}"},
                    FaultCase{"UndefinedAlias", "a: &one 1\nb: *ome\nc: {<<: *gone}\n",
                              "m.yaml:2:4: error: nothing is named '&ome' before this alias\n"
                              "    b: *ome\n"
                              "       ^~~~\n"
                              "  hint: did you mean 'one'?\n"
                              "m.yaml:3:9: error: nothing is named '&gone' before this alias\n"
                              "    c: {<<: *gone}\n"
                              "            ^~~~~\n"
                              "  hint: did you mean 'one'?\n"
                              "2 errors\n",
                              "{a: 1, b: , c: {}}"},
                    FaultCase{"AliasOfItself", "a: &x [*x]\n",
                              "m.yaml:1:8: error: '*x' stands inside what '&x' names\n"
                              "    a: &x [*x]\n"
                              "           ^~\n"
                              "1 error\n",
                              "{a: []}"},
                    FaultCase{"Merge", "a: {<<: [1]}\n",
                              "m.yaml:1:9: error: '<<' takes a map or a list of maps\n"
                              "    a: {<<: [1]}\n"
                              "            ^~~\n"
                              "1 error\n",
                              "{a: {}}"},
                    FaultCase{"Tag", "a: !!str 1\n",
                              "m.yaml:1:4: error: YAML tags are not used here\n"
                              "    a: !!str 1\n"
                              "       ^~~~~\n"
                              "  hint: remove it: types come from the API, not from the file\n"
                              "1 error\n",
                              "{a: 1}"},
                    FaultCase{"KeyThatIsAList", "? [a]\n: b\n",
                              "m.yaml:1:3: error: a key must be a word, not a list or a map\n"
                              "    ? [a]\n"
                              "      ^~~\n"
                              "1 error\n",
                              "{}"},
                    FaultCase{"KeyMissing", "a:\n  : b\n",
                              "m.yaml:2:3: error: a key is missing before the ':'\n"
                              "      : b\n"
                              "      ^\n"
                              "1 error\n",
                              "{a: {}}"}),
    [](const auto& info) { return info.param.name; });

// Reading goes on below each fault and never above one: it ends, and nothing is said twice.
RC_GTEST_PROP(YamlRecovery, SaysEachFaultOnce, ()) {
  static const std::vector<std::string> kLines = {
      "a:",         "  b:",           "    c: 1", "  d: {e: \"f",   "  g: [h, i", "  j: 'k",
      "  l: \"m\"", "    n: \"o\" p", "q: r: s",  "\tt: 1",         "  u: @v",    "w",
      "  - x",      "  y: |",         "    z: {", "   indented: 1", "  two: *no", "- item",
      "? [key]",    "  \"k\": \"v",   "}",        "  q: 'it''s'",   "# comment",  ""};
  std::string text;
  const int count = *rc::gen::inRange(0, 40);
  for (int i = 0; i < count; ++i)
    text += *rc::gen::elementOf(kLines) + "\n";
  RC_LOG() << text;
  Faults faults;
  (void)ParseYaml(std::make_shared<const SourceFile>(SourceFile{"m.yaml", text}), faults);
  std::set<std::tuple<std::uint32_t, std::uint32_t, std::string>> said;
  for (const Diagnostic& fault : std::move(faults).Take()) {
    RC_ASSERT(said.emplace(fault.where.line, fault.where.column, fault.message).second);
  }
}

TEST(YamlPositions, CountCodePointsAndCutAtTheLinesEnd) {
  Faults faults;
  const Document document =
      ParseYaml(std::make_shared<const SourceFile>(SourceFile{"m.yaml", "é: ü\nb: \"ä\n  c\"\n"}), faults);
  const auto entries = document.root()->entries();
  const SourceSpan value = document.Span(*entries[0].value);
  EXPECT_EQ(value.line, 1U);
  EXPECT_EQ(value.column, 4U);
  EXPECT_EQ(value.length, 1U);
  const SourceSpan quoted = document.Span(*entries[1].value);
  EXPECT_EQ(quoted.line, 2U);
  EXPECT_EQ(quoted.column, 4U);
  EXPECT_EQ(quoted.length, 2U);  // the quote and ä
}

TEST(YamlLimits, DepthIsRefusedPastAHundred) {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_EQ(Parse(nested(100)).said, "");
  EXPECT_EQ(Parse(nested(101)).said.substr(0, 54), "m.yaml:1:101: error: nested more than 100 levels deep\n");
  EXPECT_EQ(Parse(std::string(1'000'000, '[')).said.substr(0, 53),
            "m.yaml:1:101: error: nested more than 100 levels deep");
}

TEST(YamlLimits, AliasesCountAsWhatTheyStandFor) {
  std::string deep = "a0: &a0 [x]\n";
  for (int i = 1; i <= 120; ++i)
    deep += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [*a" + std::to_string(i - 1) + "]\n";
  EXPECT_EQ(Parse(deep).said,
            "m.yaml:100:12: error: nested more than 100 levels deep, aliases counted as what they stand for\n"
            "    a99: &a99 [*a98]\n"
            "               ^~~~\n"
            "1 error\n");
  std::string bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n";
  for (int i = 1; i <= 30; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before;
    for (int j = 1; j < 10; ++j)
      bomb += "," + before;
    bomb += "]\n";
  }
  EXPECT_EQ(Parse(bomb).said,
            "m.yaml:6:38: error: more than a million nodes, aliases counted as what they stand for\n"
            "    a5: &a5 [*a4,*a4,*a4,*a4,*a4,*a4,*a4,*a4,*a4,*a4]\n"
            "                                         ^\n"
            "1 error\n");
}

TEST(YamlLimits, AMillionNodesAreReadAndOneMoreIsNot) {
  std::string text = "a:\n";  // the map, its key and the list are nodes too
  for (std::size_t i = 0; i < kMaxNodes - 3; ++i)
    text += "- b\n";
  EXPECT_EQ(Parse(text).said, "");
  text += "- b\n";
  EXPECT_EQ(Parse(text).said.substr(0, 96),
            "m.yaml:999999:3: error: more than a million nodes, aliases counted as what they stand for\n    - ");
}

TEST(YamlLimits, ManyKeysOfOneMapAreStillComparedWithEachOther) {
  std::string text;
  for (int i = 0; i < 1000; ++i)
    text += "k" + std::to_string(i) + ": 1\n";
  EXPECT_EQ(Parse(text).said, "");
  EXPECT_EQ(Parse(text + "k7: 2\n").said,
            "m.yaml:1001:1: error: 'k7' is stated twice\n"
            "    k7: 2\n"
            "    ^~\n"
            "  m.yaml:8:1: first stated here\n"
            "    k7: 1\n"
            "    ^~\n"
            "1 error\n");
}

}  // namespace
}  // namespace rdsteady::manifest
