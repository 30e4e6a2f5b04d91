// Cross-region copies: the request to the destination region carries a presigned URL of the same request to the source
// region. Pure; the caller resolves the source region's endpoint between the two calls.
#pragma once

#include <string>
#include <string_view>

#include "model/api/api.h"
#include "rdsteady/error.h"
#include "rdsteady/value.h"
#include "wire/sigv4.h"

namespace rdsteady::wire {

// The region for which a URL has to be presigned: SourceRegion when it is stated, else the region in the source's ARN.
// Empty when nothing is to be done: another operation, a PreSignedUrl that the caller gave, or a source in this region.
[[nodiscard]] std::string SourceRegionToPresign(const model::Operation& operation, const Properties& input,
                                                std::string_view this_region);

struct PresignTarget {
  std::string source_endpoint;  // "https://rds.us-west-2.amazonaws.com", without a trailing slash
  std::string source_region;
  std::string destination_region;
};

// The input with PreSignedUrl (valid for an hour) and without SourceRegion. The URL holds the request's parameters but
// for those that the table marks sensitive: it is shown to proxies and logs of two regions.
// Errors: those of EncodeRequest.
[[nodiscard]] Result<Properties> WithPreSignedUrl(const model::Operation& operation, Properties input,
                                                  const PresignTarget& target, const Credentials& credentials,
                                                  Instant now);

// SourceRegion is a parameter of the client: the service does not know it. Removes it from the operations that take it.
void RemoveSourceRegion(const model::Operation& operation, Properties& input);

}  // namespace rdsteady::wire
