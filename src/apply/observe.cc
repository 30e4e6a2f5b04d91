#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>
#include <boost/asio/this_coro.hpp>

#include "apply/apply.h"
#include "apply/async.h"
#include "apply/read.h"
#include "model/kinds/compare.h"

namespace rdsteady::apply {
namespace {

namespace asio = boost::asio;

struct Pass {
  const model::Kind* kind;
  std::vector<std::string> names;
  Result<Readings> readings = Readings{};
  std::vector<std::string> notes{};
};

asio::awaitable<void> RunPass(aws::RdsApi& api, Pass& pass) {
  pass.readings = co_await ReadMany(api, *pass.kind, pass.names, true, pass.notes);
}

struct Extras {
  const manifest::DesiredResource* desired;
  plan::Observation* observation;
  Result<void> result{};
  std::vector<std::string> notes{};
};

asio::awaitable<void> RunExtras(aws::RdsApi& api, Limit& limit, Extras& extras) {
  const Limit::Place place = co_await limit.Acquire();
  extras.result = co_await ReadExtras(api, *extras.desired, *extras.observation, extras.notes);
}

struct External {
  plan::ResourceKey key;
  const model::Kind* kind;
  std::string name;
  std::string needed_by;  // "DBSubnetGroupName of DBInstance/orders"
};

// Names that the manifest does not define and that a planned call would use: those of new resources, and of changes. A
// resource that is as stated needs no look at what it names.
std::vector<External> ExternalsNeeded(const manifest::Manifest& manifest, const plan::World& world) {
  std::set<plan::ResourceKey> defined;
  for (const manifest::DesiredResource& desired : manifest.resources)
    defined.insert(plan::KeyOf(*desired.kind, desired.name));
  std::vector<External> needed;
  for (const manifest::DesiredResource& desired : manifest.resources) {
    const plan::Observation& own = plan::ObservationOf(world, desired);
    for (const manifest::Reference& reference : manifest::ReferencesOf(desired)) {
      plan::ResourceKey key = plan::KeyOf(*reference.kind, reference.name);
      if (defined.contains(key)) continue;
      const model::Property* property = model::FindProperty(*desired.kind, reference.property);
      if (own.exists && property != nullptr) {
        // A source acts at birth only; anything else is looked at when it differs.
        if (property->update == model::Update::kBirth) continue;
        const Value* stated = Find(desired.properties, reference.property);
        if (stated != nullptr && model::Reached(*property, plan::SightOf(desired, own, nullptr), *stated,
                                                model::ReadLive(*property, own.live)))
          continue;
      }
      needed.push_back(
          {std::move(key), reference.kind, reference.name, fmt::format("{} of {}", reference.property, desired.Id())});
    }
  }
  return needed;
}

// All of them together: nothing may be written for a manifest that hangs in the air.
Result<void> AllExist(const std::vector<External>& externals, const plan::World& world) {
  std::string missing;
  for (const External& external : externals) {
    if (world.at(external.key).exists) continue;
    missing += fmt::format("{}{}/{} (named by {})", missing.empty() ? "" : ", ", external.kind->name, external.name,
                           external.needed_by);
  }
  if (missing.empty()) return {};
  return Fail(ErrorCategory::kRefused, "these do not exist and the manifest does not define them: " + missing,
              "define them in the manifest, or correct the names");
}

// Reads all names of all kinds at once into the world.
using Wanted = std::map<std::string_view, Pass>;

void Want(Wanted& wanted, const model::Kind& kind, const std::string& name) {
  wanted.try_emplace(kind.name, Pass{.kind = &kind}).first->second.names.push_back(name);
}

asio::awaitable<Result<void>> ReadInto(Context context, Wanted wanted, plan::World& world) {
  std::vector<asio::awaitable<void>> passes;
  for (auto& [name, pass] : wanted)
    passes.push_back(RunPass(context.api, pass));
  co_await WhenAll(std::move(passes));
  for (auto& [name, pass] : wanted) {
    if (!pass.readings) co_return Fail(std::move(pass.readings.error()));
    for (const std::string& text : pass.notes)
      context.Note(text);
    world.merge(std::move(*pass.readings));
  }
  co_return Result<void>{};
}

}  // namespace

asio::awaitable<Result<plan::World>> Observe(Context context, const manifest::Manifest& manifest) {
  plan::World world;
  Wanted wanted;
  for (const manifest::DesiredResource& desired : manifest.resources) {
    Want(wanted, *desired.kind, desired.name);
    if (!desired.renamed_from.empty()) Want(wanted, *desired.kind, desired.renamed_from);
  }
  if (auto read = co_await ReadInto(context, std::move(wanted), world); !read) co_return Fail(std::move(read.error()));

  const std::vector<External> externals = ExternalsNeeded(manifest, world);
  Wanted wanted_externals;
  for (const External& external : externals)
    Want(wanted_externals, *external.kind, external.name);
  if (auto read = co_await ReadInto(context, std::move(wanted_externals), world); !read)
    co_return Fail(std::move(read.error()));

  Limit limit(co_await asio::this_coro::executor, 8);
  std::vector<Extras> extras;
  for (const manifest::DesiredResource& desired : manifest.resources) {
    const bool any = std::ranges::any_of(desired.kind->extra_reads,
                                         [&](const auto& e) { return desired.properties.contains(e.property); });
    if (any) extras.push_back({.desired = &desired, .observation = &world.at(plan::ObservedKeyOf(world, desired))});
  }
  std::vector<asio::awaitable<void>> reads;
  for (Extras& extra : extras)
    reads.push_back(RunExtras(context.api, limit, extra));
  co_await WhenAll(std::move(reads));
  for (Extras& extra : extras) {
    if (!extra.result) co_return Fail(std::move(extra.result.error()));
    for (const std::string& text : extra.notes)
      context.Note(text);
  }
  if (auto complete = AllExist(externals, world); !complete) co_return Fail(std::move(complete.error()));
  co_return world;
}

}  // namespace rdsteady::apply
