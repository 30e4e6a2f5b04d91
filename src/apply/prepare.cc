#include <algorithm>

#include <fmt/format.h>

#include "apply/apply.h"
#include "apply/read.h"
#include "plan/preflight.h"

namespace rdsteady::apply {
namespace {

namespace asio = boost::asio;

// Puts the answers into the world.
asio::awaitable<Result<void>> ReadOffers(Context context, const std::vector<plan::Question>& questions,
                                         plan::World& world) {
  // Many resources ask the same of one region.
  std::vector<std::pair<const plan::Question*, List>> answered;
  for (const plan::Question& question : questions) {
    plan::Observation& observation = world[question.resource];
    const std::string name(question.preflight->name);
    const auto known = std::ranges::find_if(answered, [&](const auto& pair) {
      return pair.first->preflight == question.preflight && pair.first->request == question.request;
    });
    if (known != answered.end()) {
      observation.offers.insert_or_assign(name, Value(known->second));
      continue;
    }
    const model::Operation* operation = model::FindOperation(question.preflight->operation);
    if (operation == nullptr) co_return Fail(UnknownOperation(question.preflight->operation));
    Result<List> items =
        co_await ReadPages(context.api, *operation, question.request, std::string(question.preflight->items));
    if (!items && !question.preflight->none_code.empty() && items.error().aws_code == question.preflight->none_code)
      items = List{};
    if (!items) {
      // What the service offers is good to know beforehand, and no reason to stop where it may not be asked.
      if (!IsDenied(items.error()))
        co_return Fail(
            std::move(items.error()).Within(fmt::format("while asking what {} may become", question.resource.name)));
      context.events.OnEvent(
          {.what = Event::What::kNote,
           .at = context.timer.Now(),
           .text = fmt::format("{} was denied, so what it would tell is not checked beforehand", operation->name)});
      continue;
    }
    answered.emplace_back(&question, *items);
    observation.offers.insert_or_assign(name, Value(std::move(*items)));
  }
  co_return Result<void>{};
}

}  // namespace

asio::awaitable<Result<Prepared>> Prepare(Context context, const manifest::Manifest& manifest,
                                          const plan::Options& options) {
  Result<plan::World> world = co_await Observe(context, manifest);
  if (!world) co_return Fail(std::move(world.error()));
  Prepared prepared{.world = std::move(*world), .plan = {}};
  prepared.plan = plan::MakePlan(manifest, prepared.world, options);
  const std::vector<plan::Question> questions = plan::QuestionsOf(manifest, prepared.world, prepared.plan);
  if (questions.empty()) co_return prepared;
  if (auto read = co_await ReadOffers(context, questions, prepared.world); !read)
    co_return Fail(std::move(read.error()));
  prepared.plan = plan::MakePlan(manifest, prepared.world, options);
  co_return prepared;
}

}  // namespace rdsteady::apply
