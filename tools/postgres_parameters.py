#!/usr/bin/env python3
"""Writes src/local/sim/parameter_data_postgres.cc from a server's pg_settings.

usage: psql -Atc "copy (select name, vartype, context, min_val, max_val, enumvals from pg_settings order by name)
                  to stdout with csv header" postgres | tools/postgres_parameters.py > parameter_data_postgres.cc

Which parameters RDS manages itself, and the ones that only RDS has, are the two lists below.
"""
import csv
import sys

# Where the files are, what listens and what is archived belongs to the service.
MANAGED = set("""archive_command archive_library archive_mode archive_cleanup_command bonjour bonjour_name cluster_name
config_file data_directory data_directory_mode event_source external_pid_file full_page_writes fsync hba_file ident_file
krb_server_keyfile listen_addresses log_destination log_directory log_file_mode log_timezone_abbreviations
logging_collector lc_messages_path max_files_per_process port primary_conninfo primary_slot_name promote_trigger_file
recovery_end_command recovery_target recovery_target_action recovery_target_inclusive recovery_target_lsn
recovery_target_name recovery_target_time recovery_target_timeline recovery_target_xid restart_after_crash
restore_command ssl_ca_file ssl_cert_file ssl_crl_dir ssl_crl_file ssl_dh_params_file ssl_ecdh_curve ssl_key_file
ssl_passphrase_command ssl_passphrase_command_supports_reload ssl_prefer_server_ciphers syslog_facility syslog_ident
syslog_sequence_numbers syslog_split_messages unix_socket_directories unix_socket_group unix_socket_permissions
wal_level wal_sync_method zero_damaged_pages ignore_checksum_failure ignore_invalid_pages ignore_system_indexes
allow_system_table_mods jit_provider dynamic_library_path local_preload_libraries allow_in_place_tablespaces
stats_temp_directory remove_temp_files_after_crash recovery_init_sync_method shared_memory_type
dynamic_shared_memory_type min_dynamic_shared_memory wal_init_zero wal_recycle data_sync_retry""".split())

DEFAULTS = {
    "shared_buffers": "{DBInstanceClassMemory/32768}",
    "effective_cache_size": "{DBInstanceClassMemory/16384}",
    "max_connections": "LEAST({DBInstanceClassMemory/9531392},5000)",
    "maintenance_work_mem": "GREATEST({DBInstanceClassMemory*1024/63963136},65536)",
    "autovacuum_max_workers": "GREATEST({DBInstanceClassMemory/64371566592},3)",
    "autovacuum_vacuum_cost_limit": "GREATEST({log(DBInstanceClassMemory/21474836480)*600},200)",
    "max_wal_size": "2048", "min_wal_size": "192", "checkpoint_completion_target": "0.9",
    "log_rotation_age": "60", "log_rotation_size": "100000", "log_min_error_statement": "error",
    "log_min_messages": "warning", "log_line_prefix": "%t:%r:%u@%d:[%p]:", "log_hostname": "0",
    "idle_in_transaction_session_timeout": "86400000", "max_wal_senders": "20", "max_replication_slots": "20",
    "max_worker_processes": "GREATEST({DBInstanceVCPU*2},8)", "ssl": "1", "tcp_keepalives_count": "2",
    "tcp_keepalives_idle": "300", "tcp_keepalives_interval": "30", "wal_keep_size": "2048",
    "autovacuum_naptime": "15", "autovacuum_analyze_scale_factor": "0.05", "autovacuum_vacuum_scale_factor": "0.1",
    "log_checkpoints": "1", "logging_collector": "1", "archive_mode": "on", "archive_timeout": "300",
    "shared_preload_libraries": "pg_stat_statements", "wal_level": "replica", "fsync": "1", "full_page_writes": "1",
    "port": "{EndPointPort}", "listen_addresses": "*", "password_encryption": "scram-sha-256",
}

# name, type, static, allowed, default, modifiable
RDS = [
    ("rds.accepted_password_auth_method", "string", False, "md5+scram,scram", "md5+scram", True),
    ("rds.adaptive_autovacuum", "boolean", False, "0,1", "1", True),
    ("rds.allowed_extensions", "string", False, "", "*", True),
    ("rds.custom_dns_resolution", "boolean", True, "0,1", "0", True),
    ("rds.extensions", "string", True, "", "", False),
    ("rds.force_admin_logging_level", "string", False,
     "disabled,debug5,debug4,debug3,debug2,debug1,info,notice,warning,error,log,fatal,panic", "disabled", True),
    ("rds.force_autovacuum_logging_level", "string", False,
     "disabled,debug5,debug4,debug3,debug2,debug1,info,notice,warning,error,log,fatal,panic", "warning", True),
    ("rds.force_ssl", "boolean", False, "0,1", "1", True),
    ("rds.global_db_rpo", "integer", False, "-1,20-2147483647", "", True),
    ("rds.log_retention_period", "integer", False, "1440-10080", "4320", True),
    ("rds.logical_replication", "boolean", True, "0,1", "0", True),
    ("rds.max_tcp_buffers", "integer", True, "-1,209715200-2147483647", "", False),
    ("rds.pg_stat_ramdisk_size", "integer", True, "0-1024", "0", True),
    ("rds.rds_superuser_reserved_connections", "integer", True, "0-8388607", "2", True),
    ("rds.restrict_password_commands", "boolean", True, "0,1", "0", True),
    ("rds.superuser_variables", "string", False, "", "session_replication_role", False),
    # Of extensions that RDS preloads.
    ("auto_explain.log_analyze", "boolean", False, "0,1", "", True),
    ("auto_explain.log_buffers", "boolean", False, "0,1", "", True),
    ("auto_explain.log_format", "string", False, "text,xml,json,yaml", "", True),
    ("auto_explain.log_min_duration", "integer", False, "-1-2147483647", "", True),
    ("auto_explain.log_nested_statements", "boolean", False, "0,1", "", True),
    ("auto_explain.log_timing", "boolean", False, "0,1", "", True),
    ("auto_explain.log_triggers", "boolean", False, "0,1", "", True),
    ("auto_explain.log_verbose", "boolean", False, "0,1", "", True),
    ("auto_explain.sample_rate", "float", False, "0-1", "", True),
    ("cron.database_name", "string", True, "", "postgres", True),
    ("cron.log_run", "boolean", True, "0,1", "1", True),
    ("cron.log_statement", "boolean", True, "0,1", "1", True),
    ("cron.max_running_jobs", "integer", True, "0-8388607", "5", True),
    ("cron.use_background_workers", "boolean", True, "0,1", "1", True),
    ("pg_stat_statements.max", "integer", True, "100-2147483647", "", True),
    ("pg_stat_statements.save", "boolean", False, "0,1", "", True),
    ("pg_stat_statements.track", "string", False, "none,top,all", "", True),
    ("pg_stat_statements.track_planning", "boolean", False, "0,1", "", True),
    ("pg_stat_statements.track_utility", "boolean", False, "0,1", "", True),
    ("pgaudit.log", "list", False, "ddl,function,misc,read,role,write,none,all,-ddl,-function,-misc,-read,-role,-write",
     "", True),
    ("pgaudit.log_catalog", "boolean", False, "0,1", "", True),
    ("pgaudit.log_level", "string", False, "debug5,debug4,debug3,debug2,debug1,info,notice,warning,log", "", True),
    ("pgaudit.log_parameter", "boolean", False, "0,1", "", True),
    ("pgaudit.log_relation", "boolean", False, "0,1", "", True),
    ("pgaudit.log_statement_once", "boolean", False, "0,1", "", True),
    ("pgaudit.role", "string", False, "", "", True),
]

TYPES = {"bool": "boolean", "integer": "integer", "real": "float", "string": "string", "enum": "string"}


def quote(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def main():
    rows = {}
    for row in csv.DictReader(sys.stdin):
        name = row["name"].lower()
        if row["context"] == "internal":
            continue
        kind = TYPES[row["vartype"]]
        if kind == "boolean":
            allowed = "0,1"
        elif row["enumvals"]:
            allowed = row["enumvals"].strip("{}").replace('"', "")
        elif kind in ("integer", "float"):
            allowed = row["min_val"] + "-" + row["max_val"]
        else:
            allowed = ""
        rows[name] = (name, kind, row["context"] == "postmaster", allowed, DEFAULTS.get(name, ""), name not in MANAGED)
    for row in RDS:
        rows[row[0]] = row
    print("// Written by tools/postgres_parameters.py from PostgreSQL 15; do not edit.")
    print('#include "local/sim/parameter_catalogue.h"\n')
    print("namespace rdsteady::local::sim {\nnamespace {\n")
    print("// clang-format off\nconstexpr ParameterInfo kParameters[] = {")
    for name, kind, static, allowed, default, modifiable in sorted(rows.values()):
        flags = ("true" if static else "false") + ", " + ("true" if modifiable else "false")
        print(f"    {{{quote(name)}, ParameterType::k{kind.capitalize()}, {flags}, {quote(allowed)}, {quote(default)}}},")
    print("};\n// clang-format on\n\n}  // namespace\n")
    print("std::span<const ParameterInfo> PostgresParameters() { return kParameters; }\n")
    print("}  // namespace rdsteady::local::sim")


main()
