// Manifest: what should be, read from YAML or JSON files, or from text.
//
//   rdsteady::Result<rdsteady::Manifest> manifest = rdsteady::Manifest::Load({"orders.yaml"});
//
// An immutable handle: copies are cheap and share the content; thread-safe. Secrets in it are references, which are
// resolved only when a planned call needs them.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "rdsteady/error.h"

namespace rdsteady {

namespace api {
struct Handles;
}

class Manifest {
 public:
  // ${name} in the files; beats their `vars:`.
  using Variables = std::map<std::string, std::string, std::less<>>;

  // Files and folders. Errors: kUsage; the message holds all faults of all files, each with file, line, column and
  // caret.
  [[nodiscard]] static Result<Manifest> Load(const std::vector<std::string>& paths, const Variables& variables = {});
  // `name` stands for the file in messages.
  [[nodiscard]] static Result<Manifest> Parse(std::string_view yaml_or_json, const std::string& name = "manifest",
                                              const Variables& variables = {});

  // The same manifest under these policy files too: every rule counts, the strictest wins. Errors as of Load.
  [[nodiscard]] Result<Manifest> WithPolicies(const std::vector<std::string>& paths) const;

  // "DBInstance/orders", dependencies first.
  [[nodiscard]] std::vector<std::string> Resources() const;
  // Faults that are none, rendered.
  [[nodiscard]] const std::vector<std::string>& warnings() const;

 private:
  friend struct api::Handles;
  struct Content;
  explicit Manifest(std::shared_ptr<const Content> content) : content_(std::move(content)) {}
  std::shared_ptr<const Content> content_;
};

}  // namespace rdsteady
