#include "cli/console.h"

#include <algorithm>
#include <climits>

#include <unistd.h>

#include <fmt/format.h>

#include "base/json.h"
#include "base/text.h"
#include "cli/interrupt.h"
#include "cli/terminal.h"
#include "report/error_report.h"
#include "report/events.h"
#include "report/outcome_report.h"
#include "report/progress.h"

namespace rdsteady::cli {

ExitStatus StatusOf(const Error& error) {
  const ExitStatus status = StatusOf(error.category);
  return status == ExitStatus::kInterrupted ? InterruptedStatus() : status;
}

ExitStatus SayErrors(const Arguments& arguments, std::span<const Error> errors) {
  ExitStatus status = ExitStatus::kConverged;
  for (const Error& error : errors) {
    SayRemark(arguments, report::ErrorText(report::ErrorToJson(error), StyleOf(STDERR_FILENO)));
    status = Gravest(status, StatusOf(error));
  }
  if (arguments.json) WriteOut(ToJson(report::ErrorsToJson(errors), {.pretty = true}) + "\n");
  return status;
}

void SayRemark(const Arguments& arguments, std::string_view text) {
  if (!arguments.json) WriteError(text);
}

void SayData(const Arguments& arguments, const Value& json, std::string_view text) {
  if (arguments.json) WriteOut(ToJson(json, {.pretty = true}) + "\n");
  else WriteOut(text);
}

Value DiagnosticsToJson(const std::vector<Diagnostic>& diagnostics) {
  List list;
  for (const Diagnostic& diagnostic : diagnostics) {
    Properties one{{"severity", diagnostic.severity == Severity::kError ? "error" : "warning"},
                   {"message", diagnostic.message}};
    if (!diagnostic.hint.empty()) one.emplace("hint", diagnostic.hint);
    if (diagnostic.where.file != nullptr) {
      one.emplace("file", diagnostic.where.file->path);
      if (diagnostic.where.line != 0) {
        one.emplace("line", diagnostic.where.line);
        one.emplace("column", diagnostic.where.column);
      }
    }
    list.emplace_back(std::move(one));
  }
  return list;
}

namespace {

bool SayDiagnostics(const Arguments& arguments, const std::vector<Diagnostic>& diagnostics, bool loaded) {
  if (!arguments.json) {
    if (!diagnostics.empty() && !(arguments.quiet && loaded)) WriteError(Render(diagnostics, model::IsSensitiveName));
    return loaded;
  }
  const Value list = DiagnosticsToJson(diagnostics);
  if (loaded) {  // warnings: the data on stdout is yet to come
    for (const Value& one : list.As<List>()) {
      Properties line = one.As<Properties>();
      line.emplace("format_version", report::kFormatVersion);
      line.emplace("type", "diagnostic");
      WriteError(ToJson(line) + "\n");
    }
    return true;
  }
  WriteOut(ToJson(Properties{{"format_version", report::kFormatVersion}, {"type", "error"}, {"diagnostics", list}},
                  {.pretty = true}) +
           "\n");
  return false;
}

}  // namespace

std::optional<manifest::Manifest> LoadManifest(const Arguments& arguments) {
  const manifest::DiskFileSource disk;
  manifest::LoadOutcome loaded = manifest::Load(arguments.files, disk, {.vars = arguments.vars});
  // All files' faults are told together.
  std::vector<Diagnostic> diagnostics = std::move(loaded.diagnostics);
  for (const std::string& path : arguments.policy_files) {
    manifest::PolicyOutcome policy = manifest::LoadPolicy(path, disk);
    diagnostics.insert(diagnostics.end(), policy.diagnostics.begin(), policy.diagnostics.end());
    if (loaded.manifest && policy.policy) loaded.manifest->policy.Add(*std::move(policy.policy));
  }
  const bool good = loaded.manifest && !HasErrors(diagnostics);
  if (!SayDiagnostics(arguments, diagnostics, good)) return std::nullopt;
  return std::move(loaded.manifest);
}

std::string ProgramPath() {
  std::string path(PATH_MAX, '\0');
  const ssize_t length = ::readlink("/proc/self/exe", path.data(), path.size());
  path.resize(length > 0 ? static_cast<std::size_t>(length) : 0);
  return path;
}

Result<local::LocalEndpoint> EnsureLocal() {
  const Result<local::Places> places = local::FindPlaces();
  if (!places) return std::unexpected(places.error());
  return local::StartDaemon(*places, ProgramPath(), 0);
}

Result<std::unique_ptr<api::Session>> MakeSession(const Arguments& arguments) {
  api::SessionOptions options;
  const auto setting = [](const std::optional<std::string>& value,
                          const char* flag) -> std::optional<aws::Setting<std::string>> {
    if (!value) return std::nullopt;
    return aws::Setting<std::string>{.value = *value, .source = flag};
  };
  if (arguments.call_attempts) {
    options.request.call_attempts = aws::Setting<int>{.value = *arguments.call_attempts, .source = "--call-attempts"};
  }
  options.request.region = setting(arguments.region, "--region");
  if (!arguments.local) {
    options.request.profile = setting(arguments.profile, "--profile");
    options.request.endpoint_url = setting(arguments.endpoint_url, "--endpoint-url");
    return std::make_unique<api::Session>(std::move(options));
  }
  Result<local::LocalEndpoint> endpoint = EnsureLocal();
  if (!endpoint) return std::unexpected(std::move(endpoint).error());
  options.isolated = true;
  options.default_region = endpoint->region;
  options.request.endpoint_url = aws::Setting<std::string>{.value = endpoint->url, .source = "--local"};
  options.credentials = std::move(endpoint->credentials);
  options.account = std::move(endpoint->account);
  return std::make_unique<api::Session>(std::move(options));
}

std::unique_ptr<apply::EventSink> MakeSink(const Arguments& arguments) {
  const auto write = [](std::string_view text) { WriteError(text); };
  if (arguments.json) return std::make_unique<report::JsonSink>(write);
  if (arguments.quiet) return std::make_unique<report::NullSink>();
  if (!IsLive(STDERR_FILENO)) return std::make_unique<report::LineSink>(write);
  static const SystemClock clock;
  return std::make_unique<report::LiveSink>(write, clock, [] { return SizeOf(STDERR_FILENO); }, StyleOf(STDERR_FILENO));
}

}  // namespace rdsteady::cli
