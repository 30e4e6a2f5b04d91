#include "aws/answer.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "wire/aws_json.h"
#include "wire/query.h"

namespace rdsteady::aws {
namespace {

constexpr std::size_t kExcerpt = 80;
// Shorter texts are no secrets worth the name, and masking them would ruin every message.
constexpr std::size_t kShortestSecret = 4;
// What an excerpt is taken from; nothing of the rest is shown.
constexpr std::size_t kLongestScrubbed = 64 << 10;
constexpr std::string_view kMask = "****";

struct CodeHint {
  std::string_view code;
  ErrorCategory category;
  std::string_view hint;  // SERVICE and OPERATION are filled in
};

constexpr std::string_view kExpired = "the session has ended: renew the credentials and run again";
constexpr std::string_view kUnknownKey =
    "the service does not know this access key: check which account, partition and endpoint it belongs to";
constexpr std::string_view kClock = "check this machine's clock";
constexpr std::string_view kPermission = "allow SERVICE:OPERATION to this identity";
constexpr std::string_view kRate =
    "the account's request rate is used up: try again later, or allow more attempts with --call-attempts";
constexpr std::string_view kService = "try again; when it persists, report the request id to AWS";

constexpr CodeHint kHints[] = {
    {"ExpiredToken", ErrorCategory::kCredentials, kExpired},
    {"ExpiredTokenException", ErrorCategory::kCredentials, kExpired},
    {"SignatureDoesNotMatch", ErrorCategory::kCredentials,
     "the secret access key does not belong to the access key id, or something between here and the service changes "
     "requests"},
    {"InvalidSignatureException", ErrorCategory::kCredentials, "check the secret access key and this machine's clock"},
    {"IncompleteSignature", ErrorCategory::kCredentials, "something between here and the service changes requests"},
    {"MissingAuthenticationToken", ErrorCategory::kCredentials,
     "something between here and the service removes the Authorization header"},
    {"UnrecognizedClientException", ErrorCategory::kCredentials, kUnknownKey},
    {"InvalidClientTokenId", ErrorCategory::kCredentials, kUnknownKey},
    {"InvalidAccessKeyId", ErrorCategory::kCredentials, kUnknownKey},
    {"AuthFailure", ErrorCategory::kCredentials, kUnknownKey},
    {"OptInRequired", ErrorCategory::kCredentials, "the account is not signed up for RDS in this region"},
    {"RequestExpired", ErrorCategory::kCredentials, kClock},
    {"RequestTimeTooSkewed", ErrorCategory::kCredentials, kClock},
    {"RequestInTheFuture", ErrorCategory::kCredentials, kClock},
    {"AccessDenied", ErrorCategory::kService, kPermission},
    {"AccessDeniedException", ErrorCategory::kService, kPermission},
    {"UnauthorizedOperation", ErrorCategory::kService, kPermission},
    {"Throttling", ErrorCategory::kService, kRate},
    {"ThrottlingException", ErrorCategory::kService, kRate},
    {"RequestLimitExceeded", ErrorCategory::kService, kRate},
    {"TooManyRequestsException", ErrorCategory::kService, kRate},
    {"InternalFailure", ErrorCategory::kService, kService},
    {"InternalError", ErrorCategory::kService, kService},
    {"ServiceUnavailable", ErrorCategory::kService, kService},
    {"InvalidAction", ErrorCategory::kService,
     "this endpoint does not know OPERATION: check --endpoint-url, or the service is not built out in this region"},
};

const CodeHint* FindHint(std::string_view code) {
  const auto* at = std::ranges::find(kHints, code, &CodeHint::code);
  return at == std::end(kHints) ? nullptr : at;
}

std::string_view HeaderOr(const HttpResponse& response, std::string_view name, std::string_view otherwise) {
  const std::string* value = wire::FindHeader(response.headers, name);
  return value == nullptr || value->empty() ? otherwise : std::string_view(*value);
}

std::string_view RequestIdHeader(const HttpResponse& response) {
  return HeaderOr(response, "x-amzn-requestid", HeaderOr(response, "x-amz-request-id", ""));
}

// The beginning of a text that nobody here wrote, on one line.
std::string Excerpt(std::string_view text) {
  std::string out;
  bool gap = false;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= 0x20 || byte == 0x7F) {
      gap = !out.empty();
      continue;
    }
    if (out.size() >= kExcerpt) return out + "...";
    if (gap) out += ' ';
    gap = false;
    out += byte < 0x80 ? c : '?';
  }
  return out;
}

// A SignatureDoesNotMatch quotes the canonical request, with every header, after its first sentence.
std::string WithoutCanonicalRequest(std::string message) {
  const auto end = message.find("The Canonical String");
  if (end != std::string::npos) message.erase(end);
  return std::string(Trim(message));
}

Error ServiceFailure(const Asked& asked, const HttpResponse& response, const wire::ServiceError& error) {
  const CodeHint* known = FindHint(error.code);
  std::string message = WithoutCanonicalRequest(error.message);
  if (message.empty()) message = fmt::format("the service gave no message (HTTP {})", response.status);
  return Error{.category = known == nullptr ? ErrorCategory::kService : known->category,
               .message = std::move(message),
               .hint = HintFor(error.code, asked),
               .operation = std::string(asked.operation),
               .aws_code = error.code,
               .request_id = error.request_id.empty() ? std::string(RequestIdHeader(response)) : error.request_id,
               .http_status = response.status};
}

// "RDS"
std::string NameOf(const Asked& asked) {
  return ToUpper(asked.service);
}

std::string CheckService(const Asked& asked) {
  return fmt::format("check that the endpoint is {}'s, and that no proxy answers in its place", NameOf(asked));
}

Error UnreadableAnswer(const Asked& asked, const HttpResponse& response, std::string_view why,
                       const Scrubber& scrubber) {
  const std::string_view endpoint = asked.endpoint;
  Error error{.category = ErrorCategory::kTransport,
              .operation = std::string(asked.operation),
              .request_id = std::string(RequestIdHeader(response)),
              .http_status = response.status};
  const int status = response.status;
  // Cleaned before it is shortened: a secret cut in two would not be found any more.
  const std::string excerpt = Excerpt(scrubber.Clean(response.body.substr(0, kLongestScrubbed)));
  const std::string what = excerpt.empty() ? "an empty answer"
                                           : fmt::format("an answer that is not {}'s ({}): {}", NameOf(asked),
                                                         HeaderOr(response, "content-type", "no type"), excerpt);
  if (status >= 300 && status < 400) {
    const std::string_view location = HeaderOr(response, "location", "somewhere else");
    error.message =
        fmt::format("{} redirects to {} (HTTP {})", endpoint, location.substr(0, location.find('?')), status);
    error.hint = "redirects are not followed: give the service's own endpoint with --endpoint-url";
  } else if (status >= 500) {
    error.message = fmt::format("HTTP {} from {} with {}", status, endpoint, what);
    error.hint = kService;
  } else if (status == 407) {
    error.message = fmt::format("the proxy asks for authentication (HTTP {})", status);
    error.hint = "put user and password into the proxy's URL (https_proxy), or exclude the endpoint with no_proxy";
  } else {
    error.message =
        status < 300 && !excerpt.empty()
            ? fmt::format("the answer from {} cannot be read (HTTP {}): {}: {}", endpoint, status, why, excerpt)
            : fmt::format("HTTP {} from {} with {}", status, endpoint, what);
    error.hint = CheckService(asked);
  }
  return error;
}

// Nothing, or an answer of the right kind that ends too early; not an HTML page, which will be the same next time.
bool LooksCut(const model::Operation& operation, std::string_view body) {
  body = Trim(body);
  if (body.empty()) return true;
  return body.front() == '<' && !ContainsIgnoreCase(body.substr(0, 200), "<html") &&
         !ContainsIgnoreCase(body.substr(0, 200), "<!doctype") &&
         !body.ends_with(fmt::format("</{}Response>", operation.name)) &&
         (body.find(fmt::format("<{}Response", operation.name)) != std::string_view::npos || body.size() < 100);
}

}  // namespace

std::string HintFor(std::string_view code, const Asked& asked) {
  const CodeHint* known = FindHint(code);
  if (known == nullptr) return {};
  return ReplaceAll(ReplaceAll(std::string(known->hint), "SERVICE", asked.service), "OPERATION", asked.operation);
}

Answer ReadAnswer(const model::Operation& operation, const HttpResponse& response, std::string_view endpoint,
                  const Scrubber& scrubber) {
  const Asked asked{.service = "rds", .operation = operation.name, .endpoint = endpoint};
  if (response.status >= 200 && response.status < 300) {
    Result<wire::DecodedResponse> decoded = wire::DecodeResponse(operation, response.body);
    if (decoded) return {.result = std::move(decoded->output)};
    return {.result = Fail(UnreadableAnswer(asked, response, decoded.error().message, scrubber)),
            .cut = LooksCut(operation, response.body)};
  }
  Result<wire::ServiceError> error = wire::DecodeError(response.body);
  if (!error || error->code.empty()) return {.result = Fail(UnreadableAnswer(asked, response, "", scrubber))};
  return {.result = Fail(ServiceFailure(asked, response, *error)), .code = error->code, .message = error->message};
}

Answer ReadJsonAnswer(const Asked& asked, const HttpResponse& response, const Scrubber& scrubber) {
  if (response.status >= 200 && response.status < 300) {
    Result<Properties> members = wire::DecodeJsonObject(response.body);
    if (members) return {.result = std::move(*members)};
    const std::string_view body = Trim(response.body);
    return {.result = Fail(UnreadableAnswer(asked, response, members.error().message, scrubber)),
            .cut = body.starts_with('{') && !body.ends_with('}')};
  }
  Result<wire::ServiceError> error = wire::DecodeJsonError(response.body);
  if (!error) return {.result = Fail(UnreadableAnswer(asked, response, "", scrubber))};
  return {.result = Fail(ServiceFailure(asked, response, *error)), .code = error->code, .message = error->message};
}

Error FailureError(const Asked& asked, const HttpFailure& failure) {
  const std::string_view endpoint = asked.endpoint;
  Error error{.category = ErrorCategory::kTransport, .operation = std::string(asked.operation)};
  constexpr std::string_view kCheckEndpoint =
      "check the endpoint (--endpoint-url, AWS_ENDPOINT_URL), the region and the network";
  switch (failure.kind) {
    case FailureKind::kUnusable:
      error.message = fmt::format("cannot send requests to {}: {}", endpoint, failure.detail);
      break;
    case FailureKind::kDns:
      error.message = fmt::format("cannot look up the host of {}: {}", endpoint, failure.detail);
      error.hint = kCheckEndpoint;
      break;
    case FailureKind::kConnect:
      error.message = fmt::format("cannot connect to {}: {}", endpoint, failure.detail);
      error.hint = kCheckEndpoint;
      break;
    case FailureKind::kTls:
      error.message = fmt::format("no trusted TLS connection to {}: {}", endpoint, failure.detail);
      error.hint = "name the certificates to trust with AWS_CA_BUNDLE, or check the host name in the endpoint";
      break;
    case FailureKind::kTimeout:
      error.message = failure.request_sent ? fmt::format("no answer from {} in time: {}", endpoint, failure.detail)
                                           : fmt::format("no connection to {} in time: {}", endpoint, failure.detail);
      error.hint = kCheckEndpoint;
      break;
    case FailureKind::kReset:
      error.message = fmt::format("the connection to {} ended before an answer: {}", endpoint, failure.detail);
      break;
    case FailureKind::kTruncated:
      error.message = fmt::format("the answer from {} ended in the middle: {}", endpoint, failure.detail);
      break;
    case FailureKind::kMalformed:
      error.message = fmt::format("the answer from {} is not HTTP: {}", endpoint, failure.detail);
      error.hint = CheckService(asked);
      break;
    case FailureKind::kTooLarge:
      error.message = fmt::format("the answer from {} is too large: {}", endpoint, failure.detail);
      break;
    case FailureKind::kCancelled:
      error.category = ErrorCategory::kInterrupted;
      error.message = "interrupted";
      break;
  }
  return error;
}

Scrubber::Scrubber(const model::Operation& operation, const Properties& input) {
  if (operation.input != nullptr) Collect(*operation.input, Value(input), false);
}

void Scrubber::Add(const wire::Credentials& credentials) {
  AddText(credentials.secret_access_key);
  AddText(credentials.session_token);
}

void Scrubber::AddText(std::string_view text) {
  if (text.size() < kShortestSecret) return;
  secrets_.emplace_back(text);
  if (std::string encoded = wire::PercentEncode(text); encoded != text) secrets_.push_back(std::move(encoded));
}

void Scrubber::Collect(const model::Shape& shape, const Value& value, bool sensitive) {
  sensitive = sensitive || shape.sensitive;
  if (const auto* secret = value.If<Secret>()) {
    if (secret->source() == Secret::Source::kLiteral) AddText(secret->Reveal());
  } else if (const auto* text = value.If<std::string>()) {
    if (sensitive) AddText(*text);
  } else if (const auto* list = value.If<List>()) {
    for (const Value& item : *list)
      Collect(shape.element == nullptr ? shape : *shape.element, item, sensitive);
  } else if (const auto* map = value.If<Properties>()) {
    for (const auto& [name, item] : *map) {
      const model::Member* member = model::FindMember(shape, name);
      if (member != nullptr) Collect(*member->shape, item, sensitive || member->sensitive);
    }
  }
}

std::string Scrubber::Clean(std::string text) const {
  for (const std::string& secret : secrets_)
    text = ReplaceAll(std::move(text), secret, kMask);
  return text;
}

}  // namespace rdsteady::aws
