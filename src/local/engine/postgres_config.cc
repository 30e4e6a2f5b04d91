#include "local/engine/postgres_config.h"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include "base/text.h"

namespace rdsteady::local {
namespace {

// Where the server lives, who may reach it, and what programs it runs is ours to decide; TLS, archiving and replication
// likewise. A parameter group of RDS holds hardly any of these.
constexpr std::array kOurs{
    "allow_in_place_tablespaces",
    "allow_system_table_mods",
    "archive_cleanup_command",
    "archive_command",
    "archive_library",
    "archive_mode",
    "bonjour",
    "bonjour_name",
    "cluster_name",
    "config_file",
    "data_directory",
    "data_sync_retry",
    "dynamic_library_path",
    "dynamic_shared_memory_type",
    "event_source",
    "external_pid_file",
    "fsync",
    "hba_file",
    "huge_page_size",
    "huge_pages",
    "ident_file",
    "jit_provider",
    "krb_server_keyfile",
    "listen_addresses",
    "local_preload_libraries",
    "log_destination",
    "log_directory",
    "log_file_mode",
    "log_filename",
    "logging_collector",
    "min_dynamic_shared_memory",
    "port",
    "primary_conninfo",
    "primary_slot_name",
    "promote_trigger_file",
    "recovery_end_command",
    "recovery_target",
    "recovery_target_action",
    "recovery_target_inclusive",
    "recovery_target_lsn",
    "recovery_target_name",
    "recovery_target_time",
    "recovery_target_timeline",
    "recovery_target_xid",
    "restore_command",
    "session_preload_libraries",
    "shared_memory_type",
    "ssl",
    "ssl_ca_file",
    "ssl_cert_file",
    "ssl_ciphers",
    "ssl_crl_dir",
    "ssl_crl_file",
    "ssl_dh_params_file",
    "ssl_ecdh_curve",
    "ssl_key_file",
    "ssl_library",
    "ssl_max_protocol_version",
    "ssl_min_protocol_version",
    "ssl_passphrase_command",
    "ssl_passphrase_command_supports_reload",
    "ssl_prefer_server_ciphers",
    "stats_temp_directory",
    "syslog_facility",
    "syslog_ident",
    "temp_tablespaces",
    "unix_socket_directories",
    "unix_socket_group",
    "unix_socket_permissions",
    "wal_level",
    "zero_damaged_pages",
};
static_assert(std::ranges::is_sorted(kOurs, [](std::string_view a, std::string_view b) { return a < b; }));

// Shared memory that is taken when the server starts, in pages of 8 kB.
constexpr std::array<std::string_view, 2> kSharedPages{"shared_buffers", "wal_buffers"};

// In the configuration file, unlike in SQL, a backslash begins an escape.
std::string QuoteConfig(std::string_view value) {
  return QuoteLiteral(ReplaceAll(std::string(value), "\\", "\\\\"));
}

std::string Lines(const std::vector<std::string>& lines) {
  return fmt::format("{}\n", fmt::join(lines, "\n"));
}

std::optional<std::string> WhyNot(std::string_view value, const PostgresSetting& setting) {
  if (value.find_first_of(std::string_view("\0\r\n", 3)) != std::string_view::npos) return "it has a line break";
  if (setting.type == "bool") {
    static constexpr std::array<std::string_view, 8> kWords{"0", "1", "on", "off", "true", "false", "yes", "no"};
    if (std::ranges::find(kWords, ToLower(value)) == kWords.end()) return "it is no boolean";
  } else if (setting.type == "enum") {
    const auto same = [&](const std::string& word) { return EqualsIgnoreCase(word, value); };
    if (std::ranges::none_of(setting.values, same)) {
      return fmt::format("it is none of {}", fmt::join(setting.values, ", "));
    }
  } else if (setting.type == "integer" || setting.type == "real") {
    const auto number = ParseDouble(value);
    if (!number || (setting.type == "integer" && !ParseInteger(value))) return "it is no number";
    const auto min = ParseDouble(setting.min);
    const auto max = ParseDouble(setting.max);
    if ((min && *number < *min) || (max && *number > *max)) {
      return fmt::format("it is outside {} to {}", setting.min, setting.max);
    }
  }
  return std::nullopt;
}

std::string KeepInstalled(std::string_view name, std::string_view value, std::vector<std::string>& remarks,
                          const std::function<bool(std::string_view)>& library_exists) {
  std::vector<std::string> kept;
  for (const std::string_view part : Split(value, ',')) {
    const std::string_view library = Trim(part);
    if (library.empty()) continue;
    const bool plain = std::ranges::all_of(library, [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    });
    if (plain && library_exists(library)) {
      kept.emplace_back(library);
    } else {
      remarks.push_back(fmt::format("{}: {} is not installed here and was left out", name, library));
    }
  }
  return Join(kept, ",");
}

}  // namespace

const std::string_view kSettingsQuery =
    "SELECT name, context, vartype, coalesce(min_val, ''), coalesce(max_val, ''), "
    "coalesce(array_to_string(enumvals, ','), ''), coalesce(unit, '') FROM pg_settings ORDER BY name";

PostgresSettings ParseSettings(std::string_view rows) {
  PostgresSettings settings;
  for (const std::string_view row : Split(rows, '\n')) {
    const auto columns = Split(row, '\t');
    if (columns.size() != 7) continue;
    PostgresSetting setting{.context = std::string(columns[1]),
                            .type = std::string(columns[2]),
                            .min = std::string(columns[3]),
                            .max = std::string(columns[4]),
                            .values = {},
                            .unit = std::string(columns[6])};
    if (setting.type == "enum") {
      for (const std::string_view value : Split(columns[5], ','))
        setting.values.emplace_back(value);
    }
    settings.emplace(std::string(columns[0]), std::move(setting));
  }
  return settings;
}

CheckedParameters CheckParameters(const std::map<std::string, std::string>& parameters,
                                  const PostgresSettings& settings, std::int64_t memory_budget,
                                  const std::function<bool(std::string_view)>& library_exists) {
  CheckedParameters checked;
  const auto leave_out = [&](std::string_view name, std::string_view why) {
    checked.remarks.push_back(fmt::format("{} was not applied: {}", name, why));
  };
  for (const auto& [name, given] : parameters) {
    std::string value = given;
    if (std::ranges::binary_search(kOurs, std::string_view(name), std::less<std::string_view>())) {
      leave_out(name, "the local RDS decides it");
      continue;
    }
    const auto dot = name.find('.');
    if (dot != std::string::npos) {
      // A loaded library's own parameter. The server keeps it unread until the library is loaded.
      const std::string_view library = std::string_view(name).substr(0, dot);
      const bool plain = std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
      });
      if (!plain || library == "rds" || !library_exists(library)) {
        leave_out(name, "this server has no such parameter");
      } else if (value.find_first_of(std::string_view("\0\r\n", 3)) != std::string::npos) {
        leave_out(name, "it has a line break");
      } else {
        checked.applied.emplace(name, value);
      }
      continue;
    }
    const auto setting = settings.find(name);
    if (setting == settings.end() || setting->second.context == "internal") {
      leave_out(name, "this server has no such parameter");
      continue;
    }
    if (name == "shared_preload_libraries") value = KeepInstalled(name, value, checked.remarks, library_exists);
    if (const auto why = WhyNot(value, setting->second)) {
      leave_out(name, *why);
      continue;
    }
    if (std::ranges::find(kSharedPages, name) != kSharedPages.end() && setting->second.unit == "8kB") {
      const std::int64_t most = memory_budget / 8192;
      const std::int64_t pages = ParseInteger(value).value_or(0);
      if (pages > most) {
        checked.remarks.push_back(
            fmt::format("{} is {} here in place of {}: this machine's memory is shared", name, most, pages));
        value = std::to_string(most);
      }
    }
    checked.applied.emplace(name, value);
  }
  return checked;
}

std::string RenderConfig(const EngineSpec& spec, const std::map<std::string, std::string>& parameters,
                         const PostgresFiles& files, const std::optional<PostgresUpstream>& upstream,
                         const std::optional<PostgresReplay>& replay) {
  std::map<std::string, std::string> values{
      // Small: an idle server takes about 6 MB.
      {"shared_buffers", "2048"},
      {"max_connections", "100"},
      {"max_wal_size", "256"},
      {"min_wal_size", "32"},
      {"wal_keep_size", "64"},
      // A replica that stays away for long must not fill the disk through its slot.
      {"max_slot_wal_keep_size", "1024"},
      {"max_wal_senders", "10"},
      {"max_replication_slots", "10"},
      {"wal_level", "replica"},
      {"hot_standby", "on"},
      {"password_encryption", "scram-sha-256"},
      {"timezone", "UTC"},
      {"log_timezone", "UTC"},
      {"datestyle", "ISO, MDY"},
      {"log_line_prefix", "%m [%p] %u@%d "},
      {"default_text_search_config", "pg_catalog.english"},
  };
  for (const auto& [name, value] : parameters)
    values[name] = value;
  if (upstream) {
    for (const auto& [name, least] : upstream->minimums) {
      const auto found = values.find(name);
      const auto own = found == values.end() ? std::optional<std::int64_t>() : ParseInteger(found->second);
      if (!own || *own < least) values[name] = std::to_string(least);
    }
  }
  values["listen_addresses"] = spec.address;
  values["port"] = std::to_string(spec.port);
  values["unix_socket_directories"] = files.socket_folder;
  values["unix_socket_permissions"] = "0700";
  values["hba_file"] = files.hba;
  values["ident_file"] = files.ident;
  values["logging_collector"] = "off";
  values["log_destination"] = "stderr";
  values["huge_pages"] = "off";
  values["ssl"] = "off";
  // Always on, because it takes a restart to change; what is not kept is thrown away.
  values["archive_mode"] = "on";
  values["archive_command"] = spec.keeps_log ? "test -f ../archive/%f || (/bin/cp --sparse=always -- %p "
                                               "../archive/%f.part && /bin/mv -- ../archive/%f.part ../archive/%f)"
                                             : "/bin/true";
  if (replay) {
    values["restore_command"] = fmt::format("/bin/cp -- {}/%f %p", replay->archive);
    if (!replay->more_log.empty()) {
      values["restore_command"] += fmt::format(" || /bin/cp -- {}/%f %p", replay->more_log);
    }
    values["recovery_target_action"] = "promote";
    values["recovery_target_timeline"] = "latest";
    if (replay->until) {
      // Names of zones, Z among them, are not known yet when PostgreSQL reads this.
      std::string time = FormatIso8601(*replay->until, true);
      time.replace(time.find('Z'), 1, "+00");
      values["recovery_target_time"] = ReplaceAll(std::move(time), "T", " ");
    }
    // Nobody may look before it is done; and the source's settings of shared memory need not be matched.
    values["hot_standby"] = "off";
  }
  if (upstream) {
    values["primary_conninfo"] = fmt::format("host={} port={} user={} application_name={}", upstream->socket_folder,
                                             kSocketPort, kPostgresAdmin, upstream->application_name);
    values["primary_slot_name"] = upstream->slot;
  }
  std::vector<std::string> lines{fmt::format("# Written by rdsteady for {}: edits are lost.", spec.resource_id)};
  for (const auto& [name, value] : values)
    lines.push_back(fmt::format("{} = {}", name, QuoteConfig(value)));
  return Lines(lines);
}

std::string RenderHba() {
  return Lines({
      "# Written by rdsteady: edits are lost.",
      fmt::format("local all {} peer map=rdsteady", kPostgresAdmin),
      fmt::format("local replication {} peer map=rdsteady", kPostgresAdmin),
      fmt::format("host all {} all reject", kPostgresAdmin),
      "local all all scram-sha-256",
      "host all all all scram-sha-256",
  });
}

std::string RenderIdent(std::string_view system_user) {
  return Lines({fmt::format("rdsteady {} {}", QuoteIdentifier(system_user), kPostgresAdmin)});
}

std::string TemplateSql() {
  return Lines({
      "CREATE ROLE rds_superuser NOLOGIN",
      "CREATE ROLE rds_replication NOLOGIN",
      "CREATE ROLE rds_password NOLOGIN",
      "CREATE ROLE rds_iam NOLOGIN",
      "GRANT pg_monitor, pg_signal_backend, rds_replication, rds_password TO rds_superuser WITH ADMIN OPTION",
      "DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'pg_checkpoint') THEN GRANT pg_checkpoint TO "
      "rds_superuser WITH ADMIN OPTION; END IF; END $$",
  });
}

namespace {

// Our own statements never reach a log, whatever the instance's parameters say: they carry password verifiers.
std::string Quietly(std::string sql) {
  return "SET log_statement = 'none'; SET log_min_duration_statement = -1; SET log_min_error_statement = 'panic';\n" +
         std::move(sql);
}

}  // namespace

std::string ProvisionSql(const EngineSpec& spec) {
  const std::string master = QuoteIdentifier(spec.master_username);
  std::string sql = fmt::format(
      "CREATE ROLE {0} LOGIN CREATEDB CREATEROLE INHERIT VALID UNTIL 'infinity' PASSWORD {1} IN ROLE rds_superuser;\n"
      "ALTER DATABASE postgres OWNER TO {0};\n"
      "ALTER DATABASE template1 OWNER TO {0};\n",
      master, QuoteLiteral(spec.password_verifier));
  if (!spec.db_name.empty() && spec.db_name != "postgres") {
    sql += fmt::format("CREATE DATABASE {} OWNER {};\n", QuoteIdentifier(spec.db_name), master);
  }
  return Quietly(std::move(sql));
}

std::string PasswordSql(const EngineSpec& spec) {
  return Quietly(fmt::format("ALTER ROLE {} PASSWORD {};\n", QuoteIdentifier(spec.master_username),
                             QuoteLiteral(spec.password_verifier)));
}

std::string SlotName(std::string_view resource_id) {
  std::string name = "rdsteady_" + ToLower(resource_id);
  std::ranges::replace(name, '-', '_');
  return name;
}

std::string QuoteLiteral(std::string_view text) {
  return fmt::format("'{}'", ReplaceAll(std::string(text), "'", "''"));
}

std::string QuoteIdentifier(std::string_view name) {
  return fmt::format("\"{}\"", ReplaceAll(std::string(name), "\"", "\"\""));
}

std::optional<std::uint64_t> ParseLogPosition(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto number = [](std::string_view digits) -> std::optional<std::uint64_t> {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    if (error != std::errc() || end != digits.data() + digits.size() || value > 0xffffffff) return std::nullopt;
    return value;
  };
  const auto high = number(text.substr(0, slash));
  const auto low = number(text.substr(slash + 1));
  if (!high || !low) return std::nullopt;
  return *high << 32 | *low;
}

std::optional<std::uint64_t> ParseBranchPoint(std::string_view history) {
  // "1\t0/3000148\tbefore 2026-03-04 10:00:00+00"
  std::optional<std::uint64_t> last;
  for (const std::string_view line : Split(history, '\n')) {
    const auto columns = Split(line, '\t');
    if (columns.size() < 2 || line.starts_with('#')) continue;
    if (const auto position = ParseLogPosition(columns[1])) last = position;
  }
  return last;
}

std::string ParseFirstLogFile(std::string_view backup_label) {
  // "START WAL LOCATION: 0/2000028 (file 000000010000000000000002)"
  constexpr std::string_view kMark = "START WAL LOCATION: ";
  constexpr std::string_view kFile = "(file ";
  if (!backup_label.starts_with(kMark)) return {};
  const std::string_view line = Split(backup_label, '\n').front();
  const auto open = line.find(kFile);
  const auto close = line.find(')', open);
  if (open == std::string_view::npos || close == std::string_view::npos) return {};
  std::string name(line.substr(open + kFile.size(), close - open - kFile.size()));
  const bool hex = name.size() == 24 &&
                   std::ranges::all_of(name, [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F'); });
  return hex ? name : std::string();
}

std::map<std::string, std::int64_t> ParseControlData(std::string_view output) {
  // "max_connections setting:              100"; two names are shortened there.
  static constexpr std::array<std::pair<std::string_view, const char*>, 5> kNames{{
      {"max_connections setting", "max_connections"},
      {"max_worker_processes setting", "max_worker_processes"},
      {"max_wal_senders setting", "max_wal_senders"},
      {"max_prepared_xacts setting", "max_prepared_transactions"},
      {"max_locks_per_xact setting", "max_locks_per_transaction"},
  }};
  std::map<std::string, std::int64_t> found;
  for (const std::string_view line : Split(output, '\n')) {
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    for (const auto& [label, name] : kNames) {
      if (line.substr(0, colon) != label) continue;
      if (const auto value = ParseInteger(Trim(line.substr(colon + 1)))) found[name] = *value;
    }
  }
  return found;
}

}  // namespace rdsteady::local
