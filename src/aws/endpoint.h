// Where a region's RDS and KMS are: the partitions of AWS and the rules for their host names. Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "rdsteady/error.h"

namespace rdsteady::aws {

struct Partition {
  std::string_view name;
  // A region is <prefix>-<word>-<number> with one of these, separated by '|'.
  std::string_view region_prefixes;
  std::string_view dns_suffix;
  std::string_view dual_stack_dns_suffix;
  std::string_view fips_is_plain{};  // the service for which FIPS has the ordinary host name there
};
[[nodiscard]] std::span<const Partition> Partitions();

// The partition whose regions look like this one; `aws` for a region that looks like none.
[[nodiscard]] const Partition& PartitionOf(std::string_view region);

struct EndpointQuery {
  std::string region;
  std::string_view service = "rds";  // as in host names
  bool fips = false;
  bool dual_stack = false;
};

// "https://rds.us-east-1.amazonaws.com". Errors: kUsage for a region that cannot be part of a host name.
[[nodiscard]] Result<std::string> RegionalEndpoint(const EndpointQuery& query);

// The old pseudo regions fips-us-east-1 and us-east-1-fips are the region with FIPS.
[[nodiscard]] EndpointQuery WithoutPseudoRegion(EndpointQuery query);

}  // namespace rdsteady::aws
