// What PostgreSQL stores for a password: the SCRAM-SHA-256 verifier of RFC 5802 and RFC 7677.
#pragma once

#include <string>
#include <string_view>

namespace rdsteady::local::sim {

inline constexpr int kScramIterations = 4096;

// SCRAM-SHA-256$4096:<salt>$<StoredKey>:<ServerKey>, all in Base64. The password is taken byte for byte: master
// passwords are printable ASCII, which SASLprep leaves as it is.
[[nodiscard]] std::string ScramVerifier(std::string_view password, std::string_view salt);

}  // namespace rdsteady::local::sim
