#include "apply/settle.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "model/kinds/compare.h"

namespace rdsteady::apply {
namespace {

constexpr std::chrono::seconds kApart{10};

std::vector<std::string> Texts(const Value& value) {
  std::vector<std::string> texts;
  if (const auto* list = value.If<List>()) {
    for (const Value& item : *list) {
      if (item.Is<std::string>()) texts.push_back(item.As<std::string>());
    }
  } else if (value.Is<std::string>()) {
    texts.push_back(value.As<std::string>());
  }
  return texts;
}

bool Holds(std::span<const std::string_view> names, const std::string& name) {
  return std::ranges::any_of(names, [&](std::string_view n) { return EqualsIgnoreCase(n, name); });
}

}  // namespace

Judgement Judge(const model::Kind& kind, const plan::Observation& reading,
                const std::set<std::string, std::less<>>& changed, bool all_facets) {
  Judgement judgement;
  if (!reading.exists) {
    judgement.state = Judgement::State::kGone;
    return judgement;
  }
  if (!kind.status_path.empty()) {
    const std::vector<std::string> status = Texts(model::ReadPath(reading.live, kind.status_path));
    judgement.status = status.empty() ? std::string() : status.front();
    if (const Value* percent = reading.live.Find("PercentProgress"); percent != nullptr) {
      // The service writes "42" here, and an empty text when it has nothing to say.
      if (const auto* text = percent->If<std::string>()) {
        if (const auto number = ParseInteger(*text)) judgement.percent = static_cast<int>(*number);
      } else if (const auto* number = percent->If<std::int64_t>()) {
        judgement.percent = static_cast<int>(*number);
      }
    }
    const model::StatusRow* row = model::FindStatus(kind, judgement.status);
    if (row != nullptr &&
        (row->status_class == model::StatusClass::kTerminal || row->status_class == model::StatusClass::kGone)) {
      judgement.state = Judgement::State::kFailed;
      judgement.failure = row->advice.empty() ? fmt::format("its status is {}", row->status)
                                              : fmt::format("its status is {}: {}", row->status, row->advice);
      return judgement;
    }
    // A status that only a person can end is an end of waiting, not a failure of what was asked.
    const bool passing = row == nullptr || row->status_class == model::StatusClass::kTransient;
    if (passing) {
      judgement.waiting_for = fmt::format("status {}", judgement.status.empty() ? "(none given)" : judgement.status);
      return judgement;
    }
  }
  for (const model::Facet& facet : kind.facets) {
    if (!all_facets && !changed.contains(facet.property)) continue;
    for (const std::string& at : Texts(model::ReadPath(reading.live, facet.path))) {
      if (Holds(facet.failed, at)) {
        judgement.state = Judgement::State::kFailed;
        judgement.failure = fmt::format("{} reports {}", facet.property, at);
        return judgement;
      }
      if (!Holds(facet.settled, at)) {
        judgement.waiting_for = fmt::format("{} {}", facet.property, at);
        return judgement;
      }
    }
  }
  judgement.state = Judgement::State::kSettled;
  return judgement;
}

bool Evidence::Add(const Judgement& judgement, bool reached, Instant at) {
  if (judgement.state != Judgement::State::kSettled) {
    moved_ = true;
    good_since_.reset();
    return false;
  }
  if (!reached) {
    good_since_.reset();
    return false;
  }
  if (moved_ || shows_at_once_) return true;
  if (!good_since_) good_since_ = at;
  return at - *good_since_ >= kApart;
}

}  // namespace rdsteady::apply
