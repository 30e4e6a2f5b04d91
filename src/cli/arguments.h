// The command line as a value, checked as far as it can be without reading a file.
#pragma once

#include <chrono>
#include <expected>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "apply/apply.h"
#include "cli/exit_status.h"
#include "manifest/manifest.h"
#include "plan/plan.h"

namespace rdsteady::cli {

enum class Command : std::uint8_t {
  kValidate,
  kPlan,
  kApply,
  kWait,
  kStatus,
  kCall,
  kDelete,
  kToken,
  kExplain,
  kIam,
  kLocalStart,
  kLocalStop,
  kLocalRestart,
  kLocalStatus,
  kLocalReset,
};

// KIND/NAME
struct Target {
  const model::Kind* kind = nullptr;
  std::string name;
  [[nodiscard]] std::string Id() const { return std::string(kind->name) + "/" + name; }
};

struct Arguments {
  Command command = Command::kValidate;

  // Output.
  bool json = false;
  bool quiet = false;

  // Whom to talk to.
  bool local = false;
  std::optional<std::string> region{};
  std::optional<std::string> profile{};
  std::optional<std::string> endpoint_url{};
  std::optional<int> call_attempts{};

  // The manifest: never empty for the commands that read one.
  std::vector<std::string> files{};
  std::map<std::string, std::string, std::less<>> vars{};
  std::vector<std::string> policy_files{};

  // What may be changed, and when.
  std::optional<plan::When> when{};
  plan::Options plan{};
  bool yes = false;

  // Saved plans: where plan writes one, and which one apply reads in place of a manifest.
  std::string plan_out{};
  std::string plan_file{};

  bool explain = false;  // plan: the decisions too

  // Waits.
  manifest::WaitSettings wait{};
  bool no_wait = false;
  bool detailed_exit_code = false;
  std::vector<Target> targets{};  // wait, delete
  std::optional<apply::WaitGoal> goal{};

  // call: Name=value, or a JSON object; and the file of --cli-input-json.
  std::string operation{};
  std::vector<std::string> inputs{};
  std::string input_file{};

  // delete
  std::string final_snapshot{};
  bool skip_final_snapshot = false;

  // token
  std::string host{};
  int port = 0;
  std::string user{};

  // explain
  std::string subject{};

  // local
  bool foreground = false;
  bool simulate = false;
  bool strict = false;
};

// The program ends here: --help, --version, or a mistake.
struct EarlyEnd {
  ExitStatus status = ExitStatus::kConverged;
  std::string out{};
  std::string err{};
};

[[nodiscard]] std::expected<Arguments, EarlyEnd> ParseCommandLine(const std::vector<std::string>& words);

}  // namespace rdsteady::cli
