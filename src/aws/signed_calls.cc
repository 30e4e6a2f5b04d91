#include "aws/signed_calls.h"

#include <atomic>
#include <random>
#include <utility>

#include <fmt/format.h>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include "aws/limiter.h"

namespace rdsteady::aws {
namespace {

constexpr std::string_view kUserAgent = "rdsteady/" RDSTEADY_VERSION;

double ToUnit(std::uint64_t bits) {
  return static_cast<double>(bits >> 11) * 0x1.0p-53;
}

// A version 4 UUID.
std::string MakeUuid(const Randomness& random) {
  const std::uint64_t high = (random() & ~0xF000ULL) | 0x4000ULL;
  const std::uint64_t low = (random() & ~(3ULL << 62)) | (2ULL << 62);
  return fmt::format("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", high >> 32, (high >> 16) & 0xFFFF, high & 0xFFFF, low >> 48,
                     low & 0xFFFF'FFFF'FFFF);
}

bool SameKeys(const wire::Credentials& a, const wire::Credentials& b) {
  return a.access_key_id == b.access_key_id && a.secret_access_key == b.secret_access_key &&
         a.session_token == b.session_token;
}

constexpr std::string_view kReadBack =
    "it is not known whether the call took effect: run the same command again, it begins by reading what is";

}  // namespace

Randomness SystemRandomness() {
  return [engine = std::mt19937_64(std::random_device()())]() mutable { return engine(); };
}

class SignedCalls::Impl {
 public:
  Impl(SignedClientOptions options, std::shared_ptr<CredentialsProvider> credentials,
       std::shared_ptr<HttpTransport> transport, Timer& timer)
      : options_(std::move(options)),
        credentials_(std::move(credentials)),
        transport_(std::move(transport)),
        timer_(timer),
        limit_(options_.concurrency) {
    if (const Result<Url> url = ParseUrl(options_.endpoint_url)) url_ = *url;
  }

  boost::asio::awaitable<Result<Properties>> Make(SignedCall call) {
    Progress progress;
    bool has_turn = false;
    Result<Properties> result;
    try {
      co_await limit_.Acquire();
      has_turn = true;
      result = co_await Attempts(call, progress);
    } catch (const boost::system::system_error& thrown) {
      result = Fail(Thrown(call, thrown, progress));
    }
    // Not in a destructor: a frame that is destroyed without having run to its end has nobody to hand the turn to.
    if (has_turn) limit_.Release();
    if (!result) failed_.fetch_add(1, std::memory_order_relaxed);
    co_return result;
  }

  [[nodiscard]] CallStatistics statistics() const {
    return {.calls = calls_,
            .mutating_calls = mutating_calls_,
            .attempts = attempts_,
            .retried = retried_,
            .throttled = throttled_,
            .failed = failed_};
  }

 private:
  struct Progress {
    int attempt = 0;
    bool in_flight = false;
    bool skew_corrected = false;
    bool credentials_renewed = false;
    int last_cost = 0;
  };

  boost::asio::awaitable<Result<Properties>> Attempts(SignedCall& call, Progress& progress) {
    Result<Credentials> credentials = co_await credentials_->Get(false);
    if (!credentials) co_return Fail(About(call, std::move(credentials.error())));
    call.scrubber.Add(credentials->keys);
    const auto fail = [&](Error error) {
      error.message = call.scrubber.Clean(std::move(error.message));
      return Fail(std::move(error));
    };

    Result<Content> content = call.encode(credentials->keys, Now());
    if (!content) co_return fail(About(call, std::move(content.error())));
    const wire::HttpRequest request = RequestOf(std::move(*content));
    ++calls_;
    if (call.mutating) ++mutating_calls_;
    const std::string invocation = MakeUuid(options_.random);

    for (;;) {
      ++progress.attempt;
      ++attempts_;
      if (progress.attempt > 1) ++retried_;
      wire::HttpRequest message = request;
      message.headers.emplace_back("amz-sdk-invocation-id", invocation);
      message.headers.emplace_back("amz-sdk-request",
                                   fmt::format("attempt={}; max={}", progress.attempt, options_.retry.attempts));
      wire::Sign(message, credentials->keys, {.region = options_.region, .service = options_.service}, Now());
      progress.in_flight = true;
      Exchange exchange = co_await transport_->Send(
          {.origin = url_.Origin(), .message = std::move(message), .repeatable = !call.mutating}, options_.deadline);
      progress.in_flight = false;

      Answer answer = exchange
                          ? call.read(*exchange, call.scrubber)
                          : Answer{.result = Fail(FailureError(
                                       {options_.service, call.operation, options_.endpoint_url}, exchange.error()))};
      if (answer.result) {
        tokens_.Return(Refund(progress.last_cost));
        co_return std::move(answer.result);
      }
      AttemptOutcome outcome{.code = answer.code, .message = answer.message, .answer_cut = answer.cut};
      std::optional<Millis> retry_after;
      if (exchange) {
        outcome.http_status = exchange->status;
        retry_after = ReadRetryAfter(exchange->headers, Now());
      } else {
        outcome.failure = exchange.error().kind;
        outcome.request_sent = exchange.error().request_sent;
      }
      const AttemptKind kind = Classify(outcome);
      if (kind == AttemptKind::kThrottled) ++throttled_;

      if (kind == AttemptKind::kSkew && CorrectClock(*exchange, progress)) continue;
      if (kind == AttemptKind::kExpired && progress.attempt < options_.retry.attempts &&
          !progress.credentials_renewed) {
        progress.credentials_renewed = true;
        Result<Credentials> renewed = co_await credentials_->Get(true);
        if (renewed && !SameKeys(renewed->keys, credentials->keys)) {
          credentials = std::move(renewed);
          call.scrubber.Add(credentials->keys);
          continue;
        }
      }
      const RetryDecision decision = DecideRetry(options_.retry, outcome, call.mutating, progress.attempt, retry_after,
                                                 tokens_, ToUnit(options_.random()));
      if (!decision.repeat) {
        Error error = std::move(answer.result.error());
        Conclude(error, call, outcome, decision, progress);
        co_return fail(std::move(error));
      }
      progress.last_cost = decision.cost;
      co_await timer_.Sleep(decision.delay);
    }
  }

  [[nodiscard]] wire::HttpRequest RequestOf(Content content) const {
    wire::HttpRequest request{
        .path = url_.path, .headers = std::move(content.headers), .body = std::move(content.body)};
    request.headers.emplace_back("Host", url_.HostHeader());
    request.headers.emplace_back("User-Agent", kUserAgent);
    return request;
  }

  // The service's time as far as it is known.
  [[nodiscard]] Instant Now() const { return timer_.Now() + skew_; }

  bool CorrectClock(const HttpResponse& response, Progress& progress) {
    const std::optional<Millis> skew = MeasureSkew(response.headers, Now());
    if (!skew) return false;
    skew_ += *skew;
    if (progress.skew_corrected || progress.attempt >= options_.retry.attempts) return false;
    progress.skew_corrected = true;
    return true;
  }

  static Error About(const SignedCall& call, Error error) {
    error.operation = call.operation;
    return error;
  }

  void Conclude(Error& error, const SignedCall& call, const AttemptOutcome& outcome, const RetryDecision& decision,
                const Progress& progress) const {
    error.outcome_unknown = OutcomeUnknown(outcome, call.mutating);
    if (error.outcome_unknown && error.category != ErrorCategory::kInterrupted) error.hint = kReadBack;
    if (progress.attempt > 1) error.context.push_back(fmt::format("after {} attempts", progress.attempt));
    if (decision.out_of_tokens) error.context.emplace_back("not repeated, because too many calls have failed lately");
    if (const auto off = std::chrono::abs(skew_); off > Millis(0) && Classify(outcome) == AttemptKind::kSkew) {
      error.hint = fmt::format("this machine's clock is {} off the service's: set it", FormatDuration(off));
    }
  }

  // Cancellation arrives as an exception at the next wait: for a turn, or between two attempts, none of which had an
  // effect. A request under way ends through the transport, which may throw as well.
  static Error Thrown(const SignedCall& call, const boost::system::system_error& thrown, const Progress& progress) {
    if (thrown.code() == boost::asio::error::operation_aborted) {
      return {.category = ErrorCategory::kInterrupted,
              .message = "interrupted",
              .operation = call.operation,
              .outcome_unknown = call.mutating && progress.in_flight};
    }
    return {.category = ErrorCategory::kInternal,
            .message = thrown.code().message(),
            .operation = call.operation,
            .outcome_unknown = call.mutating && progress.in_flight};
  }

  const SignedClientOptions options_;
  const std::shared_ptr<CredentialsProvider> credentials_;
  const std::shared_ptr<HttpTransport> transport_;
  Timer& timer_;
  ConcurrencyLimit limit_;
  Url url_;
  RetryTokens tokens_;
  Millis skew_{0};
  std::atomic<std::uint64_t> calls_ = 0;
  std::atomic<std::uint64_t> mutating_calls_ = 0;
  std::atomic<std::uint64_t> attempts_ = 0;
  std::atomic<std::uint64_t> retried_ = 0;
  std::atomic<std::uint64_t> throttled_ = 0;
  std::atomic<std::uint64_t> failed_ = 0;
};

SignedCalls::SignedCalls(SignedClientOptions options, std::shared_ptr<CredentialsProvider> credentials,
                         std::shared_ptr<HttpTransport> transport, Timer& timer)
    : impl_(std::make_unique<Impl>(std::move(options), std::move(credentials), std::move(transport), timer)) {}

SignedCalls::~SignedCalls() = default;

boost::asio::awaitable<Result<Properties>> SignedCalls::Make(SignedCall call) {
  return impl_->Make(std::move(call));
}

CallStatistics SignedCalls::statistics() const {
  return impl_->statistics();
}

}  // namespace rdsteady::aws
