// The tree of commands and flags. CLI11 is included here and nowhere else: it is heavy, and what it throws is caught
// here. Its own messages and exit statuses are not used where ours can say more.
#include <algorithm>
#include <functional>
#include <utility>

#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "base/suggest.h"
#include "base/text.h"
#include "cli/arguments.h"

namespace rdsteady::cli {
namespace {

struct NotBuilt {
  const char* name;
  const char* what;
};
// Commands that the design has and the program does not yet.
constexpr NotBuilt kNotBuilt[] = {
    {"export", "a manifest from what is live (not built yet)"},
    {"whoami", "which identity, account, region and endpoint would be used (not built yet)"},
    {"schema", "JSON Schema of manifests, for editors (not built yet)"},
    {"completion", "completion for bash, zsh and fish (not built yet)"},
};
constexpr NotBuilt kLocalNotBuilt[] = {
    {"advance", "move the virtual clock (not built yet)"},
    {"speed", "pace of the virtual clock (not built yet)"},
    {"faults", "failures on purpose (not built yet)"},
    {"snapshot", "save and restore the whole state (not built yet)"},
    {"ca", "the certificate authority of the databases (not built yet)"},
};

// What the flags are written into before they are judged: text, so that every mistake gets our own message.
struct Raw {
  // When given, the flags that commands share are added to the one of this name only.
  std::string only;
  [[nodiscard]] bool Leaves(const CLI::App& app) const { return !only.empty() && app.get_name() != only; }

  bool json = false, quiet = false, local = false, yes = false, no_wait = false, detailed = false, flush = false;
  bool skip_final = false, foreground = false, simulate = false, strict = false, version = false, explain = false;
  std::string region, profile, endpoint_url, call_attempts;
  std::vector<std::string> files, more_files, vars, policies, allow_update, allow_irreversible, approve;
  std::string when, max_disruption, delay, max_attempts, timeout, goal, saved_plan, out;
  std::string operation, input_file, final_snapshot, host, port, user, subject;
};

std::unexpected<EarlyEnd> Mistake(std::string_view message, std::string_view hint = {}) {
  EarlyEnd end{.status = ExitStatus::kUsage, .err = fmt::format("error: {}\n", message)};
  if (!hint.empty()) end.err += fmt::format("  hint: {}\n", hint);
  return std::unexpected(std::move(end));
}

EarlyEnd Version() {
  return {.out = fmt::format("rdsteady {}\n", RDSTEADY_VERSION)};
}

void AddOutput(CLI::App& app, Raw& raw) {
  if (raw.Leaves(app)) return;
  app.add_flag("--json", raw.json, "JSON on stdout, events as JSON lines on stderr");
  app.add_flag("--quiet", raw.quiet, "No progress and no remarks; errors and results only");
}

void AddConnection(CLI::App& app, Raw& raw) {
  if (raw.Leaves(app)) return;
  app.add_flag("--local", raw.local,
               "Use the local RDS, starting it when it is not running; AWS_* variables are ignored")
      ->group("Connection");
  app.add_option("--region", raw.region, "The AWS region")->group("Connection");
  app.add_option("--profile", raw.profile, "The profile of the shared AWS files")->group("Connection");
  app.add_option("--endpoint-url", raw.endpoint_url, "Another service that speaks RDS's protocol")->group("Connection");
  app.add_option("--call-attempts", raw.call_attempts, "Attempts of every API call; the first counts")
      ->group("Connection");
}

void AddManifest(CLI::App& app, Raw& raw, const char* positional) {
  if (raw.Leaves(app)) return;
  app.add_option("FILE", raw.files, positional);
  app.add_option("-f,--file", raw.more_files, "A file or folder of the manifest; may be given several times")
      ->group("Manifest")
      ->allow_extra_args(false);
  app.add_option("--var", raw.vars, "NAME=VALUE: a variable of the manifest; may be given several times")
      ->group("Manifest")
      ->allow_extra_args(false);
  app.add_option("--policy", raw.policies,
                 "A file with a policy, which tightens the manifest's own; may be given several times")
      ->group("Manifest")
      ->allow_extra_args(false);
}
constexpr const char* kManifestHelp = "Files and folders of the manifest; ./rdsteady.yaml when none is named";

void AddChange(CLI::App& app, Raw& raw) {
  if (raw.Leaves(app)) return;
  app.add_option("--when", raw.when, "window (the default) or now: when changes act that can wait")->group("Changes");
  app.add_flag("--flush-pending", raw.flush, "Run queued changes of others where a request would flush them")
      ->group("Changes");
  app.add_option("--allow-update", raw.allow_update, "PROPERTY,...: refuse changes of anything else")
      ->group("Changes")
      ->allow_extra_args(false);
  app.add_option("--max-disruption", raw.max_disruption,
                 "none, degraded, failover, restart or outage: refuse what is worse")
      ->group("Changes");
  app.add_option("--allow-irreversible", raw.allow_irreversible,
                 "KIND/NAME.PROPERTY: allow what destroys something or cannot be taken back")
      ->group("Changes")
      ->allow_extra_args(false);
  app.add_option("--approve", raw.approve,
                 "KIND/NAME.PROPERTY: approve of this change, also where a policy says ask; may be given several times")
      ->group("Changes")
      ->allow_extra_args(false);
}

void AddWaits(CLI::App& app, Raw& raw) {
  if (raw.Leaves(app)) return;
  app.add_option("--delay", raw.delay, "Seconds between two readings; replaces the adaptive rhythm")->group("Waits");
  app.add_option("--max-attempts", raw.max_attempts, "Readings before a wait gives up")->group("Waits");
  app.add_option("--timeout", raw.timeout, "Seconds before a wait gives up")->group("Waits");
}

void AddYes(CLI::App& app, Raw& raw, const char* help) {
  app.add_flag("-y,--yes", raw.yes, help);
}

// Owns nothing of the words it was made from.
class Tree {
 public:
  explicit Tree(std::string only = {})
      : raw_{.only = std::move(only)},
        app_("Creates and updates Amazon RDS databases from a file, idempotently, without a state file.", "rdsteady") {
    app_.require_subcommand(0, 1);
    app_.allow_extras();
    app_.set_help_flag("-h,--help", "This text");
    app_.add_flag("--version", raw_.version, "The program's version");
    app_.footer(
        "Exit status: 0 converged (scheduled included), 1 failed, 2 plan/status: calls to make, 3 refused,\n"
        "5 --no-wait: accepted, 64 usage or manifest, 130/143 interrupted; with --detailed-exit-code, 4 in place of 0\n"
        "where something is scheduled.");

    auto& validate =
        Add(app_, "validate", "Check the manifest offline: syntax, types, names, rules between properties");
    AddManifest(validate, raw_, kManifestHelp);
    AddOutput(validate, raw_);

    auto& plan = Add(app_, "plan", "Read, compare, forecast; change nothing");
    AddManifest(plan, raw_, kManifestHelp);
    AddChange(plan, raw_);
    AddConnection(plan, raw_);
    AddOutput(plan, raw_);
    plan.add_option("--out", raw_.out, "Save the plan into this file, for apply --plan");
    plan.add_flag("--explain", raw_.explain,
                  "Say of every stated property what was compared, and why it was decided so");

    auto& apply =
        Add(app_, "apply", "Plan, ask for approval where it is needed, execute, wait until it has taken effect");
    AddManifest(apply, raw_, kManifestHelp);
    AddChange(apply, raw_);
    AddYes(apply, raw_, "Approve of the plan, but for what a policy says ask of");
    AddWaits(apply, raw_);
    apply.add_flag("--no-wait", raw_.no_wait, "End when the calls are accepted (exit 5)")->group("Waits");
    AddConnection(apply, raw_);
    AddOutput(apply, raw_);
    apply.add_flag("--detailed-exit-code", raw_.detailed,
                   "4 in place of 0 where something is scheduled or awaits a reboot");
    apply.add_option("--plan", raw_.saved_plan,
                     "A saved plan in place of a manifest: refused when anything that it counted on has moved");

    auto& wait = Add(app_, "wait", "Wait for resources: of the manifest, or named");
    AddManifest(wait, raw_, "KIND/NAME, or files of the manifest; ./rdsteady.yaml when nothing is named");
    wait.add_option(
        "--for", raw_.goal,
        "available, settled or deleted; a named resource is awaited to be available, a manifest to be settled");
    AddWaits(wait, raw_);
    AddConnection(wait, raw_);
    AddOutput(wait, raw_);

    auto& status = Add(app_, "status", "What is, what is scheduled, what differs");
    AddManifest(status, raw_, kManifestHelp);
    AddConnection(status, raw_);
    AddOutput(status, raw_);
    status.add_flag("--detailed-exit-code", raw_.detailed,
                    "4 in place of 0 where something is scheduled or awaits a reboot");

    auto& explain =
        Add(app_, "explain", "What the tables say of a property: where it is read, what a change of it does");
    explain.add_option("SUBJECT", raw_.subject,
                       "DBInstance, DBInstance.StorageType, or a rule that a plan names: GROW-ONLY");
    AddOutput(explain, raw_);

    auto& iam = Add(app_, "iam", "The minimal IAM policies for plan and apply of a manifest; makes no call");
    AddManifest(iam, raw_, kManifestHelp);
    AddOutput(iam, raw_);

    auto& call = Add(app_, "call", "Any operation of the API by name");
    call.add_option("OPERATION", raw_.operation, "DescribeDBInstances, ...");
    call.add_option("INPUT", raw_.files, "Name=value, Outer.Inner=value, Names=[a,b], or a JSON object");
    call.add_option("--cli-input-json", raw_.input_file, "A file with the input as a JSON object");
    AddYes(call, raw_, "Do not ask before an operation that is not Describe, List or Download");
    AddConnection(call, raw_);
    AddOutput(call, raw_);

    auto& del = Add(app_, "delete", "Delete one resource");
    del.add_option("KIND/NAME", raw_.files, "The resource");
    del.add_option("--final-snapshot", raw_.final_snapshot, "Take a last snapshot under this identifier");
    del.add_flag("--skip-final-snapshot", raw_.skip_final, "Take none: the data is gone for good");
    AddYes(del, raw_, "Do not ask for the name to be typed");
    AddWaits(del, raw_);
    del.add_flag("--no-wait", raw_.no_wait, "End when the call is accepted (exit 5)")->group("Waits");
    AddConnection(del, raw_);
    AddOutput(del, raw_);

    auto& token = Add(app_, "token", "An IAM database authentication token, valid for 15 minutes");
    token.add_option("--host", raw_.host, "The database's host name");
    token.add_option("--port", raw_.port, "The database's port");
    token.add_option("--user", raw_.user, "The database's user");
    AddConnection(token, raw_);
    AddOutput(token, raw_);

    auto& local = Add(app_, "local", "The local RDS: real PostgreSQL servers on this machine, no AWS account");
    local.require_subcommand(0, 1);
    auto& start = Add(local, "start", "Start it; nothing happens when it is running");
    start.add_option("--port", raw_.port, "The port of the API; the last one used when not given");
    start.add_flag("--foreground", raw_.foreground, "Serve in this process until interrupted");
    start.add_flag("--simulate", raw_.simulate, "Start no engine: every database is simulated (with --foreground)");
    start.add_flag("--strict", raw_.strict, "Refuse what this machine cannot run (with --foreground)");
    AddOutput(start, raw_);
    AddOutput(Add(local, "stop", "Stop it and its databases; nothing happens when it is not running"), raw_);
    auto& restart = Add(local, "restart", "Stop and start it");
    restart.add_option("--port", raw_.port, "The port of the API; the last one used when not given");
    AddOutput(restart, raw_);
    AddOutput(Add(local, "status", "Whether it runs, where, and its databases"), raw_);
    auto& reset = Add(local, "reset", "Stop it and delete all of its databases");
    AddYes(reset, raw_, "Do not ask");
    AddOutput(reset, raw_);
    for (const NotBuilt& later : kLocalNotBuilt)
      Add(local, later.name, later.what).prefix_command();
    for (const NotBuilt& later : kNotBuilt)
      Add(app_, later.name, later.what).prefix_command();
  }

  std::expected<Arguments, EarlyEnd> Parse(const std::vector<std::string>& words) {
    std::vector<std::string> reversed(words.rbegin(), words.rend());  // as CLI11 wants them
    try {
      app_.parse(std::move(reversed));
    } catch (const CLI::CallForHelp&) {
      return std::unexpected(EarlyEnd{.out = Chosen().help("", CLI::AppFormatMode::Normal)});
    } catch (const CLI::CallForAllHelp&) {
      return std::unexpected(EarlyEnd{.out = app_.help("", CLI::AppFormatMode::All)});
    } catch (const CLI::ParseError& error) {
      return Mistake(LowerFirst(error.what()), HelpHint());
    }
    if (raw_.version) return std::unexpected(Version());
    if (auto mistake = FindExtras()) return std::unexpected(std::move(*mistake));
    return Judge();
  }

 private:
  CLI::App& Add(CLI::App& parent, const char* name, const char* what) {
    CLI::App* sub = parent.add_subcommand(name, what);
    sub->allow_extras();
    sub->set_help_flag("-h,--help", "This text");
    return *sub;
  }

  // The innermost command that was named.
  CLI::App& Chosen() {
    CLI::App* at = &app_;
    while (!at->get_subcommands().empty())
      at = at->get_subcommands().front();
    return *at;
  }
  std::string Path() {
    std::string path = "rdsteady";
    for (CLI::App* at = &app_; !at->get_subcommands().empty();) {
      at = at->get_subcommands().front();
      path += " " + at->get_name();
    }
    return path;
  }
  std::string HelpHint() { return fmt::format("see {} --help", Path()); }

  static std::string LowerFirst(std::string text) {
    // CLI11 begins with the option's name, which stays as it is, or with a capital.
    if (!text.empty() && text[0] >= 'A' && text[0] <= 'Z') text[0] = static_cast<char>(text[0] - 'A' + 'a');
    while (text.ends_with('\n') || text.ends_with('.'))
      text.pop_back();
    return text;
  }

  static std::vector<std::string> FlagsOf(const CLI::App& app) {
    std::vector<std::string> flags;
    for (const CLI::Option* option : app.get_options()) {
      for (const std::string& name : option->get_lnames())
        flags.push_back("--" + name);
    }
    return flags;
  }
  static std::string Nearest(std::string_view name, const std::vector<std::string>& known) {
    const std::vector<std::string_view> views(known.begin(), known.end());
    return DidYouMean(name, views);
  }

  std::optional<EarlyEnd> FindExtras() {
    CLI::App& chosen = Chosen();
    if (IsLater(chosen)) return std::nullopt;
    std::vector<std::string> extras = app_.remaining(true);
    if (extras.empty()) return std::nullopt;
    const std::string& extra = extras.front();
    if (extra.starts_with("-") && extra != "-") {
      const std::string flag = extra.substr(0, extra.find('='));
      const std::vector<std::string> before = app_.remaining(false);
      if (!before.empty() && before.front() == extra) {
        for (const CLI::App* sub : app_.get_subcommands(nullptr)) {
          const auto flags = FlagsOf(*sub);
          if (std::ranges::find(flags, flag) != flags.end()) {
            return Mistake(fmt::format("'{}' must stand after the command", flag), "rdsteady COMMAND " + flag).error();
          }
        }
      }
      std::string hint = Nearest(flag, FlagsOf(chosen));
      return Mistake(fmt::format("unknown flag '{}' of '{}'", flag, Path()), hint.empty() ? HelpHint() : hint).error();
    }
    std::vector<std::string> names;
    for (const CLI::App* sub : chosen.get_subcommands(nullptr))
      names.push_back(sub->get_name());
    if (!names.empty()) {
      std::string hint = Nearest(extra, names);
      return Mistake(fmt::format("unknown command '{}' of '{}'", extra, Path()), hint.empty() ? HelpHint() : hint)
          .error();
    }
    return Mistake(fmt::format("'{}' takes no argument '{}'", Path(), extra), HelpHint()).error();
  }

  bool IsLater(const CLI::App& chosen) const {
    const bool local = chosen.get_parent() != nullptr && chosen.get_parent()->get_name() == "local";
    const auto named = [&](const NotBuilt& later) { return chosen.get_name() == later.name; };
    return local ? std::ranges::any_of(kLocalNotBuilt, named) : std::ranges::any_of(kNotBuilt, named);
  }

  std::expected<Arguments, EarlyEnd> Judge();

  Raw raw_;
  CLI::App app_;
};

// ---- judging the flags ---------------------------------------------------------------------------------------------

// Collects the mistakes of one command line: all are told together.
class Mistakes {
 public:
  void Add(std::string_view message, std::string_view hint = {}) { text_ += Mistake(message, hint).error().err; }
  [[nodiscard]] bool empty() const { return text_.empty(); }
  [[nodiscard]] std::unexpected<EarlyEnd> End() const {
    return std::unexpected(EarlyEnd{.status = ExitStatus::kUsage, .err = text_});
  }

 private:
  std::string text_;
};

std::optional<int> Number(std::string_view flag, const std::string& text, int least, int most, Mistakes& mistakes) {
  if (text.empty()) return std::nullopt;
  const auto number = ParseInteger(text);
  if (number && *number >= least && *number <= most) return static_cast<int>(*number);
  mistakes.Add(fmt::format("{} is '{}', and must be a whole number from {} to {}", flag, text, least, most));
  return std::nullopt;
}

template <class Enum>
std::optional<Enum> Word(std::string_view flag, const std::string& text,
                         std::initializer_list<std::pair<std::string_view, Enum>> words, Mistakes& mistakes) {
  if (text.empty()) return std::nullopt;
  std::vector<std::string_view> known;
  for (const auto& [word, value] : words) {
    if (word == text) return value;
    known.push_back(word);
  }
  mistakes.Add(fmt::format("{} is '{}', and must be {}", flag, text, QuotedAlternatives(known)),
               DidYouMean(text, known));
  return std::nullopt;
}

std::vector<std::string> Listed(const std::vector<std::string>& given) {
  std::vector<std::string> items;
  for (const std::string& text : given) {
    for (const std::string_view part : Split(text, ',')) {
      if (!Trim(part).empty()) items.emplace_back(Trim(part));
    }
  }
  return items;
}

std::optional<Target> TargetOf(std::string_view word) {
  const auto slash = word.find('/');
  if (slash == std::string_view::npos || slash + 1 == word.size()) return std::nullopt;
  const model::Kind* kind = model::FindKind(word.substr(0, slash));
  if (kind == nullptr) return std::nullopt;
  return Target{.kind = kind, .name = std::string(word.substr(slash + 1))};
}

std::string KindsHint(std::string_view word) {
  std::vector<std::string_view> names;
  for (const model::Kind* kind : model::Kinds())
    names.push_back(kind->name);
  const std::string near = DidYouMean(word.substr(0, word.find('/')), names);
  return near.empty() ? "write KIND/NAME; kinds are " + QuotedAlternatives(names) : near;
}

void JudgeManifest(const Raw& raw, Arguments& arguments, Mistakes& mistakes) {
  arguments.files.insert(arguments.files.end(), raw.more_files.begin(), raw.more_files.end());
  for (const std::string& var : raw.vars) {
    const auto equals = var.find('=');
    if (equals == 0 || equals == std::string::npos) {
      // The value may be a secret: only the name's part is shown.
      mistakes.Add("--var must be NAME=VALUE", "--var size=50");
      continue;
    }
    arguments.vars.insert_or_assign(var.substr(0, equals), var.substr(equals + 1));
  }
  arguments.policy_files = raw.policies;
}

// A saved plan has a manifest and everything that shaped the plan; what only settles it is said when it is applied.
void JudgeSavedPlan(const Raw& raw, Arguments& arguments, Mistakes& mistakes) {
  arguments.plan_out = raw.out;
  arguments.plan_file = raw.saved_plan;
  if (raw.saved_plan.empty()) return;
  std::string beside;
  for (const auto& [given, what] : {std::pair(!raw.files.empty() || !raw.more_files.empty(), "files of a manifest"),
                                    std::pair(!raw.vars.empty(), "--var"), std::pair(!raw.policies.empty(), "--policy"),
                                    std::pair(!raw.when.empty(), "--when"), std::pair(raw.flush, "--flush-pending"),
                                    std::pair(!raw.allow_update.empty(), "--allow-update"),
                                    std::pair(!raw.max_disruption.empty(), "--max-disruption")}) {
    if (given) beside += fmt::format("{}{}", beside.empty() ? "" : ", ", what);
  }
  if (!beside.empty())
    mistakes.Add(fmt::format("a saved plan was made with its own: {} cannot stand beside --plan", beside),
                 "make another plan with them: rdsteady plan --out FILE");
}

void JudgeConnection(const Raw& raw, Arguments& arguments, Mistakes& mistakes) {
  const auto set = [](const std::string& text) { return text.empty() ? std::nullopt : std::optional(text); };
  arguments.local = raw.local;
  arguments.region = set(raw.region);
  arguments.profile = set(raw.profile);
  arguments.endpoint_url = set(raw.endpoint_url);
  arguments.call_attempts = Number("--call-attempts", raw.call_attempts, 1, 1000, mistakes);
  if (raw.local && arguments.profile)
    mistakes.Add("--local and --profile exclude each other", "the local RDS has credentials of its own");
  if (raw.local && arguments.endpoint_url)
    mistakes.Add("--local and --endpoint-url exclude each other", "--local knows the endpoint");
}

void JudgeChange(const Raw& raw, Arguments& arguments, Mistakes& mistakes) {
  arguments.when =
      Word<plan::When>("--when", raw.when, {{"window", plan::When::kWindow}, {"now", plan::When::kNow}}, mistakes);
  arguments.plan.when_is_explicit = arguments.when.has_value();
  arguments.plan.flush_pending = raw.flush;
  if (!raw.allow_update.empty()) arguments.plan.allow_update = Listed(raw.allow_update);
  arguments.plan.max_disruption = Word<model::Disruption>("--max-disruption", raw.max_disruption,
                                                          {{"none", model::Disruption::kNone},
                                                           {"degraded", model::Disruption::kDegraded},
                                                           {"failover", model::Disruption::kFailover},
                                                           {"restart", model::Disruption::kRestart},
                                                           {"outage", model::Disruption::kOutage}},
                                                          mistakes);
  const auto changes = [&](std::string_view flag, const std::vector<std::string>& given) {
    std::set<std::string, std::less<>> ids;
    for (std::string& id : Listed(given)) {
      const auto dot = id.find('.', id.find('/'));
      if (!TargetOf(id.substr(0, dot)) || dot == std::string::npos || dot + 1 == id.size()) {
        mistakes.Add(fmt::format("{} is '{}', and must be KIND/NAME.PROPERTY", flag, id),
                     "plan shows how each change is named");
      }
      ids.insert(std::move(id));
    }
    return ids;
  };
  arguments.plan.allow_irreversible = changes("--allow-irreversible", raw.allow_irreversible);
  arguments.plan.approve = changes("--approve", raw.approve);
}

void JudgeWaits(const Raw& raw, Arguments& arguments, Mistakes& mistakes) {
  constexpr int kMonth = 31 * 24 * 3600;
  if (const auto delay = Number("--delay", raw.delay, 1, 86'400, mistakes))
    arguments.wait.delay = std::chrono::seconds(*delay);
  arguments.wait.max_attempts = Number("--max-attempts", raw.max_attempts, 1, 1'000'000, mistakes);
  if (const auto timeout = Number("--timeout", raw.timeout, 1, kMonth, mistakes))
    arguments.wait.timeout = std::chrono::seconds(*timeout);
}

std::expected<Arguments, EarlyEnd> Tree::Judge() {
  const CLI::App& chosen = Chosen();
  if (&chosen == &app_) {
    return std::unexpected(
        EarlyEnd{.status = ExitStatus::kUsage, .err = app_.help() + "\nerror: no command is given\n"});
  }
  const bool local = chosen.get_parent()->get_name() == "local";
  if (IsLater(chosen)) return Mistake(fmt::format("'{}' is not built yet", Path()), "the README lists what is there");
  if (chosen.get_name() == "local") {
    return std::unexpected(
        EarlyEnd{.status = ExitStatus::kUsage, .err = chosen.help() + "\nerror: 'rdsteady local' needs a command\n"});
  }

  static constexpr std::pair<std::string_view, Command> kCommands[] = {
      {"validate", Command::kValidate}, {"plan", Command::kPlan},
      {"apply", Command::kApply},       {"wait", Command::kWait},
      {"status", Command::kStatus},     {"call", Command::kCall},
      {"delete", Command::kDelete},     {"token", Command::kToken},
      {"explain", Command::kExplain},   {"iam", Command::kIam}};
  static constexpr std::pair<std::string_view, Command> kLocalCommands[] = {{"start", Command::kLocalStart},
                                                                            {"stop", Command::kLocalStop},
                                                                            {"restart", Command::kLocalRestart},
                                                                            {"status", Command::kLocalStatus},
                                                                            {"reset", Command::kLocalReset}};
  Arguments arguments;
  const auto find = [&](const auto& table) {
    for (const auto& [name, command] : table) {
      if (name == chosen.get_name()) arguments.command = command;
    }
  };
  if (local) find(kLocalCommands);
  else find(kCommands);

  Mistakes mistakes;
  arguments.json = raw_.json;
  arguments.quiet = raw_.quiet;
  arguments.yes = raw_.yes;
  arguments.no_wait = raw_.no_wait;
  arguments.detailed_exit_code = raw_.detailed;
  arguments.explain = raw_.explain;
  arguments.foreground = raw_.foreground;
  arguments.simulate = raw_.simulate;
  arguments.strict = raw_.strict;
  JudgeConnection(raw_, arguments, mistakes);
  JudgeChange(raw_, arguments, mistakes);
  JudgeSavedPlan(raw_, arguments, mistakes);
  JudgeWaits(raw_, arguments, mistakes);
  // 0 is for a server to choose; a client needs to be told.
  const int least_port = arguments.command == Command::kToken ? 1 : 0;
  if (const auto port = Number("--port", raw_.port, least_port, 65'535, mistakes)) arguments.port = *port;

  switch (arguments.command) {
    case Command::kWait:
      arguments.goal = Word<apply::WaitGoal>("--for", raw_.goal,
                                             {{"available", apply::WaitGoal::kAvailable},
                                              {"settled", apply::WaitGoal::kSettled},
                                              {"deleted", apply::WaitGoal::kDeleted}},
                                             mistakes);
      for (const std::string& word : raw_.files) {
        if (auto target = TargetOf(word)) arguments.targets.push_back(std::move(*target));
        else arguments.files.push_back(word);
      }
      JudgeManifest(raw_, arguments, mistakes);
      if (!arguments.targets.empty() && !arguments.files.empty()) {
        mistakes.Add(fmt::format("'{}' is no KIND/NAME", arguments.files.front()), KindsHint(arguments.files.front()));
      }
      break;
    case Command::kDelete:
      for (const std::string& word : raw_.files) {
        if (auto target = TargetOf(word)) arguments.targets.push_back(std::move(*target));
        else mistakes.Add(fmt::format("'{}' is no KIND/NAME", word), KindsHint(word));
      }
      if (raw_.files.empty())
        mistakes.Add("'rdsteady delete' needs the resource",
                     "rdsteady delete DBInstance/orders --final-snapshot orders-last");
      if (raw_.files.size() > 1) mistakes.Add("one resource is deleted at a time");
      arguments.final_snapshot = raw_.final_snapshot;
      arguments.skip_final_snapshot = raw_.skip_final;
      if (raw_.skip_final && !raw_.final_snapshot.empty())
        mistakes.Add("--final-snapshot and --skip-final-snapshot exclude each other");
      break;
    case Command::kCall:
      arguments.operation = raw_.operation;
      arguments.inputs = raw_.files;
      arguments.input_file = raw_.input_file;
      if (raw_.operation.empty())
        mistakes.Add("'rdsteady call' needs the operation", "rdsteady call DescribeDBInstances");
      break;
    case Command::kToken:
      arguments.host = raw_.host;
      arguments.user = raw_.user;
      if (raw_.host.empty()) mistakes.Add("'rdsteady token' needs --host");
      if (raw_.port.empty()) mistakes.Add("'rdsteady token' needs --port");
      if (raw_.user.empty()) mistakes.Add("'rdsteady token' needs --user");
      break;
    case Command::kExplain:
      arguments.subject = raw_.subject;
      if (raw_.subject.empty())
        mistakes.Add("'rdsteady explain' needs a subject", "rdsteady explain DBInstance.StorageType");
      break;
    case Command::kLocalStart:
      if ((raw_.simulate || raw_.strict) && !raw_.foreground) {
        mistakes.Add(fmt::format("{} needs --foreground", raw_.simulate ? "--simulate" : "--strict"));
      }
      break;
    case Command::kValidate:
    case Command::kPlan:
    case Command::kApply:
    case Command::kStatus:
    case Command::kIam:
      arguments.files = raw_.files;
      JudgeManifest(raw_, arguments, mistakes);
      break;
    case Command::kLocalStop:
    case Command::kLocalRestart:
    case Command::kLocalStatus:
    case Command::kLocalReset: break;
  }
  if (arguments.files.empty()) arguments.files.emplace_back("rdsteady.yaml");
  if (!mistakes.empty()) return mistakes.End();
  return arguments;
}

}  // namespace

std::expected<Arguments, EarlyEnd> ParseCommandLine(const std::vector<std::string>& words) {
  // The tree of commands takes longer to build than all the rest of this answer.
  if (words.size() == 1 && words.front() == "--version") return std::unexpected(Version());
  // The flags of the other commands are needed only to say what is wrong or what there is. No global flag takes a
  // value, so that the first word without a dash is the command.
  const auto command = std::ranges::find_if(words, [](const std::string& word) { return !word.starts_with('-'); });
  if (command != words.end() && *command != "local") {
    if (auto arguments = Tree(*command).Parse(words)) return arguments;
  }
  return Tree().Parse(words);
}

}  // namespace rdsteady::cli
