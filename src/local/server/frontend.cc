#include "local/server/frontend.h"

#include <fmt/core.h>
#include <sys/random.h>

#include <array>
#include <exception>

#include "base/json.h"
#include "base/text.h"
#include "wire/aws_json.h"
#include "wire/query.h"

namespace rdsteady::local {
namespace {

constexpr std::string_view kService = "rds";
constexpr std::string_view kKmsService = "kms";
constexpr std::string_view kAdminService = "rdsteady";
constexpr std::string_view kDescribeKey = "DescribeKey";

std::string NewRequestId() {
  std::array<unsigned char, 16> bytes{};
  (void)!::getrandom(bytes.data(), bytes.size(), 0);
  bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0f) | 0x40);  // version 4
  bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3f) | 0x80);
  const std::string hex = HexEncode(bytes);
  return fmt::format("{}-{}-{}-{}-{}", hex.substr(0, 8), hex.substr(8, 4), hex.substr(12, 4), hex.substr(16, 4),
                     hex.substr(20));
}

Fault ToFault(const wire::VerifyError& error) {
  switch (error.fault) {
    case wire::VerifyFault::kMissing:
      return {.code = "MissingAuthenticationToken",
              .message = "Request is missing Authentication Token",
              .http_status = 403};
    case wire::VerifyFault::kIncomplete:
      return {.code = "IncompleteSignature", .message = error.message, .http_status = 400};
    case wire::VerifyFault::kMismatch:
      return {.code = "SignatureDoesNotMatch", .message = error.message, .http_status = 403};
    case wire::VerifyFault::kExpired: return {.code = "RequestExpired", .message = error.message, .http_status = 400};
  }
  return {.code = "InternalFailure", .message = "unknown signature fault", .http_status = 500};
}

// The parameters of a GET as a form body: without the signature's own, and with '+' standing for itself.
std::expected<std::string, wire::ProtocolFault> FormOfQuery(std::string_view query) {
  auto pairs = wire::ParseForm(query, false);
  if (!pairs) return std::unexpected(pairs.error());
  std::string form;
  for (const auto& [name, value] : *pairs) {
    if (name.starts_with("X-Amz-")) continue;
    if (!form.empty()) form += '&';
    form += wire::PercentEncode(name) + "=" + wire::PercentEncode(value);
  }
  return form;
}

// The name that the request gives, as long as there is an operation of that name: for the log of a refused request.
std::string OperationNamed(std::string_view form) {
  constexpr std::string_view kAction = "Action=";
  for (const std::string_view part : Split(form, '&')) {
    if (!part.starts_with(kAction)) continue;
    const auto* operation = model::FindOperation(part.substr(kAction.size()));
    return operation == nullptr ? std::string() : std::string(operation->name);
  }
  return {};
}

// What services of the JSON protocol call the faults of signatures.
std::string JsonCodeOf(const std::string& code) {
  static constexpr std::pair<std::string_view, std::string_view> kCodes[] = {
      {"IncompleteSignature", "IncompleteSignatureException"},
      {"InternalFailure", "KMSInternalException"},
      {"InvalidClientTokenId", "UnrecognizedClientException"},
      {"MissingAuthenticationToken", "MissingAuthenticationTokenException"},
      {"RequestExpired", "InvalidSignatureException"},
      {"SignatureDoesNotMatch", "InvalidSignatureException"},
  };
  for (const auto& [query, json] : kCodes) {
    if (code == query) return std::string(json);
  }
  return code;
}

HttpAnswer JsonAnswer(const Properties& body) {
  return {.content_type = "application/json", .body = {ShareText(ToJson(body, {.pretty = true}) + "\n")}};
}

}  // namespace

Frontend::Frontend(Options options) : options_(std::move(options)) {}

HttpAnswer Frontend::ErrorAnswer(const Fault& fault, AccessRecord& record) {
  record.code = fault.code;
  record.http_status = fault.http_status;
  HttpAnswer answer{.status = fault.http_status};
  answer.body = {ShareText(wire::EncodeError({.code = fault.code,
                                              .message = fault.message,
                                              .type = fault.http_status >= 500 ? "Receiver" : "Sender",
                                              .request_id = record.request_id}))};
  return answer;
}

HttpAnswer Frontend::JsonErrorAnswer(const Fault& fault, AccessRecord& record) {
  record.code = JsonCodeOf(fault.code);
  record.http_status = fault.http_status;
  return {.status = fault.http_status,
          .content_type = std::string(wire::kJsonContentType),
          .body = {ShareText(wire::EncodeJsonError({.code = record.code, .message = fault.message}))}};
}

HttpAnswer Frontend::Handle(const wire::HttpRequest& request, const std::string& remote) {
  AccessRecord record{.time = options_.clock->Now(), .request_id = NewRequestId(), .remote = remote};
  HttpAnswer answer;
  try {
    if (request.path == "/" || request.path.empty()) {
      answer = HandleApi(request, record);
    } else if (request.path == "/_rdsteady/health" && request.method == "GET") {
      // For whoever waits for the server to come up; not a request that anybody wants in a log.
      return JsonAnswer({{"service", "rdsteady"}, {"version", options_.version}});
    } else if (request.path == "/_rdsteady/status" && request.method == "GET") {
      answer = HandleStatus(request, record);
    } else if (request.path == "/_rdsteady/maintenance" && request.method == "POST") {
      answer = HandleMaintenance(request, record);
    } else {
      answer = ErrorAnswer(
          {.code = "InvalidAction", .message = "The local RDS answers at the path / only.", .http_status = 404},
          record);
    }
  } catch (const std::exception& broken) {
    options_.log(fmt::format("request {}: {}: {}", record.request_id, record.operation, broken.what()));
    answer = ErrorAnswer({.code = "InternalFailure",
                          .message = "The request processing has failed because of an unknown error, exception or "
                                     "failure; see the local RDS's log.",
                          .http_status = 500},
                         record);
  }
  answer.headers.emplace_back("x-amzn-RequestId", record.request_id);
  record.duration = options_.clock->Now() - record.time;
  options_.access_log->Write(record);
  return answer;
}

HttpAnswer Frontend::Refuse(int status, const std::string& why, const std::string& remote) {
  AccessRecord record{.time = options_.clock->Now(), .request_id = NewRequestId(), .remote = remote};
  const std::string code = status == 413   ? "RequestEntityTooLarge"
                           : status == 408 ? "RequestTimeout"
                           : status == 503 ? "ServiceUnavailable"
                                           : "MalformedHttpRequest";
  HttpAnswer answer = ErrorAnswer({.code = code, .message = why, .http_status = status}, record);
  answer.headers.emplace_back("x-amzn-RequestId", record.request_id);
  options_.access_log->Write(record);
  return answer;
}

std::expected<wire::SignatureClaim, Fault> Frontend::Authenticate(const wire::HttpRequest& request,
                                                                  std::string_view service) const {
  const auto claim = wire::ReadClaim(request);
  if (!claim) return std::unexpected(ToFault(claim.error()));
  // Nothing here issues session tokens, so none can be right.
  if (claim->access_key_id != options_.credentials.access_key_id || !claim->session_token.empty()) {
    return std::unexpected(Fault{.code = "InvalidClientTokenId",
                                 .message = "The security token included in the request is invalid.",
                                 .http_status = 403});
  }
  // Administration is no service of AWS's: clients that can sign for those only may do so.
  if (claim->service != service && !(service == kAdminService && claim->service == kService)) {
    return std::unexpected(
        Fault{.code = "SignatureDoesNotMatch",
              .message = fmt::format("Credential should be scoped to correct service: '{}'.", service),
              .http_status = 403});
  }
  if (auto verified = wire::Verify(request, *claim, options_.credentials, options_.clock->Now()); !verified) {
    return std::unexpected(ToFault(verified.error()));
  }
  return *claim;
}

HttpAnswer Frontend::HandleStatus(const wire::HttpRequest& request, AccessRecord& record) {
  const auto claim = Authenticate(request, kAdminService);
  if (!claim) return ErrorAnswer(claim.error(), record);
  record.access_key = claim->access_key_id;
  Properties status = options_.status();
  status["version"] = options_.version;
  status["calls"] = static_cast<std::int64_t>(calls());
  status["mutating_calls"] = static_cast<std::int64_t>(mutating_calls());
  return JsonAnswer(status);
}

HttpAnswer Frontend::HandleMaintenance(const wire::HttpRequest& request, AccessRecord& record) {
  const auto claim = Authenticate(request, kAdminService);
  if (!claim) return ErrorAnswer(claim.error(), record);
  record.access_key = claim->access_key_id;
  const auto refuse = [&](std::string why) {
    return ErrorAnswer({.code = "InvalidParameterValue", .message = std::move(why), .http_status = 400}, record);
  };
  const auto body = ParseJson(request.body);
  if (!body || !body->Is<Properties>()) return refuse("The body is no JSON object.");
  std::map<std::string, std::string, std::less<>> texts{
      {"region", "us-east-1"}, {"identifier", ""},         {"action", ""},
      {"description", ""},     {"auto_applied_after", ""}, {"forced", ""}};
  for (const auto& [name, value] : body->As<Properties>()) {
    const auto known = texts.find(name);
    if (known == texts.end()) return refuse("Unknown member: " + name);
    if (!value.Is<std::string>()) return refuse("The member " + name + " must be text.");
    known->second = value.As<std::string>();
  }
  MaintenanceOffer offer{.action = texts["action"], .description = texts["description"]};
  for (const auto& [name, at] :
       {std::pair("auto_applied_after", &offer.auto_applied_after), {"forced", &offer.forced}}) {
    const std::string& text = texts.find(name)->second;
    if (text.empty()) continue;
    *at = ParseIso8601(text);
    if (!at->has_value()) return refuse(fmt::format("The member {} is no time: {}", name, text));
  }
  if (auto offered = options_.offer_maintenance(texts["region"], texts["identifier"], std::move(offer)); !offered) {
    return ErrorAnswer(offered.error(), record);
  }
  return JsonAnswer({});
}

HttpAnswer Frontend::HandleKms(const wire::HttpRequest& request, std::string_view target, AccessRecord& record) {
  const bool known = target.starts_with(wire::kKmsTarget) && target.substr(wire::kKmsTarget.size()) == kDescribeKey;
  if (known) record.operation = kDescribeKey;
  const auto claim = Authenticate(request, kKmsService);
  if (!claim) return JsonErrorAnswer(claim.error(), record);
  record.access_key = claim->access_key_id;
  if (!known || request.method != "POST") {
    return JsonErrorAnswer({.code = "UnknownOperationException",
                            .message = fmt::format("{} is not implemented by the local RDS", target),
                            .http_status = 400},
                           record);
  }
  const Result<Properties> input = wire::DecodeJsonObject(request.body);
  if (!input) {
    return JsonErrorAnswer({.code = "SerializationException", .message = input.error().message, .http_status = 400},
                           record);
  }
  record.parameters = *input;
  ++calls_;
  const Answer answer = options_.describe_key(claim->region, *input);
  if (!answer) return JsonErrorAnswer(answer.error(), record);
  return {.content_type = std::string(wire::kJsonContentType), .body = {ShareText(ToJson(*answer))}};
}

HttpAnswer Frontend::HandleApi(const wire::HttpRequest& request, AccessRecord& record) {
  if (const std::string_view target = wire::TargetOf(request); !target.empty())
    return HandleKms(request, target, record);
  const bool get = request.method == "GET";
  if (!get && request.method != "POST") {
    return ErrorAnswer({.code = "InvalidAction",
                        .message = fmt::format("The method {} is not supported; use POST.", request.method),
                        .http_status = 405},
                       record);
  }
  // A body-less request carries its parameters in the query, whatever its method.
  std::expected<std::string, wire::ProtocolFault> form = request.body;
  if (get || request.body.empty()) form = FormOfQuery(request.query);
  if (form) {
    record.operation = OperationNamed(*form);
    record.mutating = !record.operation.empty() && model::IsMutating(record.operation);
  }

  const auto claim = Authenticate(request, kService);
  if (!claim) return ErrorAnswer(claim.error(), record);
  record.access_key = claim->access_key_id;

  const auto to_fault = [](const wire::ProtocolFault& fault) {
    return Fault{.code = fault.code, .message = fault.message, .http_status = fault.http_status};
  };
  if (!form) return ErrorAnswer(to_fault(form.error()), record);
  auto decoded = wire::DecodeRequest(*form);
  if (!decoded) return ErrorAnswer(to_fault(decoded.error()), record);

  const model::Operation& operation = *decoded->operation;
  record.operation = std::string(operation.name);
  record.mutating = model::IsMutating(operation.name);
  if (operation.input != nullptr) record.parameters = wire::Redact(*operation.input, decoded->input);
  ++calls_;
  if (record.mutating) ++mutating_calls_;

  Reply reply = options_.handle({.account = options_.account,
                                 .region = claim->region,
                                 .operation = &operation,
                                 .input = std::move(decoded->input)});
  if (!reply) return ErrorAnswer(reply.error(), record);
  if (const auto* output = std::get_if<Properties>(&*reply)) {
    return {.body = {ShareText(wire::EncodeResponse(operation, *output, record.request_id))}};
  }
  wire::ResponseFrame frame = wire::FrameResponse(operation, record.request_id);
  auto& pieces = std::get<TextPieces>(*reply);
  pieces.insert(pieces.begin(), ShareText(std::move(frame.head)));
  pieces.push_back(ShareText(std::move(frame.tail)));
  return {.body = std::move(pieces)};
}

}  // namespace rdsteady::local
