#include "local/store/store.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace rdsteady::local {
namespace {

// Raised when an older program could no longer read the file rightly.
constexpr int kFormatVersion = 1;
// Marks the file as ours ("rdst"), so that another program's database is not taken for a state.
constexpr int kApplicationId = 0x72647374;

constexpr const char* kResetHint = "restore the file from a copy, or start from nothing with 'rdsteady local reset'";

class Statement {
 public:
  Statement(sqlite3* db, const char* sql) { status_ = sqlite3_prepare_v2(db, sql, -1, &statement_, nullptr); }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  ~Statement() { sqlite3_finalize(statement_); }

  void Bind(int index, std::string_view text) {
    if (status_ != SQLITE_OK) return;
    status_ = sqlite3_bind_text(statement_, index, text.data(), static_cast<int>(text.size()), SQLITE_TRANSIENT);
  }
  // SQLITE_ROW, SQLITE_DONE or an error.
  int Step() { return status_ == SQLITE_OK ? sqlite3_step(statement_) : status_; }
  void Reset() {
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
  }
  [[nodiscard]] std::string Text(int column) const {
    const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
    return text == nullptr ? std::string()
                           : std::string(text, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column)));
  }

 private:
  sqlite3_stmt* statement_ = nullptr;
  int status_ = SQLITE_OK;
};

}  // namespace

struct Store::Database {
  std::string path;
  sqlite3* handle = nullptr;

  ~Database() { sqlite3_close(handle); }

  int Execute(const char* sql) const { return sqlite3_exec(handle, sql, nullptr, nullptr, nullptr); }

  [[nodiscard]] std::unexpected<Error> Failure(std::string_view doing) const {
    const int code = sqlite3_errcode(handle) & 0xff;
    if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB) {
      return Fail(ErrorCategory::kUsage,
                  fmt::format("{}: the local RDS's state is damaged ({})", path, sqlite3_errmsg(handle)), kResetHint);
    }
    return Fail(ErrorCategory::kInternal,
                fmt::format("{}: cannot {} the state: {}", path, doing, sqlite3_errmsg(handle)));
  }

  [[nodiscard]] Result<int> Pragma(const char* sql) const {
    Statement statement(handle, sql);
    if (statement.Step() != SQLITE_ROW) return Failure("read");
    return std::atoi(statement.Text(0).c_str());
  }
};

Store::Store(std::unique_ptr<Database> database) : database_(std::move(database)) {}
Store::~Store() = default;

Result<std::unique_ptr<Store>> Store::Open(const std::string& path) {
  // SQLite would create the file with the umask's permissions; nobody else has to read it.
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) {
    return Fail(ErrorCategory::kUsage, fmt::format("{}: cannot open the state: {}", path, std::strerror(errno)));
  }
  ::close(fd);

  auto database = std::make_unique<Database>();
  database->path = path;
  if (sqlite3_open_v2(path.c_str(), &database->handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr) !=
      SQLITE_OK) {
    return database->Failure("open");
  }
  sqlite3_busy_timeout(database->handle, 5'000);

  auto application = database->Pragma("PRAGMA application_id");
  if (!application) return Fail(application.error());
  auto format = database->Pragma("PRAGMA user_version");
  if (!format) return Fail(format.error());
  auto tables = database->Pragma("SELECT count(*) FROM sqlite_master");
  if (!tables) return Fail(tables.error());

  const bool fresh = *application == 0 && *format == 0 && *tables == 0;
  if (!fresh && *application != kApplicationId) {
    return Fail(ErrorCategory::kUsage, fmt::format("{}: this is a database of another program", path),
                "move it away, or use another RDSTEADY_HOME");
  }
  if (*format > kFormatVersion) {
    return Fail(ErrorCategory::kUsage,
                fmt::format("{}: the state was written by a newer rdsteady (format {}, this one reads {})", path,
                            *format, kFormatVersion),
                "use the newer rdsteady, or another RDSTEADY_HOME");
  }
  // FULL: a commit is on disk before the answer that depends on it leaves, power cut included.
  if (database->Execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA temp_store=MEMORY;") != SQLITE_OK) {
    return database->Failure("open");
  }
  if (fresh) {
    const auto sql = fmt::format(
        "BEGIN IMMEDIATE;"
        "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;"
        "CREATE TABLE records (key TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;"
        "PRAGMA application_id={}; PRAGMA user_version={}; COMMIT;",
        kApplicationId, kFormatVersion);
    if (database->Execute(sql.c_str()) != SQLITE_OK) return database->Failure("create");
  } else {
    Statement check(database->handle, "PRAGMA quick_check(1)");
    if (check.Step() != SQLITE_ROW) return database->Failure("check");
    if (check.Text(0) != "ok") {
      return Fail(ErrorCategory::kUsage, fmt::format("{}: the local RDS's state is damaged ({})", path, check.Text(0)),
                  kResetHint);
    }
  }
  return std::unique_ptr<Store>(new Store(std::move(database)));
}

Result<std::vector<Record>> Store::Load() {
  std::vector<Record> records;
  Statement statement(database_->handle, "SELECT key, body FROM records ORDER BY key");
  int step = SQLITE_DONE;
  while ((step = statement.Step()) == SQLITE_ROW) {
    records.push_back({.key = statement.Text(0), .body = statement.Text(1)});
  }
  if (step != SQLITE_DONE) return database_->Failure("read");
  return records;
}

Result<void> Store::Write(std::span<const Record> records) {
  if (records.empty()) return {};
  if (database_->Execute("BEGIN IMMEDIATE") != SQLITE_OK) return database_->Failure("write");
  const auto write_all = [&]() -> bool {
    Statement put(database_->handle,
                  "INSERT INTO records(key, body) VALUES(?1, ?2) ON CONFLICT(key) DO UPDATE SET body = excluded.body");
    Statement remove(database_->handle, "DELETE FROM records WHERE key = ?1");
    for (const Record& record : records) {
      Statement& statement = record.body.empty() ? remove : put;
      statement.Bind(1, record.key);
      if (!record.body.empty()) statement.Bind(2, record.body);
      if (statement.Step() != SQLITE_DONE) return false;
      statement.Reset();
    }
    return true;
  };
  if (!write_all() || database_->Execute("COMMIT") != SQLITE_OK) {
    auto failure = database_->Failure("write");
    database_->Execute("ROLLBACK");
    return failure;
  }
  return {};
}

Result<std::optional<std::string>> Store::Meta(std::string_view key) {
  Statement statement(database_->handle, "SELECT value FROM meta WHERE key = ?1");
  statement.Bind(1, key);
  switch (statement.Step()) {
    case SQLITE_ROW: return statement.Text(0);
    case SQLITE_DONE: return std::nullopt;
    default: return database_->Failure("read");
  }
}

Result<void> Store::SetMeta(std::string_view key, std::string_view value) {
  Statement statement(database_->handle,
                      "INSERT INTO meta(key, value) VALUES(?1, ?2) ON CONFLICT(key) DO UPDATE SET value = "
                      "excluded.value");
  statement.Bind(1, key);
  statement.Bind(2, value);
  if (statement.Step() != SQLITE_DONE) return database_->Failure("write");
  return {};
}

}  // namespace rdsteady::local
