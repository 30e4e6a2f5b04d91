// PostgresInstall: one major version of PostgreSQL that is installed on this machine, and the template that instances
// are copied from.
//
// Thread-safe: the template is made once, by whoever needs it first; the others wait for it.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "local/engine/engine_user.h"
#include "local/engine/postgres_config.h"
#include "rdsteady/error.h"

namespace rdsteady::local {

class PostgresInstall {
 public:
  // Finds every major below `root` (/usr/lib/postgresql) by the major's name. `missing` gets a line for each folder
  // that cannot be used, saying what it lacks.
  static std::map<std::string, std::unique_ptr<PostgresInstall>> FindAll(const std::string& root,
                                                                         const EngineUser& user, std::string& missing);

  // "15", "15.20"
  [[nodiscard]] const std::string& major() const { return major_; }
  [[nodiscard]] const std::string& version() const { return version_; }
  [[nodiscard]] std::string Tool(const std::string& name) const { return folder_ + "/" + name; }
  [[nodiscard]] bool LibraryExists(std::string_view name) const;

  struct Template {
    std::string data;  // a data directory that no server runs on
    PostgresSettings settings;
  };
  // Made in `engines` when it is not there: initdb and our roles, then one rename, so that what is there is whole.
  // Errors: kFailed with what initdb said, kInterrupted when `cancel` became readable.
  [[nodiscard]] Result<const Template*> Prepare(const std::string& engines, const EngineUser& user, int cancel);

 private:
  std::string folder_;     // of the programs
  std::string libraries_;  // of the loadable modules
  std::string major_;
  std::string version_;
  std::mutex mutex_;
  std::unique_ptr<Template> template_;
};

}  // namespace rdsteady::local
