// What may be changed and when: the policy's rows and the flags, the strictest of all. Pure.
#pragma once

#include "plan/compare_resource.h"
#include "plan/plan.h"

namespace rdsteady::plan {

// Judges the plan of one resource on its way: before the steps are made (what may not be changed is taken out, what may
// run in the window only is held for it) and after (consents, limits, and operations that come from no difference).
// Refuses into `out`; holds references to all that it is given.
class PolicyJudge {
 public:
  PolicyJudge(const manifest::DesiredResource& desired, const Observation& observed, const manifest::Policy& policy,
              const Options& options, ResourcePlan& out);

  // The options as the policy leaves them: whether queued changes of others may be run.
  [[nodiscard]] Options Tightened() const;

  void JudgeDifferences(std::vector<Difference>& differences);
  // The steps from this one on.
  void JudgeSteps(std::size_t from = 0);
  void JudgeCreation();
  // Of what the resource will be: as stated, else as scheduled, else as live.
  void JudgeRequirements();

 private:
  struct Ruling {
    const manifest::Policy::Rule* strictest = nullptr;  // nullptr: no rule speaks of it
    const manifest::Policy::Rule* window = nullptr;  // one that lets it run in the window only; `ask` does not lift it
    [[nodiscard]] bool Says(manifest::Policy::Word word) const;
  };
  [[nodiscard]] Ruling RulingOf(const std::vector<std::string>& names) const;
  // The names under which a change is judged: its own, and those of the modifiers that it needs.
  [[nodiscard]] std::vector<std::string> NamesOf(std::string_view change) const;
  [[nodiscard]] bool IsLifted(const manifest::Policy::Rule& rule, const std::string& name) const;
  [[nodiscard]] bool IsInWindow() const;
  [[nodiscard]] bool IsGranted(const std::string& name) const;

  // False: `name` may not be changed, which has been said.
  bool IsListed(const std::string& name, SourceSpan where);
  void Hold(std::vector<Difference>& differences);
  void HoldTogether(std::vector<Difference>& differences) const;
  void JudgeDisruption();
  void JudgeFlushRefusals();
  void JudgeChange(Step& step, Change& change);
  void RefuseNever(const manifest::Policy::Rule& rule, const std::string& name, SourceSpan where);
  void RefuseAtOnce(const manifest::Policy::Rule& rule, const std::string& name, SourceSpan where);
  void Require(const manifest::Policy::Requirement& required);

  const manifest::DesiredResource& desired_;
  const model::Kind& kind_;
  const Observation& observed_;
  const manifest::Policy& policy_;
  const Options& options_;
  ResourcePlan& out_;
  model::Sight sight_;
  const manifest::Policy::Flush* flush_forbidden_ = nullptr;
  const manifest::Policy::Flush* flush_allowed_ = nullptr;
};

// True when `entry` of an allow-list names this change ("Tags.owner", "AllocatedStorage"): "AllocatedStorage" (of
// DBInstance), "DBSubnetGroup.SubnetIds", "DBParameterGroup.Parameters", "DBParameterGroup.Parameters.max_connections".
[[nodiscard]] bool AllowListNames(std::string_view entry, std::string_view kind, std::string_view change);

}  // namespace rdsteady::plan
