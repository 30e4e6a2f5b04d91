// A manifest of arbitrary bytes: loading it ends, says something or gives a manifest, and a manifest that it gives
// loads again from what it is rendered as, and comes back from its normal form. The same bytes as a policy file.
//
//   rdsteady_manifest_fuzz -dict=fuzz/manifest/manifest.dict CORPUS src/manifest/testdata examples
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "base/json.h"
#include "manifest/manifest.h"
#include "manifest/normal_form.h"

namespace {

using namespace rdsteady;

class OneFile final : public manifest::FileSource {
 public:
  explicit OneFile(std::string text) : text_(std::move(text)) {}
  [[nodiscard]] Result<std::string> Read(const std::string& path) const override {
    if (path == "m.yaml") return text_;
    return Fail(ErrorCategory::kUsage, "no such file");
  }
  [[nodiscard]] std::optional<std::vector<std::string>> List(const std::string&) const override { return std::nullopt; }

 private:
  std::string text_;
};

void Require(bool condition, const char* what, const std::string& text) {
  if (condition) return;
  std::fprintf(stderr, "%s\n%s\n", what, text.c_str());
  std::abort();
}

bool HasLiteralSecret(const manifest::Manifest& loaded) {
  for (const manifest::DesiredResource& resource : loaded.resources) {
    for (const auto& [name, value] : resource.properties) {
      const Secret* secret = value.If<Secret>();
      if (secret != nullptr && secret->source() == Secret::Source::kLiteral) return true;
    }
  }
  return false;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const manifest::LoadOutcome first =
      manifest::Load({"m.yaml"}, OneFile(std::string(reinterpret_cast<const char*>(data), size)));
  const std::string said = manifest::RenderDiagnostics(first.diagnostics);
  const manifest::PolicyOutcome policy =
      manifest::LoadPolicy("m.yaml", OneFile(std::string(reinterpret_cast<const char*>(data), size)));
  Require(policy.policy.has_value() != HasErrors(policy.diagnostics), "a policy in spite of errors, or none without",
          manifest::RenderDiagnostics(policy.diagnostics));
  Require(first.manifest.has_value() != HasErrors(first.diagnostics), "a manifest in spite of errors, or none without",
          said);
  // A script's dictionary need not state what creating requires; what it is rendered as must.
  if (!first.manifest || HasLiteralSecret(*first.manifest)) return 0;
  const Result<Value> normal = manifest::ToNormalForm(*first.manifest);
  Require(normal.has_value(), "a manifest without a normal form", said);
  const Result<manifest::Manifest> back = manifest::FromNormalForm(*normal);
  Require(back.has_value(), "a normal form that is none", back ? "" : back.error().message);
  Require(ToJson(manifest::ToNormalForm(*back).value()) == ToJson(*normal), "a normal form that has changed",
          ToJson(*normal));
  if (first.manifest->bare_dictionary) return 0;
  const std::string text = manifest::ToYaml(*first.manifest);
  if (text.empty()) return 0;
  const manifest::LoadOutcome second = manifest::Load({"m.yaml"}, OneFile(text));
  Require(second.manifest.has_value(), "what was rendered does not load",
          text + manifest::RenderDiagnostics(second.diagnostics));
  Require(second.manifest->resources.size() == first.manifest->resources.size(), "resources were lost", text);
  return 0;
}
