// Creates a database, or updates it to what is stated here; does nothing when it is as stated already.
//
//   DB_PASSWORD=... create_or_update IDENTIFIER ALLOCATED_STORAGE
//
// Region, endpoint and credentials come from where the AWS tools look for them.
#include <cstdlib>
#include <iostream>

#include "rdsteady/client.h"

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: create_or_update IDENTIFIER ALLOCATED_STORAGE\n";
    return 64;
  }
  const rdsteady::Properties desired = {
      {"DBInstanceIdentifier", argv[1]},   {"Engine", "postgres"},
      {"DBInstanceClass", "db.m6g.large"}, {"AllocatedStorage", std::atoi(argv[2])},
      {"MasterUsername", "example"},       {"MasterUserPassword", rdsteady::Secret::FromEnv("DB_PASSWORD")},
      {"BackupRetentionPeriod", 1},        {"Tags", rdsteady::Properties{{"made-by", "create_or_update"}}},
  };

  rdsteady::Client client;
  const rdsteady::Run run{.on_event = [](const rdsteady::Event& event) {
    if (event.what == rdsteady::Event::What::kStatus) std::cerr << event.resource << ": " << event.status << '\n';
  }};
  // Growing storage cannot be undone, so it is approved of here, where it is asked for.
  const rdsteady::Change change{.when = rdsteady::When::kNow, .approve = true};
  const rdsteady::Result<rdsteady::Outcome> outcome = client.CreateOrUpdate("DBInstance", desired, change, run);
  if (!outcome) {
    std::cerr << rdsteady::Describe(outcome.error()) << '\n';
    return 1;
  }
  std::cout << rdsteady::ToString(outcome->result) << '\n';
  for (const rdsteady::SentCall& call : outcome->calls)
    std::cout << "sent " << call.operation << '\n';
  if (outcome->result == rdsteady::OutcomeResult::kRefused) {
    std::cout << outcome->plan.ToText();
    return 3;
  }
  return 0;
}
