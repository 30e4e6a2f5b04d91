// Files that exist only in a test, and what loading them says.
#pragma once

#include <filesystem>
#include <map>
#include <ostream>
#include <string>
#include <vector>

#include "manifest/manifest.h"

namespace rdsteady {
// How GoogleTest shows a value.
inline void PrintTo(const Value& value, std::ostream* out) {
  *out << ToDisplay(value);
}
}  // namespace rdsteady

namespace rdsteady::manifest {

class FakeFiles final : public FileSource {
 public:
  FakeFiles(std::map<std::string, std::string> files)
      : files_(std::move(files)) {}  // NOLINT(google-explicit-constructor)

  [[nodiscard]] Result<std::string> Read(const std::string& path) const override {
    const auto found = files_.find(std::filesystem::path(path).lexically_normal().string());
    if (found == files_.end()) return Fail(ErrorCategory::kUsage, "no such file");
    return found->second;
  }
  // A name that ends in '/' is a folder; its files are those that begin with it.
  [[nodiscard]] std::optional<std::vector<std::string>> List(const std::string& path) const override {
    if (!path.ends_with('/')) return std::nullopt;
    std::vector<std::string> names;
    for (const auto& [name, text] : files_) {
      if (name.starts_with(path)) names.push_back(name);
    }
    return names;
  }

 private:
  std::map<std::string, std::string> files_;
};

// Everything that loading the one file m.yaml says, as the program prints it; empty when there is nothing to say.
inline std::string Said(const std::string& text, const LoadOptions& options = {}) {
  return RenderDiagnostics(Load({"m.yaml"}, FakeFiles({{"m.yaml", text}}), options).diagnostics);
}

// The properties of the one resource that the text states below DBInstance/orders. What else a resource requires is
// written around it.
inline std::string Orders(const std::string& lines) {
  return "DBInstance:\n  orders:\n    Engine: postgres\n    DBInstanceClass: db.m6g.large\n    AllocatedStorage: 20\n"
         "    MasterUsername: admin1\n    MasterUserPassword: {env: PW}\n" +
         lines;
}

}  // namespace rdsteady::manifest
