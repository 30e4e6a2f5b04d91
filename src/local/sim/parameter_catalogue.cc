#include "local/sim/parameter_catalogue.h"

#include <algorithm>

#include "base/text.h"
#include "local/sim/catalogue.h"

namespace rdsteady::local::sim {
namespace {

// The most that a parameter may ask for on this machine, in its own unit.
struct Cap {
  std::string_view name;
  std::int64_t most;
};
constexpr std::int64_t kKib = 1024;
constexpr std::int64_t kPage = 8 * kKib;
constexpr Cap kCaps[] = {
    {"autovacuum_max_workers", 10},
    {"autovacuum_work_mem", kEngineMemoryBudget / 4 / kKib},
    {"innodb_buffer_pool_size", kEngineMemoryBudget / 2},
    {"innodb_log_buffer_size", kEngineMemoryBudget / 8},
    {"key_buffer_size", kEngineMemoryBudget / 8},
    {"logical_decoding_work_mem", kEngineMemoryBudget / 4 / kKib},
    {"maintenance_work_mem", kEngineMemoryBudget / 4 / kKib},
    {"max_connections", 1000},
    {"max_locks_per_transaction", 256},
    {"max_pred_locks_per_transaction", 256},
    {"max_prepared_transactions", 1000},
    {"max_replication_slots", 50},
    {"max_wal_senders", 50},
    {"max_worker_processes", 64},
    {"query_cache_size", kEngineMemoryBudget / 8},
    {"shared_buffers", kEngineMemoryBudget / 2 / kPage},
    {"temp_buffers", kEngineMemoryBudget / 8 / kPage},
    {"wal_buffers", kEngineMemoryBudget / 8 / kPage},
    {"work_mem", kEngineMemoryBudget / 4 / kKib},
};

std::optional<std::pair<double, double>> ParseRange(std::string_view text) {
  // The dash after the first character separates: -1-2147483647.
  const std::size_t dash = text.find('-', 1);
  if (dash == std::string_view::npos) return std::nullopt;
  auto low = ParseDouble(text.substr(0, dash));
  auto high = ParseDouble(text.substr(dash + 1));
  if (!low.has_value() || !high.has_value()) return std::nullopt;
  return std::pair{*low, *high};
}

bool IsBooleanWord(std::string_view value) {
  for (std::string_view word : {"0", "1", "on", "off", "true", "false", "yes", "no"}) {
    if (EqualsIgnoreCase(value, word)) return true;
  }
  return false;
}

bool IsAllowed(const ParameterInfo& info, std::string_view value) {
  if (info.type == ParameterType::kBoolean) return IsBooleanWord(value);
  const bool is_number = info.type == ParameterType::kInteger || info.type == ParameterType::kFloat;
  if (is_number) {
    auto number = info.type == ParameterType::kInteger ? ParseInteger(value) : std::nullopt;
    auto real = number.has_value() ? std::optional(static_cast<double>(*number)) : std::nullopt;
    if (info.type == ParameterType::kFloat) real = ParseDouble(value);
    if (!real.has_value()) return false;
    if (info.allowed.empty()) return true;
    return std::ranges::any_of(Split(info.allowed, ','), [&](std::string_view part) {
      if (auto range = ParseRange(part)) return *real >= range->first && *real <= range->second;
      auto single = ParseDouble(part);
      return single.has_value() && *single == *real;
    });
  }
  if (info.allowed.empty()) return true;
  auto allowed = Split(info.allowed, ',');
  auto is_listed = [&](std::string_view one) {
    return std::ranges::any_of(allowed, [&](std::string_view item) { return EqualsIgnoreCase(Trim(one), item); });
  };
  // A list's items, and "md5+scram,scram", whose comma separates the choices.
  if (info.type == ParameterType::kList) return std::ranges::all_of(Split(value, ','), is_listed);
  return is_listed(value);
}

}  // namespace

std::span<const ParameterInfo> ParametersOf(std::string_view family) {
  const Engine* engine = EngineOfFamily(family);
  if (engine == nullptr) return {};
  if (engine->name == "postgres" || engine->name == "aurora-postgresql") return PostgresParameters();
  if (engine->name == "mysql" || engine->name == "mariadb" || engine->name == "aurora-mysql") return MySqlParameters();
  return {};
}

const ParameterInfo* FindParameter(std::string_view family, std::string_view name) {
  auto all = ParametersOf(family);
  auto found = std::ranges::lower_bound(all, name, {}, &ParameterInfo::name);
  return found == all.end() || found->name != name ? nullptr : &*found;
}

std::string_view ToString(ParameterType type) {
  switch (type) {
    case ParameterType::kInteger: return "integer";
    case ParameterType::kFloat: return "float";
    case ParameterType::kBoolean: return "boolean";
    case ParameterType::kString: return "string";
    case ParameterType::kList: return "list";
  }
  return "string";
}

Checked<void> CheckParameterValue(const ParameterInfo& info, std::string_view value) {
  if (IsFormula(value)) {
    const FormulaInput sample{.memory_bytes = 8LL << 30, .vcpus = 2, .allocated_gib = 100, .port = 5432};
    if (auto result = EvaluateFormula(value, sample); !result.has_value()) {
      return InvalidValue("Invalid parameter value: " + std::string(value) + " for: " + std::string(info.name) + ": " +
                          result.error());
    }
    return {};
  }
  if (IsAllowed(info, value)) return {};
  std::string message = "Invalid parameter value: " + std::string(value) + " for: " + std::string(info.name);
  if (!info.allowed.empty()) message += " allowed values are: " + std::string(info.allowed);
  return InvalidValue(std::move(message));
}

std::optional<std::string> EngineValue(std::string_view name, std::string_view value, const FormulaInput& input) {
  std::string text(value);
  if (IsFormula(value)) {
    auto result = EvaluateFormula(value, input);
    if (!result.has_value()) return std::nullopt;
    text = *std::move(result);
  }
  const auto* cap = std::ranges::find(kCaps, name, &Cap::name);
  if (cap != std::end(kCaps)) {
    if (auto number = ParseInteger(text); number.has_value() && *number > cap->most) return std::to_string(cap->most);
  }
  return text;
}

}  // namespace rdsteady::local::sim
