// For tests: a local RDS in this process on a thread of its own, and calls to it over its socket.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "local/engine/engine_test_support.h"
#include "local/server/local_rds.h"
#include "local/server/loopback_client.h"
#include "model/api/api.h"
#include "wire/query.h"

namespace rdsteady::local {

// The answer's members, or "Code: message" as the error's message.
inline Result<Properties> CallApi(const LocalEndpoint& endpoint, std::string_view operation, const Properties& input) {
  const model::Operation* found = model::FindOperation(operation);
  auto body = wire::EncodeRequest(*found, input);
  if (!body) return Fail(body.error());
  wire::HttpRequest request{.headers = {{"Content-Type", "application/x-www-form-urlencoded"}}, .body = *body};
  auto answer = AskLoopback(endpoint.url, std::move(request), &endpoint.credentials, std::chrono::seconds(60));
  if (!answer) return Fail(answer.error());
  if (answer->status != 200) {
    auto error = wire::DecodeError(answer->body);
    return Fail(ErrorCategory::kService, error ? error->code + ": " + error->message : answer->body);
  }
  auto decoded = wire::DecodeResponse(*found, answer->body);
  if (!decoded) return Fail(decoded.error());
  return std::move(decoded->output);
}

// One instance as DescribeDBInstances has it; null when there is none.
inline Value DescribeInstance(const LocalEndpoint& endpoint, const std::string& name) {
  auto answer = CallApi(endpoint, "DescribeDBInstances", {{"DBInstanceIdentifier", name}});
  if (!answer) return nullptr;
  return Find(*answer, "DBInstances")->As<List>().at(0);
}

// Waits for a status ("gone": for its absence), for two minutes at most; returns the last description.
inline Value AwaitStatus(const LocalEndpoint& endpoint, const std::string& name, const std::string& status) {
  Value instance;
  for (int i = 0; i < 2400; ++i) {
    instance = DescribeInstance(endpoint, name);
    if (instance.IsNull() ? status == "gone" : *instance.Find("DBInstanceStatus") == Value(status)) return instance;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  ADD_FAILURE() << name << " did not become " << status << ": " << ToDisplay(instance);
  return instance;
}

inline Login LogInTo(const Value& instance, const std::string& password) {
  const auto text = [&](const char* path) {
    const Value* value = instance.FindPath(path);
    return value != nullptr && value->Is<std::string>() ? value->As<std::string>() : std::string();
  };
  const Value* port = instance.FindPath("Endpoint.Port");
  return {text("Endpoint.Address"), port == nullptr ? 0 : static_cast<int>(port->As<std::int64_t>()),
          text("MasterUsername"), password, text("DBName")};
}

class RunningLocalRds {
 public:
  explicit RunningLocalRds(LocalRdsOptions options) {
    auto opened = LocalRds::Open(std::move(options));
    if (!opened) {
      ADD_FAILURE() << Describe(opened.error());
      return;
    }
    rds_ = std::move(*opened);
    thread_ = std::thread([this] { rds_->Run(); });
  }
  RunningLocalRds(const RunningLocalRds&) = delete;
  RunningLocalRds& operator=(const RunningLocalRds&) = delete;
  ~RunningLocalRds() {
    if (!rds_) return;
    rds_->Stop();
    thread_.join();
  }
  [[nodiscard]] bool ok() const { return rds_ != nullptr; }
  [[nodiscard]] const LocalEndpoint& endpoint() const { return rds_->endpoint(); }
  [[nodiscard]] Result<Properties> Call(std::string_view operation, const Properties& input) const {
    return CallApi(endpoint(), operation, input);
  }

 private:
  std::unique_ptr<LocalRds> rds_;
  std::thread thread_;
};

inline Properties Orders(const std::string& password) {
  return {{"DBInstanceIdentifier", "orders"}, {"Engine", "postgres"},          {"EngineVersion", "15"},
          {"DBInstanceClass", "db.t3.micro"}, {"AllocatedStorage", 20},        {"DBName", "orders"},
          {"MasterUsername", "orders_admin"}, {"MasterUserPassword", password}};
}

}  // namespace rdsteady::local
