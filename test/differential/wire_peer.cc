// The wire layer as a peer of a script: one JSON object a line on standard input, one answer a line on standard output.
//
//   {"do": "decode_request", "form": "Action=..."}  ->  {"operation": "...", "input": {...}}
//
// What fails answers {"error": "..."}; a line that is no command ends the program with status 2. Keys and dates are
// arguments of the commands, so every answer depends on its line alone.
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <memory>

#include "base/json.h"
#include "base/time.h"
#include "wire/pagination.h"
#include "wire/presigned_url.h"
#include "wire/query.h"
#include "wire/sample_values.h"
#include "wire/sigv4.h"

namespace rdsteady::wire {
namespace {

[[noreturn]] void Refuse(const std::string& why) {
  std::fputs(("rdsteady_wire_peer: " + why + "\n").c_str(), stderr);
  std::exit(2);
}

// Members of a command.
std::string Text(const Properties& command, std::string_view name) {
  const Value* value = Find(command, name);
  if (value == nullptr || !value->Is<std::string>()) Refuse("a command needs the text '" + std::string(name) + "'");
  return value->As<std::string>();
}
std::string TextOr(const Properties& command, std::string_view name, std::string fallback) {
  return command.contains(name) ? Text(command, name) : fallback;
}
std::int64_t Number(const Properties& command, std::string_view name) {
  const Value* value = Find(command, name);
  if (value == nullptr || !value->Is<std::int64_t>()) Refuse("a command needs the number '" + std::string(name) + "'");
  return value->As<std::int64_t>();
}
Properties Map(const Properties& command, std::string_view name) {
  const Value* value = Find(command, name);
  if (value == nullptr || !value->Is<Properties>()) Refuse("a command needs the map '" + std::string(name) + "'");
  return value->As<Properties>();
}
const model::Operation& OperationOf(const Properties& command) {
  const model::Operation* operation = model::FindOperation(Text(command, "operation"));
  if (operation == nullptr) Refuse("no operation " + Text(command, "operation"));
  return *operation;
}
Instant DateOf(const Properties& command) {
  const auto at = ParseIso8601(Text(command, "date"));
  if (!at) Refuse("no date " + Text(command, "date"));
  return *at;
}
Credentials KeysOf(const Properties& command) {
  return {.access_key_id = Text(command, "access_key"),
          .secret_access_key = Text(command, "secret_key"),
          .session_token = TextOr(command, "token", "")};
}
Scope ScopeOf(const Properties& command) {
  return {.region = Text(command, "region"), .service = TextOr(command, "service", "rds")};
}
HttpRequest RequestOf(const Properties& command) {
  HttpRequest request{.method = Text(command, "method"),
                      .path = Text(command, "path"),
                      .query = Text(command, "query"),
                      .body = TextOr(command, "body", "")};
  const Value* headers = Find(command, "headers");
  if (headers == nullptr || !headers->Is<List>()) Refuse("a command needs the list 'headers'");
  for (const Value& header : headers->As<List>()) {
    request.headers.emplace_back(header.As<List>().at(0).As<std::string>(), header.As<List>().at(1).As<std::string>());
  }
  return request;
}

Properties Failed(const Error& error) {
  return {{"error", Describe(error)}};
}

Properties Operations(const Properties&) {
  List names;
  for (const model::Operation& operation : model::Operations())
    names.push_back(operation.name);
  List codes;
  for (const model::ErrorShape& error : model::Errors())
    codes.push_back(error.code);
  return {{"operations", std::move(names)}, {"error_codes", std::move(codes)}};
}

Properties Sample(const Properties& command) {
  const model::Operation& operation = OperationOf(command);
  const Fill fill = Text(command, "fill") == "everything" ? Fill::kEverything : Fill::kSome;
  Sampler sampler(static_cast<unsigned>(Number(command, "seed")), fill);
  Properties sample;
  if (operation.input != nullptr) sample.emplace("input", sampler.Structure(*operation.input));
  if (operation.output != nullptr) sample.emplace("output", sampler.Structure(*operation.output));
  return sample;
}

Properties EncodeRequestOf(const Properties& command) {
  const auto form = EncodeRequest(OperationOf(command), Map(command, "input"));
  return form ? Properties{{"form", *form}} : Failed(form.error());
}

Properties DecodeRequestOf(const Properties& command) {
  const auto decoded =
      command.contains("query") ? DecodeQuery(Text(command, "query")) : DecodeRequest(Text(command, "form"));
  if (!decoded) return {{"error", decoded.error().code + ": " + decoded.error().message}};
  return {{"operation", decoded->operation->name}, {"input", decoded->input}};
}

Properties EncodeResponseOf(const Properties& command) {
  const auto xml = TryEncodeResponse(OperationOf(command), Map(command, "output"), Text(command, "request_id"));
  return xml ? Properties{{"xml", *xml}} : Failed(xml.error());
}

Properties DecodeResponseOf(const Properties& command) {
  const auto decoded = DecodeResponse(OperationOf(command), Text(command, "xml"));
  if (!decoded) return Failed(decoded.error());
  return {{"output", decoded->output}, {"request_id", decoded->request_id}};
}

Properties EncodeErrorOf(const Properties& command) {
  return {{"xml", EncodeError({.code = Text(command, "code"),
                               .message = Text(command, "message"),
                               .type = Text(command, "type"),
                               .request_id = Text(command, "request_id")})}};
}

Properties SignOf(const Properties& command) {
  HttpRequest request = RequestOf(command);
  Sign(request, KeysOf(command), ScopeOf(command), DateOf(command));
  List headers;
  for (const auto& [name, value] : request.headers)
    headers.push_back(List{name, value});
  return {{"headers", std::move(headers)}};
}

Properties PresignOf(const Properties& command) {
  return {{"query", PresignQuery(RequestOf(command), KeysOf(command), ScopeOf(command), DateOf(command),
                                 std::chrono::seconds(Number(command, "expires")))}};
}

Properties VerifyOf(const Properties& command) {
  const HttpRequest request = RequestOf(command);
  const auto claim = ReadClaim(request);
  if (!claim) return {{"error", claim.error().message}};
  const auto verified = Verify(request, *claim, KeysOf(command), DateOf(command));
  if (!verified) return {{"error", verified.error().message}};
  return {{"access_key", claim->access_key_id}, {"region", claim->region}, {"service", claim->service}};
}

Properties TokenOf(const Properties& command) {
  return {{"token", IamAuthToken(Text(command, "host"), static_cast<int>(Number(command, "port")),
                                 Text(command, "user"), Text(command, "region"), KeysOf(command), DateOf(command))}};
}

Properties PresignedUrlOf(const Properties& command) {
  const model::Operation& operation = OperationOf(command);
  const Properties input = Map(command, "input");
  const std::string region = Text(command, "region");
  const std::string source = SourceRegionToPresign(operation, input, region);
  if (source.empty()) return {{"error", "nothing to presign"}};
  const auto presigned = WithPreSignedUrl(operation, input,
                                          {.source_endpoint = "https://rds." + source + ".amazonaws.com",
                                           .source_region = source,
                                           .destination_region = region},
                                          KeysOf(command), DateOf(command));
  return presigned ? Properties{{"input", *presigned}} : Failed(presigned.error());
}

const std::map<std::string_view, Properties (*)(const Properties&)> kCommands = {
    {"operations", Operations},
    {"sample", Sample},
    {"encode_request", EncodeRequestOf},
    {"decode_request", DecodeRequestOf},
    {"encode_response", EncodeResponseOf},
    {"decode_response", DecodeResponseOf},
    {"encode_error", EncodeErrorOf},
    {"sign", SignOf},
    {"presign", PresignOf},
    {"verify", VerifyOf},
    {"token", TokenOf},
    {"presigned_url", PresignedUrlOf},
};

int Serve() {
  char* line = nullptr;
  std::size_t capacity = 0;
  for (ssize_t size = 0; (size = ::getline(&line, &capacity, stdin)) >= 0;) {
    const auto command = ParseJson({line, static_cast<std::size_t>(size)});
    if (!command || !command->Is<Properties>()) Refuse("not a JSON object");
    const auto& members = command->As<Properties>();
    const auto handler = kCommands.find(Text(members, "do"));
    if (handler == kCommands.end()) Refuse("no command " + Text(members, "do"));
    std::puts(ToJson(handler->second(members)).c_str());
    std::fflush(stdout);
  }
  std::free(line);
  return 0;
}

}  // namespace
}  // namespace rdsteady::wire

int main() {
  return rdsteady::wire::Serve();
}
