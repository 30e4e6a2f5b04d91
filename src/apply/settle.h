// Settled: really done, not merely `available`. The judgement of one reading is pure; Evidence gathers readings until
// they prove it.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "model/kinds/kind.h"
#include "plan/plan.h"

namespace rdsteady::apply {

struct Judgement {
  enum class State : std::uint8_t { kSettled, kWaiting, kFailed, kGone } state = State::kWaiting;
  std::string status;       // as the service gives it, empty when the kind has none
  std::string waiting_for;  // "status modifying", "VpcSecurityGroupIds adding"
  std::string failure;      // with advice, for kFailed
  int percent = -1;
};

// The status class and the facets of the changed properties (without their keys). Every facet counts when `all_facets`.
[[nodiscard]] Judgement Judge(const model::Kind& kind, const plan::Observation& reading,
                              const std::set<std::string, std::less<>>& changed, bool all_facets = false);

// When readings prove that a call has taken effect: a stale `available` is common, so either the status was seen to
// leave and come back, or the change itself shows where nothing more is to come, or two good readings stand at least
// ten seconds apart.
class Evidence {
 public:
  // `shows_at_once`: the call's effect is complete once it can be read (a scheduled value, a kind without status).
  explicit Evidence(bool shows_at_once) : shows_at_once_(shows_at_once) {}
  // `reached`: the reading shows what was sent. True when the change counts as done.
  [[nodiscard]] bool Add(const Judgement& judgement, bool reached, Instant at);

 private:
  bool shows_at_once_;
  bool moved_ = false;  // a status other than settled was seen since the call
  std::optional<Instant> good_since_{};
};

}  // namespace rdsteady::apply
