// The program's exit statuses, and which of several counts.
#pragma once

#include <cstdint>

#include "rdsteady/error.h"

namespace rdsteady::cli {

enum class ExitStatus : std::uint8_t {
  kConverged = 0,    // scheduled changes included; or nothing to call
  kFailed = 1,       // failed, or partly failed
  kCallsToMake = 2,  // plan and status: calls would be made
  kRefused = 3,      // policy, approval, impossible, the world moved: nothing was sent for what was refused
  kScheduled = 4,    // --detailed-exit-code: in place of 0 where something is scheduled or awaits a reboot
  kAccepted = 5,     // --no-wait: run again to finish
  kUsage = 64,       // flags, arguments, manifest
  kInterrupted = 130,
  kTerminated = 143,
};

// The graver of the two: 130 and 143, 64, 1, 3, 5, 2, 4, 0.
[[nodiscard]] constexpr ExitStatus Gravest(ExitStatus a, ExitStatus b) {
  constexpr auto rank = [](ExitStatus status) {
    switch (status) {
      case ExitStatus::kConverged: return 0;
      case ExitStatus::kScheduled: return 1;
      case ExitStatus::kCallsToMake: return 2;
      case ExitStatus::kAccepted: return 3;
      case ExitStatus::kRefused: return 4;
      case ExitStatus::kFailed: return 5;
      case ExitStatus::kUsage: return 6;
      case ExitStatus::kInterrupted:
      case ExitStatus::kTerminated: return 7;
    }
    return 7;
  };
  return rank(b) > rank(a) ? b : a;
}

// kInterrupted becomes 130 here; who knows that the signal was SIGTERM says 143 (interrupt.h).
[[nodiscard]] constexpr ExitStatus StatusOf(ErrorCategory category) {
  switch (category) {
    case ErrorCategory::kUsage: return ExitStatus::kUsage;
    case ErrorCategory::kRefused: return ExitStatus::kRefused;
    case ErrorCategory::kInterrupted: return ExitStatus::kInterrupted;
    case ErrorCategory::kService:
    case ErrorCategory::kTransport:
    case ErrorCategory::kCredentials:
    case ErrorCategory::kFailed:
    case ErrorCategory::kInternal: return ExitStatus::kFailed;
  }
  return ExitStatus::kFailed;
}

}  // namespace rdsteady::cli
