#include "local/engine/port_holder.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <fmt/core.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "base/text.h"
#include "local/engine/process.h"

namespace rdsteady::local {
namespace {

// Inodes of the listening sockets of one /proc/net/tcp* table that take this port at this address or at every address.
void CollectInodes(const char* table, const std::string& address, int port, std::set<std::string>& inodes) {
  in_addr ip{};
  if (::inet_pton(AF_INET, address.c_str(), &ip) != 1) return;
  const std::string ours = fmt::format("{:08X}", ip.s_addr);
  std::ifstream file(table);
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    std::istringstream fields(line);
    std::string number, local, remote, state, queues, timer, retransmits, uid, timeout, inode;
    fields >> number >> local >> remote >> state >> queues >> timer >> retransmits >> uid >> timeout >> inode;
    constexpr std::string_view kListening = "0A";
    const auto colon = local.find(':');
    if (state != kListening || colon == std::string::npos) continue;
    if (local.substr(colon + 1) != fmt::format("{:04X}", port)) continue;
    const std::string host = local.substr(0, colon);
    const bool everywhere = host.find_first_not_of('0') == std::string::npos;
    if (everywhere || host.ends_with(ours)) inodes.insert(fmt::format("socket:[{}]", inode));
  }
}

std::string FindProcess(const std::set<std::string>& inodes) {
  std::error_code ignored;
  for (const auto& process : std::filesystem::directory_iterator("/proc", ignored)) {
    const std::string pid = process.path().filename();
    if (!ParseInteger(pid)) continue;
    for (const auto& file : std::filesystem::directory_iterator(process.path() / "fd", ignored)) {
      std::error_code unreadable;
      if (!inodes.contains(std::filesystem::read_symlink(file.path(), unreadable).string())) continue;
      std::string name;
      std::ifstream comm(process.path() / "comm");
      std::getline(comm, name);
      return fmt::format("process {} ({})", pid, name);
    }
  }
  return "another process";
}

}  // namespace

std::optional<std::string> PortHolder(const std::string& address, int port) {
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(static_cast<std::uint16_t>(port));
  if (::inet_pton(AF_INET, address.c_str(), &where.sin_addr) != 1) return std::nullopt;
  const Fd probe(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int on = 1;
  // As the database server will: connections of an earlier owner that linger do not count.
  ::setsockopt(probe.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  // Two sockets may be bound at once as long as neither listens: only listening tells.
  const bool free = ::bind(probe.get(), reinterpret_cast<const sockaddr*>(&where), sizeof where) == 0 &&
                    ::listen(probe.get(), 1) == 0;
  if (free || errno != EADDRINUSE) return std::nullopt;
  std::set<std::string> inodes;
  CollectInodes("/proc/net/tcp", address, port, inodes);
  CollectInodes("/proc/net/tcp6", address, port, inodes);
  return inodes.empty() ? "another process" : FindProcess(inodes);
}

}  // namespace rdsteady::local
