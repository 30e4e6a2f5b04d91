// The AWS JSON protocol (1.1), both sides, as far as it is spoken here: to KMS. A request names its operation in a
// header and carries an object; an answer is an object; an error is one with a type. Pure.
#pragma once

#include <string>
#include <string_view>

#include "rdsteady/error.h"
#include "rdsteady/value.h"
#include "wire/query.h"
#include "wire/sigv4.h"

namespace rdsteady::wire {

inline constexpr std::string_view kJsonContentType = "application/x-amz-json-1.1";
inline constexpr std::string_view kTargetHeader = "X-Amz-Target";
inline constexpr std::string_view kKmsTarget = "TrentService.";  // what KMS's operations have before their names

// "TrentService.DescribeKey": what tells the request from one of the Query protocol. Empty when it is one of those.
[[nodiscard]] std::string_view TargetOf(const HttpRequest& request);

// An empty text is an empty object. Errors: kTransport when the text is no JSON object.
[[nodiscard]] Result<Properties> DecodeJsonObject(std::string_view text);

// {"__type": "NotFoundException", "message": "..."}
[[nodiscard]] std::string EncodeJsonError(const ServiceError& error);
// The type without its namespace ("com.amazonaws.kms#"). Errors: kTransport when the text is no error of this protocol.
[[nodiscard]] Result<ServiceError> DecodeJsonError(std::string_view text);

}  // namespace rdsteady::wire
