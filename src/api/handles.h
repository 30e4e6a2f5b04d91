// What the public handles hold, and the way in and out of them for the layers that make and render them.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "api/session.h"
#include "rdsteady/manifest.h"
#include "rdsteady/plan.h"

namespace rdsteady {

struct Manifest::Content {
  manifest::Manifest manifest;
  std::vector<std::string> warnings;
};

struct Plan::Content {
  api::Planned planned;
};

namespace api {

struct Handles {
  static Manifest Make(manifest::Manifest manifest, std::vector<std::string> warnings) {
    return Manifest(
        std::make_shared<const Manifest::Content>(Manifest::Content{std::move(manifest), std::move(warnings)}));
  }
  static Plan Make(Planned planned) {
    return Plan(std::make_shared<const Plan::Content>(Plan::Content{std::move(planned)}));
  }
  static const manifest::Manifest& Inside(const Manifest& handle) { return handle.content_->manifest; }
  static const Planned& Inside(const Plan& handle) { return handle.content_->planned; }
};

}  // namespace api
}  // namespace rdsteady
