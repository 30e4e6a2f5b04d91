// Values for the properties of every kind: what a world is made of. A bundle holds properties that only make sense
// together (a storage type with its IOPS), with the choices that RDS knows for them. Which properties there are is not
// decided here: a test joins the bundles with the property rows, and a row without two values fails it.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "model/kinds/kind.h"
#include "rdsteady/value.h"

namespace rdsteady::promises {

// An engine, and how its instance comes into being.
struct Flavour {
  std::string_view name;
  std::string_view engine;
  bool replica = false;
  std::string_view family;              // of its parameter groups
  std::string_view next_family{};       // of the next major version's; empty: there is none
  std::vector<std::string> versions{};  // two of one major version, and one of the next
  std::string_view option_group{};
  std::string_view next_option_group{};
  std::int64_t striping_gib = 0;  // gp3 below this size performs as it does
};
[[nodiscard]] const std::vector<Flavour>& Flavours();

struct Bundle {
  // A null is the explicit reset of a manifest. A member that a choice does not hold is what the service makes it.
  std::vector<Properties> choices;
  // Whether RDS can go from one choice to another in place.
  std::function<bool(std::size_t from, std::size_t to)> may = [](std::size_t, std::size_t) { return true; };
  // The choices from here on are refused by the service or by the rows: asked for only in worlds that expect it.
  std::size_t possible = static_cast<std::size_t>(-1);
  bool at_birth = false;  // a new resource needs it
  // Whether others may have it so before the run; false: only a manifest says it (sources of a birth, modifiers).
  bool has_prior = true;

  [[nodiscard]] std::size_t Possible() const { return std::min(possible, choices.size()); }
};

[[nodiscard]] std::vector<Bundle> InstanceBundles(const Flavour& flavour);
[[nodiscard]] std::vector<Bundle> SubnetGroupBundles();
[[nodiscard]] std::vector<Bundle> ParameterGroupBundles(const Flavour& flavour);
[[nodiscard]] std::vector<Bundle> BundlesOf(const model::Kind& kind, const Flavour& flavour);

// What worlds are furnished with before anything else: groups that instances may refer to.
inline constexpr std::string_view kSubnetGroup = "first-vpc";
inline constexpr std::string_view kOtherSubnetGroup = "second-vpc";
inline constexpr std::string_view kGroup = "group-a";
inline constexpr std::string_view kOtherGroup = "group-b";
inline constexpr std::string_view kNextGroup = "group-next";
inline constexpr std::string_view kSource = "source";

}  // namespace rdsteady::promises
