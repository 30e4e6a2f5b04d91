// Exact texts, built from hand-made plans and outcomes: what people and programs read is compared whole.
#include <gtest/gtest.h>

#include "base/json.h"
#include "report/error_report.h"
#include "report/events.h"
#include "report/outcome_report.h"
#include "report/plan_report.h"
#include "report/status_report.h"

namespace rdsteady::report {
namespace {

constexpr Instant kNow{std::chrono::milliseconds(1'767'225'600'000)};  // 2026-01-01T00:00:00Z

SourceSpan At(std::uint32_t line, std::uint32_t column) {
  static const auto* const file = new std::shared_ptr<const SourceFile>(
      std::make_shared<const SourceFile>(SourceFile{.path = "orders.yaml", .text = ""}));
  return {.file = *file, .line = line, .column = column, .length = 1};
}

plan::ResourcePlan Instance(std::string name, plan::Fate fate) {
  plan::ResourcePlan resource;
  resource.kind = model::FindKind("DBInstance");
  resource.name = std::move(name);
  resource.fate = fate;
  return resource;
}

plan::Plan PlanOf(std::vector<plan::ResourcePlan> resources) {
  plan::Plan plan;
  plan.region = "us-east-1";
  plan.account = "123456789012";
  plan.endpoint = "http://127.0.0.1:4510";
  plan.resources = std::move(resources);
  return plan;
}

plan::Change Grow() {
  plan::Change change{.property = "AllocatedStorage", .from = 20, .to = 50, .forecast = {}, .where = At(7, 5)};
  change.forecast = {.disruption = model::Disruption::kDegraded,
                     .storage_optimization = model::Maybe::kYes,
                     .when = model::ActsWhen::kWindow,
                     .window = kNow,
                     .reversible = model::Reversible::kNo,
                     .destroys = model::Destroys::kNothing,
                     .confirmed = true,
                     .notes = {"no further change of storage for six hours"}};
  return change;
}

plan::ResourcePlan Update() {
  plan::ResourcePlan resource = Instance("orders", plan::Fate::kUpdate);
  plan::Step step;
  step.operation = "ModifyDBInstance";
  step.parameters = {{"DBInstanceIdentifier", "orders"}, {"AllocatedStorage", 50}};
  step.changes.push_back(Grow());
  resource.steps.push_back(std::move(step));
  return resource;
}

TEST(PlanReport, AnUpdateSaysWhenAndWhatItCosts) {
  const Value json = PlanToJson(PlanOf({Update(), Instance("other", plan::Fate::kUnchanged)}));
  EXPECT_EQ(PlanText(json),
            "~ DBInstance/orders: update\n"
            "  ModifyDBInstance\n"
            "    AllocatedStorage: 20 -> 50\n"
            "        in the window of 2026-01-01T00:00:00Z; degraded; storage optimization follows; cannot be undone\n"
            "        note: no further change of storage for six hours\n"
            "1 to update, 1 unchanged; 1 call to make\n");
}

TEST(PlanReport, JsonHoldsTheWholePlan) {
  EXPECT_EQ(
      ToJson(PlanToJson(PlanOf({Update()}))),
      R"({"account": "123456789012", "approvals": [], "counts": {"calls": 1, "create": 0, "refused": 0, "scheduled": 0, )"
      R"("unchanged": 0, "update": 1}, "endpoint": "http://127.0.0.1:4510", "format_version": 1, "region": "us-east-1", )"
      R"("resources": [{"disruption": "degraded", "fate": "update", "kind": "DBInstance", "name": "orders", )"
      R"("resource": "DBInstance/orders", "steps": [{"action": "modify", "apply_immediately": false, "changes": [)"
      R"({"forecast": {"confirmed": true, "destroys": "nothing", "disruption": "degraded", )"
      R"("notes": ["no further change of storage for six hours"], "reversible": "no", "storage_optimization": "yes", )"
      R"("when": "window", "window": "2026-01-01T00:00:00Z"}, "from": 20, "id": "DBInstance/orders.AllocatedStorage", )"
      R"("property": "AllocatedStorage", "to": 50, "where": "orders.yaml:7:5"}], "operation": "ModifyDBInstance", )"
      R"("parameters": {"AllocatedStorage": 50, "DBInstanceIdentifier": "orders"}}]}], "type": "plan", "when": "window"})");
}

TEST(PlanReport, ACreationIsNewAndEmptyAndShowsNoSecret) {
  plan::ResourcePlan resource = Instance("orders", plan::Fate::kCreate);
  plan::Step step;
  step.action = plan::Action::kCreate;
  step.operation = "CreateDBInstance";
  step.parameters = {{"MasterUserPassword", Secret::FromEnv("PW")}, {"TdeCredentialPassword", "canary"}};
  // Holds "Secret" in its name and is none.
  step.parameters.emplace("MasterUserSecretKmsKeyId", "alias/orders");
  step.changes.push_back({.property = "Engine", .from = {}, .to = "postgres", .forecast = {}, .where = {}});
  step.changes.push_back(
      {.property = "MasterUserPassword", .from = {}, .to = Secret::Literal("canary"), .forecast = {}, .where = {}});
  step.changes.push_back(
      {.property = "TdeCredentialPassword", .from = {}, .to = "canary", .forecast = {}, .where = {}});
  resource.steps.push_back(std::move(step));
  plan::Step tags;
  tags.action = plan::Action::kOperation;
  tags.operation = "AddTagsToResource";
  tags.changes.push_back({.property = "Tags.owner", .from = {}, .to = "me", .forecast = {}, .where = {}});
  resource.steps.push_back(std::move(tags));
  const Value json = PlanToJson(PlanOf({resource}));
  EXPECT_EQ(PlanText(json),
            "+ DBInstance/orders: create\n"
            "  CreateDBInstance: new, empty\n"
            "    Engine: postgres\n"
            "    MasterUserPassword: (secret, literal)\n"
            "    TdeCredentialPassword: ****\n"
            "  AddTagsToResource\n"
            "    Tags.owner: me\n"
            "1 to create; 2 calls to make\n");
  EXPECT_EQ(ToJson(json).find("canary"), std::string::npos);
  EXPECT_NE(ToJson(json).find("alias/orders"), std::string::npos);
}

TEST(PlanReport, RefusalsNameRuleAndAdvice) {
  plan::ResourcePlan resource = Instance("orders", plan::Fate::kRefused);
  resource.refusals.push_back({.rule = "GROW-ONLY",
                               .property = "AllocatedStorage",
                               .message = "storage cannot shrink from 50 to 20",
                               .advice = "restore into a smaller database,\nthen rename",
                               .where = At(7, 5)});
  resource.steps.emplace_back();  // planned before the refusal was known: not sent, and not counted
  resource.steps.back().operation = "ModifyDBInstance";
  const Value json = PlanToJson(PlanOf({resource}));
  EXPECT_EQ(PlanSummary(json), "1 refused; 0 calls to make");
  EXPECT_EQ(PlanText(json),
            "! DBInstance/orders: refused\n"
            "  refused: AllocatedStorage: storage cannot shrink from 50 to 20 [GROW-ONLY]\n"
            "    at orders.yaml:7:5\n"
            "    advice: restore into a smaller database,\n"
            "    then rename\n"
            "1 refused; 0 calls to make\n");
}

TEST(PlanReport, NothingToDoCountsWhatIsScheduled) {
  plan::ResourcePlan scheduled = Instance("orders", plan::Fate::kScheduled);
  scheduled.scheduled = {"DBInstanceClass: db.m6g.xlarge in the window of 2026-01-04T03:00:00Z"};
  EXPECT_EQ(PlanText(PlanToJson(PlanOf({scheduled, Instance("b", plan::Fate::kUnchanged)}))),
            "> DBInstance/orders: scheduled\n"
            "  scheduled: DBInstanceClass: db.m6g.xlarge in the window of 2026-01-04T03:00:00Z\n"
            "nothing to do: 2 resources are as stated, 1 with scheduled changes\n");
  EXPECT_EQ(PlanText(PlanToJson(PlanOf({Instance("b", plan::Fate::kUnchanged)}))),
            "nothing to do: 1 resource is as stated\n");
}

TEST(PlanReport, ApprovalsAndFlushesAreNamed) {
  plan::ResourcePlan resource = Update();
  resource.steps[0].apply_immediately = true;
  resource.steps[0].flushes = {"DBInstanceClass: db.m6g.xlarge"};
  const std::vector<plan::ApprovalNeed> needs = {{.resource = "DBInstance/orders",
                                                  .property = "DBInstanceClass",
                                                  .why = "restarts the database now",
                                                  .irreversible = false},
                                                 {.resource = "DBInstance/orders",
                                                  .property = "MultiTenant",
                                                  .why = "cannot be taken back",
                                                  .irreversible = true}};
  EXPECT_EQ(PlanText(PlanToJson(PlanOf({resource}), needs)),
            "~ DBInstance/orders: update\n"
            "  ModifyDBInstance (ApplyImmediately)\n"
            "    AllocatedStorage: 20 -> 50\n"
            "        in the window of 2026-01-01T00:00:00Z; degraded; storage optimization follows; cannot be undone\n"
            "        note: no further change of storage for six hours\n"
            "    also runs what waits: DBInstanceClass: db.m6g.xlarge\n"
            "needs approval:\n"
            "  DBInstance/orders.DBInstanceClass: restarts the database now\n"
            "  DBInstance/orders.MultiTenant: cannot be taken back\n"
            "    only with --allow-irreversible DBInstance/orders.MultiTenant\n"
            "1 to update; 1 call to make\n");
}

TEST(PlanReport, ForecastTexts) {
  const auto text = [](Properties forecast) {
    Properties whole{{"when", "now"},         {"disruption", "none"},         {"reversible", "yes"},
                     {"destroys", "nothing"}, {"storage_optimization", "no"}, {"confirmed", true}};
    for (auto& [name, value] : forecast)
      whole.insert_or_assign(name, value);
    return ForecastText(whole);
  };
  EXPECT_EQ(text({}), "now; no disruption; reversible");
  EXPECT_EQ(text({{"when", "window"}}), "in the next maintenance window; no disruption; reversible");
  EXPECT_EQ(text({{"when", "next-reboot"}, {"reversible", "unknown"}}),
            "at the next reboot; no disruption; whether it can be undone is not known");
  EXPECT_EQ(text({{"disruption", "unknown"}, {"confirmed", false}}),
            "now; disruption not known, take it as an outage; reversible; expected, not confirmed by AWS's reference");
  EXPECT_EQ(text({{"disruption", "outage"}, {"destroys", "backups"}, {"reversible", "no"}}),
            "now; outage; cannot be undone; DESTROYS backups");
}

TEST(PlanReport, WhatComesFromOutsideCannotMoveTheCursor) {
  plan::ResourcePlan resource = Update();
  resource.steps[0].changes[0].property = "Tags.k";
  resource.steps[0].changes[0].from = "\x1b[2J";
  resource.steps[0].changes[0].to = std::string("a\nb\xC2\x9B") + std::string(300, 'x');
  const std::string text = PlanText(PlanToJson(PlanOf({resource})));
  EXPECT_NE(text.find("Tags.k: \\x1b[2J -> a\\x0ab\\x9bxxx"), std::string::npos) << text;
  EXPECT_NE(text.find("... ("), std::string::npos);
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
}

TEST(PlanReport, ColourOnlyDecorates) {
  const Value json = PlanToJson(PlanOf({Update()}));
  std::string coloured = PlanText(json, {.colour = true});
  EXPECT_NE(coloured.find("\x1b[33m~ DBInstance/orders: update\x1b[0m"), std::string::npos);
  std::string stripped;
  for (std::size_t at = 0; at < coloured.size(); ++at) {
    if (coloured[at] == '\x1b') at = coloured.find('m', at);
    else stripped += coloured[at];
  }
  EXPECT_EQ(stripped, PlanText(json));
}

TEST(ErrorReport, ABrokenConnectionIsWorthAnotherRun) {
  EXPECT_EQ(
      ErrorText(ErrorToJson({.category = ErrorCategory::kTransport, .message = "the answer ended in the middle"})),
      "error: the answer ended in the middle\n"
      "  hint: run the command again; where the network is poor, --call-attempts allows for more attempts\n");
}

TEST(ErrorReport, SaysWhatItKnowsAndNothingTwice) {
  Error error{.category = ErrorCategory::kService,
              .message = "the DB instance is not in the available state",
              .hint = "wait for it",
              .resource = "DBInstance/orders",
              .operation = "ModifyDBInstance",
              .aws_code = "InvalidDBInstanceState",
              .request_id = "1f3a",
              .http_status = 400};
  error = std::move(error).Within("while applying orders.yaml");
  EXPECT_EQ(ErrorText(ErrorToJson(error)),
            "error: DBInstance/orders: ModifyDBInstance: the DB instance is not in the available state\n"
            "  while applying orders.yaml\n"
            "  code InvalidDBInstanceState, HTTP 400, request id 1f3a\n"
            "  hint: wait for it\n");
  error.message = "DBInstance/orders: ModifyDBInstance failed";
  error.outcome_unknown = true;
  EXPECT_EQ(ErrorText(ErrorToJson(error)),
            "error: DBInstance/orders: ModifyDBInstance failed\n"
            "  while applying orders.yaml\n"
            "  code InvalidDBInstanceState, HTTP 400, request id 1f3a\n"
            "  whether the call took effect is not known: run again, which reads first\n"
            "  hint: wait for it\n");
  EXPECT_EQ(ToJson(ErrorToJson({.category = ErrorCategory::kUsage, .message = "no such file"})),
            R"({"category": "usage", "message": "no such file"})");
}

TEST(OutcomeReport, ACreatedDatabaseShowsItsEndpoint) {
  apply::ApplyOutcome outcome;
  const Value live = Properties{{"DBInstanceStatus", "available"},
                                {"Endpoint", Properties{{"Address", "127.81.4.2"}, {"Port", 5432}}}};
  outcome.resources.push_back({.resource = "DBInstance/orders",
                               .result = apply::ResourceResult::kCreated,
                               .errors = {},
                               .notes = {"simulated"},
                               .live = live});
  outcome.resources.push_back({.resource = "DBSubnetGroup/a", .result = apply::ResourceResult::kUnchanged});
  outcome.mutating_calls.push_back(
      {.resource = "DBInstance/orders", .operation = "CreateDBInstance", .members = {"Engine"}});
  const Value json = OutcomeToJson(outcome);
  EXPECT_EQ(OutcomeText(json),
            "created    DBInstance/orders: available at 127.81.4.2:5432\n"
            "  note: simulated\n"
            "1 created, 1 unchanged; mutating calls: 1\n");
  EXPECT_EQ(
      ToJson(json),
      R"({"counts": {"accepted": 0, "created": 1, "failed": 0, "mutating_calls": 1, "refused": 0, "scheduled": 0, "unchanged": 1, )"
      R"("updated": 0}, "format_version": 1, "mutating_calls": [{"members": ["Engine"], "operation": "CreateDBInstance", )"
      R"("resource": "DBInstance/orders"}], "resources": [{"endpoint": "127.81.4.2:5432", "live": {"DBInstanceStatus": "available", )"
      R"("Endpoint": {"Address": "127.81.4.2", "Port": 5432}}, "notes": ["simulated"], "resource": "DBInstance/orders", )"
      R"("result": "created", "status": "available"}, {"resource": "DBSubnetGroup/a", "result": "unchanged"}], "type": "outcome"})");
}

TEST(OutcomeReport, ASecondRunSaysNothingToDoAndZeroCalls) {
  apply::ApplyOutcome outcome;
  outcome.resources.push_back({.resource = "DBInstance/orders", .result = apply::ResourceResult::kUnchanged});
  EXPECT_EQ(OutcomeText(OutcomeToJson(outcome)), "nothing to do: 1 resource is as stated; mutating calls: 0\n");
  outcome.resources.push_back({.resource = "DBInstance/b", .result = apply::ResourceResult::kScheduled});
  EXPECT_EQ(OutcomeText(OutcomeToJson(outcome)),
            "scheduled  DBInstance/b\n"
            "nothing to do: 2 resources are as stated, 1 with scheduled changes; mutating calls: 0\n");
}

TEST(OutcomeReport, FailuresKeepTheirErrorsTogether) {
  apply::ApplyOutcome outcome;
  outcome.resources.push_back(
      {.resource = "DBInstance/orders",
       .result = apply::ResourceResult::kFailed,
       .errors = {{.category = ErrorCategory::kFailed, .message = "the status is failed", .hint = "see its events"}}});
  const std::vector<Error> errors = {{.category = ErrorCategory::kInterrupted, .message = "interrupted"}};
  EXPECT_EQ(OutcomeText(OutcomeToJson(outcome, errors)),
            "failed     DBInstance/orders\n"
            "  error: the status is failed\n"
            "    hint: see its events\n"
            "error: interrupted\n"
            "1 failed; mutating calls: 0\n");
}

TEST(StatusReport, ShowsWhatDiffersAndNothingThatWouldBeSent) {
  plan::ResourcePlan resource = Update();
  resource.decisions.push_back({.property = "AllocatedStorage",
                                .verdict = plan::Verdict::kDiffers,
                                .desired = 50,
                                .live = 20,
                                .scheduled = {},
                                .rule = "",
                                .reason = ""});
  resource.decisions.push_back({.property = "MasterUserPassword",
                                .verdict = plan::Verdict::kDiffers,
                                .desired = "canary",
                                .live = {},
                                .scheduled = {},
                                .rule = "",
                                .reason = ""});
  resource.decisions.push_back({.property = "Engine",
                                .verdict = plan::Verdict::kEqual,
                                .desired = "postgres",
                                .live = "postgres",
                                .scheduled = {},
                                .rule = "",
                                .reason = ""});
  resource.decisions.push_back({.property = "Tags",
                                .verdict = plan::Verdict::kUnknowable,
                                .desired = {},
                                .live = {},
                                .scheduled = {},
                                .rule = "",
                                .reason = ""});
  resource.scheduled = {"DBInstanceClass: db.m6g.xlarge in the window"};
  plan::World world;
  resource.observed = plan::KeyOf(*resource.kind, "orders");
  world[resource.observed] = {.exists = true,
                              .live = Properties{{"DBInstanceStatus", "modifying"},
                                                 {"Endpoint", Properties{{"Address", "127.81.4.2"}, {"Port", 5432}}}}};
  const Value json = StatusToJson(PlanOf({resource, Instance("gone", plan::Fate::kCreate)}), world);
  EXPECT_EQ(StatusText(json),
            "DBInstance/orders: modifying at 127.81.4.2:5432\n"
            "  differs: AllocatedStorage is 20, stated 50\n"
            "  differs: MasterUserPassword is ****, stated ****\n"
            "  scheduled: DBInstanceClass: db.m6g.xlarge in the window\n"
            "  could not be read: Tags\n"
            "DBInstance/gone: does not exist\n"
            "2 of 2 resources differ\n");
  EXPECT_EQ(ToJson(json).find("ModifyDBInstance"), std::string::npos);
}

TEST(EventReport, OneLineAnEvent) {
  using What = apply::Event::What;
  const auto line = [](apply::Event event) {
    event.resource = "DBInstance/orders";
    return EventLine(event);
  };
  EXPECT_EQ(line({.what = What::kStarted}), "DBInstance/orders: started");
  EXPECT_EQ(line({.what = What::kWaitingFor, .text = "DBSubnetGroup/a"}),
            "DBInstance/orders: waiting for DBSubnetGroup/a");
  EXPECT_EQ(line({.what = What::kCalling, .operation = "CreateDBInstance"}),
            "DBInstance/orders: calling CreateDBInstance");
  EXPECT_EQ(line({.what = What::kCalled, .operation = "CreateDBInstance"}),
            "DBInstance/orders: CreateDBInstance accepted");
  EXPECT_EQ(line({.what = What::kStatus, .status = "creating", .percent = 45, .elapsed = std::chrono::seconds(72)}),
            "DBInstance/orders: creating, 45% (1m12s)");
  EXPECT_EQ(line({.what = What::kStatus, .status = "creating", .elapsed = Millis(1500), .text = "status creating"}),
            "DBInstance/orders: creating (1s)");
  EXPECT_EQ(line({.what = What::kStatus, .status = "available", .text = "parameters in-sync"}),
            "DBInstance/orders: available, parameters in-sync");
  EXPECT_EQ(line({.what = What::kDone, .elapsed = Millis(999), .text = "created"}), "DBInstance/orders: done: created");
  EXPECT_EQ(line({.what = What::kFailed, .text = "a\x1b[1m"}), "DBInstance/orders: failed: a\\x1b[1m");
}

TEST(EventReport, RepeatedReadingsAreToldOnceAMinute) {
  std::vector<std::string> lines;
  LineSink sink([&](std::string_view text) { lines.emplace_back(text); });
  apply::Event event{
      .what = apply::Event::What::kStatus, .at = kNow, .resource = "DBInstance/orders", .status = "creating"};
  for (int i = 0; i < 7; ++i) {
    sink.OnEvent(event);
    event.at += std::chrono::seconds(10);
  }
  EXPECT_EQ(lines.size(), 2U);
  event.status = "available";
  sink.OnEvent(event);
  EXPECT_EQ(lines.back(), "DBInstance/orders: available\n");
}

TEST(EventReport, JsonIsOneObjectALine) {
  std::string out;
  JsonSink sink([&](std::string_view text) { out += text; });
  sink.OnEvent({.what = apply::Event::What::kStatus,
                .at = kNow,
                .resource = "DBInstance/orders",
                .status = "creating",
                .percent = 3,
                .elapsed = Millis(1500)});
  EXPECT_EQ(
      out,
      R"({"at": "2026-01-01T00:00:00.000Z", "elapsed_ms": 1500, "event": "status", "format_version": 1, "percent": 3, )"
      R"("resource": "DBInstance/orders", "status": "creating", "type": "event"})"
      "\n");
}

}  // namespace
}  // namespace rdsteady::report
