// Frontend: from an HTTP request to an HTTP answer: signature, decoding, the call, encoding, access log.
//
// Thread-safe; nothing of HTTP's connections is known here. A failure inside of one request, exceptions included, is
// that request's InternalFailure and nobody else's.
#pragma once

#include <atomic>
#include <functional>
#include <string>

#include "base/time.h"
#include "local/server/access_log.h"
#include "local/server/control.h"
#include "local/server/http_server.h"
#include "wire/sigv4.h"

namespace rdsteady::local {

class Frontend {
 public:
  struct Options {
    wire::Credentials credentials;  // the only ones that are accepted
    std::string account;
    std::string version;
    std::function<Reply(const Call&)> handle;
    std::function<Answer(const std::string& region, const Properties& input)> describe_key{};  // KMS's
    std::function<Properties()> status;  // what /_rdsteady/status adds to the counts
    // Makes maintenance pending on an instance of that region.
    std::function<std::expected<void, Fault>(const std::string& region, const std::string& identifier,
                                             MaintenanceOffer offer)>
        offer_maintenance{};
    AccessLog* access_log = nullptr;
    std::function<void(std::string_view)> log = [](std::string_view) {};
    const Clock* clock = nullptr;  // the machine's: signatures know nothing of virtual time
  };
  explicit Frontend(Options options);

  [[nodiscard]] HttpAnswer Handle(const wire::HttpRequest& request, const std::string& remote);
  // For what never became a request. `why` is a sentence's beginning without a period.
  [[nodiscard]] HttpAnswer Refuse(int status, const std::string& why, const std::string& remote);

  [[nodiscard]] std::uint64_t calls() const { return calls_; }
  [[nodiscard]] std::uint64_t mutating_calls() const { return mutating_calls_; }

 private:
  [[nodiscard]] std::expected<wire::SignatureClaim, Fault> Authenticate(const wire::HttpRequest& request,
                                                                        std::string_view service) const;
  [[nodiscard]] HttpAnswer HandleApi(const wire::HttpRequest& request, AccessRecord& record);
  // KMS, on the same port: what names its operation in a header.
  [[nodiscard]] HttpAnswer HandleKms(const wire::HttpRequest& request, std::string_view target, AccessRecord& record);
  // POST /_rdsteady/maintenance {"identifier", "action", "description", "region", "auto_applied_after", "forced"}: what
  // RDS comes up with by itself, for whoever tests with it.
  [[nodiscard]] HttpAnswer HandleMaintenance(const wire::HttpRequest& request, AccessRecord& record);
  [[nodiscard]] HttpAnswer HandleStatus(const wire::HttpRequest& request, AccessRecord& record);
  [[nodiscard]] static HttpAnswer ErrorAnswer(const Fault& fault, AccessRecord& record);
  [[nodiscard]] static HttpAnswer JsonErrorAnswer(const Fault& fault, AccessRecord& record);

  const Options options_;
  std::atomic<std::uint64_t> calls_ = 0;
  std::atomic<std::uint64_t> mutating_calls_ = 0;
};

}  // namespace rdsteady::local
