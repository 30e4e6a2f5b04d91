// State to JSON records and back. A record holds everything of one thing; what can be derived is not kept.
#include <algorithm>

#include "base/json.h"
#include "base/text.h"
#include "local/sim/input.h"
#include "local/sim/machine.h"

namespace rdsteady::local::sim {
namespace {

constexpr std::int64_t kFormat = 1;
constexpr std::string_view kKinds[] = {"instance", "subnet-group", "parameter-group", "snapshot", "tags",
                                       "event",    "meta",         "discarded"};

std::string Text(Instant at) {
  return FormatIso8601(at, true);
}

Instant TimeAt(const Properties& from, std::string_view name) {
  return ParseIso8601(TextOr(from, name)).value_or(Instant{});
}

Properties MapAt(const Properties& from, std::string_view name) {
  const Value* value = Find(from, name);
  return value != nullptr && value->Is<Properties>() ? value->As<Properties>() : Properties{};
}

List ListAt(const Properties& from, std::string_view name) {
  const Value* value = Find(from, name);
  return value != nullptr && value->Is<List>() ? value->As<List>() : List{};
}

Properties ToProperties(const std::map<std::string, std::string>& texts) {
  return {texts.begin(), texts.end()};
}

std::map<std::string, std::string> ToTexts(const Properties& from) {
  std::map<std::string, std::string> texts;
  for (const auto& [name, value] : from)
    texts[name] = TextOf(value).value_or("");
  return texts;
}

Value ToValue(const Activity& activity) {
  Properties out{{"kind", static_cast<int>(activity.kind)}, {"status", activity.status},
                 {"lasts", activity.lasts.count()},         {"keys", ToList(activity.keys)},
                 {"argument", activity.argument},           {"started", activity.started},
                 {"reported", activity.reported},           {"due", Text(activity.due)}};
  if (activity.verb.has_value()) out["verb"] = static_cast<int>(*activity.verb);
  return out;
}

Activity ToActivity(const Value& value) {
  Activity activity;
  if (!value.Is<Properties>()) return activity;
  const Properties& from = value.As<Properties>();
  activity.kind = static_cast<ActivityKind>(IntOr(from, "kind"));
  activity.status = TextOr(from, "status");
  activity.lasts = Millis(IntOr(from, "lasts"));
  activity.keys = TextsAt(from, "keys");
  activity.argument = TextOr(from, "argument");
  activity.started = BoolOr(from, "started");
  activity.reported = BoolOr(from, "reported");
  activity.due = TimeAt(from, "due");
  if (auto verb = IntAt(from, "verb")) activity.verb = static_cast<EngineVerb>(*verb);
  return activity;
}

Properties ToProperties(const Birth& birth) {
  if (birth.data_id.empty()) return {};
  Properties out{{"data_id", birth.data_id}, {"log_of", birth.log_of}};
  if (birth.until.has_value()) out["until"] = Text(*birth.until);
  return out;
}

Properties ToProperties(const Maintenance& maintenance) {
  Properties out{{"action", maintenance.action},
                 {"description", maintenance.description},
                 {"opt_in", maintenance.opt_in},
                 {"opted_at", Text(maintenance.opted_at)}};
  if (maintenance.auto_applied_after.has_value()) out["auto_applied_after"] = Text(*maintenance.auto_applied_after);
  if (maintenance.forced.has_value()) out["forced"] = Text(*maintenance.forced);
  return out;
}

Maintenance ToMaintenance(const Properties& from) {
  Maintenance maintenance{.action = TextOr(from, "action"),
                          .description = TextOr(from, "description"),
                          .opt_in = TextOr(from, "opt_in"),
                          .opted_at = TimeAt(from, "opted_at"),
                          .auto_applied_after = {},
                          .forced = {}};
  if (Has(from, "auto_applied_after")) maintenance.auto_applied_after = TimeAt(from, "auto_applied_after");
  if (Has(from, "forced")) maintenance.forced = TimeAt(from, "forced");
  return maintenance;
}

Properties ToProperties(const Snapshot& snapshot) {
  return {{"status", snapshot.status},
          {"answer", snapshot.answer},
          {"settings", snapshot.settings},
          {"instance_tags", ToProperties(snapshot.instance_tags)},
          {"password_verifier", snapshot.password_verifier},
          {"data_id", snapshot.data_id},
          {"taken", Text(snapshot.taken)},
          {"real", snapshot.real}};
}

Snapshot ToSnapshot(const RecordKey& key, const Properties& from) {
  return {.identifier = key.name,
          .status = TextOr(from, "status", "available"),
          .answer = MapAt(from, "answer"),
          .settings = MapAt(from, "settings"),
          .instance_tags = ToTexts(MapAt(from, "instance_tags")),
          .password_verifier = TextOr(from, "password_verifier"),
          .data_id = TextOr(from, "data_id"),
          .taken = TimeAt(from, "taken"),
          .real = BoolOr(from, "real")};
}

Properties ToProperties(const Instance& instance) {
  List phases;
  for (const Activity& phase : instance.phases)
    phases.push_back(ToValue(phase));
  List facets;
  for (const Activity& facet : instance.facets)
    facets.push_back(ToValue(facet));
  List maintenance;
  for (const Maintenance& one : instance.maintenance)
    maintenance.push_back(ToProperties(one));
  return {{"resource_id", instance.resource_id},
          {"maintenance", std::move(maintenance)},
          {"settings", instance.settings},
          {"pending", instance.pending},
          {"pending_since", Text(instance.pending_since)},
          {"pending_on_reboot", List(instance.pending_on_reboot.begin(), instance.pending_on_reboot.end())},
          {"base_status", instance.base_status},
          {"status_reason", instance.status_reason},
          {"phases", std::move(phases)},
          {"facets", std::move(facets)},
          {"real", instance.real},
          {"endpoint_known", instance.endpoint_known},
          {"address", instance.address},
          {"password_verifier", instance.password_verifier},
          {"next_verifier", instance.next_verifier},
          {"created", Text(instance.created)},
          {"stopped_at", Text(instance.stopped_at)},
          {"active_parameter_group", instance.active_parameter_group},
          {"running_parameters", ToProperties(instance.running_parameters)},
          {"source_resource_id", instance.source_resource_id},
          {"source_reference", instance.source_reference},
          {"secret", instance.secret},
          {"roles", instance.roles},
          {"security_groups", ToProperties(instance.security_groups)},
          {"domain_status", instance.domain_status},
          {"birth", ToProperties(instance.birth)},
          {"last_backup", Text(instance.last_backup)}};
}

Instance ToInstance(const RecordKey& key, const Properties& from) {
  Instance instance{.scope = key.scope, .identifier = key.name};
  instance.resource_id = TextOr(from, "resource_id");
  instance.settings = MapAt(from, "settings");
  instance.pending = MapAt(from, "pending");
  instance.pending_since = TimeAt(from, "pending_since");
  for (std::string& name : TextsAt(from, "pending_on_reboot"))
    instance.pending_on_reboot.insert(std::move(name));
  instance.base_status = TextOr(from, "base_status");
  instance.status_reason = TextOr(from, "status_reason");
  for (const Value& phase : ListAt(from, "phases"))
    instance.phases.push_back(ToActivity(phase));
  for (const Value& facet : ListAt(from, "facets"))
    instance.facets.push_back(ToActivity(facet));
  instance.real = BoolOr(from, "real");
  instance.endpoint_known = BoolOr(from, "endpoint_known");
  instance.address = TextOr(from, "address");
  instance.password_verifier = TextOr(from, "password_verifier");
  instance.next_verifier = TextOr(from, "next_verifier");
  instance.created = TimeAt(from, "created");
  instance.stopped_at = TimeAt(from, "stopped_at");
  instance.active_parameter_group = TextOr(from, "active_parameter_group");
  instance.running_parameters = ToTexts(MapAt(from, "running_parameters"));
  instance.source_resource_id = TextOr(from, "source_resource_id");
  instance.source_reference = TextOr(from, "source_reference");
  instance.secret = MapAt(from, "secret");
  instance.roles = ListAt(from, "roles");
  instance.security_groups = ToTexts(MapAt(from, "security_groups"));
  instance.domain_status = TextOr(from, "domain_status");
  const Properties birth = MapAt(from, "birth");
  instance.birth = {.data_id = TextOr(birth, "data_id"), .log_of = TextOr(birth, "log_of")};
  if (Has(birth, "until")) instance.birth.until = TimeAt(birth, "until");
  for (const Value& one : ListAt(from, "maintenance")) {
    if (one.Is<Properties>()) instance.maintenance.push_back(ToMaintenance(one.As<Properties>()));
  }
  instance.last_backup = TimeAt(from, "last_backup");
  return instance;
}

Properties ToProperties(const ParameterGroup& group) {
  Properties values;
  for (const auto& [name, value] : group.values) {
    values[name] = Properties{{"value", value.value}, {"apply_method", value.apply_method}};
  }
  return {{"family", group.family}, {"description", group.description}, {"values", std::move(values)}};
}

Properties ToProperties(const Event& event) {
  return {{"sequence", static_cast<std::int64_t>(event.sequence)},
          {"at", Text(event.at)},
          {"source_type", event.source_type},
          {"source", event.source},
          {"source_arn", event.source_arn},
          {"message", event.message},
          {"categories", ToList(event.categories)}};
}

std::string KeyText(const RecordKey& key) {
  return std::string(kKinds[static_cast<std::size_t>(key.kind)]) + "/" + key.scope.account + "/" + key.scope.region +
         "/" + key.name;
}

std::optional<RecordKey> ParseKey(std::string_view text) {
  std::string_view parts[3];
  for (std::string_view& part : parts) {
    const std::size_t slash = text.find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    part = text.substr(0, slash);
    text.remove_prefix(slash + 1);
  }
  const auto* kind = std::ranges::find(kKinds, parts[0]);
  if (kind == std::end(kKinds)) return std::nullopt;
  return RecordKey{static_cast<RecordKind>(kind - std::begin(kKinds)),
                   {std::string(parts[1]), std::string(parts[2])},
                   std::string(text)};
}

}  // namespace

std::string Machine::Body(const RecordKey& key) const {
  if (key.kind == RecordKind::kMeta) {
    return ToJson(Properties{{"format", kFormat},
                             {"now", Text(now_)},
                             {"next_job", static_cast<std::int64_t>(next_job_)},
                             {"next_name", static_cast<std::int64_t>(next_name_)},
                             {"next_event", static_cast<std::int64_t>(next_event_)}});
  }
  auto found = realms_.find(key.scope);
  if (found == realms_.end()) return {};
  const Realm& realm = found->second;
  auto body_of = [&](const auto& map, auto to_properties) -> std::string {
    auto item = map.find(key.name);
    return item == map.end() ? std::string() : ToJson(Value(to_properties(item->second)));
  };
  switch (key.kind) {
    case RecordKind::kInstance:
      return body_of(realm.instances, [](const Instance& instance) { return ToProperties(instance); });
    case RecordKind::kSubnetGroup:
      return body_of(realm.subnet_groups, [](const SubnetGroup& group) {
        return Properties{
            {"description", group.description}, {"vpc_id", group.vpc_id}, {"subnet_ids", ToList(group.subnet_ids)}};
      });
    case RecordKind::kParameterGroup:
      return body_of(realm.parameter_groups, [](const ParameterGroup& group) { return ToProperties(group); });
    case RecordKind::kSnapshot:
      return body_of(realm.snapshots, [](const Snapshot& snapshot) { return ToProperties(snapshot); });
    case RecordKind::kTags: return body_of(realm.tags, [](const auto& tags) { return ToProperties(tags); });
    case RecordKind::kEvent: {
      const auto sequence = static_cast<std::uint64_t>(ParseInteger(key.name).value_or(0));
      auto event = std::ranges::lower_bound(realm.events, sequence, {}, &Event::sequence);
      if (event == realm.events.end() || event->sequence != sequence) return {};
      return ToJson(ToProperties(*event));
    }
    case RecordKind::kDiscarded: return body_of(realm.discarded, [](std::uint64_t) { return Properties{}; });
    case RecordKind::kMeta: break;
  }
  return {};
}

std::vector<Record> Machine::TakeChangedRecords() {
  std::vector<Record> records;
  records.reserve(changed_.size());
  for (const RecordKey& key : changed_)
    records.push_back({.key = KeyText(key), .body = Body(key)});
  changed_.clear();
  return records;
}

std::expected<void, std::string> Machine::LoadOne(const Record& record) {
  auto key = ParseKey(record.key);
  if (!key.has_value()) return std::unexpected("record '" + record.key + "' is of an unknown kind");
  auto parsed = ParseJson(record.body);
  if (!parsed.has_value()) {
    return std::unexpected("record '" + record.key + "' is damaged: " + parsed.error().message);
  }
  if (!parsed->Is<Properties>()) return std::unexpected("record '" + record.key + "' is damaged: it is no object");
  const Properties& from = parsed->As<Properties>();
  Realm& realm = RealmOf(key->scope);
  switch (key->kind) {
    case RecordKind::kInstance:
      if (!Has(from, "resource_id")) return std::unexpected("record '" + record.key + "' is damaged: no resource_id");
      AddInstance(ToInstance(*key, from));
      break;
    case RecordKind::kSubnetGroup:
      realm.subnet_groups[key->name] = {.name = key->name,
                                        .description = TextOr(from, "description"),
                                        .vpc_id = TextOr(from, "vpc_id"),
                                        .subnet_ids = TextsAt(from, "subnet_ids")};
      break;
    case RecordKind::kParameterGroup: {
      ParameterGroup group{.name = key->name,
                           .family = TextOr(from, "family"),
                           .description = TextOr(from, "description"),
                           .values = {}};
      for (const auto& [name, value] : MapAt(from, "values")) {
        if (!value.Is<Properties>()) continue;
        group.values[name] = {TextOr(value.As<Properties>(), "value"), TextOr(value.As<Properties>(), "apply_method")};
      }
      realm.parameter_groups[key->name] = std::move(group);
      break;
    }
    case RecordKind::kSnapshot: KeepSnapshot(key->scope, ToSnapshot(*key, from)); break;
    case RecordKind::kDiscarded: realm.discarded[key->name] = 0; break;
    case RecordKind::kTags: realm.tags[key->name] = ToTexts(from); break;
    case RecordKind::kEvent:
      realm.events.push_back({.sequence = static_cast<std::uint64_t>(IntOr(from, "sequence")),
                              .at = TimeAt(from, "at"),
                              .source_type = TextOr(from, "source_type"),
                              .source = TextOr(from, "source"),
                              .source_arn = TextOr(from, "source_arn"),
                              .message = TextOr(from, "message"),
                              .categories = TextsAt(from, "categories")});
      break;
    case RecordKind::kMeta:
      if (IntOr(from, "format") != kFormat) {
        return std::unexpected("the stored state has format " + std::to_string(IntOr(from, "format")) +
                               ", and this program reads format " + std::to_string(kFormat));
      }
      // The machine's clock may have been set back meanwhile; this one never is.
      now_ = std::max(now_, TimeAt(from, "now"));
      next_job_ = static_cast<std::uint64_t>(IntOr(from, "next_job", 1));
      next_name_ = static_cast<std::uint64_t>(IntOr(from, "next_name", 1));
      next_event_ = static_cast<std::uint64_t>(IntOr(from, "next_event", 1));
      break;
  }
  return {};
}

std::expected<void, std::string> Machine::Load(const std::vector<Record>& records, Instant now) {
  now_ = now;
  for (const Record& record : records) {
    if (auto loaded = LoadOne(record); !loaded.has_value()) return loaded;
  }
  std::vector<Instance*> instances;
  for (auto& [scope, realm] : realms_) {
    std::ranges::sort(realm.events, {}, &Event::sequence);
    for (auto& [identifier, instance] : realm.instances)
      instances.push_back(&instance);
  }
  // All of them first, so that replicas see that their source is on its way.
  for (Instance* instance : instances)
    TakeUp(*instance);
  for (auto& [scope, realm] : realms_)
    PumpDiscarded(scope);
  for (Instance* instance : instances) {
    // Its own time comes first: what fell due while nobody ran happens in the order of its timers.
    for (Activity& facet : instance->facets)
      Start(*instance, facet);
    if (!instance->phases.empty()) Start(*instance, instance->phases.front());
    Touch(*instance);
    SetTimer({RecordKind::kInstance, instance->scope, instance->identifier}, now_);
  }
  return {};
}

void Machine::TakeUp(Instance& instance) {
  const Activity* front = instance.phases.empty() ? nullptr : &instance.phases.front();
  // Jobs that bring the engine up, or make an end of it, are given out again as they are.
  const bool settles_itself = front != nullptr && front->started && front->verb.has_value() && !front->reported &&
                              front->verb != EngineVerb::kSetPassword && front->verb != EngineVerb::kPromote &&
                              front->verb != EngineVerb::kReload && front->verb != EngineVerb::kSnapshot;
  const bool should_run = instance.real && instance.endpoint_known && instance.base_status != "stopped";
  if (should_run && !settles_itself && !HasFacet(instance, ActivityKind::kRecovery)) {
    instance.facets.insert(instance.facets.begin(),
                           Activity{.kind = ActivityKind::kRecovery, .verb = EngineVerb::kStart});
  }
}

}  // namespace rdsteady::local::sim
