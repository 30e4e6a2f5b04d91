// The commands that read a manifest and compare: validate, plan, status, apply.
#include <algorithm>

#include <unistd.h>

#include <fmt/format.h>

#include "api/secret_source.h"
#include "base/json.h"
#include "base/text.h"
#include "cli/console.h"
#include "cli/files.h"
#include "cli/interrupt.h"
#include "cli/terminal.h"
#include "manifest/normal_form.h"
#include "report/error_report.h"
#include "report/outcome_report.h"
#include "report/plan_report.h"
#include "report/saved_plan.h"
#include "report/status_report.h"

namespace rdsteady::cli {
namespace {

plan::Options OptionsFor(const Arguments& arguments, const manifest::Manifest& manifest) {
  plan::Options options = arguments.plan;
  // A script's own dictionary says with ApplyImmediately what --when says otherwise; the flag is the later word.
  const bool immediately = manifest.apply_immediately.value_or(false);
  options.when = arguments.when.value_or(immediately ? plan::When::kNow : plan::When::kWindow);
  return options;
}

struct Comparison {
  std::unique_ptr<api::Session> session;
  api::Planned planned;
};

// Manifest, session, plan; or the exit status of what went wrong, which has been said.
std::expected<Comparison, ExitStatus> Compare(const Arguments& arguments, const api::Control& control) {
  std::optional<manifest::Manifest> manifest = LoadManifest(arguments);
  if (!manifest) return std::unexpected(ExitStatus::kUsage);
  const bool saving = !arguments.plan_out.empty();
  if (saving) {
    // Before anything is called: a manifest that cannot be kept will not be.
    if (const Result<Value> kept = manifest::ToNormalForm(*manifest); !kept)
      return std::unexpected(SayError(arguments, kept.error()));
  }
  Result<std::unique_ptr<api::Session>> session = MakeSession(arguments);
  if (!session) return std::unexpected(SayError(arguments, session.error()));
  plan::Options options = OptionsFor(arguments, *manifest);
  Result<api::Planned> planned = (*session)->MakePlan(std::move(*manifest), std::move(options), control,
                                                      saving ? api::PlanFor::kSaving : api::PlanFor::kRun);
  if (!planned) return std::unexpected(SayError(arguments, planned.error()));
  return Comparison{.session = std::move(*session), .planned = std::move(*planned)};
}

// The same for a saved plan: read, made anew of what it keeps, and held against what was saved.
std::expected<Comparison, ExitStatus> CompareSaved(const Arguments& arguments, const api::Control& control) {
  const auto refuse = [&](std::vector<std::string> reasons) {
    const Error error{.category = ErrorCategory::kRefused,
                      .message = fmt::format("the plan of '{}' does not hold any more", arguments.plan_file),
                      .hint = "nothing was changed; make a new plan, look at it, and apply that one",
                      .context = std::move(reasons)};
    return std::unexpected(SayError(arguments, error));
  };
  const Result<std::string> text = manifest::DiskFileSource().Read(arguments.plan_file);
  Result<report::SavedPlan> saved = text ? report::ReadSavedPlan(*text) : std::unexpected(text.error());
  if (!saved) {
    Error error = std::move(saved).error();
    error.message = fmt::format("'{}': {}", arguments.plan_file, error.message);
    return std::unexpected(SayError(arguments, error));
  }
  Result<std::unique_ptr<api::Session>> session = MakeSession(arguments);
  if (!session) return std::unexpected(SayError(arguments, session.error()));
  // Another region or endpoint is not even read.
  if (arguments.region && *arguments.region != saved->region)
    return refuse({fmt::format("it was made for region {}, and --region says {}", saved->region, *arguments.region)});
  Result<aws::Configuration> target = (*session)->Configure(saved->manifest.region);
  if (!target && saved->manifest.region.empty()) {
    // Where nothing else says one, the plan's own serves.
    saved->manifest.region = saved->region;
    target = (*session)->Configure(saved->region);
  }
  if (!target) return std::unexpected(SayError(arguments, target.error()));
  std::vector<std::string> elsewhere =
      report::ReasonsAgainstTarget(*saved, target->region.value, target->endpoint_url.value);
  if (!elsewhere.empty()) return refuse(std::move(elsewhere));

  plan::Options options = saved->options;
  options.allow_irreversible = arguments.plan.allow_irreversible;
  options.approve.insert(arguments.plan.approve.begin(), arguments.plan.approve.end());
  Result<api::Planned> planned =
      (*session)->MakePlan(saved->manifest, std::move(options), control, api::PlanFor::kSaving);
  if (!planned) return std::unexpected(SayError(arguments, planned.error()));
  if (std::vector<std::string> reasons = report::ReasonsAgainst(*saved, *planned); !reasons.empty())
    return refuse(std::move(reasons));
  return Comparison{.session = std::move(*session), .planned = std::move(*planned)};
}

// What is left to agree to after --yes, --approve and --allow-irreversible.
std::vector<plan::ApprovalNeed> Open(const Arguments& arguments, const api::Planned& planned) {
  std::vector<plan::ApprovalNeed> needs = plan::ApprovalsNeeded(planned.plan, planned.options);
  // Who saved the plan and applies it has agreed to it. What a policy wants to be asked about, neither settles.
  const bool agreed = arguments.yes || !arguments.plan_file.empty();
  std::erase_if(needs, [&](const plan::ApprovalNeed& need) { return agreed && !need.irreversible && !need.asked; });
  return needs;
}

// The plan that could not be run is data: people see it where they would have seen the outcome.
ExitStatus RefuseUnapproved(const Arguments& arguments, const api::Planned& planned,
                            const std::vector<plan::ApprovalNeed>& needs, std::string message, std::string hint) {
  const Value json = report::PlanToJson(planned.plan, needs);
  SayData(arguments, json, report::PlanText(json, StyleOf(STDOUT_FILENO)));
  const Error error{.category = ErrorCategory::kRefused, .message = std::move(message), .hint = std::move(hint)};
  SayRemark(arguments, report::ErrorText(report::ErrorToJson(error), StyleOf(STDERR_FILENO)));
  return ExitStatus::kRefused;
}

struct Approval {
  std::optional<ExitStatus> ended{};  // nothing when the run may go on
  bool plan_was_shown = false;
};

Approval SeekApproval(const Arguments& arguments, const api::Planned& planned) {
  const std::vector<plan::ApprovalNeed> needs = Open(arguments, planned);
  if (needs.empty()) return {};
  if (std::ranges::any_of(needs, &plan::ApprovalNeed::irreversible)) {
    return {RefuseUnapproved(arguments, planned, needs,
                             "what the plan destroys, or cannot take back, was not allowed by name",
                             "what is irreversible needs --allow-irreversible KIND/NAME.PROPERTY")};
  }
  if (!CanAsk() || arguments.json) {
    const bool asked = std::ranges::any_of(needs, &plan::ApprovalNeed::asked);
    return {RefuseUnapproved(arguments, planned, needs, "the plan needs approval, and nobody can be asked",
                             asked ? "a policy says ask: approve of each such change with --approve KIND/NAME.PROPERTY"
                                   : "approve of the plan with --yes")};
  }
  WriteError(report::PlanText(report::PlanToJson(planned.plan, needs), StyleOf(STDERR_FILENO)));
  const std::optional<std::string> answer = Ask("carry this plan out? Only 'yes' is taken for it: ");
  if (Interrupts::Signal() != 0) return {InterruptedStatus()};
  if (answer && Trim(*answer) == "yes") return {.plan_was_shown = true};
  WriteError("not approved: nothing was changed\n");
  return {ExitStatus::kRefused};
}

ExitStatus StatusOf(const Arguments& arguments, const apply::ApplyOutcome& outcome) {
  ExitStatus status = ExitStatus::kConverged;
  for (const apply::ResourceOutcome& resource : outcome.resources) {
    switch (resource.result) {
      case apply::ResourceResult::kUnchanged:
      case apply::ResourceResult::kCreated:
      case apply::ResourceResult::kUpdated: break;
      case apply::ResourceResult::kScheduled:
        if (arguments.detailed_exit_code) status = Gravest(status, ExitStatus::kScheduled);
        break;
      case apply::ResourceResult::kAccepted: status = Gravest(status, ExitStatus::kAccepted); break;
      case apply::ResourceResult::kRefused: status = Gravest(status, ExitStatus::kRefused); break;
      case apply::ResourceResult::kFailed: status = Gravest(status, ExitStatus::kFailed); break;
    }
    for (const Error& error : resource.errors) {
      if (error.category == ErrorCategory::kInterrupted) status = Gravest(status, InterruptedStatus());
    }
  }
  return status;
}

ExitStatus PlanStatus(const Arguments& arguments, const plan::Plan& plan) {
  ExitStatus status = ExitStatus::kConverged;
  if (plan.HasRefusals()) status = Gravest(status, ExitStatus::kRefused);
  if (plan.HasSteps()) status = Gravest(status, ExitStatus::kCallsToMake);
  if (arguments.detailed_exit_code && plan.HasScheduled()) status = Gravest(status, ExitStatus::kScheduled);
  return status;
}

}  // namespace

ExitStatus RunValidate(const Arguments& arguments) {
  const std::optional<manifest::Manifest> manifest = LoadManifest(arguments);
  if (!manifest) return ExitStatus::kUsage;
  if (const std::vector<Diagnostic> objections = manifest::CheckRequirements(*manifest); !objections.empty()) {
    SayData(arguments,
            Properties{{"format_version", report::kFormatVersion},
                       {"type", "validation"},
                       {"valid", false},
                       {"diagnostics", DiagnosticsToJson(objections)}},
            {});
    SayRemark(arguments, Render(objections, model::IsSensitiveName));
    return ExitStatus::kRefused;
  }
  List ids;
  for (const manifest::DesiredResource& resource : manifest->resources)
    ids.emplace_back(resource.Id());
  const std::string text = fmt::format("the manifest is valid: {}\n", report::Counted(ids.size(), "resource"));
  SayData(arguments,
          Properties{{"format_version", report::kFormatVersion},
                     {"type", "validation"},
                     {"valid", true},
                     {"resources", std::move(ids)}},
          text);
  return ExitStatus::kConverged;
}

ExitStatus RunPlan(const Arguments& arguments) {
  const Interrupts interrupts;
  const std::unique_ptr<apply::EventSink> events = MakeSink(arguments);
  const auto compared = Compare(arguments, {.stop = interrupts.token(), .events = events.get()});
  if (!compared) return compared.error();
  const plan::Plan& plan = compared->planned.plan;
  if (!arguments.plan_out.empty()) {
    const Result<std::string> text = report::SavePlan(compared->planned);
    const Result<void> written = text ? WritePrivateFile(arguments.plan_out, *text) : std::unexpected(text.error());
    if (!written) return SayError(arguments, written.error());
  }
  const Value json = report::PlanToJson(plan, plan::ApprovalsNeeded(plan, compared->planned.options),
                                        arguments.explain ? report::Detail::kDecisions : report::Detail::kSteps);
  SayData(arguments, json, report::PlanText(json, StyleOf(STDOUT_FILENO)));
  if (!arguments.plan_out.empty() && !arguments.quiet)
    SayRemark(arguments, fmt::format("saved: rdsteady apply --plan {}\n", arguments.plan_out));
  return PlanStatus(arguments, plan);
}

ExitStatus RunStatus(const Arguments& arguments) {
  const Interrupts interrupts;
  const std::unique_ptr<apply::EventSink> events = MakeSink(arguments);
  const auto compared = Compare(arguments, {.stop = interrupts.token(), .events = events.get()});
  if (!compared) return compared.error();
  const Value json = report::StatusToJson(compared->planned.plan, compared->planned.world);
  SayData(arguments, json, report::StatusText(json, StyleOf(STDOUT_FILENO)));
  return PlanStatus(arguments, compared->planned.plan);
}

ExitStatus RunApply(const Arguments& arguments) {
  const Interrupts interrupts;
  const api::Control control{.stop = interrupts.token()};
  const auto compared = arguments.plan_file.empty() ? Compare(arguments, control) : CompareSaved(arguments, control);
  if (!compared) return compared.error();
  const api::Planned& planned = compared->planned;
  const Approval approval = SeekApproval(arguments, planned);
  if (approval.ended) return *approval.ended;

  if (!arguments.quiet && !arguments.json && !approval.plan_was_shown &&
      (planned.plan.HasSteps() || planned.plan.HasRefusals())) {
    WriteError(report::PlanText(report::PlanToJson(planned.plan), StyleOf(STDERR_FILENO)));
  }
  manifest::WaitSettings wait = arguments.wait;
  if (!wait.delay) wait.delay = planned.manifest.wait.delay;
  if (!wait.max_attempts) wait.max_attempts = planned.manifest.wait.max_attempts;
  if (!wait.timeout) wait.timeout = planned.manifest.wait.timeout;
  api::ProcessSecretSource secrets(interrupts.token());
  std::unique_ptr<apply::EventSink> events = MakeSink(arguments);
  const Result<apply::ApplyOutcome> outcome =
      compared->session->Execute(planned, secrets, {.wait = wait, .no_wait = arguments.no_wait},
                                 {.stop = interrupts.token(), .events = events.get()});
  events.reset();  // a live display wipes itself before anything else is said
  if (!outcome) return SayError(arguments, outcome.error());

  const Value json = report::OutcomeToJson(*outcome);
  SayData(arguments, json, report::OutcomeText(json, StyleOf(STDOUT_FILENO)));
  const ExitStatus status = StatusOf(arguments, *outcome);
  if (status == ExitStatus::kInterrupted || status == ExitStatus::kTerminated) {
    SayRemark(arguments, "interrupted: run the same command again, it goes on from what is\n");
  }
  if (status == ExitStatus::kAccepted) SayRemark(arguments, "accepted: run the same command again to finish\n");
  return status;
}

}  // namespace rdsteady::cli
