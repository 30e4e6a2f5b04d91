// TestServer: an HTTP/1.1 server for tests that does exactly what a script says, faults included.
//
// One thread accepts, one serves each connection. The handler runs on those threads, one request at a time. The
// destructor closes everything and joins.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "wire/sigv4.h"

struct ssl_ctx_st;
struct ssl_st;

namespace rdsteady::aws {

struct Received {
  int connection = 0;  // from 1, in the order of their arrival
  int number = 0;      // of all requests, from 1
  std::string line;    // "POST / HTTP/1.1"
  wire::Headers headers;
  std::string body;
};

struct Reply {
  std::string bytes{};                                                  // sent as they are
  enum class Then { kKeep, kClose, kReset, kHold } then = Then::kKeep;  // kHold: silent until the server ends
};

[[nodiscard]] Reply Http(int status, std::string body, std::string extra_headers = "", std::string type = "text/xml");
[[nodiscard]] std::string ErrorXml(std::string code, std::string message = "said so");
// An empty DescribeDBInstances answer.
[[nodiscard]] std::string NoInstancesXml();

// A certificate for 127.0.0.1 that signs itself, and its key.
struct TestCertificate {
  std::string pem;
  std::string key_pem;
};
[[nodiscard]] TestCertificate MakeTestCertificate();

class TestServer {
 public:
  using Handler = std::function<Reply(const Received&)>;

  explicit TestServer(Handler handler, const TestCertificate* certificate = nullptr);
  ~TestServer();
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;

  // Each connection is closed before anything of it is read.
  void RefuseToRead() { refuse_to_read_ = true; }

  [[nodiscard]] int port() const { return port_; }
  [[nodiscard]] std::string url() const;
  [[nodiscard]] std::vector<Received> received() const;
  [[nodiscard]] int connections() const;
  // Returns when that many requests have arrived.
  void WaitForRequests(std::size_t count);

 private:
  class Connection;
  void Accept();
  void Serve(int socket, int connection);
  bool HandleOne(Connection& connection, int id);

  Handler handler_;
  ssl_ctx_st* tls_ = nullptr;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<bool> refuse_to_read_ = false;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  std::vector<int> sockets_;
  std::vector<Received> received_;
  int connections_ = 0;
  std::list<std::thread> threads_;
  std::thread acceptor_;
};

}  // namespace rdsteady::aws
