#include "wire/pagination.h"

namespace rdsteady::wire {
namespace {

const Value* FindAt(const Properties& output, std::string_view path) {
  const auto dot = path.find('.');
  const Value* first = Find(output, path.substr(0, dot));
  if (first == nullptr || dot == std::string_view::npos) return first;
  return first->FindPath(path.substr(dot + 1));
}

}  // namespace

Result<bool> PageCursor::Advance(const Properties& output, Properties& input) {
  if (!paginator_.more.empty()) {
    const Value* more = FindAt(output, paginator_.more);
    if (more == nullptr || more->If<bool>() == nullptr || !more->As<bool>()) return false;
  }
  const Value* token = FindAt(output, paginator_.output_token);
  const auto* marker = token == nullptr ? nullptr : token->If<std::string>();
  if (marker == nullptr || marker->empty()) return false;
  if (!seen_.insert(*marker).second) {
    return Fail(ErrorCategory::kTransport, "the service answered with a page marker that it had given before",
                "try again; if it stays so, the endpoint is not paging correctly");
  }
  input.insert_or_assign(std::string(paginator_.input_token), *marker);
  return true;
}

const Value* PageItems(const model::Paginator& paginator, const Properties& output) {
  return FindAt(output, paginator.items);
}

}  // namespace rdsteady::wire
