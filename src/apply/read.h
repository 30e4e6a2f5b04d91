// Reading resources as their kinds say: by identifier, by filter, or the whole list in pages, whichever is fewest
// calls; and the extra reads that the stated properties need.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "aws/rds_api.h"
#include "manifest/manifest.h"
#include "plan/plan.h"

namespace rdsteady::apply {

[[nodiscard]] Error UnknownOperation(std::string_view operation);
// Whether the identity may not do it, which for a read is often no reason to stop.
[[nodiscard]] bool IsDenied(const Error& error);

using Readings = std::map<plan::ResourceKey, plan::Observation>;

// One describe by identifier. The kind's not-found code is an Observation that does not exist.
[[nodiscard]] boost::asio::awaitable<Result<plan::Observation>> ReadOne(aws::RdsApi& api, const model::Kind& kind,
                                                                        std::string name);

// All of these names, in as few calls as the API allows. Names that are not in the answer are absent from the result's
// observations' `exists` only; whoever plans a create confirms by identifier (confirm_absence). `notes` takes what a
// person should know (a list that was denied).
[[nodiscard]] boost::asio::awaitable<Result<Readings>> ReadMany(aws::RdsApi& api, const model::Kind& kind,
                                                                std::vector<std::string> names, bool confirm_absence,
                                                                std::vector<std::string>& notes);

// The extra reads for the properties that `desired` states, stored into the observation. A denied read marks the
// property unread and is noted; other errors are errors. Nothing is read for a resource that does not exist.
[[nodiscard]] boost::asio::awaitable<Result<void>> ReadExtras(aws::RdsApi& api,
                                                              const manifest::DesiredResource& desired,
                                                              plan::Observation& observation,
                                                              std::vector<std::string>& notes);

// What the service itself has said of it in the last three hours, the newest five; empty when there is nothing, or it
// may not be read.
[[nodiscard]] boost::asio::awaitable<std::string> RecentEvents(aws::RdsApi& api, const model::Kind& kind,
                                                               std::string name);

// Every page of a list operation, items appended. Stops when a marker repeats.
[[nodiscard]] boost::asio::awaitable<Result<List>> ReadPages(aws::RdsApi& api, const model::Operation& operation,
                                                             Properties input, std::string items);

}  // namespace rdsteady::apply
