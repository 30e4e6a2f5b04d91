#include "aws/retry.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "base/text.h"

namespace rdsteady::aws {
namespace {

constexpr std::string_view kThrottlingCodes[] = {
    "BandwidthLimitExceeded",
    "EC2ThrottledException",
    "LimitExceededException",
    "PriorRequestNotComplete",
    "RequestLimitExceeded",
    "ProvisionedThroughputExceededException",
    "RequestThrottled",
    "RequestThrottledException",
    "SlowDown",
    "ThrottledException",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
    "TransactionInProgressException",
};
constexpr std::string_view kTransientCodes[] = {"TimeoutError", "RequestTimeout", "RequestTimeoutException"};
constexpr std::string_view kSkewCodes[] = {"RequestTimeTooSkewed",  "RequestExpired", "InvalidSignatureException",
                                           "SignatureDoesNotMatch", "AuthFailure",    "RequestInTheFuture"};
constexpr std::string_view kExpiredCodes[] = {"ExpiredToken", "ExpiredTokenException"};
constexpr int kTransientStatuses[] = {500, 502, 503, 504};

constexpr int kCost = 5;
constexpr int kTimeoutCost = 10;
constexpr Millis kRetryAfterSpan{5'000};
constexpr Millis kSkewThatMatters = std::chrono::minutes(4);

bool Contains(std::span<const std::string_view> codes, std::string_view code) {
  return std::ranges::find(codes, code) != codes.end();
}

AttemptKind ClassifyFailure(FailureKind failure) {
  switch (failure) {
    case FailureKind::kTimeout: return AttemptKind::kTimeout;
    case FailureKind::kDns:
    case FailureKind::kConnect:
    case FailureKind::kReset:
    case FailureKind::kTruncated: return AttemptKind::kTransient;
    case FailureKind::kUnusable:
    case FailureKind::kTls:
    case FailureKind::kMalformed:
    case FailureKind::kTooLarge:
    case FailureKind::kCancelled: return AttemptKind::kFinal;
  }
  return AttemptKind::kFinal;
}

}  // namespace

AttemptKind Classify(const AttemptOutcome& outcome) {
  if (outcome.failure) return ClassifyFailure(*outcome.failure);
  if (outcome.http_status == 429 || Contains(kThrottlingCodes, outcome.code)) return AttemptKind::kThrottled;
  if (Contains(kExpiredCodes, outcome.code)) return AttemptKind::kExpired;
  if (Contains(kSkewCodes, outcome.code)) return AttemptKind::kSkew;
  if (Contains(kTransientCodes, outcome.code)) return AttemptKind::kTimeout;
  if (std::ranges::find(kTransientStatuses, outcome.http_status) != std::end(kTransientStatuses) ||
      outcome.answer_cut) {
    return AttemptKind::kTransient;
  }
  return AttemptKind::kFinal;
}

bool OutcomeUnknown(const AttemptOutcome& outcome, bool mutating) {
  if (!mutating) return false;
  if (outcome.failure) return outcome.request_sent;
  if (Classify(outcome) == AttemptKind::kThrottled) return false;
  // The service gave up in the middle of it, or its yes could not be read.
  return outcome.http_status >= 500 || outcome.http_status < 300 || Contains(kTransientCodes, outcome.code);
}

bool RetryTokens::Take(int cost) {
  if (available_ < cost) return false;
  available_ -= cost;
  return true;
}

void RetryTokens::Return(int amount) {
  available_ = std::min(kCapacity, available_ + amount);
}

RetryDecision DecideRetry(const RetryPolicy& policy, const AttemptOutcome& outcome, bool mutating, int attempt,
                          std::optional<Millis> retry_after, RetryTokens& tokens, double random) {
  const AttemptKind kind = Classify(outcome);
  const bool worth_it =
      kind == AttemptKind::kThrottled || kind == AttemptKind::kTransient || kind == AttemptKind::kTimeout;
  if (!worth_it || OutcomeUnknown(outcome, mutating) || attempt >= policy.attempts) return {};
  const int cost = kind == AttemptKind::kTimeout ? kTimeoutCost : kCost;
  if (!tokens.Take(cost)) return {.out_of_tokens = true};
  const double ceiling = std::min(static_cast<double>(policy.cap.count()),
                                  static_cast<double>(policy.base.count()) * std::exp2(std::min(attempt - 1, 30)));
  const Millis backoff(static_cast<std::int64_t>(random * ceiling));
  const Millis delay = retry_after ? std::clamp(*retry_after, backoff, backoff + kRetryAfterSpan) : backoff;
  return {.repeat = true, .delay = delay, .cost = cost};
}

int Refund(int cost_of_last_repeat) {
  return std::max(1, cost_of_last_repeat);
}

std::optional<Millis> ReadRetryAfter(const wire::Headers& headers, Instant now) {
  constexpr std::int64_t kMaxSeconds = 86'400;
  if (const std::string* millis = wire::FindHeader(headers, "x-amz-retry-after")) {
    if (const auto value = ParseInteger(Trim(*millis)); value && *value >= 0) {
      return Millis(std::min(*value, kMaxSeconds * 1000));
    }
  }
  if (const std::string* after = wire::FindHeader(headers, "retry-after")) {
    if (const auto value = ParseInteger(Trim(*after)); value && *value >= 0) {
      return std::chrono::seconds(std::min(*value, kMaxSeconds));
    }
    if (const auto date = ParseHttpDate(*after)) return std::max(Millis(0), *date - now);
  }
  return std::nullopt;
}

std::optional<Millis> MeasureSkew(const wire::Headers& headers, Instant now) {
  const std::string* date = wire::FindHeader(headers, "date");
  const auto theirs = date == nullptr ? std::nullopt : ParseHttpDate(*date);
  if (!theirs) return std::nullopt;
  const Millis off = *theirs - now;
  if (std::chrono::abs(off) < kSkewThatMatters) return std::nullopt;
  return off;
}

}  // namespace rdsteady::aws
