// Plans a manifest, shows the plan, and applies it when it was asked to.
//
//   plan_and_apply FILE [--apply]
#include <iostream>
#include <string_view>

#include "rdsteady/client.h"

int main(int argc, char** argv) {
  if (argc < 2 || argc > 3) {
    std::cerr << "usage: plan_and_apply FILE [--apply]\n";
    return 64;
  }
  const rdsteady::Result<rdsteady::Manifest> manifest = rdsteady::Manifest::Load({argv[1]});
  if (!manifest) {
    std::cerr << manifest.error().message << '\n';
    return 64;
  }
  rdsteady::Client client;
  const rdsteady::Result<rdsteady::Plan> plan = client.MakePlan(*manifest);
  if (!plan) {
    std::cerr << rdsteady::Describe(plan.error()) << '\n';
    return 1;
  }
  std::cout << plan->ToText();
  if (argc < 3 || std::string_view(argv[2]) != "--apply") return plan->HasChanges() ? 2 : 0;
  const rdsteady::Result<rdsteady::Outcome> outcome = client.Apply(*plan);
  if (!outcome) {
    std::cerr << rdsteady::Describe(outcome.error()) << '\n';
    return 1;
  }
  std::cout << rdsteady::ToString(outcome->result) << '\n';
  return 0;
}
