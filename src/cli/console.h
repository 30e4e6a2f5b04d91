// What every command needs: its arguments, how to say things, and whom to talk to.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "api/session.h"
#include "cli/arguments.h"
#include "cli/exit_status.h"
#include "local/server/local_rds.h"
#include "rdsteady/error.h"
#include "rdsteady/value.h"

namespace rdsteady::cli {

// With --json nothing but JSON is written: one object on stdout, an object a line on stderr.

// Says errors: text on stderr, or with --json one object with all of them on stdout. Returns the gravest status.
ExitStatus SayErrors(const Arguments& arguments, std::span<const Error> errors);
inline ExitStatus SayError(const Arguments& arguments, const Error& error) {
  return SayErrors(arguments, {&error, 1});
}

// The status of an error, with interruptions told apart.
[[nodiscard]] ExitStatus StatusOf(const Error& error);

// Words for people on stderr; with --json they are left out.
void SayRemark(const Arguments& arguments, std::string_view text);

// Data: JSON in --json, else the text.
void SayData(const Arguments& arguments, const Value& json, std::string_view text);

// The manifest that the arguments name, with the rows of every --policy. Says what is wrong with it: all faults on
// stderr, or with --json as an object on stdout; nullopt then.
[[nodiscard]] std::optional<manifest::Manifest> LoadManifest(const Arguments& arguments);
[[nodiscard]] Value DiagnosticsToJson(const std::vector<Diagnostic>& diagnostics);

// The local RDS, started when it is not running.
[[nodiscard]] Result<local::LocalEndpoint> EnsureLocal();
// This program's own file, for starting it again.
[[nodiscard]] std::string ProgramPath();

[[nodiscard]] Result<std::unique_ptr<api::Session>> MakeSession(const Arguments& arguments);

// How events are shown: live on a terminal, else a line each; JSON lines with --json; not at all with --quiet.
[[nodiscard]] std::unique_ptr<apply::EventSink> MakeSink(const Arguments& arguments);

// One function a command.
[[nodiscard]] ExitStatus RunValidate(const Arguments& arguments);
[[nodiscard]] ExitStatus RunPlan(const Arguments& arguments);
[[nodiscard]] ExitStatus RunApply(const Arguments& arguments);
[[nodiscard]] ExitStatus RunStatus(const Arguments& arguments);
[[nodiscard]] ExitStatus RunWait(const Arguments& arguments);
[[nodiscard]] ExitStatus RunCall(const Arguments& arguments);
[[nodiscard]] ExitStatus RunDelete(const Arguments& arguments);
[[nodiscard]] ExitStatus RunToken(const Arguments& arguments);
[[nodiscard]] ExitStatus RunExplain(const Arguments& arguments);
[[nodiscard]] ExitStatus RunIam(const Arguments& arguments);
[[nodiscard]] ExitStatus RunLocal(const Arguments& arguments);

}  // namespace rdsteady::cli
