#include "local/engine/engine_user.h"

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

namespace rdsteady::local {

EngineUser FindEngineUser() {
  EngineUser user{.uid = ::geteuid(), .gid = ::getegid(), .name = {}, .switches = false};
  const passwd* entry = nullptr;
  if (user.uid == 0) {
    user.switches = true;
    for (const char* name : {"postgres", "nobody"}) {
      entry = ::getpwnam(name);
      if (entry != nullptr && entry->pw_uid != 0) break;
    }
    // Systems without either are rare; these are the numbers that every one of them reserves for nobody.
    user.uid = entry != nullptr ? entry->pw_uid : 65534;
    user.gid = entry != nullptr ? entry->pw_gid : 65534;
  } else {
    entry = ::getpwuid(user.uid);
  }
  user.name = entry != nullptr ? entry->pw_name : std::to_string(user.uid);
  return user;
}

std::optional<std::string> FolderThatBars(const EngineUser& user, const std::string& path) {
  std::filesystem::path so_far;
  for (const auto& part : std::filesystem::path(path)) {
    so_far /= part;
    struct stat info{};
    if (::stat(so_far.c_str(), &info) != 0) return std::nullopt;
    const mode_t needed = info.st_uid == user.uid ? S_IXUSR : info.st_gid == user.gid ? S_IXGRP : S_IXOTH;
    if ((info.st_mode & needed) == 0) return so_far.string();
  }
  return std::nullopt;
}

}  // namespace rdsteady::local
