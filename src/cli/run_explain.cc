// The commands that only look into tables and files: explain, iam. Neither makes a call.
#include <unistd.h>

#include "base/json.h"
#include "cli/console.h"
#include "cli/terminal.h"
#include "plan/permissions.h"
#include "report/explain_report.h"
#include "report/iam_report.h"

namespace rdsteady::cli {

ExitStatus RunExplain(const Arguments& arguments) {
  const Result<Value> explanation = report::Explain(arguments.subject);
  if (!explanation) return SayError(arguments, explanation.error());
  SayData(arguments, *explanation, report::ExplanationText(*explanation, StyleOf(STDOUT_FILENO)));
  return ExitStatus::kConverged;
}

// The data is JSON in either form: documents to be attached. What a document cannot hold, the reasons, is said to
// people on stderr.
ExitStatus RunIam(const Arguments& arguments) {
  const std::optional<manifest::Manifest> manifest = LoadManifest(arguments);
  if (!manifest) return ExitStatus::kUsage;
  const plan::Permissions permissions = plan::PermissionsFor(*manifest);
  const Value json = report::IamToJson(permissions);
  if (!arguments.quiet) SayRemark(arguments, report::IamText(json, StyleOf(STDERR_FILENO)));
  SayData(arguments, json, ToJson(report::PoliciesToJson(permissions), {.pretty = true}) + "\n");
  return ExitStatus::kConverged;
}

}  // namespace rdsteady::cli
