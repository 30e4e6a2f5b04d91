// The manifest: YAML or JSON files to desired resources with positions. Pure but for reading the named files, which
// goes through FileSource.
//
//   LoadOutcome loaded = Load({"orders.yaml"}, source, {});
//   if (!loaded.manifest) std::cerr << Render(loaded.diagnostics);
//
// All faults of all files are reported together. Types come from the API table, never from YAML: `EngineVersion: 15.10`
// is the text 15.10. Secrets are references and are not resolved here.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostics.h"
#include "manifest/policy.h"
#include "model/kinds/kind.h"
#include "rdsteady/error.h"
#include "rdsteady/value.h"

namespace rdsteady::manifest {

// A wait's settings; what is not given stays with the adaptive rhythm.
struct WaitSettings {
  std::optional<std::chrono::seconds> delay{};
  std::optional<int> max_attempts{};
  std::optional<std::chrono::seconds> timeout{};
};

enum class Power : std::uint8_t { kRunning, kStopped };
enum class RebootPolicy : std::uint8_t { kNever, kIfPending, kWindow };

struct DesiredResource {
  const model::Kind* kind = nullptr;
  std::string name;       // as written; identity is without case
  Properties properties;  // typed; null is an explicit reset; the key is not among them
  std::map<std::string, SourceSpan, std::less<>> where_stated;  // property -> the position of its key
  SourceSpan where{};                                           // of the name

  WaitSettings wait{};
  std::string renamed_from{};
  std::optional<Power> power{};
  RebootPolicy reboot = RebootPolicy::kNever;
  std::optional<int> password_version{};
  std::vector<std::string> exact{};  // maps that are complete as stated

  [[nodiscard]] std::string Id() const { return std::string(kind->name) + "/" + name; }
};

struct Manifest {
  std::string region;  // empty: not stated
  std::string account;
  std::vector<DesiredResource> resources;  // dependencies first, else in the order of the files
  Policy policy;                           // of all files, and of --policy
  WaitSettings wait;
  // The bare dictionary of a script: ApplyImmediately=true in it means --when now, which it sets.
  bool bare_dictionary = false;
  std::optional<bool> apply_immediately{};
};

// Reads a file whole. Errors: kUsage with the reason (missing, a folder, no permission, larger than 64 MiB).
class FileSource {
 public:
  virtual ~FileSource() = default;
  [[nodiscard]] virtual Result<std::string> Read(const std::string& path) const = 0;
  // The .yaml, .yml and .json files of a folder, sorted; nullopt when the path is no folder.
  [[nodiscard]] virtual std::optional<std::vector<std::string>> List(const std::string& path) const = 0;
};
class DiskFileSource final : public FileSource {
 public:
  [[nodiscard]] Result<std::string> Read(const std::string& path) const override;
  [[nodiscard]] std::optional<std::vector<std::string>> List(const std::string& path) const override;
};

struct LoadOptions {
  std::map<std::string, std::string, std::less<>> vars{};  // --var NAME=VALUE; beats `vars:` of a file
};

struct LoadOutcome {
  std::optional<Manifest> manifest{};     // present when there is no error
  std::vector<Diagnostic> diagnostics{};  // warnings too
};

[[nodiscard]] LoadOutcome Load(const std::vector<std::string>& paths, const FileSource& source,
                               const LoadOptions& options = {});

// What the policy requires and the manifest states otherwise: found offline, each where it is stated. What is not
// stated is judged in the plan, which knows the live values.
[[nodiscard]] std::vector<Diagnostic> CheckRequirements(const Manifest& manifest);

// One resource from a program's own values (the library's CreateOrUpdate): typed and checked as a manifest's would be.
[[nodiscard]] Result<DesiredResource> FromProperties(std::string_view kind, const Properties& properties);

// A length of time as flags and files write it: "120", "30s", "5m", "2h". Errors: kUsage.
[[nodiscard]] Result<std::chrono::seconds> ParseSeconds(std::string_view text);

// base's Render with what is sensitive in the API masked too.
[[nodiscard]] std::string RenderDiagnostics(const std::vector<Diagnostic>& diagnostics);

// The manifest as YAML that loads to the same. A literal secret, which only a script's dictionary can hold, is left
// out, and a comment stands in its place; so does what one file's policy cannot say twice of one property.
[[nodiscard]] std::string ToYaml(const Manifest& manifest);

// Names of other resources that the resource's properties refer to, as kind and name (ARNs of elsewhere left out).
struct Reference {
  const model::Kind* kind;
  std::string name;
  std::string property;
  SourceSpan where{};
};
[[nodiscard]] std::vector<Reference> ReferencesOf(const DesiredResource& resource);

}  // namespace rdsteady::manifest
