// What rules may see of other resources: their live answers, as far as they were read, and what the manifest states.
// Refers to both, which must outlive it. Pure.
#pragma once

#include <map>

#include "manifest/manifest.h"
#include "plan/plan.h"

namespace rdsteady::plan {

class OthersInWorld final : public model::Others {
 public:
  OthersInWorld(const World& world, const manifest::Manifest& manifest);
  [[nodiscard]] const Value* Live(std::string_view kind, std::string_view name) const override;
  [[nodiscard]] const Properties* Stated(std::string_view kind, std::string_view name) const override;
  [[nodiscard]] std::string_view OldName(std::string_view kind, std::string_view name) const override;

 private:
  [[nodiscard]] const manifest::DesiredResource* Find(std::string_view kind, std::string_view name) const;

  const World& world_;
  std::map<ResourceKey, const manifest::DesiredResource*> stated_;
};

}  // namespace rdsteady::plan
