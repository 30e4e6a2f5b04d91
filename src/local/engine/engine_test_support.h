// For tests of real engines: a folder that the engine's user may enter, jobs that are waited for, logins over TCP.
#pragma once

#include <gtest/gtest.h>
#include <libpq-fe.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sys/stat.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <memory>
#include <string>

#include "local/engine/postgres_host.h"

namespace rdsteady::local {

// Removed with its owner.
class TestFolder {
 public:
  TestFolder() {
    std::string pattern = "/tmp/rdsteady-test-XXXXXX";
    path_ = ::mkdtemp(pattern.data());
    ::chmod(path_.c_str(), 0711);
  }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;
  ~TestFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// An address of 127.0.0.0/8 that no other test process uses at the same time.
inline std::string TestAddress(int number) {
  const int pid = static_cast<int>(::getpid());
  return "127." + std::to_string(64 + (pid >> 14) % 64) + "." + std::to_string((pid >> 6) % 256) + "." +
         std::to_string((pid & 63) * 4 + number);
}

// SCRAM-SHA-256$4096:<salt>$<stored key>:<server key>, computed here from the RFC so that what the tests log in with is
// not what the code under test made.
inline std::string TestVerifier(const std::string& password) {
  const auto base64 = [](const unsigned char* data, int size) {
    std::string text(static_cast<std::size_t>(4 * ((size + 2) / 3) + 1), '\0');
    text.resize(static_cast<std::size_t>(EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), data, size)));
    return text;
  };
  using Digest = std::array<unsigned char, 32>;
  const auto hmac = [](const Digest& key, std::string_view text) {
    Digest out{};
    unsigned int size = 0;
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(text.data()),
         text.size(), out.data(), &size);
    return out;
  };
  const std::array<unsigned char, 16> salt{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
  Digest salted{};
  PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()), salt.data(), static_cast<int>(salt.size()),
                    4096, EVP_sha256(), static_cast<int>(salted.size()), salted.data());
  const Digest client_key = hmac(salted, "Client Key");
  Digest stored{};
  unsigned int size = 0;
  EVP_Digest(client_key.data(), client_key.size(), stored.data(), &size, EVP_sha256(), nullptr);
  const Digest server_key = hmac(salted, "Server Key");
  return "SCRAM-SHA-256$4096:" + base64(salt.data(), 16) + "$" + base64(stored.data(), 32) + ":" +
         base64(server_key.data(), 32);
}

// A PostgreSQL of that major version, for a test's database of that number.
inline EngineSpec TestSpec(int number, const std::string& major, const std::string& password) {
  return {.resource_id = "db-TEST" + std::to_string(number),
          .identifier = "orders" + std::to_string(number),
          .engine = "postgres",
          .engine_version = major + ".4",
          .address = TestAddress(number),
          .port = 5432,
          .db_name = "orders",
          .master_username = "admin",
          .password_verifier = TestVerifier(password)};
}

// One connection as a client has it: over TCP, with a password.
class Login {
 public:
  Login(const std::string& address, int port, const std::string& user, const std::string& password,
        const std::string& database) {
    const std::string number = std::to_string(port);
    const std::array<const char*, 8> keys{"host",    "port", "user", "password", "dbname", "connect_timeout",
                                          "sslmode", nullptr};
    const std::array<const char*, 8> values{address.c_str(),  number.c_str(), user.c_str(), password.c_str(),
                                            database.c_str(), "10",           "disable",    nullptr};
    connection_.reset(PQconnectdbParams(keys.data(), values.data(), 0));
  }
  [[nodiscard]] bool ok() const { return PQstatus(connection_.get()) == CONNECTION_OK; }
  [[nodiscard]] std::string error() const { return PQerrorMessage(connection_.get()); }
  // The first column of the first row, or "error: ...".
  std::string Ask(const std::string& sql) {
    const std::unique_ptr<PGresult, decltype(&PQclear)> result(PQexec(connection_.get(), sql.c_str()), &PQclear);
    const auto status = PQresultStatus(result.get());
    if (status == PGRES_COMMAND_OK) return "";
    if (status != PGRES_TUPLES_OK) return std::string("error: ") + PQresultErrorMessage(result.get());
    return PQntuples(result.get()) == 0 ? "" : PQgetvalue(result.get(), 0, 0);
  }

 private:
  std::unique_ptr<PGconn, decltype(&PQfinish)> connection_{nullptr, &PQfinish};
};

// Submits and waits for the report, for two minutes at most.
inline EngineReport RunJob(EngineHost& host, EngineVerb verb, const EngineSpec& spec) {
  static std::atomic<std::uint64_t> last_id = 0;
  const std::uint64_t id = ++last_id;
  auto promise = std::make_shared<std::promise<EngineReport>>();
  auto future = promise->get_future();
  host.Submit({.id = id, .verb = verb, .spec = spec}, [promise](EngineReport report) { promise->set_value(report); });
  if (future.wait_for(std::chrono::minutes(2)) != std::future_status::ready) {
    return {.job_id = id, .ok = false, .message = "no report"};
  }
  EngineReport report = future.get();
  EXPECT_EQ(report.job_id, id);
  return report;
}

}  // namespace rdsteady::local
