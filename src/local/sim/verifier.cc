#include "local/sim/verifier.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <array>
#include <cstdlib>

#include "base/text.h"

namespace rdsteady::local::sim {
namespace {

using Digest = std::array<unsigned char, 32>;

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

Digest Hmac(const Digest& key, std::string_view text) {
  Digest out{};
  unsigned int size = 0;
  if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), Bytes(text), text.size(), out.data(), &size) ==
      nullptr) {
    std::abort();  // OpenSSL without SHA-256: nothing can work
  }
  return out;
}

std::string Base64(const unsigned char* data, std::size_t size) {
  std::string out(4 * ((size + 2) / 3) + 1, '\0');
  const int written = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), data, static_cast<int>(size));
  out.resize(static_cast<std::size_t>(written));
  return out;
}

std::string Base64(const Digest& digest) {
  return Base64(digest.data(), digest.size());
}

}  // namespace

std::string ScramVerifier(std::string_view password, std::string_view salt) {
  Digest salted{};
  if (PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()), Bytes(salt), static_cast<int>(salt.size()),
                        kScramIterations, EVP_sha256(), static_cast<int>(salted.size()), salted.data()) != 1) {
    std::abort();
  }
  const Digest client_key = Hmac(salted, "Client Key");
  const Digest server_key = Hmac(salted, "Server Key");
  Digest stored_key{};
  unsigned int size = 0;
  if (EVP_Digest(client_key.data(), client_key.size(), stored_key.data(), &size, EVP_sha256(), nullptr) != 1) {
    std::abort();
  }
  return "SCRAM-SHA-256$" + std::to_string(kScramIterations) + ":" + Base64(Bytes(salt), salt.size()) + "$" +
         Base64(stored_key) + ":" + Base64(server_key);
}

std::string NativePasswordVerifier(std::string_view password) {
  std::array<unsigned char, 20> once{};
  std::array<unsigned char, 20> twice{};
  unsigned int size = 0;
  if (EVP_Digest(password.data(), password.size(), once.data(), &size, EVP_sha1(), nullptr) != 1 ||
      EVP_Digest(once.data(), once.size(), twice.data(), &size, EVP_sha1(), nullptr) != 1) {
    std::abort();
  }
  return "*" + ToUpper(HexEncode(twice));
}

std::string UnpredictableBytes(std::size_t count) {
  std::string bytes(count, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(count)) != 1) std::abort();
  return bytes;
}

}  // namespace rdsteady::local::sim
