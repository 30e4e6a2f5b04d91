#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <memory>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "aws/test_server.h"
#include "base/text.h"

namespace rdsteady::aws {
namespace {

template <auto Free>
struct Deleter {
  template <class T>
  void operator()(T* pointer) const {
    Free(pointer);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Deleter<X509_free>>;
using Memory = std::unique_ptr<BIO, Deleter<BIO_free_all>>;

std::string TextOf(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(size)};
}

void AddExtension(X509* certificate, int id, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  std::unique_ptr<X509_EXTENSION, Deleter<X509_EXTENSION_free>> extension(
      X509V3_EXT_conf_nid(nullptr, &context, id, value));
  X509_add_ext(certificate, extension.get(), -1);
}

}  // namespace

TestCertificate MakeTestCertificate() {
  const Key key(EVP_EC_gen("P-256"));
  const Certificate certificate(X509_new());
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
  X509_set_pubkey(certificate.get(), key.get());
  X509_NAME* name = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("rdsteady test"), -1, -1,
                             0);
  X509_set_issuer_name(certificate.get(), name);
  AddExtension(certificate.get(), NID_basic_constraints, "critical,CA:TRUE");
  AddExtension(certificate.get(), NID_subject_alt_name, "IP:127.0.0.1");
  X509_sign(certificate.get(), key.get(), EVP_sha256());
  const Memory pem(BIO_new(BIO_s_mem()));
  const Memory key_pem(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(pem.get(), certificate.get());
  PEM_write_bio_PrivateKey(key_pem.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  return {.pem = TextOf(pem.get()), .key_pem = TextOf(key_pem.get())};
}

Reply Http(int status, std::string body, std::string extra_headers, std::string type) {
  return {.bytes = fmt::format("HTTP/1.1 {} X\r\nContent-Type: {}\r\nContent-Length: {}\r\n{}\r\n{}", status, type,
                               body.size(), extra_headers, body)};
}

std::string ErrorXml(std::string code, std::string message) {
  return fmt::format(
      "<ErrorResponse xmlns=\"http://rds.amazonaws.com/doc/2014-10-31/\"><Error><Type>Sender</Type><Code>{}</Code>"
      "<Message>{}</Message></Error><RequestId>from-the-xml</RequestId></ErrorResponse>",
      code, message);
}

std::string NoInstancesXml() {
  return "<DescribeDBInstancesResponse xmlns=\"http://rds.amazonaws.com/doc/2014-10-31/\"><DescribeDBInstancesResult>"
         "<DBInstances/></DescribeDBInstancesResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata>"
         "</DescribeDBInstancesResponse>";
}

// A socket with or without TLS.
class TestServer::Connection {
 public:
  Connection(int socket, SSL_CTX* context) : socket_(socket) {
    if (context == nullptr) return;
    tls_ = SSL_new(context);
    SSL_set_fd(tls_, socket_);
    ready_ = SSL_accept(tls_) == 1;
  }
  ~Connection() { SSL_free(tls_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  [[nodiscard]] bool ready() const { return ready_; }
  // Until the text holds `end` or has `size` characters; false when the other side closed before.
  bool ReadUntil(std::string_view end, std::string& text) {
    while (text.find(end) == std::string::npos) {
      if (!ReadMore(text)) return false;
    }
    return true;
  }
  bool ReadSize(std::size_t size, std::string& text) {
    while (text.size() < size) {
      if (!ReadMore(text)) return false;
    }
    return true;
  }
  void Write(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto wrote = tls_ ? SSL_write(tls_, bytes.data(), static_cast<int>(bytes.size()))
                              : ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (wrote <= 0) return;
      bytes.remove_prefix(static_cast<std::size_t>(wrote));
    }
  }
  // The other side sees a reset, not an end.
  void Reset() {
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
  }
  std::string buffer;

 private:
  bool ReadMore(std::string& text) {
    char chunk[16384];
    const auto got = tls_ ? SSL_read(tls_, chunk, sizeof(chunk)) : ::recv(socket_, chunk, sizeof(chunk), 0);
    if (got <= 0) return false;
    text.append(chunk, static_cast<std::size_t>(got));
    return true;
  }
  int socket_;
  SSL* tls_ = nullptr;
  bool ready_ = true;
};

TestServer::TestServer(Handler handler, const TestCertificate* certificate) : handler_(std::move(handler)) {
  std::signal(SIGPIPE, SIG_IGN);  // SSL_write has no MSG_NOSIGNAL
  if (certificate != nullptr) {
    tls_ = SSL_CTX_new(TLS_server_method());
    const Memory pem(BIO_new_mem_buf(certificate->pem.data(), static_cast<int>(certificate->pem.size())));
    const Memory key_pem(BIO_new_mem_buf(certificate->key_pem.data(), static_cast<int>(certificate->key_pem.size())));
    const Certificate x509(PEM_read_bio_X509(pem.get(), nullptr, nullptr, nullptr));
    const Key key(PEM_read_bio_PrivateKey(key_pem.get(), nullptr, nullptr, nullptr));
    SSL_CTX_use_certificate(tls_, x509.get());
    SSL_CTX_use_PrivateKey(tls_, key.get());
  }
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{
      .sin_family = AF_INET, .sin_port = 0, .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}, .sin_zero = {}};
  socklen_t size = sizeof(address);
  if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listener_, 64) != 0 ||
      ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    std::abort();
  }
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { Accept(); });
}

TestServer::~TestServer() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
    ::shutdown(listener_, SHUT_RDWR);
    for (const int socket : sockets_)
      ::shutdown(socket, SHUT_RDWR);
  }
  changed_.notify_all();
  acceptor_.join();
  for (std::thread& thread : threads_)
    thread.join();
  ::close(listener_);
  SSL_CTX_free(tls_);
}

std::string TestServer::url() const {
  return fmt::format("{}://127.0.0.1:{}", tls_ == nullptr ? "http" : "https", port_);
}

std::vector<Received> TestServer::received() const {
  const std::scoped_lock lock(mutex_);
  return received_;
}

int TestServer::connections() const {
  const std::scoped_lock lock(mutex_);
  return connections_;
}

void TestServer::WaitForRequests(std::size_t count) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return received_.size() >= count; });
}

void TestServer::Accept() {
  for (;;) {
    const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    const std::scoped_lock lock(mutex_);
    if (stopping_ || socket < 0) {
      if (socket >= 0) ::close(socket);
      return;
    }
    sockets_.push_back(socket);
    threads_.emplace_back([this, socket, id = ++connections_] { Serve(socket, id); });
  }
}

void TestServer::Serve(int socket, int id) {
  {
    Connection connection(socket, tls_);
    if (refuse_to_read_) {
      connection.Reset();
    } else {
      while (connection.ready() && HandleOne(connection, id)) {
      }
    }
  }
  const std::scoped_lock lock(mutex_);
  std::erase(sockets_, socket);
  ::close(socket);
}

bool TestServer::HandleOne(Connection& connection, int id) {
  std::string& text = connection.buffer;
  if (!connection.ReadUntil("\r\n\r\n", text)) return false;
  const auto end = text.find("\r\n\r\n");
  Received request{.connection = id};
  std::size_t length = 0;
  for (std::string_view line : Split(std::string_view(text).substr(0, end), '\n')) {
    line = Trim(line);
    const auto colon = line.find(':');
    if (request.line.empty()) {
      request.line = line;
    } else if (colon != std::string_view::npos) {
      request.headers.emplace_back(Trim(line.substr(0, colon)), Trim(line.substr(colon + 1)));
    }
  }
  if (const std::string* stated = wire::FindHeader(request.headers, "content-length")) length = std::stoul(*stated);
  if (!connection.ReadSize(end + 4 + length, text)) return false;
  request.body = text.substr(end + 4, length);
  text.erase(0, end + 4 + length);

  std::unique_lock lock(mutex_);
  request.number = static_cast<int>(received_.size()) + 1;
  received_.push_back(request);
  changed_.notify_all();
  const Reply reply = handler_(request);
  lock.unlock();

  connection.Write(reply.bytes);
  if (reply.then == Reply::Then::kReset) connection.Reset();
  if (reply.then == Reply::Then::kHold) {
    lock.lock();
    changed_.wait(lock, [&] { return stopping_; });
  }
  return reply.then == Reply::Then::kKeep;
}

namespace {

TEST(TestServer, MakesACertificateForLoopback) {
  const TestCertificate certificate = MakeTestCertificate();
  EXPECT_TRUE(certificate.pem.starts_with("-----BEGIN CERTIFICATE-----"));
  EXPECT_TRUE(certificate.key_pem.starts_with("-----BEGIN PRIVATE KEY-----"));
}

}  // namespace
}  // namespace rdsteady::aws
