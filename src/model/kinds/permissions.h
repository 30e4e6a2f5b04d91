// What IAM asks for the calls of the kinds: the resource types that an action names, and the actions of other services
// that RDS demands of the caller. Facts of the Service Authorization Reference of Amazon RDS, and of the guides that
// the rows name; what is not stated there is marked. Static, immutable, thread-safe.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace rdsteady::model {

// The resource type of a kind in ARNs: "db", "pg", "subgrp".
[[nodiscard]] std::string_view ArnTypeOf(std::string_view kind);

// True for actions that know no resource: they can be allowed on "*" only.
[[nodiscard]] bool NamesNoResource(std::string_view operation);
// True for actions that are asked of what they name alone, and not of the resource of the manifest.
[[nodiscard]] bool NamesOthersOnly(std::string_view operation);

// Another resource that an action names beside the resource itself, and that the policy must allow.
struct NamedResource {
  std::string_view operation;  // CreateDBInstance
  std::string_view type;       // og: arn:aws:rds:REGION:ACCOUNT:og:NAME
  std::string_view property;   // whose value is the name, or an ARN
  // The name where the property is not stated; empty: it is named only where it is stated.
  std::string_view unstated{};
  // In place of the value, where that is not the name in the ARN.
  std::string_view name{};
};
[[nodiscard]] std::span<const NamedResource> NamedResources();

// An action that the caller needs because of a property, besides the call that carries it.
struct DemandedAction {
  std::string_view kind;
  std::string_view property;  // empty: whenever one is created
  enum class When : std::uint8_t { kStated, kTrue, kArn } when = When::kStated;
  std::string_view action;  // iam:PassRole
  // On what: kAny "*"; kRole a role's ARN or name; kKey a KMS key, its ARN or an alias; kText `resource`, in which
  // REGION, ACCOUNT and PARTITION are filled in.
  enum class On : std::uint8_t { kAny, kRole, kKey, kText } on = On::kAny;
  std::string_view resource{};
  std::string_view member{};     // of the items, where the property is a list of structures: RoleArn
  std::string_view purpose;      // the stem of the statement's name
  std::string_view reason;       // for people
  bool confirmed = true;         // false: no reference of AWS says so
  std::string_view condition{};  // "Bool kms:GrantIsForAWSResource true": operator, key, value
};
[[nodiscard]] std::span<const DemandedAction> DemandedActions();

}  // namespace rdsteady::model
