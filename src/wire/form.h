// Percent-encoding and name=value pairs, shared by requests and signatures. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace rdsteady::wire {

// Appends PercentEncode(text) to out.
void AppendPercentEncoded(std::string& out, std::string_view text);
// nullopt when an escape is cut off or not hexadecimal.
[[nodiscard]] std::optional<std::string> PercentDecode(std::string_view text, bool plus_is_space);

}  // namespace rdsteady::wire
