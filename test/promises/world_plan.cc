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

constexpr unsigned kFocused = 90;  // percent of the worlds that are made for something

class Maker {
 public:
  Maker(WorldPlan& world, Dice& dice) : world_(world), dice_(dice) {}

  ResourceWorld Existing(const model::Kind& kind, std::string name) {
    ResourceWorld resource{.kind = &kind, .name = std::move(name)};
    with_queue_ = !kind.pending_root.empty() && !world_.quiet && dice_.Percent(60);
    leave_out_ = dice_.Percent(15) ? 10 : 30 + static_cast<unsigned>(dice_.Below(45));
    differ_ = dice_.Percent(25) ? 0 : 45;
    const std::vector<Bundle> bundles = BundlesOf(kind, *world_.flavour);
    // A source is enough for a manifest; without one, what a birth needs has to be stated.
    const auto is_source = [&](const Bundle& bundle) { return IsSource(kind, bundle.choices[0].begin()->first); };
    const bool replica = world_.flavour->replica && !kind.status_path.empty();
    const bool sourced = (replica || std::ranges::any_of(bundles, is_source)) && dice_.Percent(35);
    for (const Bundle& bundle : bundles) {
      const bool source = is_source(bundle);
      if (source && !bundle.has_prior && !sourced) continue;
      const bool enough = sourced || (replica && !source);
      const bool needed = source || (bundle.at_birth && !enough);
      Add(bundle, resource, needed ? 0 : leave_out_, needed);
    }
    Complete(resource);
    Settle(resource);
    return resource;
  }

  ResourceWorld Missing(const model::Kind& kind, std::string name) {
    ResourceWorld resource{.kind = &kind, .name = std::move(name), .exists = false};
    for (const Bundle& bundle : BundlesOf(kind, *world_.flavour)) {
      if (bundle.Possible() == 0 || (!bundle.at_birth && dice_.Percent(55))) continue;
      const Properties& choice = bundle.choices[dice_.Below(bundle.Possible())];
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
    const std::optional<Way> way = WayOf(bundle, *resource.kind);
    std::optional<std::size_t> prior;
    if (way) prior = way->from;
    else if (bundle.has_prior && bundle.Possible() > 0) prior = dice_.Below(bundle.Possible());
    const Properties& has = prior ? bundle.choices[*prior] : kNothing;
    resource.prior.insert(has.begin(), has.end());
    std::optional<std::size_t> queued;
    const bool is_to_wait = way && world_.focus->state == State::kPending;
    if (is_to_wait || (with_queue_ && prior && !way && dice_.Percent(30))) {
      const std::size_t wanted = is_to_wait ? way->to : dice_.Below(bundle.Possible());
      Properties change;
      AddDifferent(bundle.choices[wanted], has, change);
      if (wanted != *prior && bundle.may(*prior, wanted) && CanBeQueued(*resource.kind, change, world_.in_flight)) {
        queued = wanted;
        resource.queued.insert(change.begin(), change.end());
      }
    }
    const Properties& waits = queued ? bundle.choices[*queued] : kNothing;
    const bool is_to_differ = way && !is_to_wait;
    if (!is_to_differ && dice_.Percent(leave_out)) return MaybeBetween(bundle, resource, prior, queued);

    std::optional<std::size_t> target;
    if (is_to_differ) {
      target = way->to;
    } else if (world_.hostile && dice_.Percent(30)) {
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

  // How the bundle brings about what the world is made for; nullopt when it is not about the bundle.
  std::optional<Way> WayOf(const Bundle& bundle, const model::Kind& kind) {
    if (world_.focus == nullptr || world_.focus->kind != &kind) return std::nullopt;
    const std::vector<Way> ways = WaysTo(kind, bundle, *world_.focus->row, world_.focus->state, world_.in_flight);
    return ways.empty() ? std::nullopt : std::optional(ways[dice_.Below(ways.size())]);
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
    resource.tagged = dice_.Percent(70);
    if (kind.status_path.empty()) return;
    resource.grows = MayGrow(resource) ? AnyMoment(80) : Moment::kNever;
    resource.upgrades = MayUpgrade(resource) ? AnyMoment(95) : Moment::kNever;
    resource.backed_up = dice_.Percent(world_.quiet ? 35 : 10);
    if (!kind.versioned_secret.empty() && resource.stated.contains(kind.versioned_secret) && dice_.Percent(25))
      resource.settings.emplace("password_version", 1);
    if (dice_.Percent(10)) {
      resource.settings.emplace("reboot", "if-pending");
      std::erase_if(resource.between, [&](const auto& change) { return MakesRebootDue(kind, change.first); });
    }
    resource.renamed = dice_.Percent(5);
    resource.tried = dice_.Percent(10);
  }

  // Who states that a reboot follows when one is due has stated what makes it due.
  static bool MakesRebootDue(const model::Kind& kind, std::string_view property) {
    const auto root = [](std::string_view path) { return path.substr(0, path.find('[')); };
    const model::Property& row = *model::FindProperty(kind, property);
    return std::ranges::any_of(kind.operations, [&](const model::SeparateOperation& operation) {
      return !operation.needed_path.empty() && root(operation.needed_path) == root(row.live);
    });
  }

  Moment AnyMoment(unsigned chance) {
    if (!dice_.Percent(chance)) return Moment::kNever;
    return dice_.Percent(25) ? Moment::kBefore : Moment::kBetween;
  }

  // Autoscaling, which whoever states a size has allowed.
  static bool MayGrow(const ResourceWorld& resource) {
    const Value* limit = Find(resource.prior, "MaxAllocatedStorage");
    const bool resized = resource.queued.contains("AllocatedStorage") ||
                         (resource.stated.contains("AllocatedStorage") &&
                          resource.stated.at("AllocatedStorage") != resource.prior.at("AllocatedStorage"));
    const bool keeps_limit = !resource.stated.contains("MaxAllocatedStorage") ||
                             (limit != nullptr && resource.stated.at("MaxAllocatedStorage") == *limit);
    return limit != nullptr && !limit->IsNull() && !resized && keeps_limit &&
           !resource.queued.contains("StorageType") && !resource.between.contains("StorageType");
  }

  // Automatic minor versions, which whoever states a version has not forbidden.
  bool MayUpgrade(const ResourceWorld& resource) const {
    const Value* automatic = Find(resource.prior, "AutoMinorVersionUpgrade");
    const Value* stated = Find(resource.stated, "AutoMinorVersionUpgrade");
    const Value* engine = Find(resource.stated, "Engine");
    const auto is_older = [&](const Properties& properties) {
      const Value* version = Find(properties, "EngineVersion");
      return version == nullptr || *version == Value(world_.flavour->versions[0]);
    };
    return automatic != nullptr && *automatic == Value(true) && (stated == nullptr || *stated == Value(true)) &&
           is_older(resource.prior) && is_older(resource.stated) &&
           (engine == nullptr || *engine == Value(world_.flavour->engine)) &&
           !resource.queued.contains("EngineVersion") && !resource.between.contains("EngineVersion") &&
           !resource.queued.contains("AutoMinorVersionUpgrade") &&
           !resource.between.contains("AutoMinorVersionUpgrade") && resource.prior.contains("EngineVersion");
  }

  WorldPlan& world_;
  Dice& dice_;
  bool with_queue_ = false;
  unsigned leave_out_ = 0;
  unsigned differ_ = 0;
  std::vector<Properties> chosen_;
};

std::string Happens(std::string_view what, Moment moment) {
  if (moment == Moment::kNever) return {};
  return fmt::format("{} {})", what, moment == Moment::kBefore ? "before" : "between");
}

// Some things wait only while a run is on its way, others only when it is not.
void Accommodate(WorldPlan& world) {
  const Focus& focus = *world.focus;
  const std::vector<Bundle> bundles = BundlesOf(*focus.kind, *world.flavour);
  const bool as_it_is = std::ranges::any_of(bundles, [&](const Bundle& bundle) {
    return !WaysTo(*focus.kind, bundle, *focus.row, focus.state, world.in_flight).empty();
  });
  if (!as_it_is) world.in_flight = !world.in_flight;
}

}  // namespace

WorldPlan PlanWorld(std::uint64_t number) {
  WorldPlan world{.number = number};
  Dice dice(0x9e3779b97f4a7c15ULL * (number + 1));
  world.flavour = &Flavours()[number % Flavours().size()];
  if (dice.Percent(kFocused)) {
    world.focus = &Foci()[number % Foci().size()];
    world.flavour = world.focus->flavours[dice.Below(world.focus->flavours.size())];
  }
  world.quiet = dice.Percent(30);
  world.hostile = !world.quiet && dice.Percent(25);
  world.when = dice.Percent(50) ? plan::When::kNow : plan::When::kWindow;
  world.flush_pending = dice.Percent(50);
  world.in_flight = dice.Percent(40);
  world.lagging = dice.Percent(40);
  if (world.focus != nullptr) Accommodate(world);
  const auto is_focus = [&](const model::Kind& kind) { return world.focus != nullptr && world.focus->kind == &kind; };
  const model::Kind& instance = *model::FindKind("DBInstance");
  const bool creates = dice.Percent(12) && !is_focus(instance);
  world.resources.push_back(creates ? Maker(world, dice).Missing(instance, "Orders")
                                    : Maker(world, dice).Existing(instance, "orders"));
  if (const model::Kind& kind = *model::FindKind("DBSubnetGroup"); is_focus(kind) || dice.Percent(35)) {
    world.resources.push_back(!is_focus(kind) && dice.Percent(25) ? Maker(world, dice).Missing(kind, "team-subnets")
                                                                  : Maker(world, dice).Existing(kind, "Team-Subnets"));
  }
  if (const model::Kind& kind = *model::FindKind("DBParameterGroup"); is_focus(kind) || dice.Percent(45)) {
    // The group that the instance may be in.
    world.resources.push_back(!is_focus(kind) && dice.Percent(20)
                                  ? Maker(world, dice).Missing(kind, "team-parameters")
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
      fmt::format("world {}: {}, --when {}{}{}{}{}{}\n", number, flavour->name,
                  when == plan::When::kNow ? "now" : "window", flush_pending ? ", --flush-pending" : "",
                  in_flight ? ", in flight" : "", lagging ? ", lagging" : "", hostile ? ", hostile" : "",
                  focus == nullptr ? ""
                                   : fmt::format(", made for {}.{} that {}", focus->kind->name, focus->row->name,
                                                 focus->state == State::kPending ? "waits" : "differs"));
  for (const ResourceWorld& resource : resources) {
    text +=
        fmt::format("{}/{}{}{}{}\n  others made it with {}\n  others queued {}\n  others change between two runs {}\n",
                    resource.kind->name, resource.name, resource.exists ? "" : " (missing)",
                    Happens(" (grows", resource.grows) + Happens(" (is upgraded", resource.upgrades) +
                        (resource.backed_up ? " (AWS Backup's)" : ""),
                    resource.renamed ? " (being renamed)" : "", ToDisplay(resource.prior), ToDisplay(resource.queued),
                    ToDisplay(resource.between));
  }
  return text + Manifest();
}

}  // namespace rdsteady::promises
