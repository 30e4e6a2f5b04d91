// Which answers are repeated, when, and how often: the "standard" mode of the AWS SDKs as a pure decision.
//
// A request that changes something is repeated only when it is certain that it had no effect: the service throttled or
// rejected it for its signature's time, or nothing of it was sent. RDS's create calls carry no idempotency token, so
// one whose answer was lost is for the caller to read back.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "aws/http.h"
#include "base/time.h"

namespace rdsteady::aws {

inline constexpr int kDefaultAttempts = 3;

struct RetryPolicy {
  int attempts = kDefaultAttempts;  // the first one counts
  Millis base{1'000};
  Millis cap{20'000};
};

// What an attempt came to: an answer (status, and the code when the answer was an error that could be read), or a
// failure of the transport.
struct AttemptOutcome {
  int http_status = 0;  // 0: there was no answer
  std::string_view code{};
  std::string_view message{};
  std::optional<FailureKind> failure{};
  bool request_sent = true;
  bool answer_cut = false;  // an answer that said success and ended in the middle
};

enum class AttemptKind : std::uint8_t {
  kThrottled,  // refused before anything was done, for the rate
  kTransient,  // likely to be different next time
  kTimeout,    // transient, and dear
  kSkew,       // the signature's time was refused; worth repeating once the clock has been corrected
  kExpired,    // the session has ended; worth repeating with new credentials
  kFinal,      // will be the same next time
};
[[nodiscard]] AttemptKind Classify(const AttemptOutcome& outcome);

// True when the request may have taken effect though no good answer came. Never for a call that changes nothing.
[[nodiscard]] bool OutcomeUnknown(const AttemptOutcome& outcome, bool mutating);

// Repeats are paid for from a bucket that all calls of a client share, so that a service in trouble is not hammered.
class RetryTokens {
 public:
  static constexpr int kCapacity = 500;
  [[nodiscard]] bool Take(int cost);
  void Return(int amount);
  [[nodiscard]] int available() const { return available_; }

 private:
  int available_ = kCapacity;
};

struct RetryDecision {
  bool repeat = false;
  Millis delay{0};
  int cost = 0;  // taken from the bucket; give it back when a later attempt succeeds
  bool out_of_tokens = false;
};

// `attempt` is the number of the one that ended, from 1. `random` is in [0, 1). `retry_after` is what the service asked
// for: the delay is at least the backoff and at most 5 s above it. kSkew and kExpired are the caller's: they are
// repeated when it could correct the clock or renew the credentials, and here count as final.
[[nodiscard]] RetryDecision DecideRetry(const RetryPolicy& policy, const AttemptOutcome& outcome, bool mutating,
                                        int attempt, std::optional<Millis> retry_after, RetryTokens& tokens,
                                        double random);

// Amount that goes back to the bucket after a success: the cost of the last repeat, else 1.
[[nodiscard]] int Refund(int cost_of_last_repeat);

// x-amz-retry-after (milliseconds), else Retry-After (seconds, or a date).
[[nodiscard]] std::optional<Millis> ReadRetryAfter(const wire::Headers& headers, Instant now);

// How far the service's clock is ahead of ours, when its Date header says that it is 4 minutes or more off.
[[nodiscard]] std::optional<Millis> MeasureSkew(const wire::Headers& headers, Instant now);

}  // namespace rdsteady::aws
