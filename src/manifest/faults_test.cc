// What bad input gets: each file of testdata/ is loaded, and everything that is said must be what stands in the .txt
// beside it. RDSTEADY_ACCEPT=1 writes the .txt anew; a run that does so counts as skipped.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/text.h"
#include "manifest/manifest.h"

namespace rdsteady::manifest {
namespace {

const std::filesystem::path kFolder = std::filesystem::path(RDSTEADY_SOURCE_DIR) / "src/manifest/testdata";

std::string ReadFile(const std::filesystem::path& path) {
  std::stringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

std::vector<std::string> Inputs() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(kFolder)) {
    if (entry.path().extension() != ".txt") names.push_back(entry.path().filename().string());
  }
  std::ranges::sort(names);
  return names;
}

// Reads from the folder, so that messages hold the bare names.
class FolderSource final : public FileSource {
 public:
  [[nodiscard]] Result<std::string> Read(const std::string& path) const override {
    return DiskFileSource().Read(kFolder / path);
  }
  [[nodiscard]] std::optional<std::vector<std::string>> List(const std::string&) const override { return std::nullopt; }
};

class BadInput : public testing::TestWithParam<std::string> {};

TEST_P(BadInput, SaysAllThatIsWrongWithIt) {
  const LoadOutcome outcome = Load({GetParam()}, FolderSource());
  const std::string said = RenderDiagnostics(outcome.diagnostics);
  EXPECT_EQ(outcome.manifest.has_value(), !HasErrors(outcome.diagnostics));
  EXPECT_THAT(said, testing::Not(testing::HasSubstr("canary")));
  const std::filesystem::path golden = kFolder / (std::filesystem::path(GetParam()).stem().string() + ".txt");
  if (std::getenv("RDSTEADY_ACCEPT") != nullptr) {
    std::ofstream(golden, std::ios::binary) << said;
    GTEST_SKIP() << "wrote " << golden;
  }
  EXPECT_EQ(said, ReadFile(golden));
}

INSTANTIATE_TEST_SUITE_P(Testdata, BadInput, testing::ValuesIn(Inputs()), [](const auto& info) {
  std::string name;
  bool upper = true;
  for (const char c : std::filesystem::path(info.param).stem().string()) {
    if (c != '-') name += upper ? ToUpper(std::string(1, c)) : std::string(1, c);
    upper = c == '-';
  }
  return name;
});

TEST(BadInput, EveryGoldenFileBelongsToAnInput) {
  std::vector<std::string> stems;
  for (const std::string& name : Inputs())
    stems.push_back(std::filesystem::path(name).stem().string());
  for (const auto& entry : std::filesystem::directory_iterator(kFolder)) {
    EXPECT_THAT(stems, testing::Contains(entry.path().stem().string()));
  }
}

}  // namespace
}  // namespace rdsteady::manifest
