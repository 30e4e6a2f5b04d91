// SHA-256 and HMAC-SHA-256, and the signing key that SigV4 derives from them.
//
// Thread-safe, no locks. Nothing of OpenSSL's set-up is needed or done: neither its configuration nor its providers.
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace rdsteady::wire {

using Digest = std::array<unsigned char, 32>;

[[nodiscard]] Digest Sha256(std::string_view data);
[[nodiscard]] Digest HmacSha256(std::string_view key, std::string_view data);

// HMAC chain over "AWS4"+secret, date (YYYYMMDD), region, service, "aws4_request". The last few are remembered per
// thread and wiped when they are replaced.
[[nodiscard]] Digest SigningKey(std::string_view secret, std::string_view date, std::string_view region,
                                std::string_view service);

// Takes the same time wherever the texts differ; only a difference in length shows.
[[nodiscard]] bool ConstantTimeEquals(std::string_view a, std::string_view b);

}  // namespace rdsteady::wire
