// InstancePages: the answers of DescribeDBInstances as XML, without rendering what has not changed.
//
// It keeps the text of every instance that it has shown for as long as the Sim says that it looks the same, so that a
// page is found by reference and neither rendered, encoded nor copied. What is not asked for any more is dropped when
// the texts outgrow their limit. Pure, like the Sim; not thread-safe, but the pages that it gives away stay what they
// are.
#pragma once

#include <cstdint>
#include <expected>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/text_pieces.h"
#include "local/sim/sim.h"

namespace rdsteady::local {

class InstancePages {
 public:
  explicit InstancePages(std::size_t max_bytes = std::size_t{64} << 20) : max_bytes_(max_bytes) {}

  InstancePages(InstancePages&&) noexcept = default;
  InstancePages& operator=(InstancePages&&) noexcept = default;

  // The elements of the result, the same bytes as an encoded sim.Handle(). REQUIRES: the operation is
  // DescribeDBInstances, and `sim` is the one of the calls before.
  [[nodiscard]] std::expected<TextPieces, Fault> Describe(Sim& sim, const Call& call, Instant now);

  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  [[nodiscard]] std::uint64_t rendered() const { return rendered_; }  // how many texts had to be made

 private:
  struct Kept {
    std::string resource_id;
    std::uint64_t revision = 0;
    SharedText text;
  };
  [[nodiscard]] SharedText TextOf(Sim& sim, const ShownInstance& shown);
  [[nodiscard]] static std::size_t SizeOf(const Kept& kept);

  std::size_t max_bytes_;
  std::size_t bytes_ = 0;
  std::uint64_t rendered_ = 0;
  std::list<Kept> kept_;  // the last one asked for is the first
  std::unordered_map<std::string_view, std::list<Kept>::iterator> by_resource_;
};

}  // namespace rdsteady::local
