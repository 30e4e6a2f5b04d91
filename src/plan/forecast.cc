#include "plan/forecast.h"

#include <fmt/format.h>

#include "model/kinds/compare.h"
#include "model/kinds/disruption.h"

namespace rdsteady::plan {

bool IsDeferrable(const Difference& difference) {
  const model::Property& property = *difference.property;
  if (property.timing == model::Timing::kDependsOnValue && property.deferrable != nullptr) {
    return property.deferrable(difference.from, difference.to);
  }
  return property.timing == model::Timing::kDeferrable;
}

std::optional<Instant> NextWindowOf(const model::Kind& kind, const Value& live, Instant clock) {
  const Value text = model::ReadPath(live, kind.window_path);
  if (!text.Is<std::string>()) return std::nullopt;
  const auto window = model::ParseWeeklyWindow(text.As<std::string>());
  return window ? std::optional(model::NextWindow(*window, clock)) : std::nullopt;
}

Forecast ForecastOfBirth() {
  return {.notes = {"new, empty"}};
}

Forecast ForecastOf(const model::Kind& kind, const Difference& difference, const model::Sight& sight, bool now,
                    Instant clock) {
  if (difference.what == Difference::What::kWithdraw) {
    // The live value is sent again: nothing changes but the queue.
    return {.notes = {fmt::format("takes back {}, which waited", ToDisplay(difference.from))}};
  }
  const Value item =
      difference.key.empty() ? Value() : model::LiveItem(*difference.property, sight.live, difference.key);
  model::Cost cost =
      model::CostOf(kind, difference.property->name, sight, item.IsNull() ? difference.from : item, difference.to);
  Forecast forecast{.disruption = cost.disruption,
                    .storage_optimization = cost.storage_optimization,
                    .reversible = cost.reversible,
                    .destroys = cost.destroys,
                    .confirmed = cost.confirmed,
                    .notes = std::move(cost.notes),
                    .refused = std::move(cost.refused)};
  if (difference.property->one_way) forecast.reversible = model::Reversible::kNo;
  if (IsDeferrable(difference)) {
    forecast.when = now ? model::ActsWhen::kNow : model::ActsWhen::kWindow;
    if (!now) forecast.window = NextWindowOf(kind, sight.live, clock);
  } else if (difference.property->timing == model::Timing::kAsynchronous ||
             difference.property->timing == model::Timing::kDependsOnValue) {
    forecast.when = model::ActsWhen::kAsynchronous;
  } else {
    // A value that only a reboot loads says so in its rows; everything else acts with the call.
    forecast.when = cost.when == model::ActsWhen::kNextReboot ? model::ActsWhen::kNextReboot : model::ActsWhen::kNow;
  }
  return forecast;
}

}  // namespace rdsteady::plan
