#include "model/kinds/read_trace.h"

namespace rdsteady::model {

ReadTrace::ReadTrace() {
  current = this;
}

ReadTrace::~ReadTrace() {
  if (current == this) current = nullptr;
}

void ReadTrace::Add(const Value& answer, Place::What what, std::string_view name, std::string_view detail) {
  const auto watched = places_.find(&answer);
  if (watched == places_.end() || name.empty()) return;
  watched->second.insert({what, std::string(name), std::string(detail)});
}

}  // namespace rdsteady::model
