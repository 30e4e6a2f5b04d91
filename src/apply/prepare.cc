#include <map>

#include <fmt/format.h>
#include <boost/asio/this_coro.hpp>

#include "apply/apply.h"
#include "apply/async.h"
#include "apply/keys.h"
#include "apply/read.h"
#include "base/json.h"
#include "plan/preflight.h"

namespace rdsteady::apply {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kQuestionsAtOnce = 8;

// A question that is asked once, for all the resources that ask the same of the region.
struct Asked {
  const plan::Question* question = nullptr;
  Result<std::shared_ptr<const List>> answer{};
};

asio::awaitable<void> Ask(aws::RdsApi& api, Limit& limit, Asked& asked) {
  const Limit::Place place = co_await limit.Acquire();
  const model::Preflight& preflight = *asked.question->preflight;
  const model::Operation* operation = model::FindOperation(preflight.operation);
  if (operation == nullptr) {
    asked.answer = Fail(UnknownOperation(preflight.operation));
    co_return;
  }
  Result<List> items = co_await ReadPages(api, *operation, asked.question->request, std::string(preflight.items));
  if (!items && !preflight.none_code.empty() && items.error().aws_code == preflight.none_code) items = List{};
  if (items) asked.answer = std::make_shared<const List>(std::move(*items));
  else asked.answer = Fail(std::move(items.error()));
}

// Puts the answers into the world. What the service offers is good to know beforehand, and no reason to stop where it
// may not be asked.
asio::awaitable<Result<void>> ReadOffers(Context context, const std::vector<plan::Question>& questions,
                                         plan::World& world) {
  std::map<std::pair<std::string_view, std::string>, Asked> all;
  const auto of = [](const plan::Question& question) {
    return std::pair(question.preflight->name, ToJson(Value(question.request)));
  };
  for (const plan::Question& question : questions)
    all.try_emplace(of(question), Asked{.question = &question});
  Limit limit(co_await asio::this_coro::executor, kQuestionsAtOnce);
  std::vector<asio::awaitable<void>> reads;
  for (auto& [key, asked] : all)
    reads.push_back(Ask(context.api, limit, asked));
  co_await WhenAll(std::move(reads));
  for (auto& [key, asked] : all) {
    if (asked.answer) continue;
    Error& error = asked.answer.error();
    if (!IsDenied(error))
      co_return Fail(
          std::move(error).Within(fmt::format("while asking what {} may become", asked.question->resource.name)));
    context.Note(fmt::format("{} was denied, so what it would tell is not checked beforehand",
                             asked.question->preflight->operation));
  }
  for (const plan::Question& question : questions) {
    const Asked& asked = all.at(of(question));
    if (asked.answer)
      world[question.resource].offers.insert_or_assign(std::string(question.preflight->name), *asked.answer);
  }
  co_return Result<void>{};
}

}  // namespace

asio::awaitable<Result<Prepared>> Prepare(Context context, const manifest::Manifest& manifest,
                                          const plan::Options& asked, plan::Reads* reads) {
  Result<plan::World> world = co_await Observe(context, manifest);
  if (!world) co_return Fail(std::move(world.error()));
  Result<model::KeyNames> keys = co_await AskForKeys(context, plan::KeysToAsk(manifest, *world));
  if (!keys) co_return Fail(std::move(keys.error()));
  Prepared prepared{.world = std::move(*world), .plan = {}};
  if (context.kms != nullptr) prepared.keys = std::make_shared<const model::KeyNames>(std::move(*keys));
  plan::Options options = asked;
  options.keys = prepared.keys;
  const auto make = [&] {
    if (reads == nullptr) return plan::MakePlan(manifest, prepared.world, options);
    reads->clear();
    return plan::MakePlan(manifest, prepared.world, options, *reads);
  };
  prepared.plan = make();
  const std::vector<plan::Question> questions = plan::QuestionsOf(manifest, prepared.world, prepared.plan);
  if (questions.empty()) co_return prepared;
  if (auto read = co_await ReadOffers(context, questions, prepared.world); !read)
    co_return Fail(std::move(read.error()));
  prepared.plan = make();
  co_return prepared;
}

}  // namespace rdsteady::apply
