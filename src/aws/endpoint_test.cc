#include "aws/endpoint.h"

#include <gtest/gtest.h>

namespace rdsteady::aws {
namespace {

struct Case {
  const char* region;
  const char* partition;
  const char* plain;
  const char* fips;
  const char* dual_stack;
  const char* both;
};

class EndpointTest : public ::testing::TestWithParam<Case> {};

TEST_P(EndpointTest, FollowsThePartitionsRules) {
  const Case& test = GetParam();
  const auto endpoint = [&](bool fips, bool dual_stack) {
    return RegionalEndpoint({.region = test.region, .fips = fips, .dual_stack = dual_stack}).value_or("(none)");
  };
  EXPECT_EQ(PartitionOf(test.region).name, test.partition);
  EXPECT_EQ(endpoint(false, false), test.plain);
  EXPECT_EQ(endpoint(true, false), test.fips);
  EXPECT_EQ(endpoint(false, true), test.dual_stack);
  EXPECT_EQ(endpoint(true, true), test.both);
}

INSTANTIATE_TEST_SUITE_P(
    Endpoint, EndpointTest,
    ::testing::Values(
        Case{"us-east-1", "aws", "https://rds.us-east-1.amazonaws.com", "https://rds-fips.us-east-1.amazonaws.com",
             "https://rds.us-east-1.api.aws", "https://rds-fips.us-east-1.api.aws"},
        Case{"mx-central-1", "aws", "https://rds.mx-central-1.amazonaws.com",
             "https://rds-fips.mx-central-1.amazonaws.com", "https://rds.mx-central-1.api.aws",
             "https://rds-fips.mx-central-1.api.aws"},
        Case{"cn-north-1", "aws-cn", "https://rds.cn-north-1.amazonaws.com.cn",
             "https://rds-fips.cn-north-1.amazonaws.com.cn", "https://rds.cn-north-1.api.amazonwebservices.com.cn",
             "https://rds-fips.cn-north-1.api.amazonwebservices.com.cn"},
        Case{"eusc-de-east-1", "aws-eusc", "https://rds.eusc-de-east-1.amazonaws.eu",
             "https://rds-fips.eusc-de-east-1.amazonaws.eu", "https://rds.eusc-de-east-1.api.amazonwebservices.eu",
             "https://rds-fips.eusc-de-east-1.api.amazonwebservices.eu"},
        Case{"us-iso-east-1", "aws-iso", "https://rds.us-iso-east-1.c2s.ic.gov",
             "https://rds-fips.us-iso-east-1.c2s.ic.gov", "https://rds.us-iso-east-1.api.aws.ic.gov",
             "https://rds-fips.us-iso-east-1.api.aws.ic.gov"},
        Case{"us-isob-east-1", "aws-iso-b", "https://rds.us-isob-east-1.sc2s.sgov.gov",
             "https://rds-fips.us-isob-east-1.sc2s.sgov.gov", "https://rds.us-isob-east-1.api.aws.scloud",
             "https://rds-fips.us-isob-east-1.api.aws.scloud"},
        Case{"eu-isoe-west-1", "aws-iso-e", "https://rds.eu-isoe-west-1.cloud.adc-e.uk",
             "https://rds-fips.eu-isoe-west-1.cloud.adc-e.uk", "https://rds.eu-isoe-west-1.api.cloud-aws.adc-e.uk",
             "https://rds-fips.eu-isoe-west-1.api.cloud-aws.adc-e.uk"},
        Case{"us-isof-south-1", "aws-iso-f", "https://rds.us-isof-south-1.csp.hci.ic.gov",
             "https://rds-fips.us-isof-south-1.csp.hci.ic.gov", "https://rds.us-isof-south-1.api.aws.hci.ic.gov",
             "https://rds-fips.us-isof-south-1.api.aws.hci.ic.gov"},
        // FIPS has the plain name in GovCloud, but not together with dual stack.
        Case{"us-gov-west-1", "aws-us-gov", "https://rds.us-gov-west-1.amazonaws.com",
             "https://rds.us-gov-west-1.amazonaws.com", "https://rds.us-gov-west-1.api.aws",
             "https://rds-fips.us-gov-west-1.api.aws"},
        Case{"moon-1", "aws", "https://rds.moon-1.amazonaws.com", "https://rds-fips.moon-1.amazonaws.com",
             "https://rds.moon-1.api.aws", "https://rds-fips.moon-1.api.aws"}),
    [](const auto& param) {
      std::string name = param.param.region;
      std::erase(name, '-');
      return name;
    });

TEST(Endpoint, ThereAreEightPartitions) {
  EXPECT_EQ(Partitions().size(), 8U);
}

TEST(Endpoint, RegionsThatOnlyLookAlikeBelongToNone) {
  for (const char* region : {"us-gov-west", "us-gov-west-one", "cn-north-1-2", "cn--1", "us-isob-", "xus-gov-west-1"}) {
    EXPECT_EQ(PartitionOf(region).name, "aws") << region;
  }
}

TEST(Endpoint, ARegionMustBePartOfAHostName) {
  for (const char* region : {"", "us east 1", "us-east-1/x", "us-east-1.evil.com", "US-EAST-1", "-us", "us-", "ü"}) {
    const Result<std::string> endpoint = RegionalEndpoint({.region = region});
    ASSERT_FALSE(endpoint) << region;
    EXPECT_EQ(endpoint.error().message, "'" + std::string(region) + "' is not the name of a region");
  }
}

TEST(Endpoint, PseudoRegionsMeanFips) {
  for (const char* region : {"fips-us-east-1", "us-east-1-fips"}) {
    const EndpointQuery query = WithoutPseudoRegion({.region = region});
    EXPECT_EQ(query.region, "us-east-1");
    EXPECT_TRUE(query.fips);
  }
  EXPECT_FALSE(WithoutPseudoRegion({.region = "us-east-1"}).fips);
}

}  // namespace
}  // namespace rdsteady::aws
