#include "apply/patience.h"

#include "aws/retry.h"

namespace rdsteady::apply {

bool IsThrottled(const Error& error) {
  return error.category == ErrorCategory::kService &&
         aws::Classify({.http_status = error.http_status, .code = error.aws_code}) == aws::AttemptKind::kThrottled;
}

bool IsPassing(const Error& error) {
  if (error.category == ErrorCategory::kTransport) return true;
  if (error.category != ErrorCategory::kService) return false;
  const aws::AttemptKind kind = aws::Classify({.http_status = error.http_status, .code = error.aws_code});
  return kind == aws::AttemptKind::kThrottled || kind == aws::AttemptKind::kTransient ||
         kind == aws::AttemptKind::kTimeout;
}

}  // namespace rdsteady::apply
