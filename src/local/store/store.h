// Store: the local RDS's durable state, one SQLite file in WAL mode.
//
// A batch of records is on disk when Write() returns: the server writes before an answer leaves, so what a client was
// told survives kill -9. Records hold no secret (see sim/sim.h). Not thread-safe: one owner calls it.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "local/sim/sim.h"
#include "rdsteady/error.h"

namespace rdsteady::local {

class Store {
 public:
  // Creates the file (0600) when it is not there. Errors: kUsage when the file is damaged, is no state of rdsteady, was
  // written by a newer version, or cannot be opened; the message names the file and the hint says what to do.
  [[nodiscard]] static Result<std::unique_ptr<Store>> Open(const std::string& path);
  ~Store();

  [[nodiscard]] Result<std::vector<Record>> Load();  // in key order
  // All of them or none; an empty body deletes. Errors: kInternal (disk full, I/O error): nothing was written.
  [[nodiscard]] Result<void> Write(std::span<const Record> records);

  // Small facts about the server itself: the port last used, the offset of the virtual clock.
  [[nodiscard]] Result<std::optional<std::string>> Meta(std::string_view key);
  [[nodiscard]] Result<void> SetMeta(std::string_view key, std::string_view value);

 private:
  struct Database;
  explicit Store(std::unique_ptr<Database> database);
  std::unique_ptr<Database> database_;
};

}  // namespace rdsteady::local
