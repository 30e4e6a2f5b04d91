// Files of a PostgreSQL instance, and the errors that handling them has: shared by the parts of PostgresInstance.
#pragma once

#include <string>

#include "local/engine/engine_user.h"
#include "rdsteady/error.h"

namespace rdsteady::local {

// Empty when it cannot be read.
[[nodiscard]] std::string ReadFile(const std::string& path);
// What errno says about the path.
[[nodiscard]] std::unexpected<Error> SystemFailure(const std::string& path);
[[nodiscard]] std::unexpected<Error> Interrupted();
// Owned by the engine's user, closed to everybody else. One that exists is taken.
[[nodiscard]] Result<void> MakeFolder(const std::string& path, const EngineUser& user);
// Nothing of it is there afterwards; that it was not there is no error.
[[nodiscard]] Result<void> RemoveTree(const std::string& path);

}  // namespace rdsteady::local
