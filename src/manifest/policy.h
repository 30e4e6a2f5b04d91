// Policy: what may be changed, when, and what must hold. Of a manifest's `policy:` and of policy files together; every
// row counts, and the strictest of those that match wins. docs/guides/policy.md says it for people.
//
// Plain values; the rows keep where they are written, so that a refusal can name its rule. Rows are judged in plan.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostics.h"
#include "model/kinds/kind.h"
#include "rdsteady/error.h"
#include "rdsteady/value.h"

namespace rdsteady::manifest {

class FileSource;

struct Policy {
  // What a row speaks of, and where it stands.
  struct Scope {
    const model::Kind* kind = nullptr;  // nullptr: of every kind
    std::string names = "*";            // a pattern: * any run of characters, ? one; without case
    SourceSpan where{};
    bool overridable = false;  // a flag that says otherwise may lift it

    [[nodiscard]] bool Covers(const model::Kind& of, std::string_view name) const;
    // "DBInstance prod-*", "" where it speaks of everything.
    [[nodiscard]] std::string Describe() const;
  };

  // Of changes to existing resources: "AllocatedStorage" (of DBInstance), "DBSubnetGroup.SubnetIds",
  // "DBParameterGroup.Parameters.max_connections". What a list does not hold is refused, or left and reported.
  enum class Others : std::uint8_t { kRefuse, kReport };
  struct AllowList {
    Scope scope;
    std::vector<std::string> names;
    Others others = Others::kRefuse;
  };

  struct Limit {
    Scope scope;
    model::Disruption most = model::Disruption::kOutage;
  };

  // The later, the stricter.
  enum class Word : std::uint8_t { kNow, kWindow, kAsk, kNever };
  struct Rule {
    Scope scope;
    std::string property;  // a pattern too: "Tags.*", "*"; or kCreate
    Word word = Word::kNow;
  };

  struct Flush {
    Scope scope;
    bool allowed = false;
  };

  // Consent by policy to what needs --allow-irreversible.
  struct Grant {
    Scope scope;
    std::string property;  // a pattern
  };

  // A value that must hold, of a property or of one key of a map.
  struct Requirement {
    enum class Is : std::uint8_t { kEqual, kAtLeast, kAtMost, kOneOf, kLike };
    Scope scope;
    const model::Property* property = nullptr;
    std::string key{};
    Is is = Is::kEqual;
    Value value;

    [[nodiscard]] std::string Name() const;      // "Tags.owner"
    [[nodiscard]] std::string Describe() const;  // "at least 7", "true", "one of [a, b]", "like db.m*"
    // Whether `have` is what is required. `sight` is of the resource: the comparators look at its other properties.
    [[nodiscard]] bool HeldBy(const Value& have, const model::Sight& sight) const;
  };

  std::vector<AllowList> allow_lists{};
  std::vector<Limit> limits{};
  std::vector<Rule> rules{};
  std::vector<Flush> flushes{};
  std::vector<Grant> grants{};
  std::vector<Requirement> requirements{};

  static constexpr std::string_view kCreate = "create";

  // The rows of `other` too.
  void Add(Policy other);
};

[[nodiscard]] std::string_view ToString(Policy::Word word);

// "prod-*", "?b": * is any run of characters, ? is one; without case.
[[nodiscard]] bool MatchesPattern(std::string_view pattern, std::string_view text);

// A policy file (--policy FILE): the members of `policy:` at the top, or below that one key.
struct PolicyOutcome {
  std::optional<Policy> policy{};  // present when there is no error
  std::vector<Diagnostic> diagnostics{};
};
[[nodiscard]] PolicyOutcome LoadPolicy(const std::string& path, const FileSource& source);

// The words that flags share with the manifest. Errors: kUsage.
[[nodiscard]] Result<model::Disruption> ParseMaxDisruption(std::string_view text);  // "failover"
[[nodiscard]] Result<void> CheckUpdatable(std::string_view entry);                  // of --allow-update

}  // namespace rdsteady::manifest
