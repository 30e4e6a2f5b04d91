// What a PostgreSQL server of ours is told: its configuration files and the SQL that creates its users. Pure text; who
// writes and runs it is postgres_instance.h.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "local/sim/engine_job.h"

namespace rdsteady::local {

// The superuser of every server: ours, reachable through the Unix socket by the engine's own system user only.
inline constexpr std::string_view kPostgresAdmin = "rdsadmin";
// The socket's port as our own tools and replicas name it. A link of that name leads to the real one, so a database
// that moves to another port does not cut its replicas off.
inline constexpr int kSocketPort = 1;

// A row of pg_settings.
struct PostgresSetting {
  std::string context;  // postmaster, sighup, user ...
  std::string type;     // bool, enum, integer, real, string
  std::string min;
  std::string max;
  std::vector<std::string> values;  // of an enum
  std::string unit;                 // 8kB, ms, or empty
};
using PostgresSettings = std::map<std::string, PostgresSetting, std::less<>>;

// Reads the tab-separated rows that kSettingsQuery copies out.
extern const std::string_view kSettingsQuery;
[[nodiscard]] PostgresSettings ParseSettings(std::string_view rows);

struct CheckedParameters {
  std::map<std::string, std::string> applied;
  std::vector<std::string> remarks;  // why one was left out or made smaller; for the event
};
// Keeps what this server can take. Parameters that decide where the server lives or what programs it runs are ours;
// values are checked against the type and range; what needs memory is held within `memory_budget` bytes. Libraries to
// preload are kept when `library_exists` says that they are installed.
[[nodiscard]] CheckedParameters CheckParameters(const std::map<std::string, std::string>& parameters,
                                                const PostgresSettings& settings, std::int64_t memory_budget,
                                                const std::function<bool(std::string_view)>& library_exists);

struct PostgresFiles {
  std::string hba;
  std::string ident;
  std::string socket_folder;
};

// Of a replica.
struct PostgresUpstream {
  std::string socket_folder;
  std::string slot;
  std::string application_name;
  std::map<std::string, std::int64_t> minimums;  // settings that a replica may not have lower than its source
};

// Of a server that is restored to a point in time: it reads the log of another and then goes on by itself. Paths are
// relative to the data directory, where PostgreSQL runs its commands.
struct PostgresReplay {
  std::string archive;
  std::string more_log;          // also looked at when the archive does not have it; empty: nowhere
  std::optional<Instant> until;  // the machine's time; nothing: to the end
};

[[nodiscard]] std::string RenderConfig(const EngineSpec& spec, const std::map<std::string, std::string>& parameters,
                                       const PostgresFiles& files, const std::optional<PostgresUpstream>& upstream,
                                       const std::optional<PostgresReplay>& replay = {});
[[nodiscard]] std::string RenderHba();
[[nodiscard]] std::string RenderIdent(std::string_view system_user);

// Run once in the template, a statement a line: the roles that RDS has.
[[nodiscard]] std::string TemplateSql();
// Creates the master user, its database, and what belongs to it.
[[nodiscard]] std::string ProvisionSql(const EngineSpec& spec);
[[nodiscard]] std::string PasswordSql(const EngineSpec& spec);

[[nodiscard]] std::string SlotName(std::string_view resource_id);
[[nodiscard]] std::string QuoteLiteral(std::string_view text);     // 'it''s'
[[nodiscard]] std::string QuoteIdentifier(std::string_view name);  // "a ""b"""

// A position in the log, of "0/3000148".
[[nodiscard]] std::optional<std::uint64_t> ParseLogPosition(std::string_view text);
// Where the newest timeline of a timeline history file leaves the one before.
[[nodiscard]] std::optional<std::uint64_t> ParseBranchPoint(std::string_view history);
// The file of the log that a backup begins with, of its backup_label; empty when it is not told.
[[nodiscard]] std::string ParseFirstLogFile(std::string_view backup_label);

// "pg_controldata" lines that a replica has to keep up with, by the setting's name.
[[nodiscard]] std::map<std::string, std::int64_t> ParseControlData(std::string_view output);

}  // namespace rdsteady::local
