// Any bytes are an answer or a transport error; an answer that was read can be written, and reading that changes
// nothing.
#include <cstdlib>

#include "wire/query.h"

namespace {

void Check(bool holds) {
  if (!holds) std::abort();
}

void Follow(const rdsteady::model::Operation& operation, std::string_view xml) {
  const auto decoded = rdsteady::wire::DecodeResponse(operation, xml);
  if (!decoded) {
    Check(decoded.error().category == rdsteady::ErrorCategory::kTransport && !decoded.error().message.empty());
    return;
  }
  // Once written, characters that XML cannot carry are gone; from then on nothing may change any more.
  const auto written = rdsteady::wire::TryEncodeResponse(operation, decoded->output, "r");
  Check(written.has_value());
  const auto once = rdsteady::wire::DecodeResponse(operation, *written);
  Check(once.has_value());
  const auto twice =
      rdsteady::wire::DecodeResponse(operation, rdsteady::wire::EncodeResponse(operation, once->output, "r"));
  Check(twice.has_value() && twice->output == once->output);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  if (size < 1) return 0;
  const auto operations = rdsteady::model::Operations();
  const auto& operation = operations[data[0] % operations.size()];
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  Follow(operation, text);
  const std::string name(operation.name);
  Follow(operation, "<" + name + "Response><" + name + "Result>" + std::string(text) + "</" + name + "Result></" +
                        name + "Response>");
  (void)rdsteady::wire::DecodeError(text);
  return 0;
}
