// What came back from the service, made into a value or into an error that a person can act on. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "aws/http.h"
#include "aws/retry.h"
#include "model/api/api.h"
#include "rdsteady/error.h"
#include "rdsteady/value.h"
#include "wire/sigv4.h"

namespace rdsteady::aws {

struct Answer {
  Result<Properties> result;
  std::string code{};     // of a service's error
  std::string message{};  // of a service's error, as sent
  bool cut = false;       // said success, and ended in the middle
};

// Takes secrets out of texts that came from elsewhere: services quote back what they were sent.
class Scrubber {
 public:
  Scrubber() = default;
  Scrubber(const model::Operation& operation, const Properties& input);
  void Add(const wire::Credentials& credentials);
  [[nodiscard]] std::string Clean(std::string text) const;

 private:
  void AddText(std::string_view text);
  void Collect(const model::Shape& shape, const Value& value, bool sensitive);
  std::vector<std::string> secrets_;
};

// Who was asked what, for messages.
struct Asked {
  std::string_view service;    // rds
  std::string_view operation;  // DescribeDBInstances
  std::string_view endpoint;
};

// RDS's answers, in the Query protocol. `endpoint` is named in messages.
[[nodiscard]] Answer ReadAnswer(const model::Operation& operation, const HttpResponse& response,
                                std::string_view endpoint, const Scrubber& scrubber);

// Answers in the AWS JSON protocol.
[[nodiscard]] Answer ReadJsonAnswer(const Asked& asked, const HttpResponse& response, const Scrubber& scrubber);

// The error of an exchange without an answer.
[[nodiscard]] Error FailureError(const Asked& asked, const HttpFailure& failure);

// What to do about an error code, or an empty text. Where a permission is missing, it is named.
[[nodiscard]] std::string HintFor(std::string_view code, const Asked& asked);

}  // namespace rdsteady::aws
