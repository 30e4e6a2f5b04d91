// The AWS Query protocol, both sides, ruled by the API table: requests as form bodies, answers and errors as XML.
//
// Pure functions. The client encodes requests and decodes answers; the local RDS does the reverse. Values follow
// model::Shape: structures and maps are Properties, lists are List, timestamps are ISO-8601 text, numbers are integer
// or double as the table says. Members that the table does not know are an error in a request that we encode, and are
// skipped in an answer that we decode (the service grows faster than any client).
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/api/api.h"
#include "rdsteady/error.h"
#include "rdsteady/value.h"

namespace rdsteady::wire {

// "Action=DescribeDBInstances&Version=2014-10-31&...". Null members are left out; a literal Secret is written as its
// text. Errors: kUsage for an unknown member, a wrong type, or a Secret that is not a literal (resolve it first).
[[nodiscard]] Result<std::string> EncodeRequest(const model::Operation& operation, const Properties& input);

struct DecodedRequest {
  const model::Operation* operation = nullptr;
  Properties input;
};

// The faults a server has to answer: an AWS code (MissingAction, InvalidAction, MalformedQueryString,
// InvalidParameterValue ...), a message, and the HTTP status.
struct ProtocolFault {
  std::string code;
  std::string message;
  int http_status = 400;
};

// Reads '+' as a space and %XX escapes; accepts any order, gaps in list numbers, and `member` for a list's own element
// name. `Name=` is an empty list for a list member and an empty text for a text member. Unknown members are faults, as
// are type errors; SourceRegion (a client-side parameter) is one too.
[[nodiscard]] std::expected<DecodedRequest, ProtocolFault> DecodeRequest(std::string_view form);
// The same from the query string of a GET: '+' is a plus, and the X-Amz-* parameters of a presigned URL are skipped.
[[nodiscard]] std::expected<DecodedRequest, ProtocolFault> DecodeQuery(std::string_view query);

// The dotted path of the first required member that is absent ("Tags.1.Key", list items from 1), empty when all are
// there. Decoding does not judge this, because which absence is a fault is for the server to say.
[[nodiscard]] std::string MissingMember(const model::Shape& structure, const Properties& value);

// name/value pairs of a form body or a query string, percent-decoded. plus_is_space is true for form bodies only.
[[nodiscard]] std::expected<std::vector<std::pair<std::string, std::string>>, ProtocolFault> ParseForm(
    std::string_view form, bool plus_is_space);
// RFC 3986: everything but A-Z a-z 0-9 - _ . ~ is escaped, space as %20.
[[nodiscard]] std::string PercentEncode(std::string_view text);

// Always well-formed XML: characters that XML cannot carry become U+FFFD. Timestamps get milliseconds, as RDS writes
// them. Errors: kInternal when the output does not fit the operation's shape (unknown member, wrong type, a Secret).
[[nodiscard]] Result<std::string> TryEncodeResponse(const model::Operation& operation, const Properties& output,
                                                    std::string_view request_id);
// REQUIRES: the output fits the operation's shape; anything else is a bug and aborts.
[[nodiscard]] std::string EncodeResponse(const model::Operation& operation, const Properties& output,
                                         std::string_view request_id);
// The two halves of TryEncodeResponse, for a server that keeps encoded resources: EncodeElement gives <name>...</name>
// of one value of the shape (errors as above), FrameResponse what stands before and after a result's elements.
[[nodiscard]] Result<std::string> EncodeElement(std::string_view name, const model::Shape& shape, const Value& value);
struct ResponseFrame {
  std::string head;
  std::string tail;
};
[[nodiscard]] ResponseFrame FrameResponse(const model::Operation& operation, std::string_view request_id);

struct ServiceError {
  std::string code;
  std::string message;
  std::string type;  // Sender or Receiver
  std::string request_id;
};
[[nodiscard]] std::string EncodeError(const ServiceError& error);

struct DecodedResponse {
  Properties output;
  std::string request_id;
};
// Errors: kTransport when the text is not the answer's XML (truncated, HTML, another operation's wrapper).
[[nodiscard]] Result<DecodedResponse> DecodeResponse(const model::Operation& operation, std::string_view xml);
// Understands <ErrorResponse><Error> and <Response><Errors><Error>. Errors: kTransport when it is neither.
[[nodiscard]] Result<ServiceError> DecodeError(std::string_view xml);

// A deep copy in which every member that the table marks sensitive is the text "****": for logs.
[[nodiscard]] Properties Redact(const model::Shape& structure, const Properties& value);

}  // namespace rdsteady::wire
