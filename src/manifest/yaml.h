// A YAML (or JSON) file as a compact tree of nodes that know where they stand in the text.
//
//   Faults faults;
//   Document document = ParseYaml(file, faults);
//   if (const Node* root = document.root()) ...
//
// The tree types nothing: a scalar is its text and whether it was written plain. Aliases and `<<` are resolved and
// share their nodes, so an alias costs nothing, but it counts as what it stands for. After a syntax error reading goes
// on at the next line that fits an open map; maps that lost entries that way are marked incomplete.
//
// A Document owns its nodes and keeps the file's text alive. Const documents may be read from several threads.
#pragma once

#include <cstdint>
#include <memory>
#include <memory_resource>
#include <span>
#include <string_view>
#include <vector>

#include "base/diagnostics.h"
#include "manifest/faults.h"
#include "rdsteady/value.h"

namespace rdsteady::manifest {

struct Node;

struct Entry {
  const Node* key = nullptr;  // always a scalar
  const Node* value = nullptr;
};

struct Node {
  enum class Type : std::uint8_t { kScalar, kList, kMap, kSecret };

  Type type = Type::kScalar;
  bool plain = false;        // a scalar without quotes
  bool absent = false;       // nothing is written there (a plain scalar without text)
  bool flow = false;         // a list or map in brackets
  bool incomplete = false;   // a syntax error took some of the entries
  bool substituted = false;  // a scalar in which variables were replaced
  bool faulty = false;       // a fault here is reported already: no second one about its value
  std::uint32_t begin = 0;   // bytes in the file's text, quotes and brackets included
  std::uint32_t end = 0;
  std::uint32_t count = 0;
  union {
    const char* characters = nullptr;
    const Node* const* item_array;
    const Entry* entry_array;
    const Secret* secret;  // a program's own value; never from a file
  };

  [[nodiscard]] bool IsScalar() const { return type == Type::kScalar; }
  [[nodiscard]] bool IsList() const { return type == Type::kList; }
  [[nodiscard]] bool IsMap() const { return type == Type::kMap; }
  // REQUIRES: the type that the name says.
  [[nodiscard]] std::string_view text() const { return {characters, count}; }
  [[nodiscard]] std::span<const Node* const> items() const { return {item_array, count}; }
  [[nodiscard]] std::span<const Entry> entries() const { return {entry_array, count}; }

  // The written word null, and nothing else.
  [[nodiscard]] bool IsNull() const { return IsScalar() && plain && !substituted && text() == "null"; }
};

// The value of the entry with this key, or nullptr. REQUIRES: map.IsMap().
[[nodiscard]] const Entry* FindEntry(const Node& map, std::string_view key);

class Document {
 public:
  explicit Document(std::shared_ptr<const SourceFile> file);

  [[nodiscard]] const std::shared_ptr<const SourceFile>& file() const { return file_; }
  [[nodiscard]] const Node* root() const { return root_; }  // nullptr: nothing is written in the file
  [[nodiscard]] bool broken() const { return broken_; }     // it had a syntax error

  [[nodiscard]] SourceSpan Span(const Node& node) const { return SpanOf(node.begin, node.end); }
  // Bytes [begin, end), cut at the end of the first line.
  [[nodiscard]] SourceSpan SpanOf(std::size_t begin, std::size_t end) const;
  // The text between the node's first and last byte, as written.
  [[nodiscard]] std::string_view Written(const Node& node) const;

  // For building.
  [[nodiscard]] Node* NewNode();
  [[nodiscard]] std::string_view Keep(std::string_view text);  // a copy that lives as long as the document
  template <class T>
  [[nodiscard]] const T* Keep(std::span<const T> items) {
    T* kept = static_cast<T*>(arena_->allocate(items.size_bytes() + 1, alignof(T)));
    std::uninitialized_copy(items.begin(), items.end(), kept);
    return kept;
  }
  // Gives a scalar of this document another text.
  void ReplaceText(const Node& scalar, std::string_view text, bool faulty);
  void SetRoot(const Node* root) { root_ = root; }
  void SetBroken() { broken_ = true; }

 private:
  std::shared_ptr<const SourceFile> file_;
  std::unique_ptr<std::pmr::monotonic_buffer_resource> arena_;
  std::vector<std::uint32_t> line_starts_;
  const Node* root_ = nullptr;
  bool broken_ = false;
};

inline constexpr std::size_t kMaxFileBytes = 64ULL << 20;
inline constexpr std::size_t kMaxNodes = 1'000'000;
inline constexpr std::size_t kMaxDepth = 100;

[[nodiscard]] Document ParseYaml(std::shared_ptr<const SourceFile> file, Faults& faults);

}  // namespace rdsteady::manifest
