#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <fmt/format.h>

#include "base/text.h"
#include "base/time.h"
#include "wire/member_index.h"
#include "wire/query.h"

namespace rdsteady::wire {
namespace {

using model::Shape;
using model::ShapeType;

// Bytes that may stand in element content as they are. The others: markup, controls, and everything beyond ASCII,
// which is looked at more closely.
constexpr std::array<bool, 256> kPlain = [] {
  std::array<bool, 256> table{};
  for (std::size_t c = 0x20; c < 0x7F; ++c)
    table[c] = c != '<' && c != '>' && c != '&';
  table['\n'] = table['\t'] = true;
  return table;
}();

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

// The length of the valid UTF-8 sequence of an XML character at the front of text; 0 when there is none.
std::size_t XmlCharacter(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  const std::string_view sequence = text.substr(0, length);
  if (sequence.size() < length || !IsValidUtf8(sequence)) return 0;
  if (sequence == "\xEF\xBF\xBE" || sequence == "\xEF\xBF\xBF") return 0;
  return length;
}

void AppendEscaped(std::string& out, std::string_view text) {
  while (!text.empty()) {
    std::size_t run = 0;
    while (run < text.size() && kPlain[static_cast<unsigned char>(text[run])])
      ++run;
    out.append(text.data(), run);
    text.remove_prefix(run);
    if (text.empty()) return;
    std::size_t taken = 1;
    switch (text.front()) {
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '&': out += "&amp;"; break;
      case '\r': out += "&#13;"; break;  // a bare one would be read back as a line feed
      case '\x7F': out += '\x7F'; break;
      default:
        if (static_cast<unsigned char>(text.front()) < 0x20) {
          out += kReplacement;
        } else if (const std::size_t length = XmlCharacter(text); length != 0) {
          out.append(text.data(), length);
          taken = length;
        } else {
          out += kReplacement;
        }
    }
    text.remove_prefix(taken);
  }
}

// One growth a tag. The size is computed here and not taken from the callback's argument: libstdc++ 12 passes its new
// capacity there when the text had to grow.
void Open(std::string& out, std::string_view name) {
  const std::size_t at = out.size();
  const std::size_t size = at + name.size() + 2;
  out.resize_and_overwrite(size, [&](char* data, std::size_t) {
    data[at] = '<';
    std::memcpy(data + at + 1, name.data(), name.size());
    data[size - 1] = '>';
    return size;
  });
}
void Close(std::string& out, std::string_view name) {
  const std::size_t at = out.size();
  const std::size_t size = at + name.size() + 3;
  out.resize_and_overwrite(size, [&](char* data, std::size_t) {
    data[at] = '<';
    data[at + 1] = '/';
    std::memcpy(data + at + 2, name.data(), name.size());
    data[size - 1] = '>';
    return size;
  });
}
void Element(std::string& out, std::string_view name, std::string_view text) {
  Open(out, name);
  AppendEscaped(out, text);
  Close(out, name);
}

// Most timestamps already have the usual form and need no parsing: "2026-01-02T03:04:05Z".
bool IsPlainTimestamp(std::string_view text) {
  constexpr std::string_view kForm = "dddd-dd-ddTdd:dd:ddZ";
  if (text.size() != kForm.size()) return false;
  for (std::size_t i = 0; i < kForm.size(); ++i) {
    if (kForm[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != kForm[i]) return false;
  }
  return true;
}

// Each function returns false after it has set fault_.
class ResponseWriter {
 public:
  explicit ResponseWriter(std::string& out) : out_(out) {}

  [[nodiscard]] bool Members(const Shape& shape, const Properties& members) {
    for (const auto& [name, value] : members) {
      if (value.IsNull()) continue;
      const model::Member* member = LookUpMember(shape, name);
      if (member == nullptr) return Misfit(fmt::format("{} has no member {}", shape.name, name));
      if (!Write(*member->shape, name, value)) return false;
    }
    return true;
  }
  [[nodiscard]] const std::string& fault() const { return fault_; }
  [[nodiscard]] bool Write(const Shape& shape, std::string_view name, const Value& value) {
    switch (shape.type) {
      case ShapeType::kStructure:
        if (const auto* members = value.If<Properties>()) {
          Open(out_, name);
          if (!Members(shape, *members)) return false;
          Close(out_, name);
          return true;
        }
        break;
      case ShapeType::kList:
        if (const auto* items = value.If<List>()) {
          Open(out_, name);
          for (const Value& item : *items) {
            if (!Write(*shape.element, shape.element_name, item)) return false;
          }
          Close(out_, name);
          return true;
        }
        break;
      case ShapeType::kMap:
        if (const auto* entries = value.If<Properties>()) return WriteMap(shape, name, *entries);
        break;
      case ShapeType::kString:
        if (const auto* text = value.If<std::string>()) return WriteText(name, *text);
        break;
      case ShapeType::kBoolean:
        if (const auto* flag = value.If<bool>()) return WriteText(name, *flag ? "true" : "false");
        break;
      case ShapeType::kInteger:
      case ShapeType::kLong:
        if (const auto* number = value.If<std::int64_t>()) return WriteInteger(name, *number);
        break;
      case ShapeType::kDouble:
        if (const auto* number = value.If<std::int64_t>()) return WriteInteger(name, *number);
        if (const auto* number = value.If<double>(); number != nullptr && std::isfinite(*number)) {
          return WriteText(name, FormatDouble(*number));
        }
        break;
      case ShapeType::kTimestamp:
        if (const auto* text = value.If<std::string>()) return WriteTimestamp(name, *text);
        break;
    }
    return Misfit(fmt::format("{} is not of the type of {}", name, shape.name));
  }

 private:
  [[nodiscard]] bool WriteMap(const Shape& shape, std::string_view name, const Properties& entries) {
    Open(out_, name);
    for (const auto& [key, value] : entries) {
      if (value.IsNull()) continue;
      Open(out_, "entry");
      Element(out_, "key", key);
      if (!Write(*shape.element, "value", value)) return false;
      Close(out_, "entry");
    }
    Close(out_, name);
    return true;
  }

  [[nodiscard]] bool WriteText(std::string_view name, std::string_view text) {
    Element(out_, name, text);
    return true;
  }
  [[nodiscard]] bool WriteInteger(std::string_view name, std::int64_t number) {
    const fmt::format_int digits(number);
    return WriteText(name, {digits.data(), digits.size()});
  }
  [[nodiscard]] bool WriteTimestamp(std::string_view name, std::string_view text) {
    if (IsPlainTimestamp(text)) {
      Open(out_, name);
      out_.append(text.data(), text.size() - 1);
      out_ += ".000Z";
      Close(out_, name);
      return true;
    }
    if (const auto at = ParseIso8601(text)) return WriteText(name, FormatIso8601(*at, true));
    return Misfit(fmt::format("{} is not a time", name));
  }

  bool Misfit(std::string fault) {
    fault_ = std::move(fault);
    return false;
  }

  std::string& out_;
  std::string fault_;
};

// <NameSuffix xmlns="...">
void OpenRoot(std::string& out, std::string_view name, std::string_view suffix) {
  out += '<';
  out += name;
  out += suffix;
  out += " xmlns=\"";
  out += model::kXmlNamespace;
  out += "\">";
}

void CloseRoot(std::string& out, const model::Operation& operation, std::string_view request_id) {
  Open(out, "ResponseMetadata");
  Element(out, "RequestId", request_id);
  out += "</ResponseMetadata></";
  out += operation.name;
  out += "Response>";
}

std::unexpected<Error> DoesNotFit(std::string_view fault, std::string_view operation = {}) {
  return Fail(Error{.category = ErrorCategory::kInternal,
                    .message = fmt::format("answer does not fit its shape: {}", fault),
                    .operation = std::string(operation)});
}

}  // namespace

Result<std::string> TryEncodeResponse(const model::Operation& operation, const Properties& output,
                                      std::string_view request_id) {
  // Pages repeat themselves: the last answer's size on this thread spares the next one its reallocations.
  thread_local std::size_t last_size = 1024;
  std::string out;
  out.reserve(std::min<std::size_t>(last_size + last_size / 8, std::size_t{4} << 20));
  OpenRoot(out, operation.name, "Response");
  if (operation.output != nullptr) {
    const std::string result = std::string(operation.name) + "Result";
    Open(out, result);
    ResponseWriter writer(out);
    if (!writer.Members(*operation.output, output)) return DoesNotFit(writer.fault(), operation.name);
    Close(out, result);
  } else if (!output.empty()) {
    return DoesNotFit("the operation answers nothing", operation.name);
  }
  CloseRoot(out, operation, request_id);
  last_size = out.size();
  return out;
}

Result<std::string> EncodeElement(std::string_view name, const model::Shape& shape, const Value& value) {
  std::string out;
  ResponseWriter writer(out);
  if (!writer.Write(shape, name, value)) return DoesNotFit(writer.fault());
  return out;
}

ResponseFrame FrameResponse(const model::Operation& operation, std::string_view request_id) {
  ResponseFrame frame;
  OpenRoot(frame.head, operation.name, "Response");
  if (operation.output != nullptr) {
    const std::string name = std::string(operation.name) + "Result";
    Open(frame.head, name);
    Close(frame.tail, name);
  }
  CloseRoot(frame.tail, operation, request_id);
  return frame;
}

std::string EncodeResponse(const model::Operation& operation, const Properties& output, std::string_view request_id) {
  auto encoded = TryEncodeResponse(operation, output, request_id);
  if (!encoded) {
    std::fputs(fmt::format("{}: {}\n", operation.name, encoded.error().message).c_str(), stderr);
    std::abort();
  }
  return *std::move(encoded);
}

std::string EncodeError(const ServiceError& error) {
  std::string out;
  OpenRoot(out, "ErrorResponse", "");
  Open(out, "Error");
  Element(out, "Type", error.type);
  Element(out, "Code", error.code);
  Element(out, "Message", error.message);
  Close(out, "Error");
  Element(out, "RequestId", error.request_id);
  Close(out, "ErrorResponse");
  return out;
}

}  // namespace rdsteady::wire
