// Each answer is parsed once, in a copy of its own, and each element's children are walked once.
#include <cstring>

#include <fmt/format.h>
#include <pugixml.hpp>

#include "base/text.h"
#include "base/time.h"
#include "wire/member_index.h"
#include "wire/query.h"

namespace rdsteady::wire {
namespace {

using model::Shape;
using model::ShapeType;

// White space alone is content when an element holds nothing else (a description of one blank). Text is kept in its
// element, which halves the nodes of a page. Document types, comments and processing instructions are dropped; entities
// other than XML's own are never expanded.
constexpr unsigned kParseFlags =
    pugi::parse_cdata | pugi::parse_escapes | pugi::parse_eol | pugi::parse_ws_pcdata_single | pugi::parse_embed_pcdata;

constexpr std::string_view kCheckEndpoint =
    "check the endpoint URL, and that no proxy or login page stands between here and it";

class Document {
 public:
  // Copies the text, because the parser writes into its buffer; nodes are valid as long as this object.
  [[nodiscard]] Result<pugi::xml_node> Parse(std::string_view xml) {
    if (Trim(xml).empty()) {
      return Fail(ErrorCategory::kTransport, "the answer is empty", std::string(kCheckEndpoint));
    }
    buffer_ = xml;
    const pugi::xml_parse_result parsed =
        document_.load_buffer_inplace(buffer_.data(), buffer_.size(), kParseFlags, pugi::encoding_utf8);
    const pugi::xml_node root = document_.document_element();
    if (LooksLikeHtml(xml)) {
      return Fail(ErrorCategory::kTransport, "the answer is a web page, not the service's XML",
                  std::string(kCheckEndpoint));
    }
    if (parsed.status == pugi::status_no_document_element || (!parsed && !Trim(xml).starts_with('<'))) {
      return Fail(ErrorCategory::kTransport, "the answer is not XML", std::string(kCheckEndpoint));
    }
    if (!parsed) {
      return Fail(ErrorCategory::kTransport,
                  fmt::format("the answer is cut off or malformed XML (at byte {} of {}: {})", parsed.offset,
                              xml.size(), ToLower(parsed.description())),
                  "try again; if it stays so, check what stands between here and the service");
    }
    return root;
  }

 private:
  static bool LooksLikeHtml(std::string_view xml) {
    const std::string_view start = Trim(xml).substr(0, 15);
    return EqualsIgnoreCase(start.substr(0, 5), "<html") || EqualsIgnoreCase(start.substr(0, 14), "<!doctype html");
  }

  std::string buffer_;
  pugi::xml_document document_;
};

bool IsText(const pugi::xml_node& node) {
  return node.type() == pugi::node_pcdata || node.type() == pugi::node_cdata;
}

// All character data of an element, in order; holder is used only when it comes in several pieces.
std::string_view Text(const pugi::xml_node& element, std::string& holder) {
  const std::string_view embedded = element.value();
  const pugi::xml_node first = element.first_child();
  if (!first) return embedded;
  holder = embedded;
  for (pugi::xml_node child = first; child; child = child.next_sibling()) {
    if (IsText(child)) holder += child.value();
  }
  return holder;
}

class ResponseReader {
 public:
  explicit ResponseReader(std::string_view operation) : operation_(operation) {}

  [[nodiscard]] bool Members(const Shape& shape, const pugi::xml_node& element, Properties& members) {
    for (pugi::xml_node child = element.first_child(); child; child = child.next_sibling()) {
      if (child.type() != pugi::node_element) continue;
      const model::Member* member = LookUpMember(shape, child.name());
      if (member == nullptr) continue;
      Value value;
      if (!Read(*member->shape, child, value)) return false;
      if (value.IsNull()) continue;
      // Answers of the local RDS are in the map's own order, which makes this an append.
      members.emplace_hint(members.end(), member->name, std::move(value));
    }
    return true;
  }
  [[nodiscard]] std::unexpected<Error> Fault() const {
    return Fail(Error{.category = ErrorCategory::kTransport,
                      .message = fmt::format("the answer to {} is malformed: {}", operation_, fault_),
                      .hint = std::string(kCheckEndpoint),
                      .operation = std::string(operation_)});
  }

 private:
  // Null when the element says nothing (a number without digits). False after fault_ is set.
  [[nodiscard]] bool Read(const Shape& shape, const pugi::xml_node& element, Value& value) {
    switch (shape.type) {
      case ShapeType::kStructure: {
        Properties members;
        if (!Members(shape, element, members)) return false;
        value = std::move(members);
        return true;
      }
      case ShapeType::kList: return ReadList(shape, element, value);
      case ShapeType::kMap: return ReadMap(shape, element, value);
      case ShapeType::kString: {
        std::string holder;
        value = Value(Text(element, holder));
        return true;
      }
      default: break;
    }
    std::string holder;
    const std::string_view text = Trim(Text(element, holder));
    return text.empty() || ReadScalar(shape, element, text, value);
  }

  [[nodiscard]] bool ReadScalar(const Shape& shape, const pugi::xml_node& element, std::string_view text,
                                Value& value) {
    switch (shape.type) {
      case ShapeType::kBoolean:
        if (EqualsIgnoreCase(text, "true")) return value = Value(true), true;
        if (EqualsIgnoreCase(text, "false")) return value = Value(false), true;
        break;
      case ShapeType::kInteger:
      case ShapeType::kLong:
        if (const auto number = ParseInteger(text)) return value = Value(*number), true;
        break;
      case ShapeType::kDouble:
        if (const auto number = ParseDouble(text)) return value = Value(*number), true;
        break;
      case ShapeType::kTimestamp:
        if (const auto at = ParseIso8601(text)) return value = Value(FormatIso8601(*at)), true;
        break;
      default: break;
    }
    fault_ = fmt::format("{} is not of its type", element.name());
    return false;
  }

  [[nodiscard]] bool ReadList(const Shape& shape, const pugi::xml_node& element, Value& value) {
    List items;
    for (pugi::xml_node child = element.first_child(); child; child = child.next_sibling()) {
      if (child.type() != pugi::node_element) continue;
      const std::string_view name = child.name();
      if (name != shape.element_name && name != "member") continue;
      Value item;
      if (!Read(*shape.element, child, item)) return false;
      if (!item.IsNull()) items.push_back(std::move(item));
    }
    value = std::move(items);
    return true;
  }

  [[nodiscard]] bool ReadMap(const Shape& shape, const pugi::xml_node& element, Value& value) {
    Properties entries;
    for (pugi::xml_node entry = element.first_child(); entry; entry = entry.next_sibling()) {
      if (entry.type() != pugi::node_element || entry.name() != std::string_view("entry")) continue;
      const pugi::xml_node content = entry.child("value");
      std::string holder;
      std::string key(Text(entry.child("key"), holder));
      Value item;
      if (content && !Read(*shape.element, content, item)) return false;
      if (!item.IsNull()) entries.insert_or_assign(std::move(key), std::move(item));
    }
    value = std::move(entries);
    return true;
  }

  std::string_view operation_;
  std::string fault_;
};

std::string TextOf(const pugi::xml_node& element) {
  std::string holder;
  return std::string(Trim(Text(element, holder)));
}

}  // namespace

Result<DecodedResponse> DecodeResponse(const model::Operation& operation, std::string_view xml) {
  const auto of_operation = [&](Error error) {
    error.operation = operation.name;
    return Fail(std::move(error));
  };
  Document document;
  const auto root = document.Parse(xml);
  if (!root) return of_operation(root.error());
  const std::string name(operation.name);
  if (root->name() != name + "Response") {
    return of_operation({.category = ErrorCategory::kTransport,
                         .message = fmt::format("the answer to {} is a <{}>, not a <{}Response>", name,
                                                std::string_view(root->name()).substr(0, 80), name),
                         .hint = std::string(kCheckEndpoint)});
  }
  DecodedResponse response;
  response.request_id = TextOf(root->child("ResponseMetadata").child("RequestId"));
  if (operation.output == nullptr) return response;
  const pugi::xml_node result = root->child((name + "Result").c_str());
  if (!result) {
    return of_operation({.category = ErrorCategory::kTransport,
                         .message = fmt::format("the answer to {} holds no <{}Result>", name, name),
                         .hint = std::string(kCheckEndpoint),
                         .request_id = response.request_id});
  }
  ResponseReader reader(operation.name);
  if (!reader.Members(*operation.output, result, response.output)) return reader.Fault();
  return response;
}

Result<ServiceError> DecodeError(std::string_view xml) {
  Document document;
  const auto root = document.Parse(xml);
  if (!root) return std::unexpected(root.error());
  const std::string_view name = root->name();
  const pugi::xml_node error = name == "Response"        ? root->child("Errors").child("Error")
                               : name == "ErrorResponse" ? root->child("Error")
                                                         : pugi::xml_node();
  const std::string code = TextOf(error.child("Code"));
  if (code.empty()) {
    return Fail(ErrorCategory::kTransport,
                fmt::format("the answer is a <{}>, not one of the service's errors", name.substr(0, 80)),
                std::string(kCheckEndpoint));
  }
  // The front end that writes the second form spells it RequestID.
  pugi::xml_node request_id = root->child("RequestId");
  if (!request_id) request_id = root->child("RequestID");
  if (!request_id) request_id = root->child("ResponseMetadata").child("RequestId");
  return ServiceError{.code = code,
                      .message = TextOf(error.child("Message")),
                      .type = TextOf(error.child("Type")),
                      .request_id = TextOf(request_id)};
}

}  // namespace rdsteady::wire
