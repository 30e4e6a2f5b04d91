// Diagnostics: faults in a user's files, collected and shown all together with file, line, column and a caret.
//
// A SourceFile keeps the text so that an excerpt can be shown; what follows a sensitive key on the excerpt's line is
// masked before anything is rendered, so a secret never reaches a message.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace rdsteady {

struct SourceFile {
  std::string path;
  std::string text;
};

// Lines and columns start at 1; columns count bytes' code points. A span without a file has line 0.
struct SourceSpan {
  std::shared_ptr<const SourceFile> file{};
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  std::uint32_t length = 1;  // code points under which carets stand
};

enum class Severity : std::uint8_t { kError, kWarning };

struct Diagnostic {
  Severity severity = Severity::kError;
  std::string message;
  SourceSpan where{};
  std::string hint{};
  std::vector<std::pair<std::string, SourceSpan>> also{};  // "first defined here"
};

// True for keys whose values are never shown: sensitive in the API table, or containing password, secret or token.
using SensitiveKey = bool (*)(std::string_view key);
[[nodiscard]] bool LooksSensitive(std::string_view key);

// orders.yaml:7:5: error: unknown property 'AllocatedStorag' of DBInstance
//     AllocatedStorag: 20
//     ^~~~~~~~~~~~~~~
//   hint: did you mean 'AllocatedStorage'?
[[nodiscard]] std::string Render(const Diagnostic& diagnostic, SensitiveKey sensitive = LooksSensitive);

// Errors first to last in file order, then a closing count ("2 errors, 1 warning").
[[nodiscard]] std::string Render(const std::vector<Diagnostic>& diagnostics, SensitiveKey sensitive = LooksSensitive);
[[nodiscard]] bool HasErrors(const std::vector<Diagnostic>& diagnostics);

}  // namespace rdsteady
