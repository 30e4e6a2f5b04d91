// Poller: one reader for everything that waits in a region. Waiters whose time has come in the same moment are answered
// by one set of calls; the rhythm slows with the age of the wait and with the number of pages that a reading needs.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <boost/asio/awaitable.hpp>

#include "apply/apply.h"
#include "apply/read.h"

namespace rdsteady::apply {

class Poller {
 public:
  explicit Poller(Context context) : context_(context) {}
  [[nodiscard]] const Context& context() const { return context_; }

  // A wait under way; while it lives it counts for the rhythm.
  class [[nodiscard]] Watch {
   public:
    Watch(Poller& poller, const model::Kind& kind, std::string name, std::optional<Millis> fixed_delay);
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;
    ~Watch() { --poller_.watches_; }
    // A reading at once, together with whoever looks in the same moment. Errors are those of the read; what it does not
    // hold may be there all the same, when many were read together.
    [[nodiscard]] boost::asio::awaitable<Result<plan::Observation>> Look();
    // The next reading, after the rhythm's pause; troubles that pass are waited for.
    [[nodiscard]] boost::asio::awaitable<Result<plan::Observation>> Next();
    [[nodiscard]] Millis Age() const { return poller_.context_.timer.Now() - started_; }

   private:
    Poller& poller_;
    const model::Kind& kind_;
    std::string name_;
    std::optional<Millis> fixed_delay_;
    Instant started_;
  };

 private:
  struct Batch;
  [[nodiscard]] boost::asio::awaitable<Result<plan::Observation>> Read(const model::Kind& kind, std::string name);
  // The pause before the next reading of a wait of this age.
  [[nodiscard]] Millis Pause(Millis age) const;

  Context context_;
  std::size_t watches_ = 0;
  std::map<std::string_view, std::shared_ptr<Batch>> gathering_;  // by kind
};

}  // namespace rdsteady::apply
