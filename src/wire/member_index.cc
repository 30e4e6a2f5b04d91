#include "wire/member_index.h"

#include <atomic>
#include <bit>
#include <cstring>
#include <functional>
#include <memory>
#include <vector>

namespace rdsteady::wire {
namespace {

// Eight bytes at a time; names are short and differ early, so nothing stronger is needed.
std::uint64_t Hash(std::string_view name) {
  constexpr std::uint64_t kMultiplier = 0x9E3779B97F4A7C15ULL;
  std::uint64_t hash = name.size() * kMultiplier;
  while (name.size() >= 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, name.data(), 8);
    hash = (std::rotl(hash, 5) ^ word) * kMultiplier;
    name.remove_prefix(8);
  }
  std::uint64_t rest = 0;
  if (!name.empty()) std::memcpy(&rest, name.data(), name.size());
  hash = (std::rotl(hash, 5) ^ rest) * kMultiplier;
  return hash ^ (hash >> 32);
}

// Open addressing, at most half full.
class MemberTable {
 public:
  explicit MemberTable(std::span<const model::Member> members) : slots_(std::bit_ceil(members.size() * 2 + 1)) {
    for (const model::Member& member : members) {
      std::size_t at = Hash(member.name) & (slots_.size() - 1);
      while (slots_[at] != nullptr)
        at = (at + 1) & (slots_.size() - 1);
      slots_[at] = &member;
    }
  }
  [[nodiscard]] const model::Member* Find(std::string_view name) const {
    for (std::size_t at = Hash(name) & (slots_.size() - 1); slots_[at] != nullptr;
         at = (at + 1) & (slots_.size() - 1)) {
      if (slots_[at]->name == name) return slots_[at];
    }
    return nullptr;
  }

 private:
  std::vector<const model::Member*> slots_;
};

// One slot a shape of the table. Two threads may build the same table at once: one of them wins, the other's is freed.
class Index {
 public:
  Index() : shapes_(model::Shapes()), tables_(std::make_unique<std::atomic<const MemberTable*>[]>(shapes_.size())) {}

  [[nodiscard]] const model::Member* Find(const model::Shape& structure, std::string_view name) const {
    std::atomic<const MemberTable*>& slot = tables_[static_cast<std::size_t>(&structure - shapes_.data())];
    const MemberTable* table = slot.load(std::memory_order_acquire);
    if (table == nullptr) {
      auto fresh = std::make_unique<const MemberTable>(structure.members);
      if (slot.compare_exchange_strong(table, fresh.get(), std::memory_order_acq_rel)) table = fresh.release();
    }
    return table->Find(name);
  }
  [[nodiscard]] bool Covers(const model::Shape& structure) const {
    const std::less<const model::Shape*> before;
    return !before(&structure, shapes_.data()) && before(&structure, shapes_.data() + shapes_.size());
  }

 private:
  std::span<const model::Shape> shapes_;
  std::unique_ptr<std::atomic<const MemberTable*>[]> tables_;
};

}  // namespace

const model::Member* LookUpMember(const model::Shape& structure, std::string_view name) {
  // Never destroyed: a thread that outlives main may still be decoding.
  static const Index* const index = new Index();
  if (index->Covers(structure)) return index->Find(structure, name);
  for (const model::Member& member : structure.members) {
    if (member.name == name) return &member;
  }
  return nullptr;
}

}  // namespace rdsteady::wire
