#include "local/engine/postgres_install.h"

#include <fmt/core.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/text.h"
#include "local/engine/process.h"

namespace rdsteady::local {
namespace {

namespace fs = std::filesystem;

// Part of the template's name: raised when TemplateSql() or initdb's arguments change.
constexpr int kTemplateFormat = 1;

std::string ReadFile(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// "postgres (PostgreSQL) 15.20 (Debian ...)" -> "15.20"
std::string VersionOf(std::string_view output) {
  constexpr std::string_view kBefore = "(PostgreSQL) ";
  const auto at = output.find(kBefore);
  if (at == std::string_view::npos) return {};
  const std::string_view rest = output.substr(at + kBefore.size());
  return std::string(rest.substr(0, rest.find_first_of(" \n")));
}

Result<std::string> RunTool(const Command& command, const EngineUser& user, int cancel) {
  auto finished = RunProcess(command, user, cancel);
  if (!finished) return Fail(finished.error());
  const std::string name = fs::path(command.argv[0]).filename();
  if (finished->cancelled) return Fail(ErrorCategory::kInterrupted, fmt::format("{} was stopped", name));
  if (finished->timed_out) return Fail(ErrorCategory::kFailed, fmt::format("{} did not end in time", name));
  if (finished->exit_status != 0) {
    return Fail(ErrorCategory::kFailed, fmt::format("{} failed ({}): {}", name, finished->exit_status,
                                                    ReplaceAll(std::string(Trim(finished->output)), "\n", "; ")));
  }
  return std::move(finished->output);
}

}  // namespace

std::map<std::string, std::unique_ptr<PostgresInstall>> PostgresInstall::FindAll(const std::string& root,
                                                                                 const EngineUser& user,
                                                                                 std::string& missing) {
  std::map<std::string, std::unique_ptr<PostgresInstall>> found;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(root, ignored)) {
    const std::string major = entry.path().filename();
    if (!ParseInteger(major)) continue;
    auto install = std::make_unique<PostgresInstall>();
    install->folder_ = (entry.path() / "bin").string();
    install->libraries_ = (entry.path() / "lib").string();
    install->major_ = major;
    std::string lacks;
    for (const char* tool : {"postgres", "initdb", "psql", "pg_basebackup", "pg_controldata"}) {
      if (::access(install->Tool(tool).c_str(), X_OK) != 0) lacks += (lacks.empty() ? "" : ", ") + std::string(tool);
    }
    if (!lacks.empty()) {
      missing += fmt::format("PostgreSQL {} in {} lacks {}\n", major, install->folder_, lacks);
      continue;
    }
    auto output = RunTool({.argv = {install->Tool("postgres"), "--version"}}, user, -1);
    install->version_ = output ? VersionOf(*output) : std::string();
    if (install->version_.empty()) {
      missing += fmt::format("PostgreSQL {} in {} does not run: {}\n", major, install->folder_,
                             output ? *output : output.error().message);
      continue;
    }
    found.emplace(major, std::move(install));
  }
  return found;
}

bool PostgresInstall::LibraryExists(std::string_view name) const {
  return fs::exists(fmt::format("{}/{}.so", libraries_, name));
}

Result<const PostgresInstall::Template*> PostgresInstall::Prepare(const std::string& engines, const EngineUser& user,
                                                                  int cancel) {
  const std::lock_guard lock(mutex_);
  if (template_) return template_.get();

  const std::string folder = fmt::format("{}/template-{}-{}", engines, kTemplateFormat, version_);
  std::error_code ignored;
  if (!fs::exists(folder + "/settings.tsv", ignored)) {
    const std::string unfinished = fmt::format("{}.new", folder);
    fs::remove_all(unfinished, ignored);
    const std::string data = unfinished + "/data";
    // Everything is done by the engine's user in its own folder: nothing has to be given to it afterwards.
    const std::vector<Command> steps{
        {.argv = {"/bin/mkdir", "-m", "0700", "--", unfinished}},
        // Not synced: a template that a power cut damages is made anew with its instances.
        {.argv = {Tool("initdb"), "--no-sync", "--no-instructions", "-k", "-E", "UTF8", "--locale=C.UTF-8",
                  "--wal-segsize=4", "--auth-local=peer", "--auth-host=scram-sha-256", "-U",
                  std::string(kPostgresAdmin), "-D", data}},
        {.argv = {Tool("postgres"), "--single", "-F", "-D", data, "postgres"},
         .input = TemplateSql() +
                  fmt::format("COPY ({}) TO {}\n", kSettingsQuery, QuoteLiteral(unfinished + "/settings.tsv"))},
    };
    for (const Command& step : steps) {
      auto done = RunTool(step, user, cancel);
      if (!done) return Fail(std::move(done.error()).Within(fmt::format("while preparing PostgreSQL {}", version_)));
      // A single-user server goes on after an error and exits with 0.
      if (const auto at = done->find("ERROR:"); at != std::string::npos) {
        return Fail(ErrorCategory::kFailed, fmt::format("PostgreSQL {} could not be prepared: {}", version_,
                                                        done->substr(at, done->find('\n', at) - at)));
      }
    }
    if (!fs::exists(unfinished + "/settings.tsv", ignored)) {
      return Fail(ErrorCategory::kFailed, fmt::format("PostgreSQL {} could not be prepared in {}", version_, engines));
    }
    std::error_code failed;
    fs::rename(unfinished, folder, failed);
    if (failed) return Fail(ErrorCategory::kFailed, fmt::format("{}: {}", folder, failed.message()));
  }
  auto made = std::make_unique<Template>();
  made->data = folder + "/data";
  made->settings = ParseSettings(ReadFile(folder + "/settings.tsv"));
  if (made->settings.empty()) {
    return Fail(ErrorCategory::kFailed, fmt::format("{}/settings.tsv is empty", folder));
  }
  template_ = std::move(made);
  return template_.get();
}

}  // namespace rdsteady::local
