// The commands that speak to the service without a manifest's plan: wait, call, delete, token.
#include <algorithm>

#include <unistd.h>

#include <fmt/format.h>

#include "api/secret_source.h"
#include "base/json.h"
#include "base/suggest.h"
#include "base/text.h"
#include "cli/call_input.h"
#include "cli/console.h"
#include "cli/interrupt.h"
#include "cli/terminal.h"
#include "report/error_report.h"
#include "report/outcome_report.h"
#include "wire/sigv4.h"

namespace rdsteady::cli {
namespace {

// How each kind is deleted. The kinds' own tables cannot name such an operation, so that nothing that plans or applies
// can; here a person has asked for it by name.
struct Deletion {
  std::string_view kind;
  std::string_view operation;
  bool has_snapshot;  // takes SkipFinalSnapshot and FinalDBSnapshotIdentifier
};
constexpr Deletion kDeletions[] = {
    {"DBInstance", "DeleteDBInstance", true},
    {"DBSubnetGroup", "DeleteDBSubnetGroup", false},
    {"DBParameterGroup", "DeleteDBParameterGroup", false},
};

std::string_view Word(apply::WaitGoal goal) {
  switch (goal) {
    case apply::WaitGoal::kAvailable: return "available";
    case apply::WaitGoal::kSettled: return "settled";
    case apply::WaitGoal::kDeleted: return "deleted";
  }
  return "available";
}

Error Refused(std::string message, std::string hint) {
  return {.category = ErrorCategory::kRefused, .message = std::move(message), .hint = std::move(hint)};
}

// Waits for all of them and says how each ended.
ExitStatus AwaitAndSay(const Arguments& arguments, const api::Session& session,
                       const std::vector<api::AwaitedResource>& resources, apply::WaitGoal goal,
                       std::string_view region, const Interrupts& interrupts) {
  std::unique_ptr<apply::EventSink> events = MakeSink(arguments);
  const std::vector<Result<Value>> endings =
      session.Await(resources, goal, region, {.stop = interrupts.token(), .events = events.get()});
  events.reset();
  ExitStatus status = ExitStatus::kConverged;
  List list;
  std::string text;
  for (std::size_t i = 0; i < resources.size(); ++i) {
    const std::string id = std::string(resources[i].kind->name) + "/" + resources[i].name;
    Properties one{{"resource", id}, {"goal", Word(goal)}, {"reached", endings[i].has_value()}};
    if (endings[i]) {
      text += fmt::format("{}: {}\n", report::Printable(id), Word(goal));
      if (goal != apply::WaitGoal::kDeleted) one.emplace("live", *endings[i]);
    } else {
      Error error = endings[i].error();
      if (error.resource.empty()) error.resource = id;
      const Value json = report::ErrorToJson(error);
      SayRemark(arguments, report::ErrorText(json, StyleOf(STDERR_FILENO)));
      status = Gravest(status, StatusOf(error));
      one.emplace("error", json);
    }
    list.emplace_back(std::move(one));
  }
  SayData(arguments,
          Properties{{"format_version", report::kFormatVersion}, {"type", "wait"}, {"resources", std::move(list)}},
          text);
  return status;
}

}  // namespace

ExitStatus RunWait(const Arguments& arguments) {
  const Interrupts interrupts;
  std::vector<api::AwaitedResource> resources;
  std::string region;
  if (!arguments.targets.empty()) {
    for (const Target& target : arguments.targets)
      resources.push_back({.kind = target.kind, .name = target.name, .wait = arguments.wait});
  } else {
    const std::optional<manifest::Manifest> manifest = LoadManifest(arguments);
    if (!manifest) return ExitStatus::kUsage;
    region = manifest->region;
    for (const manifest::DesiredResource& resource : manifest->resources) {
      const auto first = [](auto a, auto b, auto c) { return a ? a : b ? b : c; };
      const manifest::WaitSettings wait{
          .delay = first(arguments.wait.delay, resource.wait.delay, manifest->wait.delay),
          .max_attempts = first(arguments.wait.max_attempts, resource.wait.max_attempts, manifest->wait.max_attempts),
          .timeout = first(arguments.wait.timeout, resource.wait.timeout, manifest->wait.timeout)};
      resources.push_back({.kind = resource.kind, .name = resource.name, .wait = wait});
    }
  }
  const apply::WaitGoal goal =
      arguments.goal.value_or(arguments.targets.empty() ? apply::WaitGoal::kSettled : apply::WaitGoal::kAvailable);
  const Result<std::unique_ptr<api::Session>> session = MakeSession(arguments);
  if (!session) return SayError(arguments, session.error());
  return AwaitAndSay(arguments, **session, resources, goal, region, interrupts);
}

namespace {

Result<void> ResolveSecrets(Value& value, apply::SecretSource& secrets) {
  if (const auto* secret = value.If<Secret>(); secret != nullptr && secret->source() != Secret::Source::kLiteral) {
    Result<std::string> text = secrets.Resolve(*secret);
    if (!text) return std::unexpected(std::move(text).error());
    value = Secret::Literal(std::move(*text));
  } else if (auto* list = value.If<List>()) {
    for (Value& item : *list) {
      if (auto done = ResolveSecrets(item, secrets); !done) return done;
    }
  } else if (auto* map = value.If<Properties>()) {
    for (auto& [name, item] : *map) {
      if (auto done = ResolveSecrets(item, secrets); !done) return done;
    }
  }
  return {};
}

// Nothing when it may be sent.
std::optional<ExitStatus> AskBeforeCall(const Arguments& arguments, const model::Operation& operation) {
  if (!model::IsMutating(operation.name) || arguments.yes) return std::nullopt;
  if (!CanAsk() || arguments.json) {
    return SayError(arguments, Refused(fmt::format("{} may change something, and nobody can be asked", operation.name),
                                       "send it with --yes"));
  }
  const auto answer =
      Ask(fmt::format("{} may change something. Send it? Only 'yes' is taken for it: ", operation.name));
  if (Interrupts::Signal() != 0) return InterruptedStatus();
  if (answer && Trim(*answer) == "yes") return std::nullopt;
  WriteError("not approved: nothing was sent\n");
  return ExitStatus::kRefused;
}

}  // namespace

ExitStatus RunCall(const Arguments& arguments) {
  const model::Operation* operation = model::FindOperation(arguments.operation);
  if (operation == nullptr) {
    std::vector<std::string_view> names;
    for (const model::Operation& known : model::Operations())
      names.push_back(known.name);
    return SayError(arguments, {.category = ErrorCategory::kUsage,
                                .message = fmt::format("there is no operation '{}'", arguments.operation),
                                .hint = DidYouMean(arguments.operation, names)});
  }
  std::string json;
  if (!arguments.input_file.empty()) {
    const Result<std::string> text = manifest::DiskFileSource().Read(arguments.input_file);
    if (!text) return SayError(arguments, text.error());
    json = *text;
    if (Trim(json).empty()) json = "{}";
  }
  CallInput read = ReadCallInput(*operation, json, arguments.inputs);
  if (!read.errors.empty()) {
    for (Error& error : read.errors)
      error.operation = operation->name;
    return SayErrors(arguments, read.errors);
  }
  const Interrupts interrupts;
  if (const auto ended = AskBeforeCall(arguments, *operation)) return *ended;
  api::ProcessSecretSource secrets(interrupts.token());
  Value input(std::move(read.input));
  if (const Result<void> resolved = ResolveSecrets(input, secrets); !resolved)
    return SayError(arguments, resolved.error());
  const Result<std::unique_ptr<api::Session>> session = MakeSession(arguments);
  if (!session) return SayError(arguments, session.error());
  const Result<Properties> answer =
      (*session)->Call(*operation, input.As<Properties>(), {}, {.stop = interrupts.token()});
  if (!answer) return SayError(arguments, answer.error());
  WriteOut(ToJson(Value(*answer), {.pretty = true}) + "\n");
  return ExitStatus::kConverged;
}

ExitStatus RunDelete(const Arguments& arguments) {
  const Target& target = arguments.targets.front();
  const auto row = std::ranges::find(kDeletions, target.kind->name, &Deletion::kind);
  if (row == std::end(kDeletions)) {
    return SayError(arguments, {.category = ErrorCategory::kUsage,
                                .message = fmt::format("a {} cannot be deleted here", target.kind->name)});
  }
  const bool stated = arguments.skip_final_snapshot || !arguments.final_snapshot.empty();
  if (row->has_snapshot && !stated) {
    return SayError(arguments, {.category = ErrorCategory::kUsage,
                                .message = fmt::format("deleting {} needs --final-snapshot ID or --skip-final-snapshot",
                                                       target.Id()),
                                .hint = "without a final snapshot the data is gone for good"});
  }
  if (!row->has_snapshot && stated) {
    return SayError(arguments, {.category = ErrorCategory::kUsage,
                                .message = fmt::format("a {} has no snapshots", target.kind->name)});
  }
  const Interrupts interrupts;
  if (!arguments.yes) {
    if (!CanAsk() || arguments.json) {
      return SayError(arguments,
                      Refused(fmt::format("deleting {} needs approval, and nobody can be asked", target.Id()),
                              "approve of it with --yes"));
    }
    const auto answer = Ask(fmt::format("{} will be deleted{}. Type its name to go on: ", target.Id(),
                                        !row->has_snapshot ? ""
                                        : arguments.skip_final_snapshot
                                            ? " without a final snapshot"
                                            : fmt::format(" after the snapshot {}", arguments.final_snapshot)));
    if (Interrupts::Signal() != 0) return InterruptedStatus();
    if (!answer || Trim(*answer) != target.name) {
      WriteError("the name was not typed: nothing was deleted\n");
      return ExitStatus::kRefused;
    }
  }
  Properties input{{std::string(target.kind->key), target.name}};
  if (row->has_snapshot) {
    input.emplace("SkipFinalSnapshot", arguments.skip_final_snapshot);
    if (!arguments.skip_final_snapshot) input.emplace("FinalDBSnapshotIdentifier", arguments.final_snapshot);
  }
  const Result<std::unique_ptr<api::Session>> session = MakeSession(arguments);
  if (!session) return SayError(arguments, session.error());
  const Result<Properties> answer =
      (*session)->Call(*model::FindOperation(row->operation), std::move(input), {}, {.stop = interrupts.token()});
  if (!answer) {
    Error error = answer.error();
    if (error.resource.empty()) error.resource = target.Id();
    return SayError(arguments, error);
  }
  if (arguments.no_wait) {
    SayData(arguments,
            Properties{{"format_version", report::kFormatVersion},
                       {"type", "delete"},
                       {"resource", target.Id()},
                       {"result", "accepted"}},
            fmt::format("{}: deletion accepted\n", target.Id()));
    return ExitStatus::kAccepted;
  }
  return AwaitAndSay(arguments, **session, {{.kind = target.kind, .name = target.name, .wait = arguments.wait}},
                     apply::WaitGoal::kDeleted, {}, interrupts);
}

ExitStatus RunToken(const Arguments& arguments) {
  const Result<std::unique_ptr<api::Session>> session = MakeSession(arguments);
  if (!session) return SayError(arguments, session.error());
  const Result<aws::Configuration> configuration = (*session)->Configure();
  if (!configuration) return SayError(arguments, configuration.error());
  const Result<wire::Credentials> credentials = (*session)->FindCredentials();
  if (!credentials) return SayError(arguments, credentials.error());
  const Instant now = SystemClock().Now();
  const std::string token = wire::IamAuthToken(arguments.host, arguments.port, arguments.user,
                                               configuration->region.value, *credentials, now);
  SayData(arguments,
          Properties{{"format_version", report::kFormatVersion},
                     {"type", "token"},
                     {"token", token},
                     {"expires", FormatIso8601(now + std::chrono::minutes(15))}},
          token + "\n");
  return ExitStatus::kConverged;
}

}  // namespace rdsteady::cli
