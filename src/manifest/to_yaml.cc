// A manifest as YAML text that loads to the same.
#include <algorithm>

#include <fmt/format.h>

#include "base/json.h"
#include "base/overloaded.h"
#include "base/text.h"
#include "manifest/manifest.h"

namespace rdsteady::manifest {
namespace {

bool IsSafePlain(std::string_view text) {
  if (text.empty() || text == "null" || text == "Null" || text == "NULL" || text == "<<") return false;
  const auto safe = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
           c == '.' || c == '/' || c == ':';
  };
  return std::ranges::all_of(text, safe) && !text.starts_with('-') && !text.starts_with(':') && !text.ends_with(':') &&
         !text.starts_with("...");
}

// Characters that JSON leaves as they are and YAML does not take raw, or takes for a line's end.
std::string EscapeForYaml(std::string text) {
  struct Row {
    std::string_view raw;
    std::string_view escaped;
  };
  constexpr Row kRows[] = {{"\x7F", "\\u007f"},   {"\u2028", "\\u2028"}, {"\u2029", "\\u2029"},
                           {"\uFEFF", "\\ufeff"}, {"\uFFFE", "\\ufffe"}, {"\uFFFF", "\\uffff"}};
  for (const Row& row : kRows)
    text = ReplaceAll(std::move(text), row.raw, row.escaped);
  for (std::size_t at = text.find('\xC2'); at != std::string::npos; at = text.find('\xC2', at + 1)) {
    const auto next = static_cast<unsigned char>(text[at + 1]);
    if (next <= 0x9F) text.replace(at, 2, fmt::format("\\u00{:02x}", next));
  }
  return text;
}

// Where variables are replaced, "${" is written so that it is none.
std::string Scalar(std::string_view text, bool has_variables = true) {
  if (IsSafePlain(text)) return std::string(text);
  return EscapeForYaml(JsonQuote(has_variables ? ReplaceAll(std::string(text), "${", "$${") : std::string(text)));
}

std::string Reference(const Secret& secret) {
  switch (secret.source()) {
    case Secret::Source::kEnv: return fmt::format("{{env: {}}}", Scalar(secret.reference().front(), false));
    case Secret::Source::kFile: return fmt::format("{{file: {}}}", Scalar(secret.reference().front(), false));
    case Secret::Source::kCommand: {
      std::vector<std::string> argv;
      for (const std::string& argument : secret.reference())
        argv.push_back(Scalar(argument, false));
      return fmt::format("{{command: [{}]}}", Join(argv, ", "));
    }
    case Secret::Source::kLiteral: break;
  }
  return {};
}

std::string Flow(const Value& value) {
  return std::visit(Overloaded{
                        [](std::monostate) { return std::string("null"); },
                        [](bool flag) { return std::string(flag ? "true" : "false"); },
                        [](std::int64_t number) { return std::to_string(number); },
                        [](double number) { return FormatDouble(number); },
                        [](const std::string& text) { return Scalar(text); },
                        [](const List& list) {
                          std::vector<std::string> items;
                          for (const Value& item : list)
                            items.push_back(Flow(item));
                          return "[" + Join(items, ", ") + "]";
                        },
                        [](const Properties& map) {
                          std::vector<std::string> members;
                          for (const auto& [key, member] : map)
                            members.push_back(Scalar(key) + ": " + Flow(member));
                          return "{" + Join(members, ", ") + "}";
                        },
                        [](const Secret& secret) { return Reference(secret); },
                    },
                    value.storage());
}

std::string Wait(const WaitSettings& wait) {
  std::vector<std::string> members;
  if (wait.delay) members.push_back(fmt::format("delay: {}s", wait.delay->count()));
  if (wait.max_attempts) members.push_back(fmt::format("max_attempts: {}", *wait.max_attempts));
  if (wait.timeout) members.push_back(fmt::format("timeout: {}s", wait.timeout->count()));
  return members.empty() ? std::string() : "wait: {" + Join(members, ", ") + "}\n";
}

std::string Texts(const std::vector<std::string>& texts) {
  std::vector<std::string> items;
  for (const std::string& text : texts)
    items.push_back(Scalar(text));
  return "[" + Join(items, ", ") + "]";
}

void AppendProperty(std::string& out, const std::string& name, const Value& value) {
  const Properties* map = value.If<Properties>();
  const Secret* secret = value.If<Secret>();
  if (secret != nullptr && secret->source() == Secret::Source::kLiteral) {
    out += fmt::format("    # {}: a literal secret stood here; refer to it: {{env: NAME}}\n", name);
  } else if (map != nullptr && !map->empty()) {
    out += fmt::format("    {}:\n", name);
    for (const auto& [key, member] : *map)
      out += fmt::format("      {}: {}\n", Scalar(key), Flow(member));
  } else {
    out += fmt::format("    {}: {}\n", name, Flow(value));
  }
}

void AppendResource(std::string& out, const DesiredResource& resource) {
  std::string body;
  if (!resource.renamed_from.empty()) body += fmt::format("    renamed_from: {}\n", Scalar(resource.renamed_from));
  for (const auto& [name, value] : resource.properties)
    AppendProperty(body, name, value);
  if (const std::string wait = Wait(resource.wait); !wait.empty()) body += "    " + wait;
  if (resource.power)
    body += fmt::format("    power: {}\n", *resource.power == Power::kRunning ? "running" : "stopped");
  if (resource.reboot != RebootPolicy::kNever) {
    body += fmt::format("    reboot: {}\n", resource.reboot == RebootPolicy::kWindow ? "window" : "if-pending");
  }
  if (resource.password_version) body += fmt::format("    password_version: {}\n", *resource.password_version);
  if (!resource.exact.empty()) body += fmt::format("    exact: {}\n", Texts(resource.exact));
  out += body.empty() ? fmt::format("  {}: {{}}\n", Scalar(resource.name))
                      : fmt::format("  {}:\n{}", Scalar(resource.name), body);
}

std::string PolicyText(const Policy& policy) {
  std::string members;
  if (policy.updatable) members += fmt::format("  updatable: {}\n", Texts(*policy.updatable));
  if (policy.others == Policy::Others::kReport) members += "  others: report\n";
  if (policy.max_disruption) members += fmt::format("  max_disruption: {}\n", model::ToString(*policy.max_disruption));
  return members.empty() ? std::string() : "policy:\n" + members;
}

}  // namespace

std::string ToYaml(const Manifest& manifest) {
  std::string out;
  if (!manifest.region.empty()) out += fmt::format("region: {}\n", Scalar(manifest.region));
  if (!manifest.account.empty()) out += fmt::format("account: {}\n", JsonQuote(manifest.account));
  out += Wait(manifest.wait);
  out += PolicyText(manifest.policy);
  std::vector<const model::Kind*> kinds;
  for (const DesiredResource& resource : manifest.resources) {
    if (std::ranges::find(kinds, resource.kind) == kinds.end()) kinds.push_back(resource.kind);
  }
  for (const model::Kind* kind : kinds) {
    out += fmt::format("{}{}:\n", out.empty() ? "" : "\n", kind->name);
    for (const DesiredResource& resource : manifest.resources) {
      if (resource.kind == kind) AppendResource(out, resource);
    }
  }
  return out;
}

}  // namespace rdsteady::manifest
