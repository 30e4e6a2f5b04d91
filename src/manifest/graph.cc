#include "manifest/graph.h"

#include <algorithm>
#include <string>
#include <unordered_map>

#include <fmt/format.h>

#include "base/text.h"

namespace rdsteady::manifest {
namespace {

std::string Identity(const model::Kind& kind, std::string_view name) {
  return std::string(kind.name) + '/' + ToLower(name);
}

// Depth first, without recursion: a chain of replicas may be as long as the manifest.
class Sorter {
 public:
  Sorter(std::vector<DesiredResource>& resources, Faults& faults) : resources_(resources), faults_(faults) {
    for (std::size_t i = 0; i < resources.size(); ++i) {
      by_identity_.emplace(Identity(*resources[i].kind, resources[i].name), i);
      if (!resources[i].renamed_from.empty()) {
        left_names_.emplace(Identity(*resources[i].kind, resources[i].renamed_from), i);
      }
    }
  }

  std::vector<DesiredResource> Run() && {
    CheckRenames();
    states_.resize(resources_.size());
    for (std::size_t i = 0; i < resources_.size(); ++i)
      VisitFrom(i);
    std::vector<DesiredResource> sorted;
    sorted.reserve(order_.size());
    for (const std::size_t i : order_)
      sorted.push_back(std::move(resources_[i]));
    return sorted;
  }

 private:
  enum class State : std::uint8_t { kNew, kOpen, kDone };
  struct Step {
    std::size_t resource;
    std::vector<Reference> references;
    std::size_t next = 0;
  };

  void CheckRenames() {
    std::unordered_map<std::string, std::size_t> first;
    for (std::size_t i = 0; i < resources_.size(); ++i) {
      const DesiredResource& resource = resources_[i];
      if (resource.renamed_from.empty()) continue;
      const std::string old = Identity(*resource.kind, resource.renamed_from);
      const auto where = [](const DesiredResource& r) { return r.where_stated.find("renamed_from")->second; };
      const auto named = by_identity_.find(old);
      if (named != by_identity_.end() && named->second != i) {
        faults_.Error(where(resource),
                      fmt::format("{} takes the name of '{}', which the manifest names too", resource.Id(),
                                  resource.renamed_from),
                      {}, {{"named here", resources_[named->second].where}});
      }
      const auto [place, inserted] = first.emplace(old, i);
      if (!inserted) {
        faults_.Error(where(resource), fmt::format("two resources are renamed from '{}'", resource.renamed_from), {},
                      {{"the other one here", where(resources_[place->second])}});
      }
    }
  }

  void VisitFrom(std::size_t start) {
    if (states_[start] != State::kNew) return;
    Open(start);
    while (!path_.empty()) {
      Step& step = path_.back();
      if (step.next == step.references.size()) {
        states_[step.resource] = State::kDone;
        order_.push_back(step.resource);
        path_.pop_back();
        continue;
      }
      const Reference& reference = step.references[step.next++];
      const std::string identity = Identity(*reference.kind, reference.name);
      const auto found = by_identity_.find(identity);
      if (found == by_identity_.end()) {
        CheckLeft(identity, reference);
        continue;
      }
      if (states_[found->second] == State::kNew) Open(found->second);
      else if (states_[found->second] == State::kOpen) ReportCycle(found->second);
    }
  }

  void Open(std::size_t resource) {
    states_[resource] = State::kOpen;
    path_.push_back({resource, ReferencesOf(resources_[resource])});
  }

  void CheckLeft(const std::string& identity, const Reference& reference) {
    const auto left = left_names_.find(identity);
    if (left == left_names_.end()) return;
    const DesiredResource& renamed = resources_[left->second];
    faults_.Error(
        reference.where,
        fmt::format("{} names '{}', which is being renamed to '{}'", reference.property, reference.name, renamed.name),
        fmt::format("write {}: {}", reference.property, renamed.name), {{"renamed here", renamed.where}});
  }

  // From the resource that closes the circle along the open path and back to it.
  void ReportCycle(std::size_t closing) {
    const auto first = std::ranges::find(path_, closing, &Step::resource);
    std::string path;
    Faults::Also also;
    for (auto step = first; step != path_.end(); ++step) {
      path += resources_[step->resource].Id() + " -> ";
      if (step != first) {
        const Reference& taken = step->references[step->next - 1];
        also.emplace_back(fmt::format("{} refers on here", resources_[step->resource].Id()), taken.where);
      }
    }
    path += resources_[closing].Id();
    faults_.Error(first->references[first->next - 1].where,
                  first + 1 == path_.end() ? fmt::format("{} refers to itself", resources_[closing].Id())
                                           : fmt::format("references go round in a circle: {}", path),
                  {}, std::move(also));
  }

  std::vector<DesiredResource>& resources_;
  Faults& faults_;
  std::unordered_map<std::string, std::size_t> by_identity_;
  std::unordered_map<std::string, std::size_t> left_names_;
  std::vector<State> states_;
  std::vector<Step> path_;
  std::vector<std::size_t> order_;
};

}  // namespace

std::vector<Reference> ReferencesOf(const DesiredResource& resource) {
  std::vector<Reference> references;
  const auto add = [&](const model::Kind& kind, const Value& value, const std::string& property) {
    const auto* name = value.If<std::string>();
    if (name == nullptr || name->starts_with("arn:")) return;
    const auto where = resource.where_stated.find(property);
    references.push_back({&kind, *name, property, where == resource.where_stated.end() ? SourceSpan() : where->second});
  };
  for (const auto& [property, value] : resource.properties) {
    const model::Property* row = model::FindProperty(*resource.kind, property);
    const model::Kind* kind = row == nullptr || row->references.empty() ? nullptr : model::FindKind(row->references);
    if (kind == nullptr) continue;
    if (const List* list = value.If<List>()) {
      for (const Value& item : *list)
        add(*kind, item, property);
    } else {
      add(*kind, value, property);
    }
  }
  return references;
}

void RefuseTwins(std::vector<DesiredResource>& resources, Faults& faults) {
  std::unordered_map<std::string, SourceSpan> seen;
  std::erase_if(resources, [&](const DesiredResource& resource) {
    const auto [first, inserted] = seen.emplace(Identity(*resource.kind, resource.name), resource.where);
    if (!inserted) {
      faults.Error(resource.where, fmt::format("{} is named twice", resource.Id()), {},
                   {{"first named here", first->second}});
    }
    return !inserted;
  });
}

void Order(std::vector<DesiredResource>& resources, Faults& faults) {
  resources = Sorter(resources, faults).Run();
}

}  // namespace rdsteady::manifest
