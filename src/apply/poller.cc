#include "apply/poller.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>
#include <boost/asio/this_coro.hpp>

#include "apply/async.h"
#include "apply/patience.h"
#include "base/text.h"

namespace rdsteady::apply {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace): units only

constexpr Millis kGather = 5ms;  // how long the first of a batch waits for the others
constexpr std::size_t kPageSize = 100;

}  // namespace

struct Poller::Batch {
  explicit Batch(const asio::any_io_executor& executor) : done(executor) {}
  std::vector<std::string> names;
  Signal done;
  bool failed = false;  // the reader was cancelled: the others read for themselves
  Result<Readings> readings = Readings{};
};

Poller::Watch::Watch(Poller& poller, const model::Kind& kind, std::string name, std::optional<Millis> fixed_delay)
    : poller_(poller),
      kind_(kind),
      name_(std::move(name)),
      fixed_delay_(fixed_delay),
      started_(poller.context_.timer.Now()) {
  ++poller_.watches_;
}

Millis Poller::Pause(Millis age) const {
  Millis pause = 30s;
  if (age < 2s) pause = 200ms;
  else if (age < 10s) pause = 1s;
  else if (age < 1min) pause = 5s;
  else if (age < 10min) pause = 15s;
  const auto pages = (watches_ + kPageSize - 1) / kPageSize;
  return std::max(pause, pages > 1 ? Millis(1s * pages) : Millis(0));
}

asio::awaitable<Result<plan::Observation>> Poller::Watch::Look() {
  return poller_.Read(kind_, name_);
}

asio::awaitable<Result<plan::Observation>> Poller::Watch::Next() {
  const Millis pause = fixed_delay_.value_or(poller_.Pause(Age()));
  Millis sleep = pause;
  if (!fixed_delay_ && pause >= 1s) {
    // Waits of the same rhythm wake on the same beat, so that one reading serves them all.
    const Millis into = poller_.context_.timer.Now().time_since_epoch() % pause;
    sleep = pause - into;
    if (sleep < pause / 4) sleep += pause;
  }
  co_await poller_.context_.timer.Sleep(sleep);
  co_return co_await ReadPatiently(poller_.context_, fmt::format("{}/{}", kind_.name, name_),
                                   [this] { return poller_.Read(kind_, name_); });
}

asio::awaitable<Result<plan::Observation>> Poller::Read(const model::Kind& kind, std::string name) {
  for (;;) {
    const plan::ResourceKey key = plan::KeyOf(kind, name);
    if (const auto it = gathering_.find(kind.name); it != gathering_.end()) {
      const auto batch = it->second;
      batch->names.push_back(name);
      co_await batch->done.Wait();
      if (batch->failed) continue;
      if (!batch->readings) co_return Fail(batch->readings.error());
      co_return batch->readings->at(key);
    }
    const auto batch = std::make_shared<Batch>(co_await asio::this_coro::executor);
    batch->names.push_back(name);
    gathering_.emplace(kind.name, batch);
    try {
      if (watches_ > 1) co_await context_.timer.Sleep(kGather);
      gathering_.erase(kind.name);
      std::vector<std::string> notes;
      batch->readings = co_await ReadMany(context_.api, kind, batch->names, false, notes);
    } catch (...) {
      gathering_.erase(kind.name);
      batch->failed = true;
      batch->done.Set();
      throw;
    }
    batch->done.Set();
    if (!batch->readings) co_return Fail(batch->readings.error());
    co_return batch->readings->at(key);
  }
}

}  // namespace rdsteady::apply
