#include <fmt/format.h>

#include "api/handles.h"
#include "base/text.h"
#include "model/api/api.h"
#include "rdsteady/manifest.h"

namespace rdsteady {
namespace {

std::string Rendered(const std::vector<Diagnostic>& diagnostics) {
  std::string text = Render(diagnostics, model::IsSensitiveName);
  while (text.ends_with('\n'))
    text.pop_back();
  return text;
}

Result<Manifest> Loaded(const std::vector<std::string>& paths, const manifest::FileSource& source,
                        const Manifest::Variables& variables) {
  manifest::LoadOutcome outcome = manifest::Load(paths, source, {.vars = variables});
  if (!outcome.manifest) {
    return Fail(ErrorCategory::kUsage, Rendered(outcome.diagnostics));
  }
  std::vector<std::string> warnings;
  for (const Diagnostic& diagnostic : outcome.diagnostics)
    warnings.push_back(Render(diagnostic, model::IsSensitiveName));
  return api::Handles::Make(std::move(*outcome.manifest), std::move(warnings));
}

// One text under one name; `include:` finds nothing else.
class TextSource final : public manifest::FileSource {
 public:
  TextSource(const std::string& name, std::string_view text) : name_(name), text_(text) {}
  [[nodiscard]] Result<std::string> Read(const std::string& path) const override {
    if (path == name_) return std::string(text_);
    return Fail(ErrorCategory::kUsage,
                fmt::format("'{}' cannot be read: a manifest given as text has no other files", path));
  }
  [[nodiscard]] std::optional<std::vector<std::string>> List(const std::string&) const override { return std::nullopt; }

 private:
  const std::string& name_;
  std::string_view text_;
};

}  // namespace

Result<Manifest> Manifest::Load(const std::vector<std::string>& paths, const Variables& variables) {
  return Loaded(paths, manifest::DiskFileSource(), variables);
}

Result<Manifest> Manifest::Parse(std::string_view yaml_or_json, const std::string& name, const Variables& variables) {
  return Loaded({name}, TextSource(name, yaml_or_json), variables);
}

Result<Manifest> Manifest::WithPolicies(const std::vector<std::string>& paths) const {
  manifest::Manifest manifest = content_->manifest;
  std::vector<Diagnostic> faults;
  for (const std::string& path : paths) {
    manifest::PolicyOutcome outcome = manifest::LoadPolicy(path, manifest::DiskFileSource());
    faults.insert(faults.end(), outcome.diagnostics.begin(), outcome.diagnostics.end());
    if (outcome.policy) manifest.policy.Add(*std::move(outcome.policy));
  }
  if (HasErrors(faults)) return Fail(ErrorCategory::kUsage, Rendered(faults));
  return api::Handles::Make(std::move(manifest), content_->warnings);
}

std::vector<std::string> Manifest::Resources() const {
  std::vector<std::string> ids;
  for (const manifest::DesiredResource& resource : content_->manifest.resources)
    ids.push_back(resource.Id());
  return ids;
}

const std::vector<std::string>& Manifest::warnings() const {
  return content_->warnings;
}

}  // namespace rdsteady
