#include "cli/interrupt.h"

#include <atomic>
#include <cerrno>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

namespace rdsteady::cli {
namespace {

constinit std::atomic<int> first_signal = 0;
constinit std::atomic<int> wake_reading = -1;
constinit std::atomic<int> wake_writing = -1;
constinit std::atomic<int> quit_writing = -1;

static_assert(std::atomic<int>::is_always_lock_free);

// Async-signal-safe: atomics, write and _exit only.
void OnSignal(int signal) {
  int none = 0;
  if (!first_signal.compare_exchange_strong(none, signal)) ::_exit(128 + signal);
  const int saved = errno;
  const char byte = 's';
  if (const int fd = wake_writing.load(); fd >= 0) [[maybe_unused]]
    const auto written = ::write(fd, &byte, 1);
  errno = saved;
}

}  // namespace

Interrupts::Interrupts() {
  int wake[2];
  int quit[2];
  if (::pipe2(wake, O_CLOEXEC) != 0) return;
  if (::pipe2(quit, O_CLOEXEC) != 0) {
    ::close(wake[0]);
    ::close(wake[1]);
    return;
  }
  wake_reading = wake[0];
  wake_writing = wake[1];
  quit_writing = quit[1];
  struct sigaction action{};
  action.sa_handler = OnSignal;
  sigemptyset(&action.sa_mask);
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
  // Stopping runs callbacks, which a handler must not: a thread does it. The byte stays in the pipe, so that whoever
  // waits for an answer wakes as well.
  watcher_ = std::jthread([this, reading = wake[0], quitting = quit[0]] {
    pollfd waiting[2] = {{.fd = reading, .events = POLLIN, .revents = 0},
                         {.fd = quitting, .events = POLLIN, .revents = 0}};
    while (::poll(waiting, 2, -1) < 0 && errno == EINTR) {
    }
    if ((waiting[0].revents & POLLIN) != 0) source_.request_stop();
    ::close(quitting);
  });
}

Interrupts::~Interrupts() {
  if (const int fd = quit_writing.exchange(-1); fd >= 0) ::close(fd);
  if (watcher_.joinable()) watcher_.join();
  if (const int fd = wake_writing.exchange(-1); fd >= 0) ::close(fd);
  if (const int fd = wake_reading.exchange(-1); fd >= 0) ::close(fd);
}

int Interrupts::Signal() {
  return first_signal.load();
}
int Interrupts::WakeDescriptor() {
  return wake_reading.load();
}

ExitStatus InterruptedStatus() {
  return Interrupts::Signal() == SIGTERM ? ExitStatus::kTerminated : ExitStatus::kInterrupted;
}

}  // namespace rdsteady::cli
