// What is ours in a manifest, by lower-case keys: a resource's settings.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "manifest/manifest.h"
#include "manifest/typing.h"

namespace rdsteady::manifest {

inline constexpr std::array<std::string_view, 6> kSettings = {"exact",  "password_version", "power",
                                                              "reboot", "renamed_from",     "wait"};

// What stands at the top of a file beside the kinds.
inline constexpr std::array<std::string_view, 7> kTopKeys = {"account", "defaults", "include", "policy",
                                                             "region",  "vars",     "wait"};

// Reads one of kSettings into the resource. REQUIRES: entry.key is one of them.
void ReadSetting(const Reading& reading, const Entry& entry, DesiredResource& resource);

// {delay: 30s, max_attempts: 60, timeout: 2h}
[[nodiscard]] WaitSettings ReadWait(const Reading& reading, const Node& node);

}  // namespace rdsteady::manifest
