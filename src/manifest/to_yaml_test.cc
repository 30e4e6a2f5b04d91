// parse(render(m)) = m, for manifests made from the property tables: as YAML, and as a saved plan keeps them.
#include <algorithm>
#include <set>

#include <fmt/ranges.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "base/json.h"
#include "base/time.h"
#include "manifest/load_for_test.h"
#include "manifest/normal_form.h"
#include "manifest/typing.h"

namespace rdsteady::manifest {
namespace {

using model::ShapeType;

// Texts of what YAML, variables and terminals take for something else.
std::string ArbitraryText(std::size_t at_least) {
  static const std::vector<std::string> kPieces = {
      "a",    "Z9",   "0",  "1.50", " ",      ": ",     ":",      " #",     "#",    "'",   "\"", "\\", "{",
      "}",    "[",    "]",  ",",    "-",      "- ",     "? ",     "&",      "*",    "!",   "|",  ">",  "%",
      "@",    "`",    "${", "${x}", "$${",    "$",      "null",   "~",      "true", "<<",  "\n", "\t", "\r\n",
      "\x01", "\x7F", "é",  "😀",   "\u0085", "\u00A0", "\u2028", "\uFEFF", "...",  "---", "=",  "/"};
  std::string text;
  const int count = *rc::gen::inRange<int>(static_cast<int>(at_least), 6);
  for (int i = 0; i < count; ++i)
    text += *rc::gen::elementOf(kPieces);
  return text;
}

std::string Word() {
  return "w" + std::to_string(*rc::gen::inRange(0, 1000));
}

Value ArbitraryOf(const model::Shape& shape, std::string_view left_out);

Value ArbitraryStructure(const model::Shape& shape, std::string_view left_out) {
  Properties members;
  for (const model::Member& member : shape.members) {
    if (member.name == left_out || member.sensitive || member.shape->sensitive) continue;
    if (member.required || *rc::gen::arbitrary<bool>())
      members[std::string(member.name)] = ArbitraryOf(*member.shape, {});
  }
  return members;
}

Value ArbitraryOf(const model::Shape& shape, std::string_view left_out) {
  switch (shape.type) {
    case ShapeType::kStructure: return ArbitraryStructure(shape, left_out);
    case ShapeType::kList: {
      List list;
      const int count = *rc::gen::inRange(1, 4);
      for (int i = 0; i < count; ++i)
        list.push_back(ArbitraryOf(*shape.element, {}));
      return list;
    }
    case ShapeType::kMap: return Properties{{Word(), ArbitraryText(1)}};
    case ShapeType::kString:
      if (!shape.enum_values.empty()) {
        return std::string(shape.enum_values[*rc::gen::inRange<std::size_t>(0, shape.enum_values.size())]);
      }
      return ArbitraryText(1);
    case ShapeType::kBoolean: return *rc::gen::arbitrary<bool>();
    case ShapeType::kInteger: return static_cast<std::int64_t>(*rc::gen::arbitrary<std::int32_t>());
    case ShapeType::kLong: return *rc::gen::arbitrary<std::int64_t>();
    case ShapeType::kDouble: return *rc::gen::inRange(-1000, 1000) / 8.0;
    case ShapeType::kTimestamp:
      return FormatIso8601(Instant(std::chrono::seconds(*rc::gen::inRange<std::int64_t>(0, 4'000'000'000))));
  }
  return nullptr;
}

Value ArbitraryTextMap() {
  Properties map;
  const int count = *rc::gen::inRange(0, 4);
  for (int i = 0; i < count; ++i) {
    std::string key = ArbitraryText(1);
    if (key.contains("${") || key.starts_with("x-")) key = Word();
    map[key] = *rc::gen::inRange(0, 5) == 0 ? Value() : Value(ArbitraryText(0));
  }
  return map;
}

Value ArbitraryValue(const PropertyType& type) {
  const model::Property& property = *type.property;
  const bool resettable = property.reset != model::Reset::kNotPossible && property.reset != model::Reset::kPerKey;
  if (resettable && *rc::gen::inRange(0, 4) == 0) return nullptr;
  if (type.sensitive) {
    switch (*rc::gen::inRange(0, 3)) {
      case 0: return Secret::FromEnv(Word());
      case 1: return Secret::FromFile("/" + Word());
      default: return Secret::FromCommand({"pass", ArbitraryText(1)});
    }
  }
  if (type.form == PropertyType::Form::kTextMap) return ArbitraryTextMap();
  if (type.form == PropertyType::Form::kItems) return List{ArbitraryStructure(*type.shape, type.left_out)};
  if (property.range.IsStated()) return *rc::gen::inRange<std::int64_t>(property.range.least, property.range.most + 1);
  if (!property.values.empty())
    return std::string(property.values[*rc::gen::inRange<std::size_t>(0, property.values.size())]);
  return ArbitraryOf(*type.shape, {});
}

std::optional<std::chrono::seconds> MaybeSeconds() {
  return *rc::gen::arbitrary<bool>() ? std::optional(std::chrono::seconds(*rc::gen::inRange(1, 10'000))) : std::nullopt;
}

WaitSettings ArbitraryWait() {
  WaitSettings wait{.delay = MaybeSeconds(), .timeout = MaybeSeconds()};
  if (*rc::gen::arbitrary<bool>()) wait.max_attempts = *rc::gen::inRange(1, 100);
  return wait;
}

DesiredResource ArbitraryResource(const model::Kind& kind, int number) {
  DesiredResource resource{.kind = &kind, .name = "r" + std::to_string(number)};
  resource.properties =
      kind.name == "DBInstance" ? Properties{{"DBSnapshotIdentifier", "nightly"}}
      : kind.name == "DBSubnetGroup"
          ? Properties{{"DBSubnetGroupDescription", ArbitraryText(1)}, {"SubnetIds", List{"subnet-1", "subnet-2"}}}
          : Properties{{"DBParameterGroupFamily", "postgres15"}, {"Description", ArbitraryText(1)}};
  const KindTypes& types = KindTypes::Of(kind);
  const int count = *rc::gen::inRange(0, 4);
  for (int i = 0; i < count; ++i) {
    const PropertyType& type = *types.Find(*rc::gen::elementOf(types.names()));
    const model::Update update = type.property->update;
    if (update == model::Update::kBirth || update == model::Update::kRefused || update == model::Update::kServiceOwned)
      continue;
    resource.properties[std::string(type.property->name)] = ArbitraryValue(type);
  }
  for (const auto& [name, value] : resource.properties) {
    const bool map = types.Find(name)->form == PropertyType::Form::kTextMap;
    if (map && *rc::gen::arbitrary<bool>()) resource.exact.push_back(name);
  }
  resource.wait = ArbitraryWait();
  if (kind.name != "DBInstance") return resource;
  if (*rc::gen::arbitrary<bool>()) resource.power = *rc::gen::element(Power::kRunning, Power::kStopped);
  resource.reboot = *rc::gen::element(RebootPolicy::kNever, RebootPolicy::kIfPending, RebootPolicy::kWindow);
  if (*rc::gen::arbitrary<bool>()) resource.renamed_from = "old-" + resource.name;
  if (resource.properties.contains("MasterUserPassword")) resource.password_version = *rc::gen::inRange(1, 9);
  return resource;
}

// Everything but positions.
auto Told(const DesiredResource& r) {
  return std::tuple(r.kind, r.name, r.properties, r.wait.delay, r.wait.max_attempts, r.wait.timeout, r.renamed_from,
                    r.power, r.reboot, r.password_version, r.exact);
}

// Rows of one file: a property once for a pattern of names.
Policy ArbitraryPolicy() {
  Policy policy;
  const model::Kind* kind = model::FindKind("DBInstance");
  if (*rc::gen::arbitrary<bool>()) {
    policy.allow_lists.push_back({.names = {"Iops", "DBParameterGroup.Parameters.work_mem"},
                                  .others = *rc::gen::element(Policy::Others::kRefuse, Policy::Others::kReport)});
    policy.limits.push_back({.most = *rc::gen::element(model::Disruption::kNone, model::Disruption::kOutage)});
  }
  for (const char* names : {"*", "prod-*"}) {
    const Policy::Scope scope{.kind = kind, .names = names};
    for (const char* property : {"*", "AllocatedStorage", "Tags.a b", "create", "power"}) {
      if (*rc::gen::arbitrary<bool>()) continue;
      policy.rules.push_back(
          {scope, property, *rc::gen::element(Policy::Word::kNow, Policy::Word::kAsk, Policy::Word::kNever)});
    }
    if (*rc::gen::arbitrary<bool>()) policy.limits.push_back({scope, model::Disruption::kRestart});
    if (*rc::gen::arbitrary<bool>()) policy.flushes.push_back({scope, *rc::gen::arbitrary<bool>()});
    if (*rc::gen::arbitrary<bool>()) policy.grants.push_back({scope, "BackupRetentionPeriod"});
    using Is = Policy::Requirement::Is;
    const auto require = [&](const char* property, const char* key, Is is, Value value) {
      if (*rc::gen::arbitrary<bool>())
        policy.requirements.push_back({scope, model::FindProperty(*kind, property), key, is, std::move(value)});
    };
    require("BackupRetentionPeriod", "", Is::kAtLeast, 7);
    require("BackupRetentionPeriod", "", Is::kAtMost, 14);
    require("DBInstanceClass", "", Is::kLike, "db.*");
    require("EngineVersion", "", Is::kOneOf, List{"15", "16.1"});
    require("StorageEncrypted", "", Is::kEqual, true);
    require("Tags", "owner", Is::kLike, "*");
    require("Tags", "x: y", Is::kEqual, "${null}");
    require("VpcSecurityGroupIds", "", Is::kEqual, List{"sg-1"});
  }
  return policy;
}

// Everything but positions; the order of rows says nothing.
std::multiset<std::string> Told(const Policy& policy) {
  std::multiset<std::string> told;
  const auto tell = [&](std::string_view what, const Policy::Scope& scope, std::string text) {
    told.insert(fmt::format("{} {} {}", scope.Describe(), what, text));
  };
  for (const auto& row : policy.allow_lists)
    tell(row.others == Policy::Others::kReport ? "reports" : "refuses", row.scope,
         fmt::format("{}", fmt::join(row.names, " ")));
  for (const auto& row : policy.limits)
    tell("most", row.scope, std::string(model::ToString(row.most)));
  for (const auto& row : policy.rules)
    tell("word", row.scope, fmt::format("{} {}", row.property, ToString(row.word)));
  for (const auto& row : policy.flushes)
    tell("flush", row.scope, fmt::format("{}", row.allowed));
  for (const auto& row : policy.grants)
    tell("grant", row.scope, row.property);
  for (const auto& row : policy.requirements)
    tell("require", row.scope, fmt::format("{} {} {}", row.Name(), static_cast<int>(row.is), ToDisplay(row.value)));
  return told;
}

Manifest ArbitraryManifest() {
  Manifest manifest;
  if (*rc::gen::arbitrary<bool>()) manifest.region = "eu-central-1";
  if (*rc::gen::arbitrary<bool>()) manifest.account = "012345678901";
  manifest.wait = ArbitraryWait();
  manifest.policy = ArbitraryPolicy();
  const int count = *rc::gen::inRange(0, 3);
  for (int i = 0; i < count; ++i) {
    manifest.resources.push_back(
        ArbitraryResource(**rc::gen::elementOf(std::vector(model::Kinds().begin(), model::Kinds().end())), i));
  }
  return manifest;
}

// A rule of a kind ("... [ID-FORMAT]") may object to what was made at random; nothing else may.
bool OnlyRulesObject(const std::vector<Diagnostic>& diagnostics) {
  return HasErrors(diagnostics) &&
         std::ranges::all_of(diagnostics, [](const Diagnostic& d) { return d.message.ends_with(']'); });
}

RC_GTEST_PROP(ToYaml, LoadsToTheSame, ()) {
  const Manifest manifest = ArbitraryManifest();
  const std::string text = ToYaml(manifest);
  const LoadOutcome outcome = Load({"m.yaml"}, FakeFiles({{"m.yaml", text.empty() ? "{}\n" : text}}));
  RC_PRE(!OnlyRulesObject(outcome.diagnostics));
  RC_LOG() << text << RenderDiagnostics(outcome.diagnostics);
  RC_ASSERT(outcome.manifest.has_value());
  RC_ASSERT(outcome.manifest->region == manifest.region);
  RC_ASSERT(outcome.manifest->account == manifest.account);
  RC_ASSERT(outcome.manifest->wait.timeout == manifest.wait.timeout);
  RC_ASSERT(Told(outcome.manifest->policy) == Told(manifest.policy));
  RC_ASSERT(outcome.manifest->resources.size() == manifest.resources.size());
  for (const DesiredResource& wanted : manifest.resources) {
    const auto found = std::ranges::find(outcome.manifest->resources, wanted.Id(), &DesiredResource::Id);
    RC_ASSERT(found != outcome.manifest->resources.end());
    RC_ASSERT(Told(*found) == Told(wanted));
  }
  RC_ASSERT(ToYaml(*outcome.manifest) == text || manifest.resources.size() > 1);
}

RC_GTEST_PROP(NormalForm, ComesBackTheSame, ()) {
  const Manifest manifest = ArbitraryManifest();
  const Result<Value> written = ToNormalForm(manifest);
  RC_ASSERT(written.has_value());
  const Result<Value> read = ParseJson(ToJson(*written));
  RC_ASSERT(read.has_value());
  const Result<Manifest> back = FromNormalForm(*read);
  RC_LOG() << ToJson(*written, {.pretty = true}) << (back ? "" : back.error().message);
  RC_ASSERT(back.has_value());
  RC_ASSERT(back->region == manifest.region);
  RC_ASSERT(back->account == manifest.account);
  RC_ASSERT(back->wait.timeout == manifest.wait.timeout);
  RC_ASSERT(Told(back->policy) == Told(manifest.policy));
  RC_ASSERT(back->resources.size() == manifest.resources.size());
  for (std::size_t i = 0; i < manifest.resources.size(); ++i)
    RC_ASSERT(Told(back->resources[i]) == Told(manifest.resources[i]));
  RC_ASSERT(ToJson(ToNormalForm(*back).value()) == ToJson(*written));
}

TEST(NormalForm, KeepsPlacesAndReferencesAndNoSecret) {
  const LoadOutcome outcome =
      Load({"m.yaml"},
           FakeFiles({{"m.yaml", "policy: {rules: {DBInstance: {ord*: {Port: ask, require: {MultiAZ: true}}}}}\n" +
                                     Orders("    Tags: {env: x}\n")}}));
  ASSERT_TRUE(outcome.manifest.has_value()) << RenderDiagnostics(outcome.diagnostics);
  const Result<Value> written = ToNormalForm(*outcome.manifest);
  ASSERT_TRUE(written.has_value());
  const Result<Manifest> back = FromNormalForm(*written);
  ASSERT_TRUE(back.has_value()) << back.error().message;
  const DesiredResource& orders = back->resources.at(0);
  EXPECT_EQ(orders.properties, outcome.manifest->resources.at(0).properties);
  EXPECT_EQ(orders.properties.at("MasterUserPassword"), Value(Secret::FromEnv("PW")));
  EXPECT_EQ(orders.properties.at("Tags"), Value(Properties{{"env", "x"}}));
  EXPECT_EQ(orders.where.file->path, "m.yaml");
  EXPECT_EQ(orders.where_stated.at("Tags").line, 9U);
  EXPECT_EQ(orders.where_stated.at("Tags").column, 5U);
  EXPECT_EQ(back->policy.rules.at(0).scope.where.line, 1U);
  EXPECT_EQ(back->policy.rules.at(0).scope.where.file->path, "m.yaml");

  Manifest literal = *outcome.manifest;
  literal.resources[0].properties["MasterUserPassword"] = Secret::Literal("canary");
  const Result<Value> refused = ToNormalForm(literal);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().category, ErrorCategory::kUsage);
  EXPECT_EQ(refused.error().message,
            "MasterUserPassword of DBInstance/orders is written out in the manifest, and a saved plan keeps no secret");
}

TEST(NormalForm, WhatIsStrangeIsRefused) {
  for (const char* text :
       {"null", "[]", "{}", R"({"resources": [], "policy": {}})", R"({"resources": [7], "policy": []})",
        R"({"resources": [{"kind": "Nonsense", "name": "a", "states": {}}], "policy": []})",
        R"({"resources": [{"kind": "DBInstance", "name": "a", "states": {"Nonsense": 1}}], "policy": []})",
        R"({"resources": [{"kind": "DBInstance", "name": "a", "states": {"MultiAZ": "yes"}}], "policy": []})",
        R"({"resources": [{"kind": "DBInstance", "name": "a", "states": {"MasterUserPassword": "x"}}], "policy": []})",
        R"({"resources": [], "policy": [{}]})", R"({"resources": [], "policy": [{"kind": "X", "word": "ask"}]})",
        R"({"resources": [], "policy": [{"kind": "DBInstance", "word": "perhaps"}]})",
        R"({"resources": [], "policy": [{"max_disruption": "much"}]})",
        R"({"resources": [], "policy": [{"updatable": "all"}]})",
        R"({"resources": [], "policy": [{"kind": "DBInstance", "require": "MultiAZ", "is": "like", "value": 7}]})"}) {
    const Result<Manifest> read = FromNormalForm(ParseJson(text).value());
    ASSERT_FALSE(read.has_value()) << text;
    EXPECT_EQ(read.error().category, ErrorCategory::kUsage) << text;
  }
}

TEST(ToYaml, ReadsAsAPersonWouldWriteIt) {
  const std::string text =
      "region: us-east-1\n"
      "account: \"012345678901\"\n"
      "wait: {timeout: 7200s}\n"
      "policy:\n"
      "  updatable: [AllocatedStorage]\n"
      "\n"
      "DBInstance:\n"
      "  orders:\n"
      "    AllocatedStorage: 20\n"
      "    DBInstanceClass: db.t3.micro\n"
      "    Engine: postgres\n"
      "    MasterUserPassword: {env: PW}\n"
      "    MasterUsername: admin1\n"
      "    Tags:\n"
      "      \"a b\": \"x: $${y}\"\n"
      "      c: null\n"
      "    VpcSecurityGroupIds: [sg-1, sg-2]\n"
      "    power: stopped\n"
      "    exact: [Tags]\n";
  const LoadOutcome outcome = Load({"m.yaml"}, FakeFiles({{"m.yaml", text}}));
  ASSERT_TRUE(outcome.manifest.has_value()) << RenderDiagnostics(outcome.diagnostics);
  EXPECT_EQ(ToYaml(*outcome.manifest), text);
}

TEST(ToYaml, JoinsThePoliciesOfTwoFiles) {
  const LoadOutcome outcome = Load(
      {"a.yaml", "b.yaml"},
      FakeFiles(
          {{"a.yaml",
            "policy:\n  updatable: [AllocatedStorage, Iops, DBParameterGroup.Parameters]\n  max_disruption: failover\n"
            "  rules:\n    DBInstance:\n      prod-*:\n        Iops: ask\n        flush: allow\n"
            "        require: {BackupRetentionPeriod: {at_least: 7}, MultiAZ: true}\n"},
           {"b.yaml",
            "policy:\n  updatable: [DBInstance.Iops, DBParameterGroup.Parameters.work_mem]\n  max_disruption: "
            "degraded\n"
            "  rules:\n    DBInstance:\n      prod-*:\n        Iops: never\n        flush: never\n"
            "        require: {BackupRetentionPeriod: {at_least: 14, at_most: 35}, MultiAZ: true}\n"}}));
  ASSERT_TRUE(outcome.manifest.has_value()) << RenderDiagnostics(outcome.diagnostics);
  EXPECT_EQ(ToYaml(*outcome.manifest),
            "policy:\n"
            "  updatable: [Iops, DBParameterGroup.Parameters.work_mem]\n"
            "  max_disruption: degraded\n"
            "  rules:\n"
            "    DBInstance:\n"
            "      \"prod-*\":\n"
            "        Iops: never\n"
            "        flush: never\n"
            "        require:\n"
            "          # also: BackupRetentionPeriod: at_least: 14\n"
            "          BackupRetentionPeriod: {at_least: 7, at_most: 35}\n"
            "          MultiAZ: true\n");
}

TEST(ToYaml, LeavesALiteralSecretOut) {
  Manifest manifest;
  manifest.resources.push_back({.kind = model::FindKind("DBInstance"),
                                .name = "a",
                                .properties = {{"MasterUserPassword", Secret::Literal("canary")}}});
  EXPECT_EQ(ToYaml(manifest),
            "DBInstance:\n"
            "  a:\n"
            "    # MasterUserPassword: a literal secret stood here; refer to it: {env: NAME}\n");
}

}  // namespace
}  // namespace rdsteady::manifest
