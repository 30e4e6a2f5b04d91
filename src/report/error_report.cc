#include "report/error_report.h"

#include <vector>

#include <fmt/format.h>

#include "base/text.h"

namespace rdsteady::report {
namespace {

void Put(Properties& json, std::string_view member, const std::string& text) {
  if (!text.empty()) json.emplace(member, text);
}

}  // namespace

Value ErrorToJson(const Error& error) {
  Properties json{{"category", Word(error.category)}, {"message", error.message}};
  Put(json, "hint", error.hint);
  // A connection that broke or was too slow says nothing about its cause, and is often gone the next time.
  if (error.hint.empty() && error.category == ErrorCategory::kTransport) {
    Put(json, "hint", "run the command again; where the network is poor, --call-attempts allows for more attempts");
  }
  Put(json, "resource", error.resource);
  Put(json, "operation", error.operation);
  Put(json, "code", error.aws_code);
  Put(json, "request_id", error.request_id);
  if (error.http_status != 0) json.emplace("http_status", error.http_status);
  if (error.outcome_unknown) json.emplace("outcome_unknown", true);
  if (!error.context.empty()) json.emplace("context", List(error.context.begin(), error.context.end()));
  return json;
}

std::string ErrorText(const Value& error, const TextStyle& style) {
  std::string out = Paint(style, Ink::kRed, "error:") + " ";
  const std::string_view message = TextOf(error, "message");
  for (const std::string_view part : {TextOf(error, "resource"), TextOf(error, "operation")}) {
    // Many messages name the resource or the operation themselves; saying it twice helps nobody.
    if (!part.empty() && message.find(part) == std::string_view::npos) out += Printable(part) + ": ";
  }
  out += Printable(message) + "\n";
  for (const Value& frame : ListOf(error, "context")) {
    if (const auto* text = frame.If<std::string>()) out += "  " + Printable(*text) + "\n";
  }
  std::vector<std::string> facts;
  if (!TextOf(error, "code").empty()) facts.push_back("code " + Printable(TextOf(error, "code")));
  if (NumberOf(error, "http_status") != 0) facts.push_back(fmt::format("HTTP {}", NumberOf(error, "http_status")));
  if (!TextOf(error, "request_id").empty()) facts.push_back("request id " + Printable(TextOf(error, "request_id")));
  if (!facts.empty()) out += "  " + Join(facts, ", ") + "\n";
  if (FlagOf(error, "outcome_unknown"))
    out += "  whether the call took effect is not known: run again, which reads first\n";
  if (!TextOf(error, "hint").empty()) {
    for (const std::string_view line : Split(TextOf(error, "hint"), '\n'))
      out += "  hint: " + Printable(line) + "\n";
  }
  return out;
}

}  // namespace rdsteady::report
