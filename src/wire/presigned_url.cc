#include "wire/presigned_url.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "wire/form.h"
#include "wire/member_index.h"
#include "wire/query.h"

namespace rdsteady::wire {
namespace {

// The operations whose client takes SourceRegion, and the member that names the source.
struct CrossRegion {
  std::string_view operation;
  std::string_view source;
};
constexpr std::array<CrossRegion, 5> kCrossRegion = {{
    {"CopyDBClusterSnapshot", "SourceDBClusterSnapshotIdentifier"},
    {"CopyDBSnapshot", "SourceDBSnapshotIdentifier"},
    {"CreateDBCluster", "ReplicationSourceIdentifier"},
    {"CreateDBInstanceReadReplica", "SourceDBInstanceIdentifier"},
    {"StartDBInstanceAutomatedBackupsReplication", "SourceDBInstanceArn"},
}};

const CrossRegion* FindCrossRegion(std::string_view operation) {
  const auto* found = std::ranges::find(kCrossRegion, operation, &CrossRegion::operation);
  return found == kCrossRegion.end() ? nullptr : found;
}

std::string_view TextMember(const Properties& input, std::string_view name) {
  const Value* value = Find(input, name);
  const auto* text = value == nullptr ? nullptr : value->If<std::string>();
  return text == nullptr ? std::string_view() : *text;
}

// arn:aws:rds:us-west-2:123456789012:snapshot:orders-1
std::string_view RegionOfArn(std::string_view arn) {
  const std::vector<std::string_view> fields = Split(arn, ':');
  return fields.size() >= 6 && fields[0] == "arn" ? fields[3] : std::string_view();
}

struct Endpoint {
  std::string origin;  // scheme and authority
  std::string host;    // the host header: without a port that the scheme implies
  std::string path;    // starts and ends with a slash
};

Endpoint ParseEndpoint(std::string_view url) {
  const auto scheme_end = url.find("://");
  const std::size_t authority_start = scheme_end == std::string_view::npos ? 0 : scheme_end + 3;
  const std::size_t path_start = std::min(url.find('/', authority_start), url.size());
  Endpoint endpoint{.origin = std::string(url.substr(0, path_start)),
                    .host = std::string(url.substr(authority_start, path_start - authority_start)),
                    .path = std::string(url.substr(path_start))};
  const std::string_view implied_port = url.starts_with("http://") ? ":80" : ":443";
  if (endpoint.host.ends_with(implied_port)) endpoint.host.resize(endpoint.host.size() - implied_port.size());
  if (!endpoint.path.ends_with('/')) endpoint.path += '/';
  return endpoint;
}

}  // namespace

std::string SourceRegionToPresign(const model::Operation& operation, const Properties& input,
                                  std::string_view this_region) {
  const CrossRegion* cross = FindCrossRegion(operation.name);
  if (cross == nullptr) return {};
  if (const Value* given = Find(input, "PreSignedUrl"); given != nullptr && !given->IsNull()) return {};
  std::string_view region = TextMember(input, "SourceRegion");
  if (region.empty()) region = RegionOfArn(TextMember(input, cross->source));
  return region == this_region ? std::string() : std::string(region);
}

void RemoveSourceRegion(const model::Operation& operation, Properties& input) {
  if (FindCrossRegion(operation.name) != nullptr) input.erase("SourceRegion");
}

Result<Properties> WithPreSignedUrl(const model::Operation& operation, Properties input, const PresignTarget& target,
                                    const Credentials& credentials, Instant now) {
  RemoveSourceRegion(operation, input);
  Properties presigned = input;
  std::erase_if(presigned, [&](const auto& member) {
    const model::Member* known = operation.input == nullptr ? nullptr : LookUpMember(*operation.input, member.first);
    return known != nullptr && known->sensitive;
  });
  auto query = EncodeRequest(operation, presigned);
  if (!query) return std::unexpected(std::move(query).error());
  *query += "&DestinationRegion=";
  AppendPercentEncoded(*query, target.destination_region);

  Endpoint endpoint = ParseEndpoint(target.source_endpoint);
  const HttpRequest request{
      .method = "GET", .path = endpoint.path, .query = *std::move(query), .headers = {{"host", endpoint.host}}};
  const Scope scope{.region = target.source_region, .service = "rds"};
  input.insert_or_assign("PreSignedUrl", endpoint.origin + endpoint.path + "?" +
                                             PresignQuery(request, credentials, scope, now, std::chrono::hours(1)));
  return input;
}

}  // namespace rdsteady::wire
