// The secrets of a plan: resolved all together before the first mutating call, put into requests as they leave.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "apply/apply.h"

namespace rdsteady::apply {

class ResolvedSecrets {
 public:
  // Resolves every secret that a step of the plan carries, each once. Errors: kUsage, all that failed together.
  [[nodiscard]] static Result<ResolvedSecrets> Resolve(const plan::Plan& plan, SecretSource& source);
  // A copy of the request in which references are replaced by literals. Errors: kInternal when one was not resolved.
  [[nodiscard]] Result<Properties> Fill(const Properties& request) const;

 private:
  std::vector<std::pair<Secret, std::string>> texts_;
};

}  // namespace rdsteady::apply
