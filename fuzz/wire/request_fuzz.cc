// Any form is a request or a fault; a request that was read can be written, and is then read as the same.
#include <cstdlib>

#include "wire/query.h"

namespace {

void Check(bool holds) {
  if (!holds) std::abort();
}

void Follow(const std::expected<rdsteady::wire::DecodedRequest, rdsteady::wire::ProtocolFault>& decoded) {
  if (!decoded) {
    Check(!decoded.error().code.empty() && decoded.error().http_status == 400);
    return;
  }
  const auto encoded = rdsteady::wire::EncodeRequest(*decoded->operation, decoded->input);
  Check(encoded.has_value());
  const auto again = rdsteady::wire::DecodeRequest(*encoded);
  Check(again.has_value() && again->operation == decoded->operation && again->input == decoded->input);
  if (decoded->operation->input == nullptr) return;
  (void)rdsteady::wire::Redact(*decoded->operation->input, decoded->input);
  (void)rdsteady::wire::MissingMember(*decoded->operation->input, decoded->input);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  Follow(rdsteady::wire::DecodeRequest(text));
  Follow(rdsteady::wire::DecodeQuery(text));
  // Most mutations break the start, so every operation is also tried with what follows alone.
  if (size < 1) return 0;
  const auto operations = rdsteady::model::Operations();
  const std::string start =
      "Action=" + std::string(operations[data[0] % operations.size()].name) + "&Version=2014-10-31&";
  Follow(rdsteady::wire::DecodeRequest(start + std::string(text.substr(1))));
  return 0;
}
