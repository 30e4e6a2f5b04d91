// Calls an operation of the API and waits until the database is available again.
//
//   with_availability IDENTIFIER [RETENTION_DAYS]
//
// The body's failure is returned at once, and nothing is waited for; its value is returned after the wait.
#include <chrono>
#include <cstdlib>
#include <iostream>

#include "rdsteady/client.h"

int main(int argc, char** argv) {
  if (argc < 2 || argc > 3) {
    std::cerr << "usage: with_availability IDENTIFIER [RETENTION_DAYS]\n";
    return 64;
  }
  const int days = argc == 3 ? std::atoi(argv[2]) : 7;
  rdsteady::Client client;
  const rdsteady::Wait wait{.delay = std::chrono::seconds(1), .max_attempts = 120};
  const rdsteady::Result<rdsteady::Value> answer = client.WithAvailability(argv[1], wait, [&] {
    return client.Call(
        "ModifyDBInstance",
        {{"DBInstanceIdentifier", argv[1]}, {"BackupRetentionPeriod", days}, {"ApplyImmediately", true}});
  });
  if (!answer) {
    std::cerr << rdsteady::Describe(answer.error()) << '\n';
    return answer.error().aws_code == "DBInstanceNotFound" ? 4 : 1;
  }
  const rdsteady::Value* status = answer->FindPath("DBInstance.DBInstanceStatus");
  std::cout << "available; when the call was answered, the status was "
            << (status != nullptr ? rdsteady::ToDisplay(*status) : "not told") << '\n';
  return 0;
}
