#include "prior.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "model/kinds/compare.h"
#include "model/kinds/judge.h"
#include "model/kinds/sight.h"

namespace rdsteady::promises {
namespace {

using model::Update;

constexpr std::string_view kSecretText = "a-password-of-others";
constexpr std::string_view kRecoveryPoint = "arn:aws:backup:us-east-1:123456789012:recovery-point:continuous-orders";

// As the API takes it: maps as lists of pairs, references of secrets as the secret.
Value OnTheWire(const model::Property& row, const Value& value) {
  const auto* map = value.If<Properties>();
  if (map == nullptr) return value;
  if (map->contains("env")) return kSecretText;
  if (row.item_key.empty()) return value;
  List items;
  for (const auto& [key, content] : *map) {
    if (!content.IsNull())
      items.emplace_back(Properties{{std::string(row.item_key), key}, {std::string(row.item_value), content}});
  }
  return items;
}

Value Without(const Value& a, const Value& b) {
  List rest;
  for (const Value& item : a.As<List>()) {
    if (!b.Is<List>() || std::ranges::find(b.As<List>(), item) == b.As<List>().end()) rest.push_back(item);
  }
  return rest;
}

}  // namespace

void Prior::Wait() {
  world_.timer.RunFor(std::chrono::minutes(2));
}

Result<void> Prior::Furnish() {
  if (auto groups = FurnishGroups(); !groups) return groups;
  for (const ResourceWorld& resource : plan_.resources) {
    if (!resource.exists) continue;
    if (auto made = Make(resource); !made) return made;
  }
  Wait();
  for (const ResourceWorld& resource : plan_.resources) {
    if (!resource.exists || resource.kind->status_path.empty()) continue;
    if (resource.tried) TryTheImpossible(resource);
    Queue(resource);
  }
  if (!plan_.in_flight) Wait();
  return {};
}

Result<void> Prior::FurnishGroups() {
  const Flavour& flavour = *plan_.flavour;
  const auto call = [&](std::string_view operation, Properties input) -> Result<void> {
    if (auto answer = world_.CallAsOther(operation, std::move(input)); !answer) return Fail(answer.error());
    return {};
  };
  const auto subnets = [](std::string_view vpc) {
    return List{fmt::format("subnet-{}-a-9", vpc), fmt::format("subnet-{}-b-9", vpc),
                fmt::format("subnet-{}-c-9", vpc)};
  };
  for (const auto& [name, vpc] : {std::pair{kSubnetGroup, "one"}, std::pair{kOtherSubnetGroup, "two"}}) {
    if (auto made =
            call("CreateDBSubnetGroup",
                 {{"DBSubnetGroupName", name}, {"DBSubnetGroupDescription", "of others"}, {"SubnetIds", subnets(vpc)}});
        !made)
      return made;
  }
  const auto stated = [&](std::string_view name) {
    return std::ranges::any_of(plan_.resources, [&](const ResourceWorld& r) { return EqualsIgnoreCase(r.name, name); });
  };
  for (const auto& [name, family] : {std::pair{kGroup, flavour.family}, std::pair{kOtherGroup, flavour.family},
                                     std::pair{kNextGroup, flavour.next_family}}) {
    if (family.empty() || stated(name)) continue;
    if (auto made =
            call("CreateDBParameterGroup",
                 {{"DBParameterGroupName", name}, {"DBParameterGroupFamily", family}, {"Description", "of others"}});
        !made)
      return made;
  }
  // What the instance refers to has to be there before it.
  for (const ResourceWorld& resource : plan_.resources) {
    if (resource.exists && resource.kind->status_path.empty()) {
      if (auto made = Make(resource); !made) return made;
    }
  }
  if (!flavour.replica) return {};
  auto made = call("CreateDBInstance", {{"DBInstanceIdentifier", kSource},
                                        {"Engine", flavour.engine},
                                        {"EngineVersion", flavour.versions[0]},
                                        {"DBInstanceClass", "db.m6i.large"},
                                        {"AllocatedStorage", 20},
                                        {"StorageType", "gp2"},
                                        {"DBSubnetGroupName", kSubnetGroup},
                                        {"DBParameterGroupName", kOtherGroup},
                                        {"BackupRetentionPeriod", 7},
                                        {"MasterUsername", "orders_admin"},
                                        {"MasterUserPassword", kSecretText}});
  Wait();
  return made;
}

Result<void> Prior::Make(const ResourceWorld& resource) {
  const model::Kind& kind = *resource.kind;
  const bool instance = !kind.status_path.empty();
  if (!instance && !world_.Live(kind.name, resource.name).IsNull()) return {};
  const bool replica = instance && plan_.flavour->replica;
  const model::CallBit bit = replica ? model::kReplica : model::kCreate;
  const auto birth = std::ranges::find(kind.births, bit, &model::Birth::bit);
  const Value nothing;
  Properties wanted = resource.prior;
  if (replica) wanted.insert_or_assign("SourceDBInstanceIdentifier", kSource);
  const model::Sight sight{.desired = wanted, .live = nothing, .name = resource.name};
  Properties create{{std::string(birth->key_as), resource.name}};
  Properties later;
  for (const auto& [name, value] : wanted) {
    const model::Property& row = *model::FindProperty(kind, name);
    const model::Guard* guard = model::HeldBy(row, sight, model::Purpose::kSendAtBirth);
    if (value.IsNull() || row.update == Update::kModifier ||
        (guard != nullptr && guard->scope == model::Guard::Scope::kAlways))
      continue;
    if ((row.calls & bit) != 0 && guard == nullptr) create.emplace(name, OnTheWire(row, value));
    else if (row.update != Update::kBirth && row.update != Update::kImmutable) later.emplace(name, value);
  }
  if (auto made = world_.CallAsOther(birth->operation.view(), std::move(create)); !made)
    return Fail(std::move(made.error()).Within(std::string(birth->operation.view())));
  if (instance) Wait();
  Properties modify = Modification(resource, later, true);
  if (!modify.empty()) {
    modify.emplace(std::string(kind.key), resource.name);
    modify.emplace(std::string(kind.apply_immediately), true);
    if (auto made = world_.CallAsOther(kind.modify.view(), std::move(modify)); !made)
      return Fail(std::move(made.error()).Within("others' first modification"));
    Wait();
  }
  if (auto done = Operate(resource, later); !done) return done;
  if (instance) Wait();
  // Tags of others, which nobody states.
  const Value live = world_.Live(kind.name, resource.name);
  if (resource.tagged) {
    Note(Ingredient::kTags);
    (void)world_.CallAsOther("AddTagsToResource", {{"ResourceName", model::ReadPath(live, kind.arn)},
                                                   {"Tags", List{Properties{{"Key", "theirs"}, {"Value", "before"}}}}});
  }
  if (instance && resource.backed_up) {
    if (auto owned = world_.CallAsOther(kind.modify.view(), {{std::string(kind.key), resource.name},
                                                             {"AwsBackupRecoveryPointArn", kRecoveryPoint}});
        !owned)
      return Fail(std::move(owned.error()).Within("AWS Backup"));
    Note(Ingredient::kBackupOwned);
  }
  return ActByItself(resource, Moment::kBefore);
}

// As whoever may do everything would have to ask for it; RDS asks nobody.
Result<void> Prior::ActByItself(const ResourceWorld& resource, Moment moment) {
  if (resource.kind->status_path.empty()) return {};
  const Value live = world_.Live(resource.kind->name, resource.name);
  const bool before = moment == Moment::kBefore;
  std::vector<Ingredient> acts;
  Properties act;
  if (resource.grows == moment) {
    acts.push_back(before ? Ingredient::kGrownBefore : Ingredient::kGrownBetween);
    act.emplace("AllocatedStorage", live.Find("AllocatedStorage")->As<std::int64_t>() * 2);
    const Value* iops = live.Find("Iops");
    // RDS itself needs no IOPS for it; whoever asks for SQL Server has to say them.
    if (plan_.flavour->striping_gib == 0 && iops != nullptr && resource.prior.contains("Iops"))
      act.emplace("Iops", *iops);
  }
  if (resource.upgrades == moment && *live.Find("EngineVersion") == Value(plan_.flavour->versions[0])) {
    acts.push_back(before ? Ingredient::kUpgradedBefore : Ingredient::kUpgradedBetween);
    act.emplace("EngineVersion", plan_.flavour->versions[1]);
  }
  if (resource.backed_up && moment == Moment::kBetween) {
    acts.push_back(Ingredient::kBackupMoved);
    act.emplace("BackupRetentionPeriod", 21);
    act.emplace("PreferredBackupWindow", "10:00-10:30");
  }
  if (act.empty()) return {};
  act.emplace("DBInstanceIdentifier", resource.name);
  act.emplace("ApplyImmediately", true);
  if (auto done = world_.CallAsOther("ModifyDBInstance", std::move(act)); !done)
    return Fail(std::move(done.error()).Within("what the service does by itself"));
  for (const Ingredient one : acts)
    Note(one);
  Wait();
  return {};
}

// Whatever is changed by operations of its own, set to what is wanted.
Result<void> Prior::Operate(const ResourceWorld& resource, const Properties& wanted) {
  const model::Kind& kind = *resource.kind;
  for (const model::SeparateOperation& operation : kind.operations) {
    const Value* value = Find(wanted, operation.property);
    const bool adds = operation.what == model::SeparateOperation::What::kAdd ||
                      operation.what == model::SeparateOperation::What::kSet;
    if (value == nullptr || !adds) continue;
    const model::Property& row = *model::FindProperty(kind, operation.property);
    const Value live = world_.Live(kind.name, resource.name);
    Properties input{{std::string(operation.resource_member),
                      operation.by_arn ? model::ReadPath(live, kind.arn) : Value(resource.name)}};
    Value items = OnTheWire(row, *value);
    if (operation.items_member.empty()) {
      for (const Value& item : items.As<List>()) {
        Properties one = input;
        one.insert(item.As<Properties>().begin(), item.As<Properties>().end());
        if (auto done = world_.CallAsOther(operation.operation.view(), std::move(one)); !done)
          return Fail(done.error());
      }
      continue;
    }
    if (items.As<List>().empty()) continue;
    for (Value& item : *items.If<List>()) {
      if (row.compare == model::Compare::kParameterMap) item.If<Properties>()->emplace("ApplyMethod", "pending-reboot");
    }
    input.emplace(std::string(operation.items_member), std::move(items));
    if (auto done = world_.CallAsOther(operation.operation.view(), std::move(input)); !done) return Fail(done.error());
  }
  return {};
}

Properties Prior::Modification(const ResourceWorld& resource, const Properties& wanted, bool with_modifiers) {
  const model::Kind& kind = *resource.kind;
  const Value live = world_.Live(kind.name, resource.name);
  const model::Sight sight{.desired = wanted, .live = live, .name = resource.name};
  Properties input;
  for (const auto& [name, value] : wanted) {
    const model::Property& row = *model::FindProperty(kind, name);
    const bool skipped = (row.calls & model::kModify) == 0 || row.update == Update::kOperation ||
                         (row.update == Update::kModifier && !with_modifiers) ||
                         model::HeldBy(row, sight, model::Purpose::kCompare) != nullptr;
    if (skipped) continue;
    const std::string spelled(row.modify_as.empty() ? row.name : row.modify_as);
    if (!row.delta_add.empty()) {
      const Value have = model::ReadLive(row, live);
      const Value want = value.IsNull() ? Value(List{}) : value;
      input.emplace(spelled,
                    Properties{{std::string(row.delta_add), Without(want, have)},
                               {std::string(row.delta_remove), have.Is<List>() ? Without(have, want) : Value(List{})}});
    } else if (!value.IsNull()) {
      input.emplace(spelled, OnTheWire(row, value));
    } else if (row.reset == model::Reset::kSendZero) {
      input.emplace(spelled, 0);
    } else if (row.reset == model::Reset::kSendLiveOf) {
      input.emplace(spelled, model::ReadPath(live, row.reset_with));
    } else if (row.reset == model::Reset::kSendFlag) {
      input.emplace(std::string(row.reset_with), true);
    }
  }
  return input;
}

void Prior::Queue(const ResourceWorld& resource) {
  const model::Kind& kind = *resource.kind;
  Properties input = Modification(resource, resource.queued, true);
  // The service wants these together.
  if (input.contains("AllocatedStorage") && plan_.flavour->striping_gib == 0 && resource.prior.contains("Iops"))
    input.emplace("Iops", resource.prior.at("Iops"));
  if (input.contains("Iops") && !input.contains("AllocatedStorage"))
    input.emplace("AllocatedStorage", resource.prior.at("AllocatedStorage"));
  if (resource.renamed) input.emplace("NewDBInstanceIdentifier", "another-name");
  if (input.empty()) return;
  input.emplace(std::string(kind.key), resource.name);
  input.emplace(std::string(kind.apply_immediately), false);
  if (auto queued = world_.CallAsOther(kind.modify.view(), std::move(input)); !queued) {
    refused_.push_back({"(queue)", queued.error().message});
    return;
  }
  Note(Ingredient::kQueued);
  if (resource.renamed) Note(Ingredient::kRenamed);
  if (plan_.in_flight) Note(Ingredient::kInFlight);
}

// Choices that the values hold for impossible, one by one: the service's own word for it.
void Prior::TryTheImpossible(const ResourceWorld& resource) {
  const model::Kind& kind = *resource.kind;
  for (const Bundle& bundle : BundlesOf(kind, *plan_.flavour)) {
    for (std::size_t i = bundle.Possible(); i < bundle.choices.size(); ++i) {
      Properties input = Modification(resource, bundle.choices[i], false);
      if (input.empty()) continue;
      input.emplace(std::string(kind.key), resource.name);
      const auto answer = world_.CallAsOther(kind.modify.view(), std::move(input));
      if (answer) continue;
      for (const auto& [name, value] : bundle.choices[i])
        refused_.push_back({fmt::format("{}.{}", kind.name, name), answer.error().message});
    }
    // What nobody has beforehand: whether a new one could.
    for (std::size_t i = 0; !bundle.has_prior && i < bundle.choices.size(); ++i) {
      for (const auto& [name, value] : bundle.choices[i])
        TryToBeBornWith(resource, *model::FindProperty(kind, name), value);
    }
  }
}

void Prior::TryToBeBornWith(const ResourceWorld& resource, const model::Property& row, const Value& value) {
  if (row.live.empty()) return;  // nobody could tell afterwards
  const model::Kind& kind = *resource.kind;
  const auto birth = std::ranges::find_if(kind.births, [&](const model::Birth& b) { return (row.calls & b.bit) != 0; });
  if (birth == kind.births.end() || value.IsNull()) return;
  const Value nothing;
  Properties input;
  for (const auto& [name, has] : resource.prior) {
    const model::Property& other = *model::FindProperty(kind, name);
    const model::Sight sight{.desired = resource.prior, .live = nothing, .name = resource.name};
    const bool held = model::HeldBy(other, sight, model::Purpose::kSendAtBirth) != nullptr;
    if ((other.calls & birth->bit) != 0 && !has.IsNull() && !held) input.emplace(name, OnTheWire(other, has));
  }
  input.insert_or_assign(std::string(birth->key_as), "tried");
  input.insert_or_assign(std::string(row.name), OnTheWire(row, value));
  if (auto answer = world_.CallAsOther(birth->operation.view(), std::move(input)); !answer)
    refused_.push_back({fmt::format("{}.{}", kind.name, row.name), answer.error().message});
}

std::vector<bool> Prior::Calm() {
  std::vector<bool> calm;
  for (const ResourceWorld& resource : plan_.resources) {
    const Value live = world_.Live(resource.kind->name, resource.name);
    const Value* pending = resource.kind->pending_root.empty() ? nullptr : live.Find(resource.kind->pending_root);
    calm.push_back(resource.exists && pending != nullptr && pending->As<Properties>().empty() &&
                   *live.Find(resource.kind->status_path) == Value("available"));
  }
  return calm;
}

void Prior::Between(const std::vector<bool>& calm) {
  for (std::size_t i = 0; i < plan_.resources.size(); ++i) {
    const ResourceWorld& resource = plan_.resources[i];
    const model::Kind& kind = *resource.kind;
    const Value live = world_.Live(kind.name, resource.name);
    if (live.IsNull()) continue;
    if (resource.exact.empty() && resource.tagged)
      (void)world_.CallAsOther("AddTagsToResource",
                               {{"ResourceName", model::ReadPath(live, kind.arn)},
                                {"Tags", List{Properties{{"Key", "theirs-too"}, {"Value", "between"}}}}});
    if (kind.status_path.empty()) continue;
    if (calm[i]) {
      if (auto acted = ActByItself(resource, Moment::kBetween); !acted)
        refused_.push_back({"(by itself)", acted.error().message});
    }
    Properties input = Modification(resource, resource.between, true);
    if (input.empty()) continue;
    input.emplace(std::string(kind.key), resource.name);
    if (auto done = world_.CallAsOther(kind.modify.view(), std::move(input)); !done)
      refused_.push_back({"(between)", done.error().message});
    else Note(Ingredient::kBetween);
  }
}

}  // namespace rdsteady::promises
