#include "local/sim/faults.h"

#include <utility>

namespace rdsteady::local::sim {

std::unexpected<Fault> Refuse(std::string_view code, std::string message) {
  const model::ErrorShape* shape = model::FindErrorByCode(code);
  return std::unexpected(Fault{.code = std::string(code),
                               .message = std::move(message),
                               .http_status = shape == nullptr ? 400 : shape->http_status});
}

std::unexpected<Fault> InvalidValue(std::string message) {
  return Refuse("InvalidParameterValue", std::move(message));
}

std::unexpected<Fault> InvalidCombination(std::string message) {
  return Refuse("InvalidParameterCombination", std::move(message));
}

}  // namespace rdsteady::local::sim
