#include "local/engine/postgres_host.h"

#include <fmt/core.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <filesystem>
#include <mutex>
#include <set>
#include <thread>

#include "base/text.h"
#include "local/engine/postgres_instance.h"

namespace rdsteady::local {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr int kWorkers = 6;
constexpr int kMaxDeaths = 3;

Fd MakeEvent() {
  return Fd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
}
void Raise(const Fd& event) {
  (void)!::eventfd_write(event.get(), 1);
}

bool IsResourceId(std::string_view id) {
  return !id.empty() && id.size() <= 64 && id[0] != '-' && std::ranges::all_of(id, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
  });
}

class PostgresHost final : public EngineHost {
 public:
  PostgresHost(PostgresHostOptions options, EngineUser user)
      : options_(std::move(options)),
        installs_(PostgresInstall::FindAll(options_.programs, user, missing_)),
        cancel_(MakeEvent()),
        wake_(MakeEvent()),
        around_{.engines = options_.engines, .sockets = options_.sockets, .user = user, .cancel = cancel_.get()} {
    for (int i = 0; i < kWorkers; ++i)
      workers_.emplace_back([this] { Work(); });
    watcher_ = std::thread([this] { Watch(); });
    if (options_.prepare_early) {
      for (const auto& [major, install] : installs_) {
        // A name that no instance can have.
        Enqueue("/" + major, [this, tool = install.get()] {
          const auto made = tool->Prepare(around_.engines, around_.user, around_.cancel);
          if (!made && made.error().category != ErrorCategory::kInterrupted) options_.log(Describe(made.error()));
        });
      }
    }
  }

  ~PostgresHost() override { Shutdown(); }

  std::vector<std::pair<std::string, std::string>> Available() const override {
    std::vector<std::pair<std::string, std::string>> available;
    for (const auto& [major, install] : installs_)
      available.emplace_back("postgres", major);
    return available;
  }

  std::string Explain() const override {
    std::string text;
    for (const auto& [major, install] : installs_) {
      text += fmt::format("PostgreSQL {} runs for real ({}), as the user {}\n", major, install->version(),
                          around_.user.name);
    }
    text += missing_;
    if (installs_.empty()) {
      text += fmt::format("no PostgreSQL server below {}: PostgreSQL is simulated; install the package postgresql\n",
                          options_.programs);
    }
    return text;
  }

  void Submit(EngineJob job, Done done) override {
    const std::string id = job.spec.resource_id;
    Enqueue(id, [this, job = std::move(job), done = std::move(done)] {
      EngineReport report{.job_id = job.id};
      const auto outcome = Execute(job);
      if (!outcome) {
        // Not a failure of the database: the job is submitted again at the next start.
        if (outcome.error().category == ErrorCategory::kInterrupted) return;
        report.ok = false;
        report.message = outcome.error().message;
        options_.log(fmt::format("{}: {}", job.spec.identifier, Describe(outcome.error())));
      } else {
        report.message = *outcome;
      }
      done(std::move(report));
    });
  }

  void Shutdown() override {
    {
      const std::lock_guard lock(mutex_);
      if (std::exchange(stopping_, true)) return;
    }
    Raise(cancel_);
    Raise(wake_);
    ready_.notify_all();
    for (std::thread& worker : workers_)
      worker.join();
    watcher_.join();
    StopAll();
  }

 private:
  struct Entry {
    explicit Entry(PostgresInstance made) : instance(std::move(made)) {}
    PostgresInstance instance;
    EngineSpec spec{};
    bool wanted = false;  // it should be running
    std::deque<steady_clock::time_point> deaths{};
  };
  struct Watched {
    pid_t pid;
    Fd handle;
  };

  void Enqueue(const std::string& id, std::function<void()> task) {
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    queues_[id].push_back(std::move(task));
    ready_.notify_one();
  }

  void Work() {
    std::unique_lock lock(mutex_);
    while (true) {
      auto next = queues_.end();
      ready_.wait(lock, [&] {
        next = std::ranges::find_if(queues_, [&](const auto& q) { return !busy_.contains(q.first); });
        return stopping_ || next != queues_.end();
      });
      if (stopping_) return;
      const std::string id = next->first;
      const std::function<void()> task = std::move(next->second.front());
      next->second.pop_front();
      if (next->second.empty()) queues_.erase(next);
      busy_.insert(id);
      lock.unlock();
      task();
      lock.lock();
      busy_.erase(id);
      if (queues_.contains(id)) ready_.notify_one();
    }
  }

  Result<std::string> Execute(const EngineJob& job) {
    const EngineSpec& spec = job.spec;
    if (!IsResourceId(spec.resource_id)) {
      return Fail(ErrorCategory::kFailed, fmt::format("'{}' is no resource id", spec.resource_id));
    }
    for (const std::string* id : {&spec.snapshot_id, &spec.oldest_snapshot_id, &spec.log_of}) {
      if (!id->empty() && !IsResourceId(*id)) return Fail(ErrorCategory::kFailed, fmt::format("'{}' is no id", *id));
    }
    // Whatever else goes wrong, no database of ours listens on a network.
    if (job.verb != EngineVerb::kDiscard && !spec.address.starts_with("127.")) {
      return Fail(ErrorCategory::kFailed, fmt::format("'{}' is no loopback address", spec.address));
    }
    const auto major = std::string(Split(spec.engine_version, '.').front());
    const auto found = spec.engine == "postgres" ? installs_.find(major) : installs_.end();
    PostgresInstall* install = found == installs_.end() ? nullptr : found->second.get();
    const bool runs_nothing =
        job.verb == EngineVerb::kDestroy || job.verb == EngineVerb::kStop || job.verb == EngineVerb::kDiscard;
    if (install == nullptr && !runs_nothing) {
      return Fail(ErrorCategory::kFailed, fmt::format("{} {} does not run on this machine", spec.engine, major));
    }
    Entry& entry = EntryOf(spec.resource_id);
    entry.spec = spec;
    const auto outcome = Carry(job, entry, install);
    Follow(spec.resource_id, entry);
    if (outcome && (job.verb == EngineVerb::kDestroy || job.verb == EngineVerb::kDiscard)) {
      const std::lock_guard lock(mutex_);
      entries_.erase(spec.resource_id);
    }
    return outcome;
  }

  static Result<std::string> Carry(const EngineJob& job, Entry& entry, PostgresInstall* install) {
    const EngineSpec& spec = job.spec;
    PostgresInstance& instance = entry.instance;
    if (job.verb == EngineVerb::kStop || job.verb == EngineVerb::kDestroy) entry.wanted = false;
    Result<std::string> outcome;
    switch (job.verb) {
      case EngineVerb::kProvision: outcome = instance.Provision(spec, *install); break;
      case EngineVerb::kStart: outcome = instance.Start(spec, *install, false); break;
      case EngineVerb::kStop: outcome = instance.Stop(); break;
      case EngineVerb::kRestart: outcome = instance.Start(spec, *install, true); break;
      case EngineVerb::kReload: outcome = instance.Reload(spec, *install); break;
      case EngineVerb::kSetPassword: outcome = instance.SetPassword(spec, *install); break;
      case EngineVerb::kPromote: outcome = instance.Promote(spec, *install); break;
      case EngineVerb::kDestroy: outcome = instance.Destroy(install); break;
      case EngineVerb::kSnapshot: outcome = instance.Snapshot(spec, *install); break;
      case EngineVerb::kDiscard: outcome = instance.Destroy(nullptr); break;
    }
    if (instance.process()) entry.wanted = true;
    return outcome;
  }

  Entry& EntryOf(const std::string& id) {
    const std::lock_guard lock(mutex_);
    auto& entry = entries_[id];
    if (!entry) entry = std::make_unique<Entry>(PostgresInstance(around_, id));
    return *entry;
  }

  // Tells the watcher which process to look at.
  void Follow(const std::string& id, const Entry& entry) {
    const std::lock_guard lock(mutex_);
    const auto& process = entry.instance.process();
    const auto known = watched_.find(id);
    if (!process) {
      watched_.erase(id);
    } else if (known == watched_.end() || known->second.pid != process->pid) {
      watched_.insert_or_assign(id, Watched{process->pid, Fd(::dup(process->handle.get()))});
    }
    Raise(wake_);
  }

  void Watch() {
    while (true) {
      std::vector<pollfd> waits{{wake_.get(), POLLIN, 0}};
      std::vector<std::pair<std::string, pid_t>> names{{"", 0}};
      {
        const std::lock_guard lock(mutex_);
        if (stopping_) return;
        for (const auto& [id, watched] : watched_) {
          // A duplicate could be closed under our feet by Follow(); it then reads as an error and is looked up anew.
          waits.push_back({watched.handle.get(), POLLIN, 0});
          names.emplace_back(id, watched.pid);
        }
      }
      if (::poll(waits.data(), waits.size(), -1) < 0) continue;
      eventfd_t ignored = 0;
      (void)!::eventfd_read(wake_.get(), &ignored);
      const std::lock_guard lock(mutex_);
      for (std::size_t i = 1; i < waits.size(); ++i) {
        const auto watched = watched_.find(names[i].first);
        if ((waits[i].revents & POLLIN) == 0 || watched == watched_.end() || watched->second.pid != names[i].second) {
          continue;
        }
        const auto [id, pid] = names[i];
        watched_.erase(watched);
        queues_[id].push_back([this, id, pid] { OnExit(id, pid); });
        ready_.notify_one();
      }
    }
  }

  // In the instance's queue, so that a stop which was asked for has been carried out by now and is not mistaken.
  void OnExit(const std::string& id, pid_t pid) {
    Entry* entry = nullptr;
    {
      const std::lock_guard lock(mutex_);
      const auto found = entries_.find(id);
      if (found != entries_.end()) entry = found->second.get();
    }
    if (entry == nullptr || !entry->instance.process() || entry->instance.process()->pid != pid) return;
    (void)AwaitExit(*entry->instance.process(), milliseconds(0));
    entry->instance.Lost();
    if (!entry->wanted) return;
    const auto now = steady_clock::now();
    entry->deaths.push_back(now);
    while (entry->deaths.front() < now - options_.deaths_within)
      entry->deaths.pop_front();
    const std::string& name = entry->spec.identifier;
    if (entry->deaths.size() > kMaxDeaths) {
      entry->wanted = false;
      options_.log(
          fmt::format("{}: its database server died {} times within {} s and stays down; see {}/{}/postgres.log", name,
                      entry->deaths.size(), options_.deaths_within.count(), options_.engines, id));
      return;
    }
    options_.log(fmt::format("{}: its database server (process {}) died; it is started again", name, pid));
    const auto major = std::string(Split(entry->spec.engine_version, '.').front());
    const auto install = installs_.find(major);
    if (install == installs_.end()) return;
    const auto outcome = entry->instance.Start(entry->spec, *install->second, false);
    if (!outcome && outcome.error().category != ErrorCategory::kInterrupted) options_.log(Describe(outcome.error()));
    Follow(id, *entry);
  }

  void StopAll() {
    // All at once: each has to write its checkpoint.
    std::vector<const Running*> left;
    for (const auto& [id, entry] : entries_) {
      if (entry->instance.process()) left.push_back(&*entry->instance.process());
    }
    struct Step {
      int signal;
      milliseconds deadline;
    };
    for (const Step step :
         {Step{SIGINT, milliseconds(20'000)}, Step{SIGQUIT, milliseconds(5'000)}, Step{SIGKILL, milliseconds(5'000)}}) {
      const auto end = steady_clock::now() + step.deadline;
      for (const Running* process : left)
        ::kill(process->pid, step.signal);
      std::erase_if(left, [&](const Running* process) {
        const auto rest = std::chrono::duration_cast<milliseconds>(end - steady_clock::now());
        return AwaitExit(*process, std::max(rest, milliseconds(0)));
      });
      if (left.empty()) return;
    }
    for (const Running* process : left)
      options_.log(fmt::format("process {} cannot be stopped", process->pid));
  }

  const PostgresHostOptions options_;
  std::string missing_;
  const std::map<std::string, std::unique_ptr<PostgresInstall>> installs_;
  const Fd cancel_;  // readable once Shutdown() began
  const Fd wake_;    // the watcher looks at its list again
  const PostgresSurroundings around_;

  std::mutex mutex_;
  std::condition_variable ready_;
  bool stopping_ = false;
  std::map<std::string, std::deque<std::function<void()>>> queues_;
  std::set<std::string> busy_;
  std::map<std::string, std::unique_ptr<Entry>> entries_;
  std::map<std::string, Watched> watched_;
  std::vector<std::thread> workers_;
  std::thread watcher_;
};

Result<void> MakeOwnFolder(const std::string& path, const EngineUser& user) {
  std::error_code failed;
  fs::create_directories(fs::path(path).parent_path(), failed);
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
    return Fail(ErrorCategory::kUsage, fmt::format("{}: {}", path, std::strerror(errno)));
  }
  if ((user.switches && ::lchown(path.c_str(), user.uid, user.gid) != 0) || ::chmod(path.c_str(), 0700) != 0) {
    return Fail(ErrorCategory::kUsage, fmt::format("{}: {}", path, std::strerror(errno)));
  }
  if (const auto bar = FolderThatBars(user, path)) {
    return Fail(ErrorCategory::kUsage,
                fmt::format("{} cannot be entered by the user {}, as whom database servers run", *bar, user.name),
                fmt::format("chmod o+x {}, or choose another folder with RDSTEADY_HOME", *bar));
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<EngineHost>> MakePostgresHost(PostgresHostOptions options) {
  const EngineUser user = FindEngineUser();
  for (std::string* folder : {&options.engines, &options.sockets}) {
    if (auto made = MakeOwnFolder(*folder, user); !made) return Fail(made.error());
    std::error_code failed;
    // /proc names a process's working folder without links.
    *folder = fs::canonical(*folder, failed).string();
    if (failed) return Fail(ErrorCategory::kUsage, fmt::format("{}: {}", *folder, failed.message()));
  }
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(options.engines, ignored)) {
    if (entry.path().filename().string().starts_with("trash-")) fs::remove_all(entry.path(), ignored);
  }
  return std::make_unique<PostgresHost>(std::move(options), user);
}

void StopOrphanedServers(const std::string& engines) {
  std::error_code failed;
  const std::string folder = fs::canonical(engines, failed).string();
  if (failed) return;
  const PostgresSurroundings around{.engines = folder, .sockets = {}, .user = FindEngineUser(), .cancel = -1};
  for (const auto& entry : fs::directory_iterator(folder, failed)) {
    const std::string id = entry.path().filename();
    if (IsResourceId(id)) (void)PostgresInstance(around, id).Stop();
  }
}

}  // namespace rdsteady::local
