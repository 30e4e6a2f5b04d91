#include "apply/secrets.h"

#include <algorithm>
#include <functional>

#include <fmt/format.h>

namespace rdsteady::apply {
namespace {

void ForEachSecret(const Value& value, const std::function<void(const Secret&)>& visit) {
  if (const auto* secret = value.If<Secret>()) visit(*secret);
  if (const auto* list = value.If<List>()) {
    for (const Value& item : *list)
      ForEachSecret(item, visit);
  }
  if (const auto* map = value.If<Properties>()) {
    for (const auto& [name, item] : *map)
      ForEachSecret(item, visit);
  }
}

}  // namespace

Result<ResolvedSecrets> ResolvedSecrets::Resolve(const plan::Plan& plan, SecretSource& source) {
  ResolvedSecrets resolved;
  std::string failures;
  std::string hint;
  const auto resolve = [&](const Secret& secret) {
    const bool known = std::ranges::any_of(resolved.texts_, [&](const auto& entry) { return entry.first == secret; });
    if (known) return;
    Result<std::string> text =
        secret.source() == Secret::Source::kLiteral ? Result<std::string>(secret.Reveal()) : source.Resolve(secret);
    if (!text) {
      failures += (failures.empty() ? "" : "; ") + text.error().message;
      if (hint.empty()) hint = text.error().hint;
      text = std::string();  // remembered, so that one reference fails once
    }
    resolved.texts_.emplace_back(secret, std::move(*text));
  };
  for (const plan::ResourcePlan& resource : plan.resources) {
    if (resource.fate == plan::Fate::kRefused) continue;
    for (const plan::Step& step : resource.steps) {
      for (const auto& [name, value] : step.parameters)
        ForEachSecret(value, resolve);
    }
  }
  if (!failures.empty()) return Fail(ErrorCategory::kUsage, std::move(failures), std::move(hint));
  return resolved;
}

Result<Properties> ResolvedSecrets::Fill(const Properties& request) const {
  Properties filled = request;
  for (auto& [name, value] : filled) {
    const auto* secret = value.If<Secret>();
    if (secret == nullptr) continue;
    const auto it = std::ranges::find_if(texts_, [&](const auto& entry) { return entry.first == *secret; });
    if (it == texts_.end()) {
      return Fail(ErrorCategory::kInternal,
                  fmt::format("{} ({}) was not resolved before the run", name, secret->Describe()));
    }
    value = Secret::Literal(it->second);
  }
  return filled;
}

}  // namespace rdsteady::apply
