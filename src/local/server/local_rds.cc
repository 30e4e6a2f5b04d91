#include "local/server/local_rds.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <filesystem>

#include "base/text.h"
#include "local/engine/postgres_host.h"
#include "local/server/control.h"
#include "local/server/frontend.h"
#include "local/server/home.h"
#include "local/server/http_server.h"
#include "model/api/api.h"

namespace rdsteady::local {
namespace {

namespace asio = boost::asio;

constexpr std::string_view kPortKey = "port";
constexpr std::string_view kSeedKey = "seed";
// Calls wait for each other at the control plane anyway; the threads beyond its one are for signatures, XML, and calls
// that a test holds back.
constexpr std::size_t kWorkers = 8;
constexpr std::chrono::seconds kDrain{5};

}  // namespace

class LocalRds::Impl {
 public:
  explicit Impl(LocalRdsOptions options)
      : options_(std::move(options)),
        files_(options_.places),
        workers_(kWorkers),
        timer_(io_),
        drain_(io_),
        stop_event_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
        stop_(io_, ::dup(stop_event_.get())) {}

  ~Impl() {
    // Calls first, then engines, whose reports go to the control plane, then the plane itself.
    workers_.join();
    if (host_) host_->Shutdown();
    if (log_ && listening_) log_->Write("stopped");
    if (listening_) ::unlink(files_.endpoint.c_str());
  }

  Result<void> Open() {
    if (auto made = PrepareFolders(options_.places); !made) return made;
    auto lock = LockHome(options_.places);
    if (!lock) return Fail(lock.error());
    if (!*lock) return HomeIsTaken();
    lock_ = std::move(**lock);
    // An earlier server's, which was killed: nobody may take it for ours.
    ::unlink(files_.endpoint.c_str());
    log_.emplace(files_.server_log);
    access_log_.emplace(files_.access_log);
    const auto log = [this](std::string_view line) { log_->Write(line); };

    auto credentials = LoadCredentials(options_.places, true);
    if (!credentials) return Fail(credentials.error());
    endpoint_.credentials = std::move(*credentials);
    endpoint_.region = "us-east-1";
    endpoint_.account = "123456789012";
    endpoint_.pid = ::getpid();
    endpoint_.version = RDSTEADY_VERSION;

    auto store = Store::Open(files_.state);
    if (!store) return Fail(store.error());
    const auto last_port = (*store)->Meta(kPortKey);
    if (!last_port) return Fail(last_port.error());

    frontend_.emplace(Frontend::Options{
        .credentials = endpoint_.credentials,
        .account = endpoint_.account,
        .version = endpoint_.version,
        .handle = [this](const Call& call) { return Handle(call); },
        .describe_key =
            [this](const std::string& region, const Properties& input) {
              return control_->DescribeKey(endpoint_.account, region, input);
            },
        .status = [this] { return Status(); },
        .offer_maintenance =
            [this](const std::string& region, const std::string& identifier, MaintenanceOffer offer) {
              return control_->OfferMaintenance(endpoint_.account, region, identifier, std::move(offer));
            },
        .access_log = &*access_log_,
        .log = log,
        .clock = &clock_});
    http_.emplace(io_, workers_.get_executor(),
                  HttpServer::Handlers{
                      .request = [this](const wire::HttpRequest& request,
                                        const std::string& remote) { return frontend_->Handle(request, remote); },
                      .refusal = [this](int status, const std::string& why,
                                        const std::string& remote) { return frontend_->Refuse(status, why, remote); }});
    auto port = Listen(*last_port ? ParseInteger(**last_port).value_or(0) : 0);
    if (!port) return Fail(port.error());
    if (auto noted = (*store)->SetMeta(kPortKey, std::to_string(*port)); !noted) return noted;

    if (options_.sim.seed == SimOptions{}.seed) {
      if (auto seeded = Seed(**store); !seeded) return seeded;
    }
    if (!options_.simulate_all) {
      auto host = MakePostgresHost({.engines = files_.engines, .sockets = files_.sockets, .log = log});
      if (!host) return Fail(host.error());
      host_ = std::move(*host);
      options_.sim.real_engines = host_->Available();
    }
    auto control = Control::Open(
        {.sim = options_.sim, .store = std::move(*store), .host = host_.get(), .log = log, .timer_moved = [this] {
           asio::post(io_, [this] { ArmTimer(); });
         }});
    if (!control) return Fail(control.error());
    control_ = std::move(*control);

    endpoint_.url = fmt::format("http://{}:{}", options_.address, *port);
    if (auto written = WriteEndpoint(options_.places, endpoint_); !written) return written;
    listening_ = true;
    log_->Write(fmt::format("rdsteady {} listens on {} (process {})", endpoint_.version, endpoint_.url, endpoint_.pid));
    return {};
  }

  void Run() {
    stop_.async_wait(asio::posix::stream_descriptor::wait_read, [this](boost::system::error_code) { Drain(); });
    ArmTimer();
    io_.run();
  }

  // Async-signal-safe.
  void Stop() { (void)!::write(stop_event_.get(), "\1\0\0\0\0\0\0\0", 8); }

  [[nodiscard]] const LocalEndpoint& endpoint() const { return endpoint_; }

 private:
  [[nodiscard]] std::unexpected<Error> HomeIsTaken() const {
    const auto running = ReadEndpoint(options_.places);
    return Fail(ErrorCategory::kUsage,
                running ? fmt::format("a local RDS already runs on {}: process {} at {}", options_.places.home,
                                      running->pid, running->url)
                        : fmt::format("a local RDS already runs on {}", options_.places.home),
                "use that one, stop it with 'rdsteady local stop', or set another RDSTEADY_HOME");
  }

  // The names and addresses that the control plane makes up come from its seed. Every home has its own, for good:
  // the databases of two homes on one machine must not want the same address.
  Result<void> Seed(Store& store) {
    auto known = store.Meta(kSeedKey);
    if (!known) return Fail(known.error());
    std::string seed = *known ? **known : RandomText(1, "123456789") + RandomText(17, "0123456789");
    if (!*known) {
      if (auto noted = store.SetMeta(kSeedKey, seed); !noted) return noted;
    }
    options_.sim.seed = static_cast<std::uint64_t>(ParseInteger(seed).value_or(1));
    return {};
  }

  Result<int> Listen(std::int64_t last_port) {
    if (options_.port != 0) return http_->Listen(options_.address, options_.port);
    if (last_port > 0 && last_port < 65536) {
      // The last port again, so that what people configured goes on working; somebody may have taken it meanwhile.
      auto again = http_->Listen(options_.address, static_cast<int>(last_port));
      if (again) return again;
    }
    return http_->Listen(options_.address, 0);
  }

  Reply Handle(const Call& call) {
    if (options_.hooks.before_effect) options_.hooks.before_effect(call);
    Reply reply = control_->Handle(call);
    if (options_.hooks.after_effect) options_.hooks.after_effect(call);
    return reply;
  }

  Properties Status() {
    Properties status = control_->Summary();
    List engines;
    std::string explained = "everything is simulated";
    if (host_) {
      for (const auto& [engine, major] : host_->Available())
        engines.emplace_back(engine + " " + major);
      explained = std::string(Trim(host_->Explain()));
    }
    status["format_version"] = 1;
    status["pid"] = endpoint_.pid;
    status["url"] = endpoint_.url;
    status["home"] = options_.places.home;
    status["uptime_seconds"] =
        std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - started_).count();
    status["real_engines"] = std::move(engines);
    status["engines"] = explained;
    return status;
  }

  // On the io_context's thread.
  void ArmTimer() {
    if (draining_) return;
    const auto next = control_->NextTimer();
    if (!next) {
      timer_.cancel();
      return;
    }
    timer_.expires_after(std::max(*next - control_->VirtualNow(), Millis(0)));
    timer_.async_wait([this](boost::system::error_code cancelled) {
      if (cancelled || draining_) return;
      // On a worker: the store may have to wait for the disk. It posts the next arming itself.
      asio::post(workers_, [this] {
        try {
          control_->RunDueTimers();
        } catch (const std::exception& broken) {
          log_->Write(fmt::format("a timer failed: {}", broken.what()));
        }
      });
    });
  }

  void Drain() {
    draining_ = true;
    log_->Write("stopping");
    timer_.cancel();
    http_->Close();
    // What is left now are requests that are being answered; the loop ends with the last of them.
    drain_.expires_after(kDrain);
    drain_.async_wait([this](boost::system::error_code cancelled) {
      if (!cancelled) io_.stop();
    });
    WaitForConnections();
  }

  void WaitForConnections() {
    if (http_->connections() == 0) {
      drain_.cancel();
      io_.stop();
      return;
    }
    timer_.expires_after(std::chrono::milliseconds(10));
    timer_.async_wait([this](boost::system::error_code) { WaitForConnections(); });
  }

  LocalRdsOptions options_;
  const HomeFiles files_;
  const SystemClock clock_;
  const std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
  LocalEndpoint endpoint_;
  Fd lock_;
  std::optional<ServerLog> log_;
  std::optional<AccessLog> access_log_;
  std::unique_ptr<EngineHost> host_;
  std::unique_ptr<Control> control_;
  std::optional<Frontend> frontend_;
  asio::io_context io_{1};
  asio::thread_pool workers_;
  asio::steady_timer timer_;
  asio::steady_timer drain_;
  Fd stop_event_;
  asio::posix::stream_descriptor stop_;
  std::optional<HttpServer> http_;
  bool listening_ = false;
  bool draining_ = false;
};

LocalRds::LocalRds(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
LocalRds::~LocalRds() = default;

Result<std::unique_ptr<LocalRds>> LocalRds::Open(LocalRdsOptions options) {
  auto impl = std::make_unique<Impl>(std::move(options));
  if (auto opened = impl->Open(); !opened) return Fail(opened.error());
  return std::unique_ptr<LocalRds>(new LocalRds(std::move(impl)));
}

const LocalEndpoint& LocalRds::endpoint() const {
  return impl_->endpoint();
}
void LocalRds::Run() {
  impl_->Run();
}
void LocalRds::Stop() {
  impl_->Stop();
}

}  // namespace rdsteady::local
