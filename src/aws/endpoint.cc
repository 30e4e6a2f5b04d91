#include "aws/endpoint.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"

namespace rdsteady::aws {
namespace {

constexpr Partition kPartitions[] = {
    {"aws", "us|eu|ap|sa|ca|me|af|il|mx", "amazonaws.com", "api.aws"},
    {"aws-cn", "cn", "amazonaws.com.cn", "api.amazonwebservices.com.cn"},
    {"aws-eusc", "eusc-de", "amazonaws.eu", "api.amazonwebservices.eu"},
    {"aws-iso", "us-iso", "c2s.ic.gov", "api.aws.ic.gov"},
    {"aws-iso-b", "us-isob", "sc2s.sgov.gov", "api.aws.scloud"},
    {"aws-iso-e", "eu-isoe", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk"},
    {"aws-iso-f", "us-isof", "csp.hci.ic.gov", "api.aws.hci.ic.gov"},
    {"aws-us-gov", "us-gov", "amazonaws.com", "api.aws", "rds"},
};

bool IsWord(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

bool IsNumber(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

bool Matches(std::string_view region, std::string_view prefix) {
  if (!region.starts_with(prefix) || region.size() <= prefix.size() || region[prefix.size()] != '-') return false;
  const auto parts = Split(region.substr(prefix.size() + 1), '-');
  return parts.size() == 2 && IsWord(parts[0]) && IsNumber(parts[1]);
}

bool IsHostLabel(std::string_view text) {
  constexpr std::size_t kMaxLabel = 63;
  if (text.empty() || text.size() > kMaxLabel || text.front() == '-' || text.back() == '-') return false;
  return std::ranges::all_of(text, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
}

}  // namespace

std::span<const Partition> Partitions() {
  return kPartitions;
}

const Partition& PartitionOf(std::string_view region) {
  for (const Partition& partition : kPartitions) {
    for (const std::string_view prefix : Split(partition.region_prefixes, '|')) {
      if (Matches(region, prefix)) return partition;
    }
  }
  return kPartitions[0];
}

EndpointQuery WithoutPseudoRegion(EndpointQuery query) {
  constexpr std::string_view kPrefix = "fips-";
  constexpr std::string_view kSuffix = "-fips";
  if (query.region.starts_with(kPrefix)) {
    query.region.erase(0, kPrefix.size());
    query.fips = true;
  } else if (query.region.ends_with(kSuffix)) {
    query.region.erase(query.region.size() - kSuffix.size());
    query.fips = true;
  }
  return query;
}

Result<std::string> RegionalEndpoint(const EndpointQuery& query) {
  if (!IsHostLabel(query.region)) {
    return Fail(ErrorCategory::kUsage, fmt::format("'{}' is not the name of a region", query.region),
                "a region looks like us-east-1");
  }
  const Partition& partition = PartitionOf(query.region);
  const bool fips_host = query.fips && (query.dual_stack || partition.fips_is_plain != query.service);
  return fmt::format("https://{}{}.{}.{}", query.service, fips_host ? "-fips" : "", query.region,
                     query.dual_stack ? partition.dual_stack_dns_suffix : partition.dns_suffix);
}

}  // namespace rdsteady::aws
