#include "cli/program.h"

#include <string>
#include <string_view>
#include <vector>

#include <signal.h>

#include "cli/arguments.h"
#include "cli/console.h"
#include "cli/terminal.h"

namespace rdsteady::cli {
namespace {

ExitStatus RunCommand(const Arguments& arguments) {
  switch (arguments.command) {
    case Command::kValidate: return RunValidate(arguments);
    case Command::kPlan: return RunPlan(arguments);
    case Command::kApply: return RunApply(arguments);
    case Command::kStatus: return RunStatus(arguments);
    case Command::kWait: return RunWait(arguments);
    case Command::kCall: return RunCall(arguments);
    case Command::kDelete: return RunDelete(arguments);
    case Command::kToken: return RunToken(arguments);
    case Command::kExplain: return RunExplain(arguments);
    case Command::kIam: return RunIam(arguments);
    case Command::kLocalStart:
    case Command::kLocalStop:
    case Command::kLocalRestart:
    case Command::kLocalStatus:
    case Command::kLocalReset: return RunLocal(arguments);
  }
  return ExitStatus::kFailed;
}

}  // namespace

int Main(int argc, char** argv) {
  // A reader that goes away must not end a run between two calls: writing fails instead.
  ::signal(SIGPIPE, SIG_IGN);
  const std::vector<std::string> words(argv + (argc > 0 ? 1 : 0), argv + argc);
  const auto arguments = ParseCommandLine(words);
  if (!arguments) {
    WriteOut(arguments.error().out);
    WriteError(arguments.error().err);
    return static_cast<int>(arguments.error().status);
  }
  ExitStatus status = RunCommand(*arguments);
  if (!OutputIsWhole()) status = Gravest(status, ExitStatus::kFailed);
  return static_cast<int>(status);
}

}  // namespace rdsteady::cli
