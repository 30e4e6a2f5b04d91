#include "report/words.h"

#include <fmt/format.h>

namespace rdsteady::report {

std::string_view Word(model::Disruption disruption) {
  switch (disruption) {
    case model::Disruption::kNone: return "none";
    case model::Disruption::kDegraded: return "degraded";
    case model::Disruption::kFailover: return "failover";
    case model::Disruption::kRestart: return "restart";
    case model::Disruption::kOutage: return "outage";
    case model::Disruption::kUnknown: return "unknown";
  }
  return "unknown";
}

std::string_view Word(model::Reversible reversible) {
  switch (reversible) {
    case model::Reversible::kYes: return "yes";
    case model::Reversible::kNo: return "no";
    case model::Reversible::kUnknown: return "unknown";
  }
  return "unknown";
}

std::string_view Word(model::Destroys destroys) {
  switch (destroys) {
    case model::Destroys::kNothing: return "nothing";
    case model::Destroys::kBackups: return "backups";
    case model::Destroys::kVolume: return "volume";
    case model::Destroys::kSecret: return "secret";
    case model::Destroys::kReplicationLink: return "replication-link";
    case model::Destroys::kHistory: return "history";
    case model::Destroys::kOther: return "other";
  }
  return "other";
}

std::string_view Word(model::ActsWhen when) {
  switch (when) {
    case model::ActsWhen::kNow: return "now";
    case model::ActsWhen::kAsynchronous: return "soon";
    case model::ActsWhen::kWindow: return "window";
    case model::ActsWhen::kNextReboot: return "next-reboot";
    case model::ActsWhen::kNotApplicable: return "not-applicable";
    case model::ActsWhen::kUnknown: return "unknown";
  }
  return "unknown";
}

std::string_view Word(model::Maybe maybe) {
  switch (maybe) {
    case model::Maybe::kNo: return "no";
    case model::Maybe::kYes: return "yes";
    case model::Maybe::kMaybe: return "maybe";
  }
  return "maybe";
}

std::string_view Word(plan::Fate fate) {
  switch (fate) {
    case plan::Fate::kUnchanged: return "unchanged";
    case plan::Fate::kCreate: return "create";
    case plan::Fate::kUpdate: return "update";
    case plan::Fate::kScheduled: return "scheduled";
    case plan::Fate::kRefused: return "refused";
  }
  return "refused";
}

std::string_view Word(plan::Action action) {
  switch (action) {
    case plan::Action::kCreate: return "create";
    case plan::Action::kModify: return "modify";
    case plan::Action::kOperation: return "operation";
    case plan::Action::kWithdraw: return "withdraw";
  }
  return "operation";
}

std::string_view Word(plan::When when) {
  return when == plan::When::kNow ? "now" : "window";
}

std::string_view Word(plan::Verdict verdict) {
  switch (verdict) {
    case plan::Verdict::kEqual: return "equal";
    case plan::Verdict::kScheduled: return "scheduled";
    case plan::Verdict::kDiffers: return "differs";
    case plan::Verdict::kNotCompared: return "not-compared";
    case plan::Verdict::kUnknowable: return "unknowable";
    case plan::Verdict::kRefused: return "refused";
  }
  return "refused";
}

std::string_view Word(apply::ResourceResult result) {
  switch (result) {
    case apply::ResourceResult::kUnchanged: return "unchanged";
    case apply::ResourceResult::kCreated: return "created";
    case apply::ResourceResult::kUpdated: return "updated";
    case apply::ResourceResult::kScheduled: return "scheduled";
    case apply::ResourceResult::kAccepted: return "accepted";
    case apply::ResourceResult::kRefused: return "refused";
    case apply::ResourceResult::kFailed: return "failed";
  }
  return "failed";
}

std::string_view Word(apply::Event::What what) {
  switch (what) {
    case apply::Event::What::kStarted: return "started";
    case apply::Event::What::kWaitingFor: return "waiting-for";
    case apply::Event::What::kCalling: return "calling";
    case apply::Event::What::kCalled: return "called";
    case apply::Event::What::kStatus: return "status";
    case apply::Event::What::kNote: return "note";
    case apply::Event::What::kDone: return "done";
    case apply::Event::What::kFailed: return "failed";
    case apply::Event::What::kRefused: return "refused";
  }
  return "note";
}

std::string_view Word(ErrorCategory category) {
  switch (category) {
    case ErrorCategory::kUsage: return "usage";
    case ErrorCategory::kRefused: return "refused";
    case ErrorCategory::kService: return "service";
    case ErrorCategory::kTransport: return "transport";
    case ErrorCategory::kCredentials: return "credentials";
    case ErrorCategory::kFailed: return "failed";
    case ErrorCategory::kInterrupted: return "interrupted";
    case ErrorCategory::kInternal: return "internal";
  }
  return "internal";
}

std::string Paint(const TextStyle& style, Ink ink, std::string_view text) {
  if (!style.colour || ink == Ink::kPlain || text.empty()) return std::string(text);
  std::string_view code;
  switch (ink) {
    case Ink::kPlain: break;
    case Ink::kBold: code = "1"; break;
    case Ink::kDim: code = "2"; break;
    case Ink::kGreen: code = "32"; break;
    case Ink::kYellow: code = "33"; break;
    case Ink::kRed: code = "31"; break;
    case Ink::kCyan: code = "36"; break;
  }
  return fmt::format("\x1b[{}m{}\x1b[0m", code, text);
}

std::string Printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    // 0xC2 0x80..0x9F are the C1 controls in UTF-8; terminals obey them like an escape sequence.
    const bool c1 = byte == 0xC2 && at + 1 < text.size() && static_cast<unsigned char>(text[at + 1]) < 0xA0;
    if (c1) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned>(static_cast<unsigned char>(text[++at])));
    } else if (byte < 0x20 || byte == 0x7F) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned>(byte));
    } else {
      out += text[at];
    }
  }
  return out;
}

bool IsSensitiveProperty(const model::Kind& kind, std::string_view property) {
  const model::Property* row = model::FindProperty(kind, plan::PropertyOf(property));
  const model::Member* member = row == nullptr ? nullptr : model::ApiMember(kind, *row);
  if (member == nullptr) return row == nullptr && model::IsSensitiveName(property);
  return member->sensitive || member->shape->sensitive;
}

std::string Position(const SourceSpan& where) {
  if (where.file == nullptr) return {};
  if (where.line == 0) return where.file->path;
  return fmt::format("{}:{}:{}", where.file->path, where.line, where.column);
}

std::string Counted(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string Elapsed(Millis duration) {
  const auto whole = std::chrono::floor<std::chrono::seconds>(duration);
  return whole < std::chrono::minutes(1) ? fmt::format("{}s", whole.count()) : FormatDuration(whole);
}

std::string_view TextOf(const Value& map, std::string_view member) {
  const Value* found = map.Find(member);
  const auto* text = found == nullptr ? nullptr : found->If<std::string>();
  return text == nullptr ? std::string_view() : std::string_view(*text);
}

bool FlagOf(const Value& map, std::string_view member) {
  const Value* found = map.Find(member);
  const auto* flag = found == nullptr ? nullptr : found->If<bool>();
  return flag != nullptr && *flag;
}

std::int64_t NumberOf(const Value& map, std::string_view member) {
  const Value* found = map.Find(member);
  const auto* number = found == nullptr ? nullptr : found->If<std::int64_t>();
  return number == nullptr ? 0 : *number;
}

const List& ListOf(const Value& map, std::string_view member) {
  static const List* const kEmpty = new List;
  const Value* found = map.Find(member);
  const auto* list = found == nullptr ? nullptr : found->If<List>();
  return list == nullptr ? *kEmpty : *list;
}

}  // namespace rdsteady::report
