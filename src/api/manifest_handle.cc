#include <fmt/format.h>

#include "api/handles.h"
#include "base/text.h"
#include "model/api/api.h"
#include "rdsteady/manifest.h"

namespace rdsteady {
namespace {

Result<Manifest> Loaded(const std::vector<std::string>& paths, const manifest::FileSource& source,
                        const Manifest::Variables& variables) {
  manifest::LoadOutcome outcome = manifest::Load(paths, source, {.vars = variables});
  if (!outcome.manifest) {
    std::string text = Render(outcome.diagnostics, model::IsSensitiveName);
    while (text.ends_with('\n'))
      text.pop_back();
    return Fail(ErrorCategory::kUsage, std::move(text));
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
