// Who holds an address and port on this machine.
#pragma once

#include <optional>
#include <string>

namespace rdsteady::local {

// nullopt when the address and port can be bound. Otherwise who holds them, as far as it can be found out:
// "process 4711 (nginx)", "another process".
[[nodiscard]] std::optional<std::string> PortHolder(const std::string& address, int port);

}  // namespace rdsteady::local
