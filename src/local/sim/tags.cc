// Tags, by the ARN of what they hang on.
#include <algorithm>

#include "base/text.h"
#include "local/sim/input.h"
#include "local/sim/network.h"
#include "local/sim/operations.h"
#include "local/sim/render.h"
#include "local/sim/validate.h"

namespace rdsteady::local::sim {
namespace {

// The ARN in the service's spelling, when it names something that exists.
Checked<std::string> RequireResource(const Request& request) {
  const std::string arn = TextOr(request.input, "ResourceName");
  auto parts = Split(arn, ':');
  if (parts.size() < 7 || parts[0] != "arn" || parts[2] != "rds") {
    return InvalidValue("Invalid resource name: " + arn);
  }
  const Scope scope{std::string(parts[4]), std::string(parts[3])};
  const std::string_view type = parts[5];
  const std::string name = ToLower(arn.substr(static_cast<std::size_t>(parts[6].data() - arn.data())));
  if (scope != request.scope) {
    return Refuse("AccessDenied", "The resource " + arn + " belongs to another account or region.");
  }
  Machine& machine = request.machine;
  auto& realm = machine.RealmOf(request.scope);
  auto answer = [&](bool exists, std::string_view code, std::string_view what) -> Checked<std::string> {
    if (exists) return ArnOf(scope, type, name);
    return Refuse(code, std::string(what) + " not found: " + name);
  };
  if (type == "db") return answer(realm.instances.contains(name), "DBInstanceNotFound", "DBInstance");
  if (type == "subgrp") {
    return answer(FindSubnetGroup(machine, scope, name) != nullptr, "DBSubnetGroupNotFoundFault", "DBSubnetGroup");
  }
  if (type == "pg") {
    return answer(machine.FindParameterGroup(scope, name) != nullptr, "DBParameterGroupNotFound", "DBParameterGroup");
  }
  if (type == "snapshot") return answer(realm.snapshots.contains(name), "DBSnapshotNotFound", "DBSnapshot");
  if (type == "og") return answer(name.starts_with("default:"), "OptionGroupNotFoundFault", "OptionGroup");
  return InvalidValue("Resources of type " + std::string(type) + " are not implemented by the local RDS: " + arn);
}

void TouchTags(const Request& request, const std::string& arn) {
  request.machine.Touch(RecordKind::kTags, request.scope, arn);
}

}  // namespace

Outcome AddTagsToResource(const Request& request) {
  auto arn = RequireResource(request);
  if (!arn.has_value()) return std::unexpected(arn.error());
  RDSTEADY_CHECK(CheckTags(request.input));
  auto& all = request.machine.RealmOf(request.scope).tags;
  std::map<std::string, std::string> after;
  if (auto found = all.find(*arn); found != all.end()) after = found->second;
  if (const Value* tags = Find(request.input, "Tags"); tags != nullptr && tags->Is<List>()) {
    for (const Value& tag : tags->As<List>()) {
      if (tag.Is<Properties>()) after[TextOr(tag.As<Properties>(), "Key")] = TextOr(tag.As<Properties>(), "Value");
    }
  }
  if (after.size() > 50) return InvalidValue("A resource can have at most 50 tags.");
  if (!after.empty()) all[*arn] = std::move(after);
  TouchTags(request, *arn);
  return Properties{};
}

Outcome RemoveTagsFromResource(const Request& request) {
  auto arn = RequireResource(request);
  if (!arn.has_value()) return std::unexpected(arn.error());
  auto& all = request.machine.RealmOf(request.scope).tags;
  auto found = all.find(*arn);
  if (found == all.end()) return Properties{};
  for (const std::string& key : TextsAt(request.input, "TagKeys"))
    found->second.erase(key);
  if (found->second.empty()) all.erase(found);
  TouchTags(request, *arn);
  return Properties{};
}

Outcome ListTagsForResource(const Request& request) {
  auto arn = RequireResource(request);
  if (!arn.has_value()) return std::unexpected(arn.error());
  return Properties{{"TagList", RenderTags(request.machine, request.scope, *arn)}};
}

}  // namespace rdsteady::local::sim
