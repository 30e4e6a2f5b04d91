#include "rdsteady/value.h"

#include <fmt/format.h>

#include "base/overloaded.h"

namespace rdsteady {

std::string Secret::Describe() const {
  switch (source_) {
    case Source::kLiteral: return "literal";
    case Source::kEnv: return "env " + parts_.front();
    case Source::kFile: return "file " + parts_.front();
    case Source::kCommand: return "command " + (parts_.empty() ? std::string() : parts_.front());
  }
  return "secret";
}

const Value* Value::Find(std::string_view member) const {
  const auto* map = If<Properties>();
  return map == nullptr ? nullptr : rdsteady::Find(*map, member);
}

const Value* Value::FindPath(std::string_view dotted_path) const {
  const Value* at = this;
  while (at != nullptr) {
    const auto dot = dotted_path.find('.');
    at = at->Find(dotted_path.substr(0, dot));
    if (dot == std::string_view::npos) return at;
    dotted_path.remove_prefix(dot + 1);
  }
  return nullptr;
}

bool operator==(const Value& a, const Value& b) {
  return a.storage_ == b.storage_;
}

const Value* Find(const Properties& properties, std::string_view name) {
  const auto it = properties.find(name);
  return it == properties.end() ? nullptr : &it->second;
}

std::string ToDisplay(const Value& value) {
  return std::visit(Overloaded{
                        [](std::monostate) -> std::string { return "null"; },
                        [](bool b) -> std::string { return b ? "true" : "false"; },
                        [](std::int64_t i) { return fmt::format("{}", i); },
                        [](double d) { return fmt::format("{}", d); },
                        [](const std::string& s) { return s.empty() ? std::string("\"\"") : s; },
                        [](const List& list) {
                          std::string out = "[";
                          for (const Value& item : list)
                            out += (out.size() > 1 ? ", " : "") + ToDisplay(item);
                          return out + "]";
                        },
                        [](const Properties& map) {
                          std::string out = "{";
                          for (const auto& [key, item] : map)
                            out += (out.size() > 1 ? ", " : "") + key + ": " + ToDisplay(item);
                          return out + "}";
                        },
                        [](const Secret& secret) { return fmt::format("(secret, {})", secret.Describe()); },
                    },
                    value.storage());
}

}  // namespace rdsteady
