// local start, stop, restart, status, reset.
#include <fmt/format.h>

#include "base/text.h"
#include "cli/console.h"
#include "cli/interrupt.h"
#include "cli/terminal.h"
#include "report/words.h"

namespace rdsteady::cli {
namespace {

Properties Describe(const local::LocalEndpoint& endpoint) {
  return {{"format_version", report::kFormatVersion},
          {"type", "local"},
          {"running", true},
          {"url", endpoint.url},
          {"region", endpoint.region},
          {"account", endpoint.account},
          {"pid", endpoint.pid},
          {"version", endpoint.version}};
}

ExitStatus SayRunning(const Arguments& arguments, const local::LocalEndpoint& endpoint, const local::Places& places) {
  Properties json = Describe(endpoint);
  json.emplace("home", places.home);
  SayData(arguments, std::move(json),
          fmt::format("the local RDS is running at {} (region {}, account {}, pid {})\n", endpoint.url, endpoint.region,
                      endpoint.account, endpoint.pid));
  if (!arguments.quiet && !arguments.json) {
    WriteError(
        fmt::format("use it with --local; other clients find the credentials in {}/credentials.json\n", places.home));
  }
  return ExitStatus::kConverged;
}

ExitStatus Serve(const Arguments& arguments, const local::Places& places) {
  const Interrupts interrupts;
  local::LocalRdsOptions options;
  options.places = places;
  options.port = arguments.port;
  options.simulate_all = arguments.simulate;
  options.sim.strict = arguments.strict;
  const Result<std::unique_ptr<local::LocalRds>> server = local::LocalRds::Open(std::move(options));
  if (!server) return SayError(arguments, server.error());
  const std::stop_callback stop(interrupts.token(), [&server] { (*server)->Stop(); });
  SayRunning(arguments, (*server)->endpoint(), places);
  (*server)->Run();
  // To be stopped by a signal is how a server in the foreground ends.
  return ExitStatus::kConverged;
}

ExitStatus Start(const Arguments& arguments, const local::Places& places) {
  const Result<local::LocalEndpoint> endpoint = local::StartDaemon(places, ProgramPath(), arguments.port);
  if (!endpoint) return SayError(arguments, endpoint.error());
  return SayRunning(arguments, *endpoint, places);
}

ExitStatus SayStopped(const Arguments& arguments, std::string_view text) {
  SayData(arguments, Properties{{"format_version", report::kFormatVersion}, {"type", "local"}, {"running", false}},
          text);
  return ExitStatus::kConverged;
}

// One line a database: "  orders: available at 127.81.4.2:5432 (postgres 15.10)", "simulated" where no engine runs.
std::string StatusText(const Properties& status, const local::LocalEndpoint& endpoint) {
  using report::Printable;
  using report::TextOf;
  const Value whole(status);
  std::string out = fmt::format("the local RDS is running at {} (region {}, account {}, pid {})\n", endpoint.url,
                                endpoint.region, endpoint.account, endpoint.pid);
  for (const Value& instance : report::ListOf(whole, "instances")) {
    out += fmt::format("  {}: {} at {}:{} ({} {}{})\n", Printable(TextOf(instance, "identifier")),
                       Printable(TextOf(instance, "status")), Printable(TextOf(instance, "address")),
                       report::NumberOf(instance, "port"), Printable(TextOf(instance, "engine")),
                       Printable(TextOf(instance, "engine_version")),
                       report::FlagOf(instance, "real") ? "" : ", simulated");
  }
  return out;
}

ExitStatus Status(const Arguments& arguments, const local::Places& places) {
  const Result<local::LocalEndpoint> endpoint = local::ReadEndpoint(places);
  if (!endpoint) return SayStopped(arguments, "the local RDS is not running\n");
  Result<Properties> status = local::DaemonStatus(places);
  if (!status) return SayError(arguments, status.error());
  for (auto& [name, value] : Describe(*endpoint))
    status->insert_or_assign(name, value);
  status->insert_or_assign("home", places.home);
  SayData(arguments, *status, StatusText(*status, *endpoint));
  return ExitStatus::kConverged;
}

ExitStatus Reset(const Arguments& arguments, const local::Places& places) {
  if (!arguments.yes) {
    if (!CanAsk() || arguments.json) {
      return SayError(arguments, {.category = ErrorCategory::kRefused,
                                  .message = "a reset deletes all databases of the local RDS, and nobody can be asked",
                                  .hint = "approve of it with --yes"});
    }
    const Interrupts interrupts;
    const auto answer = Ask(fmt::format("all databases in {} will be deleted. Type 'reset' to go on: ", places.home));
    if (Interrupts::Signal() != 0) return InterruptedStatus();
    if (!answer || Trim(*answer) != "reset") {
      WriteError("not approved: nothing was deleted\n");
      return ExitStatus::kRefused;
    }
  }
  if (const Result<void> stopped = local::StopDaemon(places); !stopped) return SayError(arguments, stopped.error());
  if (const Result<void> reset = local::ResetState(places); !reset) return SayError(arguments, reset.error());
  return SayStopped(arguments, "the local RDS is stopped and empty\n");
}

}  // namespace

ExitStatus RunLocal(const Arguments& arguments) {
  const Result<local::Places> places = local::FindPlaces();
  if (!places) return SayError(arguments, places.error());
  switch (arguments.command) {
    case Command::kLocalStart: return arguments.foreground ? Serve(arguments, *places) : Start(arguments, *places);
    case Command::kLocalStop:
      if (const Result<void> stopped = local::StopDaemon(*places); !stopped)
        return SayError(arguments, stopped.error());
      return SayStopped(arguments, "the local RDS is stopped\n");
    case Command::kLocalRestart:
      if (const Result<void> stopped = local::StopDaemon(*places); !stopped)
        return SayError(arguments, stopped.error());
      return Start(arguments, *places);
    case Command::kLocalReset: return Reset(arguments, *places);
    default: return Status(arguments, *places);
  }
}

}  // namespace rdsteady::cli
