#include "model/kinds/sight.h"

#include "base/text.h"
#include "model/kinds/compare.h"
#include "model/kinds/read_trace.h"

namespace rdsteady::model {
namespace {

const Value& Null() {
  static const Value null;
  return null;
}

}  // namespace

const Value& StatedOf(const Sight& sight, std::string_view property) {
  const Value* found = Find(sight.desired, property);
  return found == nullptr ? Null() : *found;
}

const Value& LiveOf(const Sight& sight, std::string_view path) {
  ReadTrace::Note(sight.live, ReadTrace::Place::What::kPath, path);
  const Value* found = sight.live.FindPath(path);
  return found == nullptr ? Null() : *found;
}

const Value& StatedOrLive(const Sight& sight, std::string_view property, std::string_view live_path) {
  if (const Value* found = Find(sight.desired, property)) return *found;
  return LiveOf(sight, live_path.empty() ? property : live_path);
}

bool IsStated(const Sight& sight, std::string_view property) {
  return Find(sight.desired, property) != nullptr;
}

bool IsAsked(const Sight& sight, std::string_view property) {
  const Value& value = StatedOf(sight, property);
  return !value.IsNull() && value != Value(false);
}

bool IsTrue(const Value& value) {
  const auto* flag = value.If<bool>();
  return flag != nullptr && *flag;
}

std::string_view TextOf(const Value& value) {
  const auto* text = value.If<std::string>();
  return text == nullptr ? std::string_view() : std::string_view(*text);
}

std::optional<std::int64_t> IntegerOf(const Value& value) {
  const auto* number = value.If<std::int64_t>();
  return number == nullptr ? std::nullopt : std::optional(*number);
}

bool HasItems(const Value& value) {
  const auto* list = value.If<List>();
  return list != nullptr && !list->empty();
}

const List* OffersOf(const Sight& sight, std::string_view preflight) {
  if (sight.offers == nullptr) return nullptr;
  const auto found = sight.offers->find(preflight);
  return found == sight.offers->end() ? nullptr : found->second.get();
}

bool Exists(const Sight& sight) {
  return !sight.live.IsNull();
}

bool IsAutoscaled(const Sight& sight) {
  return IntegerOf(StatedOrLive(sight, "MaxAllocatedStorage")).value_or(0) > 0;
}

std::string Sight::Engine() const {
  if (const std::string_view stated = TextOf(StatedOrLive(*this, "Engine")); !stated.empty()) return ToLower(stated);
  const std::string_view source = TextOf(StatedOf(*this, "SourceDBInstanceIdentifier"));
  if (source.empty() || others == nullptr) return {};
  const Value* answer = others->Live("DBInstance", NameOfArn(source));
  if (answer != nullptr) return ToLower(TextOf(ReadPath(*answer, "Engine")));
  const Properties* manifest = others->Stated("DBInstance", NameOfArn(source));
  const Value* engine = manifest == nullptr ? nullptr : Find(*manifest, "Engine");
  return engine == nullptr ? std::string() : ToLower(TextOf(*engine));
}

}  // namespace rdsteady::model
