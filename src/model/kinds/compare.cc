#include "model/kinds/compare.h"

#include <algorithm>
#include <cstdint>
#include <set>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"
#include "model/kinds/parameter_value.h"
#include "model/kinds/read_trace.h"
#include "model/kinds/sight.h"

namespace rdsteady::model {
namespace {

constexpr std::string_view kPendingRoot = "PendingModifiedValues";

const Value& Null() {
  static const Value null;
  return null;
}

// Texts as they are, scalars as they would be written: 2 and "2" are the same processor feature.
std::string AsText(const Value& value) {
  const auto* text = value.If<std::string>();
  return text != nullptr ? *text : ToDisplay(value);
}

std::vector<std::string> AsTexts(const Value& value) {
  std::vector<std::string> texts;
  if (const auto* list = value.If<List>()) {
    for (const Value& item : *list)
      texts.push_back(AsText(item));
  }
  std::ranges::sort(texts);
  return texts;
}

bool IsEmpty(const Value& value) {
  if (value.IsNull()) return true;
  if (const auto* list = value.If<List>()) return list->empty();
  if (const auto* map = value.If<Properties>()) return map->empty();
  return false;
}

bool IsNullOrZero(const Value& value) {
  return value.IsNull() || value == Value(0);
}

// "Status=removing|gone" holds for {Status: Removing}.
bool IsIgnored(const Value& element, std::string_view ignore) {
  const std::size_t equals = ignore.find('=');
  if (equals == std::string_view::npos) return false;
  const Value* member = element.Find(ignore.substr(0, equals));
  if (member == nullptr || !member->Is<std::string>()) return false;
  return std::ranges::any_of(Split(ignore.substr(equals + 1), '|'), [member](std::string_view status) {
    return EqualsIgnoreCase(status, member->As<std::string>());
  });
}

// Lists of {item_key, item_value} as a map; a map is one already.
Value AsMap(const Property& property, const Value& value) {
  const auto* list = value.If<List>();
  if (list == nullptr) return value;
  Properties map;
  for (const Value& item : *list) {
    const Value* key = item.Find(property.item_key);
    const Value* content = item.Find(property.item_value);
    if (key != nullptr && key->Is<std::string>()) {
      map.insert_or_assign(key->As<std::string>(), content == nullptr ? Value() : *content);
    }
  }
  return map;
}

// {RoleArn, FeatureName}: the status is no part of what is asked for, and an empty feature is none.
Value AsRolePairs(const Value& value) {
  const auto* list = value.If<List>();
  if (list == nullptr) return value;
  List pairs;
  for (const Value& item : *list) {
    Properties pair;
    for (const std::string_view member : {"FeatureName", "RoleArn"}) {
      const Value* found = item.Find(member);
      if (found != nullptr && !found->IsNull() && *found != Value("")) pair.emplace(member, *found);
    }
    pairs.emplace_back(std::move(pair));
  }
  return pairs;
}

// The shape that manifests use.
Value Shaped(const Property& property, Value read) {
  switch (property.compare) {
    case Compare::kPresence: return Value(!IsEmpty(read));
    case Compare::kTextMap:
    case Compare::kNameValueList:
    case Compare::kParameterMap: return AsMap(property, read);
    case Compare::kRolePairs: return AsRolePairs(read);
    case Compare::kSet:
    case Compare::kMultiset:
    case Compare::kKeyedVolumes: return read;
    default: break;
  }
  if (const auto* list = read.If<List>()) return list->empty() ? Value() : Value(list->front());
  return read;
}

bool EqualTexts(const Value& want, const Value& have) {
  return !have.IsNull() && EqualsIgnoreCase(AsText(want), AsText(have));
}

// ZERO-IS-NULL, and for a limit that is switched off by sending what it limits: that value too.
bool ReachedZeroIsNull(const Property& property, const Sight& sight, const Value& want, const Value& have) {
  if (property.reset != Reset::kSendLiveOf) return IsNullOrZero(want) ? IsNullOrZero(have) : want == have;
  const Value& limited = LiveOf(sight, property.reset_with);
  const auto is_off = [&limited](const Value& value) {
    return IsNullOrZero(value) || (!limited.IsNull() && value == limited);
  };
  return is_off(want) ? is_off(have) : want == have;
}

// GROW-ONLY and AUTOSCALE-FLOOR: growth of less than a tenth is rounded up to a tenth, and autoscaling grows by itself.
bool ReachedFloor(const Sight& sight, std::int64_t want, std::int64_t have) {
  if (have == want) return true;
  if (have < want) return false;
  if (IsAutoscaled(sight)) return true;
  return !sight.Engine().starts_with("sqlserver") && have * 10 <= want * 11;
}

// VERSION-PREFIX and VERSION-FLOOR.
bool ReachedVersion(const Sight& sight, std::string_view want, std::string_view have) {
  if (EqualsIgnoreCase(want, have) || IsVersionPrefix(want, have)) return true;
  return IsTrue(StatedOrLive(sight, "AutoMinorVersionUpgrade")) && !CrossesMajor(sight.Engine(), have, want) &&
         CompareVersions(have, want) > 0;
}

template <class Parse>
bool ReachedWindow(const Value& want, const Value& have, Parse parse) {
  const auto stated = parse(AsText(want));
  const auto live = parse(AsText(have));
  return stated && live ? *stated == *live : EqualTexts(want, have);
}

// KMS-RESOLVE. Both may be names: a policy compares what is stated.
bool ReachedKmsKey(const Property& property, const Sight& sight, const Value& want, const Value& have) {
  if (have.IsNull()) return false;
  const NamedKey* named[] = {NamedKeyOf(property, sight, want), NamedKeyOf(property, sight, have)};
  std::string keys[] = {AsText(want), AsText(have)};
  for (std::size_t i = 0; i < std::size(keys); ++i) {
    if (named[i] == nullptr) continue;
    if (named[i]->what == NamedKey::What::kMissing) return false;
    if (named[i]->what == NamedKey::What::kKnown) keys[i] = named[i]->text;
  }
  return IsKeyAlias(keys[0]) || IsKeyAlias(keys[1]) || IsSameKey(keys[0], keys[1]);
}

std::string DoubtOfKey(const Property& property, const Sight& sight, const Value& want, const Value& have) {
  const std::string stated = AsText(want);
  if (!IsKeyAlias(stated)) return {};
  if (sight.keys == nullptr)
    return fmt::format("{} is an alias, which is taken to mean the live key {}", stated, AsText(have));
  // Nobody asked because there was nothing to compare it with: this run has sent it itself.
  const NamedKey* key = NamedKeyOf(property, sight, want);
  if (key == nullptr || key->what != NamedKey::What::kUntold) return {};
  return fmt::format("{}: {} could not be resolved and is taken to mean the live key {}: {}", property.name, stated,
                     AsText(have), key->text);
}

// "us-east-1:123456789012" of an RDS ARN.
std::string_view RegionAndAccount(std::string_view arn) {
  std::size_t from = 0;
  for (int colons = 0; colons < 3; ++colons) {
    from = arn.find(':', from);
    if (from == std::string_view::npos) return {};
    ++from;
  }
  const std::size_t account = arn.find(':', from);
  if (account == std::string_view::npos) return {};
  const std::size_t end = arn.find(':', account + 1);
  return end == std::string_view::npos ? std::string_view() : arn.substr(from, end - from);
}

// The resource's own ARN, whatever its kind calls it.
std::string_view OwnArn(const Value& live) {
  if (const auto* members = live.If<Properties>()) {
    for (const auto& [name, value] : *members) {
      const auto* text = value.If<std::string>();
      if (name.ends_with("Arn") && text != nullptr && text->contains(":rds:")) return *text;
    }
  }
  return {};
}

// ARN-OR-NAME: inside a region the answer is the bare name, across regions the ARN.
bool ReachedArnOrName(const Sight& sight, std::string_view want, std::string_view have) {
  if (EqualsIgnoreCase(want, have)) return true;
  const bool want_arn = want.starts_with("arn:");
  if (want_arn == have.starts_with("arn:") || !EqualsIgnoreCase(NameOfArn(want), NameOfArn(have))) return false;
  const std::string_view own = OwnArn(sight.live);
  return own.empty() || RegionAndAccount(want_arn ? want : have) == RegionAndAccount(own);
}

// Spaces after commas mean nothing, nor does case.
std::string NormalDistinguishedName(std::string_view name) {
  std::vector<std::string> parts;
  for (const std::string_view part : Split(name, ','))
    parts.push_back(ToLower(Trim(part)));
  return Join(parts, ",");
}

bool ReachedMap(const Property& property, const Sight& sight, const Value& want, const Value& have) {
  const Value stated = AsMap(property, want);
  const Value live = AsMap(property, have);
  const auto* keys = stated.If<Properties>();
  if (keys == nullptr) return want == have;
  return std::ranges::all_of(*keys, [&](const auto& entry) {
    const Value* found = live.Find(entry.first);
    return KeyReached(property, entry.second, found == nullptr ? Null() : *found,
                      LiveItem(property, sight.live, entry.first));
  });
}

bool ReachedVolume(const Sight& sight, const Properties& want, const Value* have) {
  const Value* remove = Find(want, "SetForDelete");
  if (remove != nullptr && IsTrue(*remove)) return have == nullptr;
  if (have == nullptr) return false;
  return std::ranges::all_of(want, [&](const auto& entry) {
    const auto& [member, value] = entry;
    const Value* found = have->Find(member);
    const Value& live = found == nullptr ? Null() : *found;
    if (member == "VolumeName" || member == "SetForDelete" || value.IsNull()) return true;
    if (member == "StorageType") return EqualTexts(value, live);
    const bool grows = member == "AllocatedStorage" && value.template Is<std::int64_t>() && live.Is<std::int64_t>();
    if (!grows) return IsNullOrZero(value) ? IsNullOrZero(live) : value == live;
    // Autoscaling is the volume's own, not the instance's.
    const Value* limit = have->Find("MaxAllocatedStorage");
    if (limit != nullptr && !IsNullOrZero(*limit) && live.As<std::int64_t>() >= value.template As<std::int64_t>()) {
      return true;
    }
    static const Properties kNoLimit{{"MaxAllocatedStorage", Value(0)}};
    const Sight volume{.desired = kNoLimit, .live = sight.live};
    return ReachedFloor(volume, value.template As<std::int64_t>(), live.As<std::int64_t>());
  });
}

// Volumes that are not stated are untouched.
bool ReachedVolumes(const Sight& sight, const Value& want, const Value& have) {
  const auto* stated = want.If<List>();
  const auto* live = have.If<List>();
  if (stated == nullptr) return IsEmpty(want);
  return std::ranges::all_of(*stated, [&](const Value& volume) {
    const auto* members = volume.If<Properties>();
    const Value* name = volume.Find("VolumeName");
    if (members == nullptr || name == nullptr) return false;
    const Value* found = nullptr;
    if (live != nullptr) {
      for (const Value& candidate : *live) {
        const Value* candidate_name = candidate.Find("VolumeName");
        if (candidate_name != nullptr && EqualTexts(*name, *candidate_name)) found = &candidate;
      }
    }
    return ReachedVolume(sight, *members, found);
  });
}

bool EqualRolePairs(const Value& want, const Value& have) {
  const auto normal = [](const Value& value) {
    std::set<std::pair<std::string, std::string>> pairs;
    const Value shaped = AsRolePairs(value);
    if (const auto* list = shaped.If<List>()) {
      for (const Value& item : *list) {
        const Value* role = item.Find("RoleArn");
        const Value* feature = item.Find("FeatureName");
        pairs.emplace(role == nullptr ? "" : AsText(*role), feature == nullptr ? "" : AsText(*feature));
      }
    }
    return pairs;
  };
  return normal(want) == normal(have);
}

bool IsSetEqual(const Value& want, const Value& have) {
  const auto unique = [](const Value& value) {
    const auto texts = AsTexts(value);
    return std::set<std::string>(texts.begin(), texts.end());
  };
  return unique(want) == unique(have);
}

// THREE-VALUES: what an explicit null wants to see.
bool ReachedReset(const Property& property, const Sight& sight, const Value& have) {
  if (property.reset == Reset::kSendLiveOf) return ReachedZeroIsNull(property, sight, Value(), have);
  if (property.compare == Compare::kPresence) return !IsTrue(have);
  if (!property.absent_equals.empty() && EqualTexts(Value(property.absent_equals), have)) return true;
  return IsEmpty(have) || (property.reset == Reset::kSendZero && IsNullOrZero(have));
}

bool AreIntegers(const Value& a, const Value& b) {
  return a.Is<std::int64_t>() && b.Is<std::int64_t>();
}

// ReadPath, without a trace.
Value At(const Value& live, std::string_view path, std::string_view ignore = {}) {
  const Value* at = &live;
  while (!path.empty()) {
    const std::size_t dot = path.find('.');
    const std::string_view segment = path.substr(0, dot);
    const std::string_view rest = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
    const std::size_t bracket = segment.find('[');
    at = at->Find(segment.substr(0, bracket));
    if (at == nullptr) return {};
    path = rest;
    if (bracket == std::string_view::npos) continue;
    const auto* list = at->If<List>();
    if (list == nullptr) return {};
    const auto index = ParseInteger(segment.substr(bracket + 1, segment.size() - bracket - 2));
    if (index) {
      if (*index < 0 || std::cmp_greater_equal(*index, list->size())) return {};
      at = &(*list)[static_cast<std::size_t>(*index)];
      continue;
    }
    List found;
    for (const Value& element : *list) {
      if (IsIgnored(element, ignore)) continue;
      Value value = rest.empty() ? element : At(element, rest);
      if (!value.IsNull()) found.push_back(std::move(value));
    }
    return found;
  }
  return *at;
}

// A map is read key by key: who asks for a key says so with LiveItem.
bool IsReadByKey(const Property& property) {
  return property.compare == Compare::kTextMap || property.compare == Compare::kParameterMap;
}

}  // namespace

Value ReadPath(const Value& live, std::string_view path, std::string_view ignore) {
  ReadTrace::Note(live, ReadTrace::Place::What::kPath, path, ignore);
  return At(live, path, ignore);
}

Value ReadLive(const Property& property, const Value& live) {
  if (property.live.empty()) return {};
  using What = ReadTrace::Place::What;
  ReadTrace::Note(live, IsReadByKey(property) ? What::kCarried : What::kLive, property.name);
  Value read = At(live, property.live, property.live_ignore);
  if (IsEmpty(read) && !property.live_or.empty()) {
    Value other = At(live, property.live_or);
    if (!IsNullOrZero(other)) read = std::move(other);
  }
  return Shaped(property, std::move(read));
}

std::optional<Value> ReadPending(const Property& property, const Value& live) {
  if (!property.pending.empty() || !property.pending_elsewhere.empty())
    ReadTrace::Note(live, ReadTrace::Place::What::kPending, property.name);
  if (!property.pending_elsewhere.empty()) {
    Value read = Shaped(property, At(live, property.pending_elsewhere, property.pending_ignore));
    return read.IsNull() ? std::nullopt : std::optional(std::move(read));
  }
  if (property.pending.empty()) return std::nullopt;
  const Value* root = live.Find(kPendingRoot);
  if (root == nullptr) return std::nullopt;
  Value read = At(*root, property.pending);
  if (property.delta_add.empty()) {
    if (IsEmpty(read)) return std::nullopt;
    return Shaped(property, std::move(read));
  }
  const std::vector<std::string> add = AsTexts(At(read, property.pending_add));
  const std::vector<std::string> remove = AsTexts(At(read, property.pending_remove));
  if (add.empty() && remove.empty()) return std::nullopt;
  const std::vector<std::string> now = AsTexts(ReadLive(property, live));
  std::set<std::string> then(now.begin(), now.end());
  then.insert(add.begin(), add.end());
  for (const std::string& item : remove)
    then.erase(item);
  return Value(List(then.begin(), then.end()));
}

Value LiveItem(const Property& property, const Value& live, std::string_view key) {
  ReadTrace::Note(live, ReadTrace::Place::What::kItem, property.name, key);
  const Value read = At(live, property.live, property.live_ignore);
  if (const auto* list = read.If<List>()) {
    for (const Value& item : *list) {
      const Value* name = item.Find(property.item_key);
      if (name != nullptr && *name == Value(key)) return item;
    }
  }
  return {};
}

bool KeyReached(const Property& property, const Value& want, const Value& have, const Value& live_item) {
  if (property.compare == Compare::kParameterMap) return ParameterReached(want, have, live_item);
  if (want.IsNull()) return have.IsNull();
  return !have.IsNull() && AsText(want) == AsText(have);
}

bool Reached(const Property& property, const Sight& sight, const Value& want, const Value& have) {
  if (want.IsNull() && property.reset != Reset::kNotPossible) return ReachedReset(property, sight, have);
  if (have.IsNull() && !property.absent_equals.empty() && EqualTexts(want, Value(property.absent_equals))) return true;
  switch (property.compare) {
    case Compare::kNever: return true;
    case Compare::kExact: return want == have;
    case Compare::kIgnoreCase:
    case Compare::kIdentifier: return EqualTexts(want, have);
    case Compare::kInteger: return want == have;
    case Compare::kIntegerZeroIsNull: return ReachedZeroIsNull(property, sight, want, have);
    case Compare::kStorageFloor:
      return AreIntegers(want, have) && ReachedFloor(sight, want.As<std::int64_t>(), have.As<std::int64_t>());
    case Compare::kBoolean:
    case Compare::kPresence: return IsTrue(want) == IsTrue(have);
    case Compare::kVersion: return !have.IsNull() && ReachedVersion(sight, AsText(want), AsText(have));
    case Compare::kDailyWindow: return ReachedWindow(want, have, ParseDailyWindow);
    case Compare::kWeeklyWindow: return ReachedWindow(want, have, ParseWeeklyWindow);
    case Compare::kKmsKey: return ReachedKmsKey(property, sight, want, have);
    case Compare::kArnOrName: return !have.IsNull() && ReachedArnOrName(sight, AsText(want), AsText(have));
    case Compare::kSet: return IsSetEqual(want, have);
    case Compare::kMultiset: return AsTexts(want) == AsTexts(have);
    case Compare::kTextMap:
    case Compare::kNameValueList:
    case Compare::kParameterMap: return ReachedMap(property, sight, want, have);
    case Compare::kKeyedVolumes: return ReachedVolumes(sight, want, have);
    case Compare::kRolePairs: return EqualRolePairs(want, have);
    case Compare::kDistinguishedName:
      return !have.IsNull() && NormalDistinguishedName(AsText(want)) == NormalDistinguishedName(AsText(have));
  }
  return false;
}

const NamedKey* NamedKeyOf(const Property& property, const Sight& sight, const Value& want) {
  const auto* name = want.If<std::string>();
  if (property.compare != Compare::kKmsKey || sight.keys == nullptr || name == nullptr) return nullptr;
  const auto found = sight.keys->find(*name);
  if (found == sight.keys->end()) return nullptr;
  // What was not told decides nothing that could move.
  if (found->second.what != NamedKey::What::kUntold)
    ReadTrace::Note(sight.live, ReadTrace::Place::What::kKey, property.name, *name);
  return &found->second;
}

std::string ShownMeaning(const Property& property, const Sight& sight, const Value& want) {
  const NamedKey* key = NamedKeyOf(property, sight, want);
  if (key == nullptr || key->what != NamedKey::What::kKnown) return ToDisplay(want);
  return fmt::format("{} ({})", ToDisplay(want), key->text);
}

std::string DoubtOf(const Property& property, const Sight& sight, const Value& want, const Value& have) {
  if (want.IsNull() || have.IsNull() || want == have || !Reached(property, sight, want, have)) return {};
  switch (property.compare) {
    case Compare::kKmsKey: return DoubtOfKey(property, sight, want, have);
    case Compare::kVersion:
      if (IsVersionPrefix(AsText(want), AsText(have))) return {};
      return fmt::format("automatic minor upgrades have moved {} from {} to {}", property.name, AsText(want),
                         AsText(have));
    case Compare::kStorageFloor:
      return fmt::format("{} is {} where {} is stated: the service has rounded it up or grown it", property.name,
                         ToDisplay(have), ToDisplay(want));
    default: return {};
  }
}

std::string_view NameOfArn(std::string_view arn_or_name) {
  if (!arn_or_name.starts_with("arn:")) return arn_or_name;
  return arn_or_name.substr(arn_or_name.find_last_of(":/") + 1);
}

}  // namespace rdsteady::model
