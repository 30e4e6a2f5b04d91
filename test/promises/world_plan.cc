#include "world_plan.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "base/json.h"
#include "model/kinds/judge.h"

namespace rdsteady::promises {
namespace {

using model::Update;

bool IsSource(const model::Kind& kind, std::string_view property) {
  const model::Property* row = model::FindProperty(kind, property);
  return row != nullptr && row->update == Update::kBirth;
}

// The members of `choice` that one of the others does not have like that.
void AddDifferent(const Properties& choice, const Properties& other, Properties& stated) {
  for (const auto& [name, value] : choice) {
    const Value* have = Find(other, name);
    if ((have == nullptr && !value.IsNull()) || (have != nullptr && *have != value)) stated.emplace(name, value);
  }
}

// What can wait unseen is not queued: nobody could tell it from what was never asked for. Nor may it be under way
// unseen when a run begins.
bool CanBeQueued(const model::Kind& kind, const Properties& change, bool in_flight) {
  return std::ranges::all_of(change, [&](const auto& member) {
    const model::Property& row = *model::FindProperty(kind, member.first);
    if (row.update == Update::kModifier) return true;
    const bool seen = !row.pending.empty() || !row.pending_elsewhere.empty();
    const bool waits = row.timing == model::Timing::kDeferrable;
    return row.update != Update::kOperation && row.timing != model::Timing::kOnlyNow && (seen || !(waits || in_flight));
  });
}

constexpr unsigned kRarely = 85;  // percent of the worlds that leave it out

class Maker {
 public:
  Maker(WorldPlan& world, Dice& dice) : world_(world), dice_(dice) {}

  ResourceWorld Existing(const model::Kind& kind, std::string name) {
    ResourceWorld resource{.kind = &kind, .name = std::move(name)};
    with_queue_ = !kind.pending_root.empty() && dice_.Percent(60);
    leave_out_ = dice_.Percent(15) ? 10 : 30 + static_cast<unsigned>(dice_.Below(45));
    differ_ = dice_.Percent(25) ? 0 : 45;
    const std::vector<Bundle> bundles = BundlesOf(kind, *world_.flavour);
    // A source is enough for a manifest; without one, what a birth needs has to be stated.
    const auto is_source = [&](const Bundle& bundle) { return IsSource(kind, bundle.choices[0].begin()->first); };
    const bool replica = world_.flavour->replica && !kind.status_path.empty();
    const bool sourced = (replica || std::ranges::any_of(bundles, is_source)) && dice_.Percent(25);
    for (const Bundle& bundle : bundles) {
      const bool source = is_source(bundle);
      if (source && !bundle.has_prior && !sourced) continue;
      const bool enough = sourced || (replica && !source);
      const bool needed = source || (bundle.at_birth && !enough);
      Add(bundle, resource, needed ? 0 : bundle.unfinished ? kRarely : leave_out_, needed);
    }
    Complete(resource);
    Settle(resource);
    return resource;
  }

  ResourceWorld Missing(const model::Kind& kind, std::string name) {
    ResourceWorld resource{.kind = &kind, .name = std::move(name), .exists = false};
    for (const Bundle& bundle : BundlesOf(kind, *world_.flavour)) {
      if (bundle.Possible() == 0 || bundle.unfinished || (!bundle.at_birth && dice_.Percent(55))) continue;
      const Properties& choice = bundle.choices[dice_.Below(bundle.Possible())];
      if (choice.begin()->first.starts_with("Domain") && !choice.begin()->second.IsNull())
        continue;  // never joined at birth
      // Sources make another birth of it.
      const bool source = std::ranges::any_of(choice, [&](const auto& m) { return IsSource(kind, m.first); });
      if (source && !(world_.flavour->replica && bundle.at_birth)) continue;
      if (source) resource.stated.insert(bundle.choices[0].begin(), bundle.choices[0].end());
      else resource.stated.insert(choice.begin(), choice.end());
    }
    return resource;
  }

 private:
  void Add(const Bundle& bundle, ResourceWorld& resource, unsigned leave_out, bool whole) {
    static const Properties kNothing;
    std::optional<std::size_t> prior;
    if (bundle.has_prior && bundle.Possible() > 0) prior = dice_.Below(bundle.Possible());
    const Properties& has = prior ? bundle.choices[*prior] : kNothing;
    resource.prior.insert(has.begin(), has.end());
    std::optional<std::size_t> queued;
    if (with_queue_ && prior && dice_.Percent(30)) {
      const std::size_t wanted = dice_.Below(bundle.Possible());
      Properties change;
      AddDifferent(bundle.choices[wanted], has, change);
      if (wanted != *prior && bundle.may(*prior, wanted) && CanBeQueued(*resource.kind, change, world_.in_flight)) {
        queued = wanted;
        resource.queued.insert(change.begin(), change.end());
      }
    }
    const Properties& waits = queued ? bundle.choices[*queued] : kNothing;
    if (dice_.Percent(leave_out)) return MaybeBetween(bundle, resource, prior, queued);

    std::optional<std::size_t> target;
    if (world_.hostile && dice_.Percent(30)) {
      target = dice_.Below(bundle.choices.size());
    } else if (!prior) {
      if (bundle.Possible() > 0 && (whole || dice_.Percent(60))) target = dice_.Below(bundle.Possible());
    } else if (queued && dice_.Percent(50)) {
      target = queued;
    } else if (dice_.Percent(differ_)) {
      const std::size_t wanted = dice_.Below(bundle.Possible());
      if (bundle.may(*prior, wanted) && (!queued || bundle.may(*queued, wanted))) target = wanted;
    }
    if (!target) target = prior;
    if (!target) return;
    const Properties& choice = bundle.choices[*target];
    Properties stated;
    AddDifferent(choice, has, stated);
    if (queued) AddDifferent(choice, waits, stated);
    const bool all = whole || !prior || dice_.Percent(50);
    for (const auto& [name, value] : choice) {
      if (all || dice_.Percent(50)) stated.emplace(name, value);
    }
    resource.stated.insert(stated.begin(), stated.end());
    if (!stated.empty()) chosen_.push_back(choice);
  }

  // A manifest is read as if it were to create: what is needed beside what is stated has to be there.
  void Complete(ResourceWorld& resource) {
    const Value nothing;
    const model::Sight sight{.desired = resource.stated, .live = nothing, .name = resource.name};
    if (model::Judge(*resource.kind, sight, model::Knowledge::kAssumeNothing).empty()) return;
    for (const Properties& choice : chosen_)
      resource.stated.insert(choice.begin(), choice.end());
    // What does not go with it (the password of what is said to be a replica) is left out.
    for (const model::Objection& objection : model::Judge(*resource.kind, sight, model::Knowledge::kAssumeNothing))
      resource.stated.erase(objection.property);
  }

  // Others may go on changing what is not stated.
  void MaybeBetween(const Bundle& bundle, ResourceWorld& resource, std::optional<std::size_t> prior,
                    std::optional<std::size_t> queued) {
    if (!prior || queued || !dice_.Percent(10)) return;
    const std::size_t wanted = dice_.Below(bundle.Possible());
    if (wanted != *prior && bundle.may(*prior, wanted))
      AddDifferent(bundle.choices[wanted], bundle.choices[*prior], resource.between);
  }

  // What belongs to the resource as a whole.
  void Settle(ResourceWorld& resource) {
    const model::Kind& kind = *resource.kind;
    for (const model::Property& row : kind.properties) {
      const Value* stated = Find(resource.stated, row.name);
      if (row.compare == model::Compare::kTextMap && stated != nullptr && stated->Is<Properties>() && dice_.Percent(20))
        resource.exact.emplace_back(row.name);
    }
    if (kind.status_path.empty()) return;
    const Value* limit = Find(resource.prior, "MaxAllocatedStorage");
    const bool resized = resource.queued.contains("AllocatedStorage") ||
                         (resource.stated.contains("AllocatedStorage") &&
                          resource.stated.at("AllocatedStorage") != resource.prior.at("AllocatedStorage"));
    const bool keeps_limit = !resource.stated.contains("MaxAllocatedStorage") ||
                             (limit != nullptr && resource.stated.at("MaxAllocatedStorage") == *limit);
    resource.grown = limit != nullptr && !limit->IsNull() && !resized && keeps_limit &&
                     !resource.queued.contains("StorageType") && !resource.between.contains("StorageType") &&
                     dice_.Percent(60);
    if (!kind.versioned_secret.empty() && resource.stated.contains(kind.versioned_secret) && dice_.Percent(25))
      resource.settings.emplace("password_version", 1);
    if (dice_.Percent(10)) resource.settings.emplace("reboot", "if-pending");
    resource.renamed = dice_.Percent(5);
    resource.tried = dice_.Percent(10);
  }

  WorldPlan& world_;
  Dice& dice_;
  bool with_queue_ = false;
  unsigned leave_out_ = 0;
  unsigned differ_ = 0;
  std::vector<Properties> chosen_;
};

}  // namespace

WorldPlan PlanWorld(std::uint64_t number) {
  WorldPlan world{.number = number};
  Dice dice(0x9e3779b97f4a7c15ULL * (number + 1));
  world.flavour = &Flavours()[number % Flavours().size()];
  world.hostile = dice.Percent(15);
  world.when = dice.Percent(50) ? plan::When::kNow : plan::When::kWindow;
  world.flush_pending = dice.Percent(50);
  world.in_flight = dice.Percent(40);
  const bool creates = dice.Percent(12);
  const model::Kind& instance = *model::FindKind("DBInstance");
  world.resources.push_back(creates ? Maker(world, dice).Missing(instance, "Orders")
                                    : Maker(world, dice).Existing(instance, "orders"));
  if (dice.Percent(35)) {
    const model::Kind& kind = *model::FindKind("DBSubnetGroup");
    world.resources.push_back(dice.Percent(25) ? Maker(world, dice).Missing(kind, "team-subnets")
                                               : Maker(world, dice).Existing(kind, "Team-Subnets"));
  }
  if (dice.Percent(35)) {
    // The group that the instance may be in.
    const model::Kind& kind = *model::FindKind("DBParameterGroup");
    world.resources.push_back(dice.Percent(20) ? Maker(world, dice).Missing(kind, "team-parameters")
                                               : Maker(world, dice).Existing(kind, std::string(kGroup)));
  }
  return world;
}

std::string WorldPlan::Manifest() const {
  Properties kinds;
  for (const ResourceWorld& resource : resources) {
    Properties body = resource.stated;
    body.insert(resource.settings.begin(), resource.settings.end());
    if (!resource.exact.empty()) body.emplace("exact", List(resource.exact.begin(), resource.exact.end()));
    Value& kind = kinds.try_emplace(std::string(resource.kind->name), Properties{}).first->second;
    kind.If<Properties>()->insert_or_assign(resource.name, std::move(body));
  }
  return ToJson(Value(std::move(kinds)), {.pretty = true});
}

std::string WorldPlan::Describe() const {
  std::string text =
      fmt::format("world {}: {}, --when {}{}{}{}\n", number, flavour->name, when == plan::When::kNow ? "now" : "window",
                  flush_pending ? ", --flush-pending" : "", in_flight ? ", in flight" : "", hostile ? ", hostile" : "");
  for (const ResourceWorld& resource : resources) {
    text +=
        fmt::format("{}/{}{}{}{}\n  others made it with {}\n  others queued {}\n  others change between two runs {}\n",
                    resource.kind->name, resource.name, resource.exists ? "" : " (missing)",
                    resource.grown ? " (grown)" : "", resource.renamed ? " (being renamed)" : "",
                    ToDisplay(resource.prior), ToDisplay(resource.queued), ToDisplay(resource.between));
  }
  return text + Manifest();
}

}  // namespace rdsteady::promises
