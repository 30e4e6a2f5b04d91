#include "cli/terminal.h"

#include <cerrno>
#include <cstdlib>

#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/interrupt.h"

namespace rdsteady::cli {
namespace {

constinit bool output_is_whole = true;

bool WriteAll(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(descriptor, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) {
      pollfd waiting{.fd = descriptor, .events = POLLOUT, .revents = 0};
      ::poll(&waiting, 1, -1);
      continue;
    }
    if (count <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

}  // namespace

bool WriteOut(std::string_view text) {
  if (!WriteAll(STDOUT_FILENO, text)) output_is_whole = false;
  return output_is_whole;
}
bool WriteError(std::string_view text) {
  return WriteAll(STDERR_FILENO, text);
}
bool OutputIsWhole() {
  return output_is_whole;
}

bool IsLive(int descriptor) {
  const char* term = std::getenv("TERM");
  return ::isatty(descriptor) == 1 && term != nullptr && *term != '\0' && std::string_view(term) != "dumb";
}

bool CanAsk() {
  return ::isatty(STDIN_FILENO) == 1 && ::isatty(STDERR_FILENO) == 1;
}

report::TextStyle StyleOf(int descriptor) {
  const char* no_color = std::getenv("NO_COLOR");
  return {.colour = IsLive(descriptor) && (no_color == nullptr || *no_color == '\0')};
}

report::TerminalSize SizeOf(int descriptor) {
  report::TerminalSize size;
  winsize window{};
  if (::ioctl(descriptor, TIOCGWINSZ, &window) == 0) {
    if (window.ws_col > 0) size.columns = window.ws_col;
    if (window.ws_row > 0) size.rows = window.ws_row;
  }
  return size;
}

std::optional<std::string> Ask(std::string_view question) {
  WriteError(question);
  std::string line;
  for (char c = 0;;) {
    pollfd waiting[2] = {{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0},
                         {.fd = Interrupts::WakeDescriptor(), .events = POLLIN, .revents = 0}};
    if (::poll(waiting, 2, -1) < 0 && errno != EINTR) return std::nullopt;
    if (Interrupts::Signal() != 0) {
      WriteError("\n");
      return std::nullopt;
    }
    if (waiting[0].revents == 0) continue;
    const ssize_t count = ::read(STDIN_FILENO, &c, 1);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return std::nullopt;
    if (c == '\n') return line;
    line += c;
  }
}

}  // namespace rdsteady::cli
