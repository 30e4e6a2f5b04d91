// Where output goes: data to stdout, words for people to stderr; what kind of thing is at the other end.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "report/progress.h"
#include "report/words.h"

namespace rdsteady::cli {

// Whole and at once, or as much as the other end takes. False when it takes no more: a closed pipe, a full disk.
bool WriteOut(std::string_view text);
bool WriteError(std::string_view text);

// False when the standard output could not be written to since the program began.
[[nodiscard]] bool OutputIsWhole();

// A terminal that understands cursor movements (TERM is set and not "dumb").
[[nodiscard]] bool IsLive(int descriptor);
// A person can be asked: stdin and stderr are terminals.
[[nodiscard]] bool CanAsk();
// A terminal, and neither NO_COLOR nor a dumb TERM speaks against it.
[[nodiscard]] report::TextStyle StyleOf(int descriptor);
[[nodiscard]] report::TerminalSize SizeOf(int descriptor);

// Writes the question to stderr and reads one line from stdin; nullopt at its end, or when a signal came.
[[nodiscard]] std::optional<std::string> Ask(std::string_view question);

}  // namespace rdsteady::cli
