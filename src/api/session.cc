#include "api/session.h"

#include <exception>

#include <fmt/format.h>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/system/system_error.hpp>

#include "apply/poller.h"
#include "aws/client.h"
#include "aws/credentials.h"
#include "aws/curl_transport.h"
#include "aws/kms_client.h"
#include "aws/loopback_transport.h"
#include "aws/system_timer.h"
#include "base/text.h"

namespace rdsteady::api {
namespace {

namespace asio = boost::asio;

class Silent final : public apply::EventSink {
 public:
  void OnEvent(const apply::Event&) override {}
};

Error Interrupted() {
  return {.category = ErrorCategory::kInterrupted,
          .message = "interrupted",
          .hint = "run the same command again: it reads what is and goes on from there"};
}

Error FromException(const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const boost::system::system_error& error) {
    if (error.code() == asio::error::operation_aborted) return Interrupted();
    return {.category = ErrorCategory::kInternal, .message = fmt::format("the event loop failed: {}", error.what())};
  } catch (const std::exception& error) {
    return {.category = ErrorCategory::kInternal, .message = fmt::format("unexpected failure: {}", error.what())};
  } catch (...) {
    return {.category = ErrorCategory::kInternal, .message = "unexpected failure"};
  }
}

// Runs coroutines of one kind to their ends on the calling thread. A requested stop cancels each of them once; they end
// by themselves, so nothing is cut off in the middle of a step.
template <class T>
std::vector<Result<T>> RunAll(asio::io_context& context, std::vector<asio::awaitable<Result<T>>> works,
                              const std::stop_token& stop) {
  std::vector<Result<T>> endings(works.size(), Result<T>(std::unexpected(Interrupted())));
  if (stop.stop_requested()) return endings;
  std::vector<std::unique_ptr<asio::cancellation_signal>> signals;
  for (std::size_t i = 0; i < works.size(); ++i) {
    signals.push_back(std::make_unique<asio::cancellation_signal>());
    asio::co_spawn(context, std::move(works[i]),
                   asio::bind_cancellation_slot(
                       signals.back()->slot(), [&endings, i](std::exception_ptr thrown, Result<T> ending) {
                         endings[i] = thrown ? Result<T>(std::unexpected(FromException(thrown))) : std::move(ending);
                       }));
  }
  const std::stop_callback cancel(stop, [&context, &signals] {
    asio::post(context, [&signals] {
      for (const auto& signal : signals)
        signal->emit(asio::cancellation_type::terminal);
    });
  });
  context.run();
  return endings;
}

template <class T>
Result<T> RunOne(asio::io_context& context, asio::awaitable<Result<T>> work, const std::stop_token& stop) {
  std::vector<asio::awaitable<Result<T>>> works;
  works.push_back(std::move(work));
  return std::move(RunAll(context, std::move(works), stop).front());
}

// Any ARN of what was read tells the account.
std::string AccountOf(const manifest::Manifest& manifest, const plan::World& world) {
  for (const manifest::DesiredResource& resource : manifest.resources) {
    const plan::Observation& observed = plan::ObservationOf(world, resource);
    if (!observed.exists || resource.kind->arn.empty()) continue;
    const Value* arn = observed.live.FindPath(resource.kind->arn);
    if (arn == nullptr || !arn->Is<std::string>()) continue;
    if (std::string account = AccountOfArn(arn->As<std::string>()); !account.empty()) return account;
  }
  return {};
}

// Nothing of the manifest exists yet: what every account has tells it, the parameter groups first.
asio::awaitable<std::string> AskForAccount(aws::RdsApi& api) {
  struct Question {
    const char* operation;
    const char* items;
    const char* arn;
  };
  static constexpr Question kQuestions[] = {
      {"DescribeDBParameterGroups", "DBParameterGroups", "DBParameterGroupArn"},
      {"DescribeOptionGroups", "OptionGroupsList", "OptionGroupArn"},
      {"DescribeDBSubnetGroups", "DBSubnetGroups", "DBSubnetGroupArn"},
      {"DescribeDBInstances", "DBInstances", "DBInstanceArn"},
  };
  for (const Question& question : kQuestions) {
    const model::Operation* operation = model::FindOperation(question.operation);
    if (operation == nullptr) continue;
    const Result<Properties> answer = co_await api.Call(*operation, {{"MaxRecords", 20}});
    if (!answer) continue;
    const Value* items = Find(*answer, question.items);
    if (items == nullptr || !items->Is<List>()) continue;
    for (const Value& item : items->As<List>()) {
      const Value* arn = item.Find(question.arn);
      if (arn == nullptr || !arn->Is<std::string>()) continue;
      if (std::string account = AccountOfArn(arn->As<std::string>()); !account.empty()) co_return account;
    }
  }
  co_return std::string();
}

Result<void> CheckAccount(const manifest::Manifest& manifest, const std::string& account) {
  if (manifest.account.empty() || account == manifest.account) return {};
  if (account.empty()) {
    return Fail(
        ErrorCategory::kRefused,
        fmt::format("the manifest is for account {}, and which account answers cannot be told", manifest.account),
        "allow rds:DescribeDBParameterGroups, or leave `account` out");
  }
  return Fail(
      ErrorCategory::kRefused,
      fmt::format("the manifest is for account {}, but the credentials are of account {}", manifest.account, account),
      "nothing was changed; choose the other account's profile with --profile");
}

asio::awaitable<Result<void>> Prepare(apply::Context context, Planned& planned, bool saving) {
  Result<apply::Prepared> prepared =
      co_await apply::Prepare(context, planned.manifest, planned.options, saving ? &planned.reads : nullptr);
  if (!prepared) co_return std::unexpected(std::move(prepared).error());
  planned.world = std::move(prepared->world);
  planned.plan = std::move(prepared->plan);
  planned.options.keys = std::move(prepared->keys);
  std::string& account = planned.options.account;
  if (account.empty()) account = AccountOf(planned.manifest, planned.world);
  const bool must_be_known = saving || !planned.manifest.account.empty();
  if (account.empty() && must_be_known) account = co_await AskForAccount(context.api);
  if (saving && account.empty()) {
    co_return Fail(ErrorCategory::kRefused, "a saved plan is for one account, and which account answers cannot be told",
                   "allow rds:DescribeDBParameterGroups");
  }
  if (auto checked = CheckAccount(planned.manifest, account); !checked) co_return checked;
  planned.plan.account = account;
  co_return Result<void>{};
}

aws::Environment NoEnvironment() {
  return {.variables = {},
          .read_file = [](const std::string&) -> Result<std::optional<std::string>> { return std::nullopt; }};
}

}  // namespace

struct Session::Shared {
  std::mutex mutex;
  std::optional<aws::Environment> environment;
  std::string ca_bundle;
  std::shared_ptr<aws::HttpTransport> transport;
};

// One call's event loop and client. Members end in reverse order: the client before what it uses.
class Session::Connection {
 public:
  Connection(const aws::Configuration& configuration, std::shared_ptr<aws::CredentialsProvider> credentials,
             std::shared_ptr<aws::HttpTransport> transport)
      : configuration_(configuration),
        client_(aws::OptionsFrom(configuration), credentials, transport, timer_),
        kms_(aws::KmsOptionsFrom(configuration), std::move(credentials), std::move(transport), timer_) {}

  [[nodiscard]] apply::Context ContextFor(const Control& control) {
    return {
        .api = client_, .timer = timer_, .events = control.events != nullptr ? *control.events : silent_, .kms = &kms_};
  }
  [[nodiscard]] asio::io_context& loop() { return loop_; }
  [[nodiscard]] const aws::Configuration& configuration() const { return configuration_; }
  [[nodiscard]] Instant Now() const { return timer_.Now(); }

 private:
  asio::io_context loop_{1};
  aws::Configuration configuration_;
  aws::SystemTimer timer_;
  Silent silent_;
  aws::SignedClient client_;
  aws::KmsClient kms_;
};

Session::Session(SessionOptions options) : options_(std::move(options)), shared_(std::make_unique<Shared>()) {}
Session::~Session() = default;

namespace {

aws::Environment EnvironmentOf(std::mutex& mutex, std::optional<aws::Environment>& cached, bool isolated) {
  const std::scoped_lock lock(mutex);
  if (!cached) cached = isolated ? NoEnvironment() : aws::ProcessEnvironment();
  return *cached;
}

}  // namespace

Result<aws::Configuration> Session::Configure(std::string_view region) const {
  aws::ConfigurationRequest request = options_.request;
  if (!region.empty()) {
    if (request.region && request.region->value != region) {
      return Fail(ErrorCategory::kUsage,
                  fmt::format("the manifest is for region {}, but {} says {}", region, request.region->source,
                              request.region->value),
                  "drop one of the two");
    }
    request.region = aws::Setting<std::string>{.value = std::string(region), .source = "the manifest"};
  } else if (!request.region && !options_.default_region.empty()) {
    request.region = aws::Setting<std::string>{.value = options_.default_region, .source = "default"};
  }
  const aws::Environment environment = EnvironmentOf(shared_->mutex, shared_->environment, options_.isolated);
  const Result<aws::SharedFiles> files = aws::LoadSharedFiles(environment, request);
  if (!files) return std::unexpected(files.error());
  return aws::ResolveConfiguration(environment, *files, request);
}

Result<wire::Credentials> Session::FindCredentials() const {
  if (options_.credentials) return *options_.credentials;
  const aws::Environment environment = EnvironmentOf(shared_->mutex, shared_->environment, options_.isolated);
  const Result<aws::SharedFiles> files = aws::LoadSharedFiles(environment, options_.request);
  if (!files) return std::unexpected(files.error());
  Result<aws::Credentials> found = aws::FindCredentials(environment, *files);
  if (!found) return std::unexpected(std::move(found).error());
  return std::move(found->keys);
}

Result<std::unique_ptr<Session::Connection>> Session::Connect(std::string_view region) const {
  const Result<aws::Configuration> configuration = Configure(region);
  if (!configuration) return std::unexpected(configuration.error());
  std::shared_ptr<aws::CredentialsProvider> credentials;
  if (options_.credentials) {
    credentials = aws::MakeFixedCredentials({.keys = *options_.credentials, .source = "given"});
  } else {
    credentials = aws::MakeCredentialsProvider(EnvironmentOf(shared_->mutex, shared_->environment, options_.isolated),
                                               options_.request);
  }
  const std::scoped_lock lock(shared_->mutex);
  if (shared_->transport == nullptr || shared_->ca_bundle != configuration->ca_bundle.value) {
    shared_->ca_bundle = configuration->ca_bundle.value;
    shared_->transport = std::make_shared<aws::LoopbackTransport>(
        std::make_unique<aws::CurlTransport>(aws::CurlOptions{.ca_bundle = shared_->ca_bundle}));
  }
  return std::make_unique<Connection>(*configuration, std::move(credentials), shared_->transport);
}

Result<Planned> Session::MakePlan(manifest::Manifest manifest, plan::Options options, const Control& control,
                                  PlanFor purpose) const {
  Result<std::unique_ptr<Connection>> connection = Connect(manifest.region);
  if (!connection) return std::unexpected(std::move(connection).error());
  Connection& there = **connection;
  const bool saving = purpose == PlanFor::kSaving;
  options.region = there.configuration().region.value;
  options.account = options_.account;
  options.now = there.Now();
  Planned planned{.manifest = std::move(manifest), .options = std::move(options), .world = {}, .plan = {}};
  const Result<void> prepared = RunOne(there.loop(), Prepare(there.ContextFor(control), planned, saving), control.stop);
  if (!prepared) return std::unexpected(prepared.error());
  planned.plan.endpoint = there.configuration().endpoint_url.value;
  return planned;
}

Result<apply::ApplyOutcome> Session::Execute(const Planned& planned, apply::SecretSource& secrets,
                                             apply::ExecuteOptions options, const Control& control) const {
  Result<std::unique_ptr<Connection>> connection = Connect(planned.manifest.region);
  if (!connection) return std::unexpected(std::move(connection).error());
  Connection& there = **connection;
  options.plan = planned.options;
  return RunOne(there.loop(),
                apply::Execute(there.ContextFor(control), planned.manifest, planned.plan, secrets, options),
                control.stop);
}

std::vector<Result<Value>> Session::Await(const std::vector<AwaitedResource>& resources, apply::WaitGoal goal,
                                          std::string_view region, const Control& control) const {
  Result<std::unique_ptr<Connection>> connection = Connect(region);
  if (!connection) return std::vector<Result<Value>>(resources.size(), std::unexpected(connection.error()));
  Connection& there = **connection;
  apply::Poller poller(there.ContextFor(control));
  std::vector<asio::awaitable<Result<Value>>> works;
  works.reserve(resources.size());
  for (const AwaitedResource& resource : resources)
    works.push_back(apply::AwaitResource(poller, *resource.kind, resource.name, goal, resource.wait));
  return RunAll(there.loop(), std::move(works), control.stop);
}

Result<Properties> Session::Call(const model::Operation& operation, Properties input, std::string_view region,
                                 const Control& control) const {
  Result<std::unique_ptr<Connection>> connection = Connect(region);
  if (!connection) return std::unexpected(std::move(connection).error());
  Connection& there = **connection;
  return RunOne(there.loop(), there.ContextFor(control).api.Call(operation, std::move(input)), control.stop);
}

std::string AccountOfArn(std::string_view arn) {
  const std::vector<std::string_view> parts = Split(arn, ':');
  if (parts.size() < 6 || parts[0] != "arn" || parts[4].size() != 12) return {};
  return std::string(parts[4]);
}

}  // namespace rdsteady::api
