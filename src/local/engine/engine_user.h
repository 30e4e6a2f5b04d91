// EngineUser: the operating system's user that database servers run as.
//
// PostgreSQL refuses to run as root, so a server that root started hands its databases to an unprivileged user; an
// ordinary user's databases run as that user.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

namespace rdsteady::local {

struct EngineUser {
  uid_t uid = 0;
  gid_t gid = 0;
  std::string name;
  bool switches = false;  // children change to it before they run a program; REQUIRES root
};

// As root `postgres`, else `nobody`; otherwise the caller.
[[nodiscard]] EngineUser FindEngineUser();

// The first folder on the way to `path` (itself included) that the user may not enter, or nullopt. Folders that do not
// exist yet are not judged.
[[nodiscard]] std::optional<std::string> FolderThatBars(const EngineUser& user, const std::string& path);

}  // namespace rdsteady::local
