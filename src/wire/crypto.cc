#include "wire/crypto.h"

#include <cstdio>
#include <cstdlib>
#include <memory>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

namespace rdsteady::wire {
namespace {

void Require(bool done) {
  if (done) return;
  std::fputs("OpenSSL cannot compute SHA-256; check its configuration (OPENSSL_CONF, providers)\n", stderr);
  std::abort();
}

template <auto Free>
struct Deleter {
  void operator()(auto* pointer) const { Free(pointer); }
};

// Fetched algorithms live as long as the process.
const EVP_MD* Sha256Algorithm() {
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  Require(algorithm != nullptr);
  return algorithm;
}
EVP_MAC* HmacAlgorithm() {
  static EVP_MAC* const algorithm = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  Require(algorithm != nullptr);
  return algorithm;
}

std::string_view View(const Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

struct CachedKey {
  std::string secret;
  std::string scope;  // date, region and service, separated by line feeds
  Digest key{};

  CachedKey() = default;
  CachedKey(const CachedKey&) = delete;
  CachedKey& operator=(const CachedKey&) = delete;
  ~CachedKey() { Wipe(); }
  void Wipe() {
    OPENSSL_cleanse(secret.data(), secret.size());
    OPENSSL_cleanse(key.data(), key.size());
  }
};

}  // namespace

Digest Sha256(std::string_view data) {
  thread_local const std::unique_ptr<EVP_MD_CTX, Deleter<EVP_MD_CTX_free>> context(EVP_MD_CTX_new());
  Digest digest;
  Require(context != nullptr && EVP_DigestInit_ex2(context.get(), Sha256Algorithm(), nullptr) == 1 &&
          EVP_DigestUpdate(context.get(), data.data(), data.size()) == 1 &&
          EVP_DigestFinal_ex(context.get(), digest.data(), nullptr) == 1);
  return digest;
}

Digest HmacSha256(std::string_view key, std::string_view data) {
  thread_local const std::unique_ptr<EVP_MAC_CTX, Deleter<EVP_MAC_CTX_free>> context = [] {
    std::unique_ptr<EVP_MAC_CTX, Deleter<EVP_MAC_CTX_free>> fresh(EVP_MAC_CTX_new(HmacAlgorithm()));
    char name[] = "SHA256";
    const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name, 0),
                                     OSSL_PARAM_construct_end()};
    Require(fresh != nullptr && EVP_MAC_CTX_set_params(fresh.get(), parameters) == 1);
    return fresh;
  }();
  // A null key would mean "the key of last time".
  static constexpr unsigned char kNoBytes[1] = {};
  const auto* key_bytes = key.empty() ? kNoBytes : reinterpret_cast<const unsigned char*>(key.data());
  Digest digest;
  std::size_t size = 0;
  Require(EVP_MAC_init(context.get(), key_bytes, key.size(), nullptr) == 1 &&
          EVP_MAC_update(context.get(), reinterpret_cast<const unsigned char*>(data.data()), data.size()) == 1 &&
          EVP_MAC_final(context.get(), digest.data(), &size, digest.size()) == 1 && size == digest.size());
  return digest;
}

Digest SigningKey(std::string_view secret, std::string_view date, std::string_view region, std::string_view service) {
  // A client uses one or two keys at a time (two regions of a copy), a server a handful.
  constexpr std::size_t kRemembered = 4;
  thread_local std::array<CachedKey, kRemembered> cache;
  thread_local std::size_t oldest = 0;

  std::string scope;
  scope.reserve(date.size() + region.size() + service.size() + 2);
  scope.append(date).append("\n").append(region).append("\n").append(service);
  for (const CachedKey& known : cache) {
    if (!known.scope.empty() && known.scope == scope && ConstantTimeEquals(known.secret, secret)) return known.key;
  }
  std::string start = "AWS4";
  start += secret;
  Digest key = HmacSha256(start, date);
  OPENSSL_cleanse(start.data(), start.size());
  key = HmacSha256(View(key), region);
  key = HmacSha256(View(key), service);
  key = HmacSha256(View(key), "aws4_request");

  CachedKey& replaced = cache[oldest];
  oldest = (oldest + 1) % kRemembered;
  replaced.Wipe();
  replaced.secret = secret;
  replaced.scope = std::move(scope);
  replaced.key = key;
  return key;
}

bool ConstantTimeEquals(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace rdsteady::wire
