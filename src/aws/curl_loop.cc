#include "aws/curl_loop.h"

#include <algorithm>
#include <array>
#include <map>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "aws/curl_library.h"
#include "base/text.h"

namespace rdsteady::aws {
namespace {

constexpr int kPollMillis = 60'000;

bool IsLoopback(std::string_view origin) {
  const Result<Url> url = ParseUrl(origin);
  return url && (url->host == "localhost" || url->host == "[::1]" || url->host.starts_with("127."));
}

struct Transfer {
  std::uint64_t id = 0;
  HttpRequest request;
  Deadline deadline;
  CurlLoop::Done done;
  std::string url;
  HttpResponse response;
  std::size_t max_bytes = 0;
  bool too_large = false;
  bool headers_ended = false;
  CURL* easy = nullptr;
  curl_slist* headers = nullptr;
  std::array<char, CURL_ERROR_SIZE> error_text{};
};

std::size_t OnBody(char* data, std::size_t size, std::size_t count, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  const std::size_t length = size * count;
  if (transfer.response.body.size() + length > transfer.max_bytes) {
    transfer.too_large = true;
    return 0;
  }
  transfer.response.body.append(data, length);
  return length;
}

std::size_t OnHeader(char* data, std::size_t size, std::size_t count, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  const std::string_view line(data, size * count);
  if (line.starts_with("HTTP/")) {
    transfer.response.headers.clear();  // an interim answer's headers are not the answer's
    transfer.headers_ended = false;
  } else if (Trim(line).empty()) {
    transfer.headers_ended = true;
  } else if (const auto colon = line.find(':'); colon != std::string_view::npos) {
    transfer.response.headers.emplace_back(Trim(line.substr(0, colon)), Trim(line.substr(colon + 1)));
  }
  return line.size();
}

bool IsHeaderSafe(const std::pair<std::string, std::string>& header) {
  constexpr std::string_view kForbidden("\r\n\0", 3);
  return header.first.find_first_of(kForbidden) == std::string::npos &&
         header.second.find_first_of(kForbidden) == std::string::npos;
}

FailureKind KindOf(CURLcode code, const Transfer& transfer, bool sent, long os_error) {
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY: return FailureKind::kDns;
    case CURLE_COULDNT_CONNECT:
    case CURLE_PROXY: return FailureKind::kConnect;
    case CURLE_OPERATION_TIMEDOUT: return FailureKind::kTimeout;
    // The same code for "the other side hung up in the handshake", which a second try may survive.
    case CURLE_SSL_CONNECT_ERROR: return os_error != 0 ? FailureKind::kReset : FailureKind::kTls;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH: return FailureKind::kTls;
    case CURLE_PARTIAL_FILE: return FailureKind::kTruncated;
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR: return FailureKind::kReset;
    case CURLE_RECV_ERROR:
      if (!sent) return FailureKind::kConnect;  // a proxy that refused the tunnel
      return transfer.response.headers.empty() ? FailureKind::kReset : FailureKind::kTruncated;
    case CURLE_WRITE_ERROR: return transfer.too_large ? FailureKind::kTooLarge : FailureKind::kMalformed;
    case CURLE_BAD_CONTENT_ENCODING:
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_UNSUPPORTED_PROTOCOL: return FailureKind::kMalformed;
    default: return FailureKind::kUnusable;
  }
}

}  // namespace

class CurlLoop::Impl {
 public:
  explicit Impl(CurlOptions options) : options_(std::move(options)) {}

  ~Impl() {
    Stop();
    if (multi_ != nullptr) curl_->curl_multi_cleanup(multi_);
  }

  void Stop() {
    {
      const std::scoped_lock lock(mutex_);
      if (std::exchange(stopping_, true)) return;
      if (multi_ != nullptr) curl_->curl_multi_wakeup(multi_);
    }
    if (thread_.joinable()) thread_.join();
    for (auto& transfer : queued_)
      Finish(std::move(transfer), Cancelled(false));
    queued_.clear();
  }

  std::uint64_t NewId() {
    const std::scoped_lock lock(mutex_);
    return ++last_id_;
  }

  void Start(std::unique_ptr<Transfer> transfer) {
    Result<const CurlLibrary*> curl = LoadCurl();
    if (!curl) {
      transfer->done(Unusable(fmt::format("{} ({})", curl.error().message, curl.error().hint)));
      return;
    }
    std::unique_lock lock(mutex_);
    if (stopping_) {
      lock.unlock();
      transfer->done(Cancelled(false));
      return;
    }
    if (multi_ == nullptr) {
      curl_ = *curl;
      multi_ = curl_->curl_multi_init();
      thread_ = std::thread([this] { Run(); });
    }
    queued_.push_back(std::move(transfer));
    curl_->curl_multi_wakeup(multi_);
  }

  void Cancel(std::uint64_t id) {
    const std::scoped_lock lock(mutex_);
    if (multi_ == nullptr || stopping_) return;
    cancelled_.push_back(id);
    curl_->curl_multi_wakeup(multi_);
  }

 private:
  static Exchange Unusable(std::string detail) {
    return std::unexpected(HttpFailure{.kind = FailureKind::kUnusable, .detail = std::move(detail)});
  }
  static Exchange Cancelled(bool sent) {
    return std::unexpected(HttpFailure{.kind = FailureKind::kCancelled, .request_sent = sent, .detail = "cancelled"});
  }

  void Run() {
    for (;;) {
      std::vector<std::unique_ptr<Transfer>> fresh;
      std::vector<std::uint64_t> cancelled;
      {
        const std::scoped_lock lock(mutex_);
        if (stopping_) break;
        fresh.swap(queued_);
        cancelled.swap(cancelled_);
      }
      for (auto& transfer : fresh)
        Begin(std::move(transfer));
      for (const std::uint64_t id : cancelled)
        Abort(id);
      int running = 0;
      curl_->curl_multi_perform(multi_, &running);
      ReapFinished();
      curl_->curl_multi_poll(multi_, nullptr, 0, kPollMillis, nullptr);
    }
    while (!active_.empty())
      Abort(active_.begin()->first);
  }

  void Begin(std::unique_ptr<Transfer> transfer) {
    if (!std::ranges::all_of(transfer->request.message.headers, IsHeaderSafe)) {
      Finish(std::move(transfer), Unusable("a header holds a line break"));
      return;
    }
    transfer->easy = curl_->curl_easy_init();
    if (transfer->easy == nullptr) {
      Finish(std::move(transfer), Unusable("out of memory"));
      return;
    }
    SetOptions(*transfer);
    curl_->curl_multi_add_handle(multi_, transfer->easy);
    const std::uint64_t id = transfer->id;
    active_.emplace(id, std::move(transfer));
  }

  template <class T>
  void Set(const Transfer& transfer, CURLoption option, T value) const {
    curl_->curl_easy_setopt(transfer.easy, option, value);
  }

  void SetOptions(Transfer& transfer) const {
    const wire::HttpRequest& message = transfer.request.message;
    transfer.url = transfer.request.origin + message.path + (message.query.empty() ? "" : "?" + message.query);
    for (const auto& [name, value] : message.headers) {
      Append(transfer, value.empty() ? name + ";" : name + ": " + value);
    }
    // A large POST would otherwise wait for the server's leave before its body.
    Append(transfer, "Expect:");
    Set(transfer, CURLOPT_PRIVATE, &transfer);
    Set(transfer, CURLOPT_URL, transfer.url.c_str());
    Set(transfer, CURLOPT_PATH_AS_IS, 1L);
    Set(transfer, CURLOPT_PROTOCOLS_STR, "http,https");
    Set(transfer, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    Set(transfer, CURLOPT_HTTPHEADER, transfer.headers);
    if (message.method == "POST") {
      Set(transfer, CURLOPT_POST, 1L);
      Set(transfer, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(message.body.size()));
      Set(transfer, CURLOPT_POSTFIELDS, message.body.data());
    } else if (message.method != "GET") {
      Set(transfer, CURLOPT_CUSTOMREQUEST, message.method.c_str());
    }
    Set(transfer, CURLOPT_ACCEPT_ENCODING, "");
    Set(transfer, CURLOPT_NOSIGNAL, 1L);
    Set(transfer, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(transfer.deadline.connect.count()));
    Set(transfer, CURLOPT_TIMEOUT_MS, static_cast<long>(transfer.deadline.total.count()));
    Set(transfer, CURLOPT_TCP_KEEPALIVE, 1L);
    Set(transfer, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    Set(transfer, CURLOPT_FRESH_CONNECT, transfer.request.repeatable ? 0L : 1L);
    if (!options_.ca_bundle.empty()) Set(transfer, CURLOPT_CAINFO, options_.ca_bundle.c_str());
    if (IsLoopback(transfer.request.origin)) Set(transfer, CURLOPT_PROXY, "");
    Set(transfer, CURLOPT_ERRORBUFFER, transfer.error_text.data());
    Set(transfer, CURLOPT_WRITEFUNCTION, &OnBody);
    Set(transfer, CURLOPT_WRITEDATA, &transfer);
    Set(transfer, CURLOPT_HEADERFUNCTION, &OnHeader);
    Set(transfer, CURLOPT_HEADERDATA, &transfer);
  }

  void Append(Transfer& transfer, const std::string& header) const {
    if (curl_slist* longer = curl_->curl_slist_append(transfer.headers, header.c_str())) transfer.headers = longer;
  }

  // Connected, and at least one byte of the request written. What a proxy was told before the tunnel stood counts in
  // the request's size, hence both.
  [[nodiscard]] bool WasSent(const Transfer& transfer) const {
    long size = 0;
    curl_off_t ready_at = 0;
    curl_->curl_easy_getinfo(transfer.easy, CURLINFO_REQUEST_SIZE, &size);
    curl_->curl_easy_getinfo(transfer.easy, CURLINFO_PRETRANSFER_TIME_T, &ready_at);
    return size > 0 && ready_at > 0;
  }

  void Abort(std::uint64_t id) {
    const auto at = active_.find(id);
    if (at == active_.end()) return;
    std::unique_ptr<Transfer> transfer = std::move(at->second);
    active_.erase(at);
    const bool sent = WasSent(*transfer);
    Finish(std::move(transfer), Cancelled(sent));
  }

  void ReapFinished() {
    int left = 0;
    while (const CURLMsg* message = curl_->curl_multi_info_read(multi_, &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      const CURLcode code = message->data.result;
      Transfer* finished = nullptr;
      curl_->curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &finished);
      const auto at = active_.find(finished->id);
      std::unique_ptr<Transfer> transfer = std::move(at->second);
      active_.erase(at);
      Exchange exchange = Outcome(*transfer, code);
      Finish(std::move(transfer), std::move(exchange));
    }
  }

  Exchange Outcome(Transfer& transfer, CURLcode code) const {
    // libcurl takes headers without an end for an answer without a body.
    if (code == CURLE_OK && !transfer.headers_ended) code = CURLE_PARTIAL_FILE;
    if (code == CURLE_OK) {
      long status = 0;
      curl_->curl_easy_getinfo(transfer.easy, CURLINFO_RESPONSE_CODE, &status);
      transfer.response.status = static_cast<int>(status);
      return std::move(transfer.response);
    }
    long os_error = 0;
    curl_->curl_easy_getinfo(transfer.easy, CURLINFO_OS_ERRNO, &os_error);
    const bool sent = WasSent(transfer);
    std::string detail = transfer.error_text[0] != '\0' ? transfer.error_text.data() : curl_->curl_easy_strerror(code);
    if (transfer.too_large) detail = fmt::format("the answer is larger than {} bytes", transfer.max_bytes);
    return std::unexpected(
        HttpFailure{.kind = KindOf(code, transfer, sent, os_error), .request_sent = sent, .detail = std::move(detail)});
  }

  void Finish(std::unique_ptr<Transfer> transfer, Exchange exchange) {
    if (transfer->easy != nullptr) {
      curl_->curl_multi_remove_handle(multi_, transfer->easy);
      curl_->curl_easy_cleanup(transfer->easy);
    }
    if (transfer->headers != nullptr) curl_->curl_slist_free_all(transfer->headers);
    transfer->done(std::move(exchange));
  }

  const CurlOptions options_;
  std::mutex mutex_;
  // Guarded by mutex_.
  std::uint64_t last_id_ = 0;
  bool stopping_ = false;
  std::vector<std::unique_ptr<Transfer>> queued_;
  std::vector<std::uint64_t> cancelled_;
  // Set once, before the thread starts.
  const CurlLibrary* curl_ = nullptr;
  CURLM* multi_ = nullptr;
  std::thread thread_;
  // The thread's own.
  std::map<std::uint64_t, std::unique_ptr<Transfer>> active_;

  friend class CurlLoop;
};

CurlLoop::CurlLoop(CurlOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
CurlLoop::~CurlLoop() = default;

std::uint64_t CurlLoop::NewId() {
  return impl_->NewId();
}

void CurlLoop::Start(std::uint64_t id, HttpRequest request, Deadline deadline, Done done) {
  auto transfer = std::make_unique<Transfer>();
  transfer->id = id;
  transfer->request = std::move(request);
  transfer->deadline = deadline;
  transfer->done = std::move(done);
  transfer->max_bytes = impl_->options_.max_answer_bytes;
  impl_->Start(std::move(transfer));
}

void CurlLoop::Cancel(std::uint64_t id) {
  impl_->Cancel(id);
}

void CurlLoop::Stop() {
  impl_->Stop();
}

}  // namespace rdsteady::aws
