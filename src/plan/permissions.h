// Which permissions `plan` and `apply` of a manifest need: every call that the kinds' tables can make for it, whatever
// is live, and what RDS demands besides. Pure; reads nothing but the manifest.
//
// Account and region are the manifest's, else "*". Names are as RDS stores them (lower case), and what IAM would take
// for a wildcard or a variable in them is escaped. No action that deletes can come out of it: births, modifications
// and operations are OperationNames, and the table of demanded actions is checked by the compiler.
#pragma once

#include <string>
#include <vector>

#include "manifest/manifest.h"

namespace rdsteady::plan {

// The Condition of a statement: operator, key, value.
struct PermissionCondition {
  std::string test;   // StringEquals
  std::string key;    // iam:AWSServiceName
  std::string value;  // rds.amazonaws.com
  friend auto operator<=>(const PermissionCondition&, const PermissionCondition&) = default;
};

struct Permission {
  std::string purpose;   // stem of the statement's name: ReadDBInstance, ChangeDBInstance, PassRole
  std::string action;    // rds:ModifyDBInstance
  std::string resource;  // an ARN, with "*" where something is not known, or "*"
  std::vector<PermissionCondition> conditions{};  // all must hold
  std::string reason;                             // for people
  bool confirmed = true;                          // false: no reference of AWS asks for it
};

struct Permissions {
  std::vector<Permission> plan;
  std::vector<Permission> apply;  // what plan needs, and what changes things
};

[[nodiscard]] Permissions PermissionsFor(const manifest::Manifest& manifest);

}  // namespace rdsteady::plan
