#include "aws/system_timer.h"

#include <algorithm>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace rdsteady::aws {

Instant SystemTimer::Now() const {
  return SystemClock().Now();
}

boost::asio::awaitable<void> SystemTimer::Sleep(Millis duration) {
  boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, std::max(duration, Millis(0)));
  co_await timer.async_wait(boost::asio::use_awaitable);
}

}  // namespace rdsteady::aws
