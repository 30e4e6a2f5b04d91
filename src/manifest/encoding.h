// A file's bytes as text: UTF-8, with or without a byte order mark, of any line ends.
#pragma once

#include <memory>
#include <string>

#include "manifest/faults.h"

namespace rdsteady::manifest {

// nullptr: not UTF-8, which has been reported.
[[nodiscard]] std::shared_ptr<const SourceFile> CheckedText(const std::string& path, std::string text, Faults& faults);

}  // namespace rdsteady::manifest
