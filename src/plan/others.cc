#include "plan/others.h"

#include "base/text.h"

namespace rdsteady::plan {

OthersInWorld::OthersInWorld(const World& world, const manifest::Manifest& manifest) : world_(world) {
  for (const manifest::DesiredResource& resource : manifest.resources)
    stated_.emplace(KeyOf(*resource.kind, resource.name), &resource);
}

const Value* OthersInWorld::Live(std::string_view kind, std::string_view name) const {
  const manifest::DesiredResource* resource = Find(kind, name);
  const auto it = world_.find(resource == nullptr ? ResourceKey{std::string(kind), ToLower(name)}
                                                  : ObservedKeyOf(world_, *resource));
  return it == world_.end() || !it->second.exists ? nullptr : &it->second.live;
}

const Properties* OthersInWorld::Stated(std::string_view kind, std::string_view name) const {
  const manifest::DesiredResource* resource = Find(kind, name);
  return resource == nullptr ? nullptr : &resource->properties;
}

std::string_view OthersInWorld::OldName(std::string_view kind, std::string_view name) const {
  const manifest::DesiredResource* resource = Find(kind, name);
  return resource == nullptr ? std::string_view() : std::string_view(resource->renamed_from);
}

const manifest::DesiredResource* OthersInWorld::Find(std::string_view kind, std::string_view name) const {
  const auto it = stated_.find(ResourceKey{std::string(kind), ToLower(name)});
  return it == stated_.end() ? nullptr : it->second;
}

}  // namespace rdsteady::plan
