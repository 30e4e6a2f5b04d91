#include "base/json.h"

#include <algorithm>

#include <fmt/format.h>
#include <boost/json/stream_parser.hpp>
#include <boost/json/value.hpp>

#include "base/overloaded.h"
#include "base/text.h"

namespace rdsteady {
namespace {

void AppendQuoted(std::string& out, std::string_view text) {
  std::string repaired;
  if (!IsValidUtf8(text)) {
    for (const char c : text) {
      if (static_cast<unsigned char>(c) < 0x80) repaired += c;
      else repaired += "\xEF\xBF\xBD";
    }
    text = repaired;
  }
  out += '"';
  for (const char c : text) {
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
        else out += c;
    }
  }
  out += '"';
}

class Writer {
 public:
  Writer(std::string& out, bool pretty) : out_(out), pretty_(pretty) {}

  void Write(const Value& value, int depth) {
    std::visit(Overloaded{
                   [&](std::monostate) { out_ += "null"; },
                   [&](bool b) { out_ += b ? "true" : "false"; },
                   [&](std::int64_t i) { out_ += fmt::format("{}", i); },
                   [&](double d) { out_ += FormatDouble(d); },
                   [&](const std::string& s) { AppendQuoted(out_, s); },
                   [&](const List& list) { WriteList(list, depth); },
                   [&](const Properties& map) { WriteMap(map, depth); },
                   [&](const Secret& secret) {
                     out_ += "{\"secret\": ";
                     AppendQuoted(out_, secret.Describe());
                     out_ += '}';
                   },
               },
               value.storage());
  }

 private:
  void Separate(bool first, int depth) {
    if (!first) out_ += pretty_ ? "," : ", ";
    if (pretty_) {
      out_ += '\n';
      out_.append(static_cast<std::size_t>(depth) * 2, ' ');
    }
  }
  void Close(char bracket, bool empty, int depth) {
    if (pretty_ && !empty) {
      out_ += '\n';
      out_.append(static_cast<std::size_t>(depth) * 2, ' ');
    }
    out_ += bracket;
  }
  void WriteList(const List& list, int depth) {
    out_ += '[';
    bool first = true;
    for (const Value& item : list) {
      Separate(first, depth + 1);
      first = false;
      Write(item, depth + 1);
    }
    Close(']', list.empty(), depth);
  }
  void WriteMap(const Properties& map, int depth) {
    out_ += '{';
    bool first = true;
    for (const auto& [key, item] : map) {
      Separate(first, depth + 1);
      first = false;
      AppendQuoted(out_, key);
      out_ += ": ";
      Write(item, depth + 1);
    }
    Close('}', map.empty(), depth);
  }

  std::string& out_;
  bool pretty_;
};

Value FromBoost(const boost::json::value& json) {
  switch (json.kind()) {
    case boost::json::kind::null: return {};
    case boost::json::kind::bool_: return json.get_bool();
    case boost::json::kind::int64: return json.get_int64();
    case boost::json::kind::uint64: return static_cast<double>(json.get_uint64());
    case boost::json::kind::double_: return json.get_double();
    case boost::json::kind::string: return std::string_view(json.get_string());
    case boost::json::kind::array: {
      List list;
      list.reserve(json.get_array().size());
      for (const auto& item : json.get_array())
        list.push_back(FromBoost(item));
      return list;
    }
    case boost::json::kind::object: {
      Properties map;
      for (const auto& member : json.get_object())
        map.insert_or_assign(std::string(member.key()), FromBoost(member.value()));
      return map;
    }
  }
  return {};
}

}  // namespace

std::string ToJson(const Value& value, JsonStyle style) {
  std::string out;
  Writer(out, style.pretty).Write(value, 0);
  return out;
}

Result<Value> ParseJson(std::string_view text) {
  boost::system::error_code error;
  boost::json::stream_parser parser;
  const std::size_t read = parser.write_some(text.data(), text.size(), error);
  if (!error && read == text.size()) parser.finish(error);
  if (!error && read != text.size() && !Trim(text.substr(read)).empty()) error = boost::json::error::extra_data;
  if (error) {
    const std::string_view before = text.substr(0, read);
    const auto line = 1 + std::ranges::count(before, '\n');
    const auto column = 1 + before.size() - (before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1);
    return Fail(ErrorCategory::kUsage,
                fmt::format("not JSON at line {}, column {}: {}", line, column, error.message()));
  }
  return FromBoost(parser.release());
}

std::string JsonQuote(std::string_view text) {
  std::string out;
  AppendQuoted(out, text);
  return out;
}

}  // namespace rdsteady
