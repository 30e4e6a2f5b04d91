#include "report/outcome_report.h"

#include <fmt/format.h>

#include "base/text.h"
#include "model/kinds/kind.h"
#include "report/error_report.h"

namespace rdsteady::report {
namespace {

// The kind's status path says where the status is read; an endpoint is a map of Address and Port wherever there is one.
void PutState(Properties& json, std::string_view resource, const Value& live) {
  const model::Kind* kind = model::FindKind(resource.substr(0, resource.find('/')));
  if (kind != nullptr && !kind->status_path.empty()) {
    const Value* status = live.FindPath(kind->status_path);
    if (status != nullptr && status->Is<std::string>()) json.emplace("status", *status);
  }
  const Value* address = live.FindPath("Endpoint.Address");
  const Value* port = live.FindPath("Endpoint.Port");
  if (address != nullptr && port != nullptr && address->Is<std::string>() && port->Is<std::int64_t>()) {
    json.emplace("endpoint", fmt::format("{}:{}", address->As<std::string>(), port->As<std::int64_t>()));
  }
}

Value ResourceToJson(const apply::ResourceOutcome& resource) {
  Properties json{{"resource", resource.resource}, {"result", Word(resource.result)}};
  if (!resource.errors.empty()) {
    List errors;
    for (const Error& error : resource.errors)
      errors.push_back(ErrorToJson(error));
    json.emplace("errors", std::move(errors));
  }
  if (!resource.notes.empty()) json.emplace("notes", List(resource.notes.begin(), resource.notes.end()));
  if (!resource.live.IsNull()) {
    PutState(json, resource.resource, resource.live);
    if (resource.result != apply::ResourceResult::kUnchanged) json.emplace("live", resource.live);
  }
  return json;
}

Ink InkOf(std::string_view result) {
  if (result == "created") return Ink::kGreen;
  if (result == "updated" || result == "accepted") return Ink::kYellow;
  if (result == "scheduled") return Ink::kCyan;
  if (result == "failed" || result == "refused") return Ink::kRed;
  return Ink::kPlain;
}

// In the order in which they are told.
constexpr std::string_view kResults[] = {"created", "updated", "scheduled", "accepted",
                                         "refused", "failed",  "unchanged"};

}  // namespace

Value OutcomeToJson(const apply::ApplyOutcome& outcome, std::span<const Error> errors) {
  List resources;
  Properties counts;
  for (const std::string_view result : kResults)
    counts.emplace(result, 0);
  for (const apply::ResourceOutcome& resource : outcome.resources) {
    resources.push_back(ResourceToJson(resource));
    Value& count = counts.find(Word(resource.result))->second;
    count = count.As<std::int64_t>() + 1;
  }
  counts.emplace("mutating_calls", outcome.mutating_calls.size());
  List calls;
  for (const apply::CallRecord& call : outcome.mutating_calls) {
    calls.emplace_back(Properties{{"resource", call.resource},
                                  {"operation", call.operation},
                                  {"members", List(call.members.begin(), call.members.end())}});
  }
  Properties json{{"format_version", kFormatVersion},
                  {"type", "outcome"},
                  {"resources", std::move(resources)},
                  {"mutating_calls", std::move(calls)},
                  {"counts", std::move(counts)}};
  if (!errors.empty()) {
    List list;
    for (const Error& error : errors)
      list.push_back(ErrorToJson(error));
    json.emplace("errors", std::move(list));
  }
  return json;
}

std::string OutcomeSummary(const Value& outcome) {
  const Value& counts = *outcome.Find("counts");
  const auto calls = NumberOf(counts, "mutating_calls");
  const auto unchanged = NumberOf(counts, "unchanged");
  const auto scheduled = NumberOf(counts, "scheduled");
  const auto total = ListOf(outcome, "resources").size();
  if (calls == 0 && static_cast<std::size_t>(unchanged + scheduled) == total) {
    std::string text =
        fmt::format("nothing to do: {} {} as stated", Counted(total, "resource"), total == 1 ? "is" : "are");
    if (scheduled != 0) text += fmt::format(", {} with scheduled changes", scheduled);
    return text + "; mutating calls: 0";
  }
  std::vector<std::string> parts;
  for (const std::string_view result : kResults) {
    if (const auto count = NumberOf(counts, result); count != 0) parts.push_back(fmt::format("{} {}", count, result));
  }
  return fmt::format("{}; mutating calls: {}", Join(parts, ", "), calls);
}

std::string OutcomeText(const Value& outcome, const TextStyle& style) {
  std::string out;
  for (const Value& resource : ListOf(outcome, "resources")) {
    const std::string_view result = TextOf(resource, "result");
    const List& notes = ListOf(resource, "notes");
    if (result == "unchanged" && notes.empty()) continue;
    out += Paint(style, InkOf(result), fmt::format("{:<10}", result));
    out += " " + Printable(TextOf(resource, "resource"));
    const std::string_view status = TextOf(resource, "status");
    const std::string_view endpoint = TextOf(resource, "endpoint");
    if (!status.empty()) out += fmt::format(": {}", Printable(status));
    if (!endpoint.empty()) out += fmt::format("{}at {}", status.empty() ? ": " : " ", Printable(endpoint));
    out += '\n';
    for (const Value& note : notes)
      out += "  note: " + Printable(note.As<std::string>()) + "\n";
    for (const Value& error : ListOf(resource, "errors")) {
      const std::string text = ErrorText(error, style);
      const std::string_view whole(text);
      for (const std::string_view line : Split(whole.substr(0, whole.size() - 1), '\n'))
        out += "  " + std::string(line) + "\n";
    }
  }
  for (const Value& error : ListOf(outcome, "errors"))
    out += ErrorText(error, style);
  return out + Paint(style, Ink::kBold, OutcomeSummary(outcome)) + "\n";
}

Value ErrorsToJson(std::span<const Error> errors) {
  List list;
  for (const Error& error : errors)
    list.push_back(ErrorToJson(error));
  return Properties{{"format_version", kFormatVersion}, {"type", "error"}, {"errors", std::move(list)}};
}

}  // namespace rdsteady::report
