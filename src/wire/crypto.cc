// What OpenSSL calls low level and deprecated is used on purpose. Its other way, fetching an algorithm from a provider,
// first reads openssl.cnf and registers every algorithm and name there is: 5.6 million instructions, which was the
// larger half of what this program did of its own to find out that a database is as stated. These functions are the
// same assembly without that.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "wire/crypto.h"

#include <cstring>

#include <openssl/crypto.h>
#include <openssl/sha.h>

namespace rdsteady::wire {
namespace {

constexpr std::size_t kBlock = SHA256_CBLOCK;

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

// Not OpenSSL's function of that name: in version 3 it fetches.
Digest Sha256(std::string_view data) {
  Digest digest;
  SHA256_CTX context;
  SHA256_Init(&context);
  SHA256_Update(&context, data.data(), data.size());
  SHA256_Final(digest.data(), &context);
  return digest;
}

// RFC 2104.
Digest HmacSha256(std::string_view key, std::string_view data) {
  std::array<unsigned char, kBlock> block{};
  if (key.size() > kBlock) {
    const Digest shorter = Sha256(key);
    std::memcpy(block.data(), shorter.data(), shorter.size());
  } else if (!key.empty()) {
    std::memcpy(block.data(), key.data(), key.size());
  }
  Digest digest;
  SHA256_CTX context;
  for (unsigned char& byte : block)
    byte ^= 0x36;
  SHA256_Init(&context);
  SHA256_Update(&context, block.data(), block.size());
  SHA256_Update(&context, data.data(), data.size());
  SHA256_Final(digest.data(), &context);
  for (unsigned char& byte : block)
    byte ^= 0x36 ^ 0x5C;
  SHA256_Init(&context);
  SHA256_Update(&context, block.data(), block.size());
  SHA256_Update(&context, digest.data(), digest.size());
  SHA256_Final(digest.data(), &context);
  OPENSSL_cleanse(block.data(), block.size());
  OPENSSL_cleanse(&context, sizeof context);
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
