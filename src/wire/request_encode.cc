#include <cmath>

#include <fmt/format.h>

#include "base/suggest.h"
#include "base/text.h"
#include "base/time.h"
#include "wire/form.h"
#include "wire/member_index.h"
#include "wire/query.h"

namespace rdsteady::wire {
namespace {

using model::Shape;
using model::ShapeType;

std::string_view Expected(ShapeType type) {
  switch (type) {
    case ShapeType::kStructure: return "a structure";
    case ShapeType::kList: return "a list";
    case ShapeType::kMap: return "a map";
    case ShapeType::kString: return "text";
    case ShapeType::kBoolean: return "true or false";
    case ShapeType::kInteger:
    case ShapeType::kLong: return "an integer";
    case ShapeType::kDouble: return "a number";
    case ShapeType::kTimestamp: return "a time such as 2026-01-02T03:04:05Z";
  }
  return "another type";
}

// Walks the value beside its shape. path_ is the wire name of the place reached; it grows and shrinks in place.
class RequestWriter {
 public:
  explicit RequestWriter(const model::Operation& operation) : operation_(operation) {
    out_ = "Action=";
    out_ += operation.name;
    out_ += "&Version=";
    out_ += model::kApiVersion;
  }

  [[nodiscard]] Result<void> Structure(const Shape& shape, const Properties& members) {
    for (const auto& [name, value] : members) {
      if (value.IsNull()) continue;
      const model::Member* member = LookUpMember(shape, name);
      if (member == nullptr) return Unknown(shape, name);
      const std::size_t mark = Enter(name);
      if (auto written = Write(*member->shape, value); !written) return written;
      path_.resize(mark);
    }
    return {};
  }
  [[nodiscard]] std::string Take() && { return std::move(out_); }

  // An operation without an input shape takes no member at all.
  [[nodiscard]] Result<void> Nothing(const Properties& members) {
    for (const auto& [name, value] : members) {
      if (!value.IsNull())
        return Fault(fmt::format("{} takes no parameters, but '{}' was given", operation_.name, name));
    }
    return {};
  }

 private:
  [[nodiscard]] Result<void> Write(const Shape& shape, const Value& value) {
    switch (shape.type) {
      case ShapeType::kStructure:
        if (const auto* members = value.If<Properties>()) return Structure(shape, *members);
        break;
      case ShapeType::kList:
        if (const auto* items = value.If<List>()) return WriteList(shape, *items);
        break;
      case ShapeType::kMap:
        if (const auto* entries = value.If<Properties>()) return WriteMap(shape, *entries);
        break;
      case ShapeType::kString:
        if (const auto* text = value.If<std::string>()) return Emit(*text);
        if (const auto* secret = value.If<Secret>()) return WriteSecret(*secret);
        break;
      case ShapeType::kBoolean:
        if (const auto* flag = value.If<bool>()) return Emit(*flag ? "true" : "false");
        break;
      case ShapeType::kInteger:
      case ShapeType::kLong:
        if (const auto* number = value.If<std::int64_t>()) return Emit(fmt::format_int(*number).c_str());
        break;
      case ShapeType::kDouble:
        if (const auto* number = value.If<std::int64_t>()) return Emit(fmt::format_int(*number).c_str());
        if (const auto* number = value.If<double>(); number != nullptr && std::isfinite(*number)) {
          return Emit(FormatDouble(*number));
        }
        break;
      case ShapeType::kTimestamp:
        if (const auto* text = value.If<std::string>()) {
          if (const auto at = ParseIso8601(*text)) return Emit(FormatIso8601(*at));
        }
        break;
    }
    return Fault(fmt::format("{} of {} must be {}", path_, operation_.name, Expected(shape.type)));
  }

  [[nodiscard]] Result<void> WriteSecret(const Secret& secret) {
    if (secret.source() == Secret::Source::kLiteral) return Emit(secret.Reveal());
    return Fault(
        fmt::format("{} of {} is a secret that was not resolved ({})", path_, operation_.name, secret.Describe()));
  }

  [[nodiscard]] Result<void> WriteList(const Shape& shape, const List& items) {
    if (items.empty()) return Emit("");
    const std::size_t mark = Enter(shape.element_name);
    for (std::size_t i = 0; i < items.size(); ++i) {
      const std::size_t item_mark = Enter(fmt::format_int(i + 1).c_str());
      const std::size_t size_before = out_.size();
      if (auto written = Write(*shape.element, items[i]); !written) return written;
      // The protocol has no spelling for an item without content; leaving it out would renumber the others silently.
      if (out_.size() == size_before) return Fault(fmt::format("{} of {} is empty", path_, operation_.name));
      path_.resize(item_mark);
    }
    path_.resize(mark);
    return {};
  }

  [[nodiscard]] Result<void> WriteMap(const Shape& shape, const Properties& entries) {
    const std::size_t mark = Enter(shape.element_name);
    std::size_t number = 0;
    for (const auto& [key, value] : entries) {
      if (value.IsNull()) continue;
      const std::size_t entry_mark = Enter(fmt::format_int(++number).c_str());
      const std::size_t key_mark = Enter("key");
      if (auto written = Emit(key); !written) return written;
      path_.resize(key_mark);
      Enter("value");
      if (auto written = Write(*shape.element, value); !written) return written;
      path_.resize(entry_mark);
    }
    path_.resize(mark);
    return {};
  }

  // Returns what path_ is to be cut back to afterwards.
  std::size_t Enter(std::string_view name) {
    const std::size_t mark = path_.size();
    if (mark != 0) path_ += '.';
    path_ += name;
    return mark;
  }

  // Names are letters, digits and dots by the table's own check, so only the value needs escaping.
  [[nodiscard]] Result<void> Emit(std::string_view text) {
    out_ += '&';
    out_ += path_;
    out_ += '=';
    AppendPercentEncoded(out_, text);
    return {};
  }

  [[nodiscard]] std::unexpected<Error> Unknown(const Shape& shape, std::string_view name) const {
    std::vector<std::string_view> known;
    for (const model::Member& member : shape.members)
      known.push_back(member.name);
    return Fault(
        fmt::format("unknown parameter '{}{}{}' of {}", path_, path_.empty() ? "" : ".", name, operation_.name),
        DidYouMean(name, known));
  }

  [[nodiscard]] std::unexpected<Error> Fault(std::string message, std::string hint = {}) const {
    return Fail(Error{.category = ErrorCategory::kUsage,
                      .message = std::move(message),
                      .hint = std::move(hint),
                      .operation = std::string(operation_.name)});
  }

  const model::Operation& operation_;
  std::string out_;
  std::string path_;
};

}  // namespace

Result<std::string> EncodeRequest(const model::Operation& operation, const Properties& input) {
  RequestWriter writer(operation);
  const Result<void> written =
      operation.input == nullptr ? writer.Nothing(input) : writer.Structure(*operation.input, input);
  if (!written) return std::unexpected(written.error());
  return std::move(writer).Take();
}

}  // namespace rdsteady::wire
