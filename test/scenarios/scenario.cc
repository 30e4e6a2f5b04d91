#include "scenario.h"

#include <algorithm>
#include <fstream>
#include <sstream>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/json.h"
#include "plan/preflight.h"
#include "report/plan_report.h"

namespace rdsteady::scenarios {
namespace {

namespace fs = std::filesystem;

fs::path Root() {
  return fs::path(RDSTEADY_SOURCE_DIR) / "test" / "scenarios";
}

// Positions in the expected files name the manifest by its bare name, wherever the checkout lies.
class OneFile final : public manifest::FileSource {
 public:
  explicit OneFile(fs::path path) : path_(std::move(path)) {}
  [[nodiscard]] Result<std::string> Read(const std::string&) const override { return ReadFile(path_); }
  [[nodiscard]] std::optional<std::vector<std::string>> List(const std::string&) const override { return std::nullopt; }

 private:
  fs::path path_;
};

plan::World ReadWorld(const fs::path& folder) {
  plan::World world;
  const Result<Value> json = ParseJson(ReadFile(folder / "observed.json"));
  EXPECT_TRUE(json.has_value()) << folder;
  if (!json) return world;
  for (const auto& [id, live] : json->As<Properties>()) {
    const auto slash = id.find('/');
    const model::Kind* kind = model::FindKind(id.substr(0, slash));
    EXPECT_NE(kind, nullptr) << id;
    if (kind == nullptr) continue;
    world.emplace(plan::KeyOf(*kind, id.substr(slash + 1)), plan::Observation{.exists = !live.IsNull(), .live = live});
  }
  return world;
}

// What a plan makes the program ask is answered from here; what is not here is denied.
void AddOffers(const fs::path& folder, plan::World& world) {
  if (!fs::exists(folder / "offers.json")) return;
  const Result<Value> json = ParseJson(ReadFile(folder / "offers.json"));
  ASSERT_TRUE(json.has_value()) << folder;
  for (const auto& [id, offers] : json->As<Properties>()) {
    const auto slash = id.find('/');
    model::Offers& into = world[plan::KeyOf(*model::FindKind(id.substr(0, slash)), id.substr(slash + 1))].offers;
    for (const auto& [name, items] : offers.As<Properties>())
      into.emplace(name, std::make_shared<const List>(items.As<List>()));
  }
}

// What KMS says of the names that it would be asked about: an ARN, or null where there is no such key; what is not here
// is denied.
std::shared_ptr<const model::KeyNames> ReadKeys(const fs::path& folder, const manifest::Manifest& manifest,
                                                const plan::World& world) {
  using What = model::NamedKey::What;
  Properties told;
  if (fs::exists(folder / "kms.json")) {
    const Result<Value> json = ParseJson(ReadFile(folder / "kms.json"));
    EXPECT_TRUE(json.has_value()) << folder;
    if (json) told = json->As<Properties>();
  }
  auto keys = std::make_shared<model::KeyNames>();
  for (const std::string& name : plan::KeysToAsk(manifest, world)) {
    const Value* arn = Find(told, name);
    model::NamedKey key{What::kUntold, "AccessDeniedException: kms:DescribeKey is not allowed"};
    if (arn != nullptr && arn->IsNull()) key = {What::kMissing, "NotFoundException: it is not found"};
    else if (arn != nullptr) key = {What::kKnown, arn->As<std::string>()};
    keys->emplace(name, std::move(key));
  }
  return keys;
}

std::string CallsText(const manifest::Manifest& manifest, const plan::World& bare, const plan::Plan& first,
                      const plan::Plan& plan) {
  std::string text;
  for (const std::string& name : plan::KeysToAsk(manifest, bare))
    text += fmt::format("? kms DescribeKey {}\n", ToJson(Properties{{"KeyId", name}}));
  for (const plan::Question& question : plan::QuestionsOf(manifest, bare, first))
    text += fmt::format("? {} {}\n", question.preflight->operation, ToJson(Value(question.request)));
  for (const plan::ResourcePlan& resource : plan.resources) {
    if (resource.fate == plan::Fate::kRefused) continue;
    for (const plan::Step& step : resource.steps)
      text += fmt::format("{} {} {}\n", step.conditional ? "(if due)" : "!", step.operation.view(),
                          ToJson(Value(step.parameters)));
  }
  return text.empty() ? "none\n" : text;
}

plan::Options ReadOptions(const fs::path& folder) {
  plan::Options options{
      .now = ParseIso8601("2026-03-04T05:06:07Z").value(), .region = "us-east-1", .account = "123456789012"};
  if (!fs::exists(folder / "options.json")) return options;
  const Result<Value> json = ParseJson(ReadFile(folder / "options.json"));
  EXPECT_TRUE(json.has_value()) << folder;
  if (!json) return options;
  if (const Value* when = json->Find("when")) {
    options.when = *when == Value("now") ? plan::When::kNow : plan::When::kWindow;
    options.when_is_explicit = true;
  }
  if (const Value* now = json->Find("now")) options.now = ParseIso8601(now->As<std::string>()).value();
  for (const auto& [member, ids] :
       {std::pair("approve", &options.approve), std::pair("allow_irreversible", &options.allow_irreversible)}) {
    const Value* list = json->Find(member);
    for (const Value& id : list == nullptr ? List() : list->As<List>())
      ids->insert(id.As<std::string>());
  }
  if (const Value* flush = json->Find("flush_pending")) options.flush_pending = *flush == Value(true);
  if (const Value* list = json->Find("allow_update")) {
    options.allow_update.emplace();
    for (const Value& name : list->As<List>())
      options.allow_update->push_back(name.As<std::string>());
  }
  if (const Value* limit = json->Find("max_disruption")) {
    for (const auto disruption : {model::Disruption::kNone, model::Disruption::kDegraded, model::Disruption::kFailover,
                                  model::Disruption::kRestart, model::Disruption::kOutage}) {
      if (*limit == Value(model::ToString(disruption))) options.max_disruption = disruption;
    }
    EXPECT_TRUE(options.max_disruption.has_value());
  }
  return options;
}

}  // namespace

std::string ReadFile(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::vector<std::string> Names() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(Root())) {
    if (entry.is_directory() && fs::exists(entry.path() / "manifest.yaml")) names.push_back(entry.path().filename());
  }
  std::ranges::sort(names);
  return names;
}

fs::path FolderOf(const std::string& name) {
  return Root() / name;
}

Input Load(const std::string& name) {
  const fs::path folder = FolderOf(name);
  Input input;
  const std::string text = ReadFile(folder / "manifest.yaml");
  input.rule_line = text.substr(0, text.find('\n'));
  manifest::LoadOutcome loaded = manifest::Load({"manifest.yaml"}, OneFile(folder / "manifest.yaml"));
  if (loaded.manifest) input.manifest = std::move(*loaded.manifest);
  else input.faults = manifest::RenderDiagnostics(loaded.diagnostics);
  input.with_policy = fs::exists(folder / "policy.yaml");
  if (input.with_policy) {
    manifest::PolicyOutcome policy = manifest::LoadPolicy("policy.yaml", OneFile(folder / "policy.yaml"));
    EXPECT_TRUE(policy.policy.has_value()) << name << "\n" << Render(policy.diagnostics);
    if (policy.policy) input.manifest.policy.Add(*std::move(policy.policy));
  }
  input.observed = ReadWorld(folder);
  input.world = input.observed;
  AddOffers(folder, input.world);
  input.options = ReadOptions(folder);
  input.options.keys = ReadKeys(folder, input.manifest, input.world);
  return input;
}

Output PlanOf(const Input& input) {
  if (!input.faults.empty()) return {.json = "{}\n", .text = input.faults, .calls = "none\n"};
  const plan::Plan first = plan::MakePlan(input.manifest, input.observed, input.options);
  const plan::Plan plan = plan::MakePlan(input.manifest, input.world, input.options);
  const std::vector<plan::ApprovalNeed> needs =
      input.with_policy ? plan::ApprovalsNeeded(plan, input.options) : std::vector<plan::ApprovalNeed>();
  const Value json = report::PlanToJson(plan, needs);
  return {.json = ToJson(json, {.pretty = true}) + "\n",
          .text = report::PlanText(json),
          .calls = CallsText(input.manifest, input.observed, first, plan)};
}

Output Expected(const std::string& name) {
  const fs::path folder = FolderOf(name);
  return {.json = ReadFile(folder / "plan.json"),
          .text = ReadFile(folder / "plan.txt"),
          .calls = ReadFile(folder / "calls.txt")};
}

}  // namespace rdsteady::scenarios
