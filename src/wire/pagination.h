// Walking through the pages of an answer, ruled by the operation's Paginator.
//
//   PageCursor cursor(*operation.paginator);
//   do {
//     ... call with input, use PageItems(*operation.paginator, output) ...
//     if (auto next = cursor.Advance(output, input); !next) return next.error();
//     else if (!*next) break;
//   } while (true);
//
// A cursor belongs to one walk and one thread.
#pragma once

#include <string>
#include <unordered_set>

#include "model/api/api.h"
#include "rdsteady/error.h"
#include "rdsteady/value.h"

namespace rdsteady::wire {

class PageCursor {
 public:
  // The paginator must outlive the cursor (those of the table live for ever).
  explicit PageCursor(const model::Paginator& paginator) : paginator_(paginator) {}

  // True when there is another page: its marker has been put into input. False after the last one, or when the answer
  // says by itself that there is no more. Errors: kTransport when the service gives a marker for the second time, which
  // would never end.
  [[nodiscard]] Result<bool> Advance(const Properties& output, Properties& input);

 private:
  const model::Paginator& paginator_;
  std::unordered_set<std::string> seen_;
};

// What the page carries: a List, or for log files the text; nullptr when the page has none.
[[nodiscard]] const Value* PageItems(const model::Paginator& paginator, const Properties& output);

}  // namespace rdsteady::wire
