#include "rdsteady/error.h"

#include <fmt/format.h>

namespace rdsteady {

std::string_view ToString(ErrorCategory category) {
  switch (category) {
    case ErrorCategory::kUsage: return "usage";
    case ErrorCategory::kRefused: return "refused";
    case ErrorCategory::kService: return "service";
    case ErrorCategory::kTransport: return "transport";
    case ErrorCategory::kCredentials: return "credentials";
    case ErrorCategory::kFailed: return "failed";
    case ErrorCategory::kInterrupted: return "interrupted";
    case ErrorCategory::kInternal: return "internal";
  }
  return "internal";
}

std::string Describe(const Error& error) {
  std::string out = fmt::format("{}: ", ToString(error.category));
  if (!error.resource.empty()) out += error.resource + ": ";
  if (!error.operation.empty()) out += error.operation + ": ";
  if (!error.aws_code.empty()) out += error.aws_code + ": ";
  out += error.message;
  if (!error.request_id.empty()) out += fmt::format(" (request id {})", error.request_id);
  for (const std::string& frame : error.context)
    out += ", " + frame;
  return out;
}

}  // namespace rdsteady
