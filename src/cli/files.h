// Files that the program writes for people to keep.
#pragma once

#include <string>
#include <string_view>

#include "rdsteady/error.h"

namespace rdsteady::cli {

// The file has the text whole, or stays as it was; only its owner may read it. Errors: kUsage, naming the path.
[[nodiscard]] Result<void> WritePrivateFile(const std::string& path, std::string_view text);

}  // namespace rdsteady::cli
