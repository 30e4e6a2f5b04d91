// What database engines store in place of a password, and the random bytes that go into it.
#pragma once

#include <string>
#include <string_view>

namespace rdsteady::local::sim {

inline constexpr int kScramIterations = 4096;

// PostgreSQL, RFC 5802 and RFC 7677: SCRAM-SHA-256$4096:<salt>$<StoredKey>:<ServerKey>, all in Base64. The password is
// taken byte for byte: master passwords are printable ASCII, which SASLprep leaves as it is.
[[nodiscard]] std::string ScramVerifier(std::string_view password, std::string_view salt);

// MySQL and MariaDB, mysql_native_password: * and the SHA-1 of the SHA-1 in upper-case hexadecimal.
[[nodiscard]] std::string NativePasswordVerifier(std::string_view password);

// From OpenSSL's generator.
[[nodiscard]] std::string UnpredictableBytes(std::size_t count);

}  // namespace rdsteady::local::sim
