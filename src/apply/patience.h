// Patience: a read that fails because the service is hard pressed, or cannot be reached for a while, is made again.
// What a run has begun is not given up for that, and nothing is sent meanwhile.
#pragma once

#include <utility>

#include <fmt/format.h>
#include <boost/asio/awaitable.hpp>

#include "apply/apply.h"

namespace rdsteady::apply {

inline constexpr Millis kTroubleLimit = std::chrono::minutes(5);
inline constexpr Millis kTroublePause = std::chrono::seconds(5);
inline constexpr int kSameCallLimit = 2;  // so often is one call of a resource made before that is called an error
inline constexpr Millis kAbsentAfterCreate = std::chrono::minutes(5);  // a new resource may not be visible for a while

// Refused for the rate alone: it had no effect.
[[nodiscard]] bool IsThrottled(const Error& error);
// A read that is likely to work later: throttled, a fault of the service's own, or no usable answer at all.
[[nodiscard]] bool IsPassing(const Error& error);

// `read` is called until it gives something else than a passing error, for five minutes at most. The transport has
// repeated each of its calls already.
template <class Read>
auto ReadPatiently(Context context, std::string resource, Read read) -> decltype(read()) {
  const Instant since = context.timer.Now();
  for (;;) {
    auto result = co_await read();
    if (result || !IsPassing(result.error()) || context.timer.Now() - since >= kTroubleLimit) co_return result;
    const Error& error = result.error();
    context.Tell({.what = Event::What::kNote,
                  .resource = resource,
                  .text = fmt::format("could not be read ({}); trying again",
                                      error.aws_code.empty() ? error.message : error.aws_code)});
    co_await context.timer.Sleep(kTroublePause);
  }
}

}  // namespace rdsteady::apply
