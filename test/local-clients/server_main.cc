// The local RDS in the foreground, for the tests of other people's clients: prints its endpoint as one line of JSON and
// serves until SIGTERM. Takes the arguments that the daemon is started with: local start --foreground --port N.
#include <signal.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/json.h"
#include "local/server/local_rds.h"

namespace {

rdsteady::local::LocalRds* running = nullptr;

void OnSignal(int) {
  running->Stop();
}

int Report(const rdsteady::Error& error) {
  std::fprintf(stderr, "%s\n", rdsteady::Describe(error).c_str());
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace rdsteady::local;  // NOLINT(google-build-using-namespace)
  auto places = FindPlaces();
  if (!places) return Report(places.error());
  LocalRdsOptions options{.places = *places};
  for (int i = 1; i < argc; ++i) {
    if (std::string_view(argv[i]) == "--port" && i + 1 < argc) options.port = std::atoi(argv[++i]);
    if (std::string_view(argv[i]) == "--simulate") options.simulate_all = true;
  }
  auto rds = LocalRds::Open(options);
  if (!rds) return Report(rds.error());
  running = rds->get();
  struct sigaction action{};
  action.sa_handler = OnSignal;
  ::sigaction(SIGTERM, &action, nullptr);
  ::sigaction(SIGINT, &action, nullptr);

  const LocalEndpoint& endpoint = (*rds)->endpoint();
  const rdsteady::Properties line{{"url", endpoint.url},
                                  {"region", endpoint.region},
                                  {"account", endpoint.account},
                                  {"home", places->home},
                                  {"pid", endpoint.pid},
                                  {"access_key_id", endpoint.credentials.access_key_id},
                                  {"secret_access_key", endpoint.credentials.secret_access_key}};
  std::printf("%s\n", rdsteady::ToJson(line).c_str());
  std::fflush(stdout);
  (*rds)->Run();
  return 0;
}
