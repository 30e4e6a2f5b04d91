#include "local/sim/lab.h"

#include <gtest/gtest.h>

#include "base/json.h"

namespace rdsteady::local::sim {

Properties PostgresMembers(std::string_view name, Properties more) {
  Properties members{
      {"DBInstanceIdentifier", std::string(name)},   {"Engine", "postgres"},   {"EngineVersion", "15"},
      {"DBInstanceClass", "db.m6g.large"},           {"AllocatedStorage", 20}, {"MasterUsername", "master"},
      {"MasterUserPassword", std::string(kPassword)}};
  for (auto& [member, value] : more) {
    members.erase(member);
    if (!value.IsNull()) members[member] = std::move(value);
  }
  return members;
}

SimOptions Repeatable(SimOptions options) {
  options.random_bytes = [](std::size_t count) { return std::string(count, 'r'); };
  return options;
}

Lab::Lab(SimOptions options)
    : options_(Repeatable(std::move(options))), sim_(options_), now_(*ParseIso8601("2026-03-04T10:00:00Z")) {}

Answer Lab::Handle(std::string_view operation, Properties input, std::string_view region) {
  const model::Operation* found = model::FindOperation(operation);
  EXPECT_NE(found, nullptr) << operation;
  auto answer = sim_.Handle(
      {.account = std::string(kAccount), .region = std::string(region), .operation = found, .input = std::move(input)},
      now_);
  Serve();
  return answer;
}

Properties Lab::Do(std::string_view operation, Properties input) {
  auto answer = Handle(operation, std::move(input));
  if (!answer.has_value()) {
    ADD_FAILURE() << operation << ": " << answer.error().code << ": " << answer.error().message;
    return {};
  }
  return *answer;
}

std::string Lab::Refusal(std::string_view operation, Properties input) {
  auto answer = Handle(operation, std::move(input));
  return answer.has_value() ? "accepted" : answer.error().code + ": " + answer.error().message;
}

Properties Lab::Create(std::string_view name, Properties more) {
  Do("CreateDBInstance", PostgresMembers(name, std::move(more)));
  Settle();
  return Instance(name);
}

Properties Lab::Instance(std::string_view name) {
  Properties answer = Do("DescribeDBInstances", {{"DBInstanceIdentifier", std::string(name)}});
  const Value* list = Find(answer, "DBInstances");
  return list == nullptr ? Properties{} : list->As<List>().at(0).As<Properties>();
}

std::string Lab::Status(std::string_view name) {
  return Show(name, "DBInstanceStatus");
}

std::string Lab::Show(std::string_view name, std::string_view path) {
  const Value instance = Instance(name);
  const Value* value = instance.FindPath(path);
  if (value == nullptr) return "absent";
  const auto* text = value->If<std::string>();
  return text != nullptr ? *text : ToJson(*value);
}

std::string Lab::Pending(std::string_view name) {
  return Show(name, "PendingModifiedValues");
}

std::vector<std::string> Lab::Messages(std::string_view name) {
  const Properties answer = Do(
      "DescribeEvents", {{"SourceType", "db-instance"}, {"SourceIdentifier", std::string(name)}, {"Duration", 20160}});
  std::vector<std::string> messages;
  for (const Value& event : Find(answer, "Events")->As<List>()) {
    messages.push_back(event.Find("Message")->As<std::string>());
  }
  return messages;
}

void Lab::Serve() {
  for (;;) {
    auto jobs = sim_.TakeEngineJobs();
    if (jobs.empty()) return;
    for (EngineJob& job : jobs) {
      jobs_.push_back(job);
      if (engines_work) Report(job);
    }
  }
}

void Lab::Pass(Millis time) {
  const Instant until = now_ + time;
  for (auto due = sim_.NextTimer(); due.has_value() && *due <= until; due = sim_.NextTimer()) {
    now_ = std::max(now_, *due);
    sim_.Advance(now_);
    Serve();
  }
  now_ = until;
  sim_.Advance(now_);
  Serve();
}

void Lab::Settle() {
  for (int i = 0; i < 1000; ++i) {
    auto due = sim_.NextTimer();
    if (!due.has_value() || *due > now_ + std::chrono::hours(1)) return;
    Pass(std::max(Millis(1), *due - now_));
  }
  ADD_FAILURE() << "the instances do not come to rest";
}

std::vector<EngineJob> Lab::TakeJobs() {
  return std::exchange(jobs_, {});
}

void Lab::Report(const EngineJob& job, bool ok, std::string message) {
  sim_.OnEngineReport({.job_id = job.id, .ok = ok, .message = std::move(message)}, now_);
}

const std::map<std::string, std::string>& Lab::records() {
  for (Record& record : sim_.TakeChangedRecords()) {
    if (record.body.empty()) {
      records_.erase(record.key);
    } else {
      records_[record.key] = std::move(record.body);
    }
  }
  return records_;
}

std::vector<Record> Lab::Stored() {
  std::vector<Record> stored;
  for (const auto& [key, body] : records())
    stored.push_back({key, body});
  return stored;
}

void Lab::Restart() {
  const auto stored = Stored();
  sim_ = Sim(options_);
  jobs_.clear();
  auto loaded = sim_.Load(stored, now_);
  ASSERT_TRUE(loaded.has_value()) << loaded.error();
  Serve();
}

}  // namespace rdsteady::local::sim
