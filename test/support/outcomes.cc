#include "support/outcomes.h"

#include <gtest/gtest.h>

#include "model/kinds/compare.h"

namespace rdsteady::apply {

ResourceOutcome OutcomeOf(const Result<ApplyOutcome>& outcome) {
  if (outcome && !outcome->resources.empty()) return outcome->resources.back();
  ADD_FAILURE() << (outcome ? "no resource" : Describe(outcome.error()));
  return {.result = ResourceResult::kFailed};
}

std::string MessageOf(const Result<ApplyOutcome>& outcome) {
  const ResourceOutcome resource = OutcomeOf(outcome);
  return resource.errors.empty() ? std::string() : resource.errors.front().message;
}

Value At(World& world, std::string_view path, const std::string& name) {
  return model::ReadPath(world.Live("DBInstance", name), path);
}

std::vector<std::string> Operations(const std::vector<std::string>& calls) {
  std::vector<std::string> names;
  for (const std::string& call : calls)
    names.push_back(call.substr(0, call.find(' ')));
  return names;
}

}  // namespace rdsteady::apply
