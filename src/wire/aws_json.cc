#include "wire/aws_json.h"

#include "base/json.h"
#include "base/text.h"

namespace rdsteady::wire {
namespace {

std::string_view TextAt(const Properties& object, std::string_view name) {
  const Value* value = Find(object, name);
  const auto* text = value == nullptr ? nullptr : value->If<std::string>();
  return text == nullptr ? std::string_view() : std::string_view(*text);
}

}  // namespace

std::string_view TargetOf(const HttpRequest& request) {
  const std::string* target = FindHeader(request.headers, kTargetHeader);
  return target == nullptr ? std::string_view() : Trim(*target);
}

Result<Properties> DecodeJsonObject(std::string_view text) {
  if (Trim(text).empty()) return Properties{};
  Result<Value> json = ParseJson(text);
  if (!json) return Fail(ErrorCategory::kTransport, json.error().message);
  if (!json->Is<Properties>()) return Fail(ErrorCategory::kTransport, "it is no JSON object");
  return std::move(*json->If<Properties>());
}

std::string EncodeJsonError(const ServiceError& error) {
  return ToJson(Properties{{"__type", error.code}, {"message", error.message}});
}

Result<ServiceError> DecodeJsonError(std::string_view text) {
  const Result<Properties> object = DecodeJsonObject(text);
  if (!object) return Fail(object.error());
  std::string_view type = TextAt(*object, "__type");
  type.remove_prefix(type.rfind('#') + 1);  // of npos: nothing
  if (type.empty()) return Fail(ErrorCategory::kTransport, "it names no type of error");
  // Some of AWS's front ends write it large.
  std::string_view message = TextAt(*object, "message");
  if (message.empty()) message = TextAt(*object, "Message");
  return ServiceError{.code = std::string(type), .message = std::string(message), .type = {}, .request_id = {}};
}

}  // namespace rdsteady::wire
