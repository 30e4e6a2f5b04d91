// TextPieces: a long text as pieces that are shared instead of copied, to be written one after the other.
//
// Immutable and therefore safe to read from any thread.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace rdsteady {

using SharedText = std::shared_ptr<const std::string>;
using TextPieces = std::vector<SharedText>;

[[nodiscard]] inline SharedText ShareText(std::string text) {
  return std::make_shared<const std::string>(std::move(text));
}

[[nodiscard]] inline std::size_t SizeOf(const TextPieces& pieces) {
  std::size_t size = 0;
  for (const SharedText& piece : pieces)
    size += piece->size();
  return size;
}

[[nodiscard]] inline std::string Joined(const TextPieces& pieces) {
  std::string text;
  text.reserve(SizeOf(pieces));
  for (const SharedText& piece : pieces)
    text += *piece;
  return text;
}

}  // namespace rdsteady
