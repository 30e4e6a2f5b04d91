// The API table: RDS's API version 2014-10-31 as data.
//
// Generated from a pinned description of the API (tools/refresh-api-table) and committed; nothing in it is computed at
// start-up. It is the only list of operations, members, wire names, errors, paginators and waiters in the program.
// All views point into static storage and live for ever; everything is thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace rdsteady::model {

inline constexpr std::string_view kApiVersion = "2014-10-31";
inline constexpr std::string_view kXmlNamespace = "http://rds.amazonaws.com/doc/2014-10-31/";

enum class ShapeType : std::uint8_t {
  kStructure,
  kList,
  kMap,
  kString,
  kBoolean,
  kInteger,
  kLong,
  kDouble,
  kTimestamp
};

struct Shape;

// Facts that a value must meet. The table gives them for the members that state any; a bound that is absent is unset.
struct Constraint {
  std::optional<std::int64_t> min_length;
  std::optional<std::int64_t> max_length;
  std::optional<std::int64_t> min;
  std::optional<std::int64_t> max;
  std::string_view pattern;  // an ECMAScript regular expression for the whole text, empty when there is none
};

struct Member {
  std::string_view name;  // the name in the API and on the wire; RDS renames no member
  const Shape* shape;
  bool required;
  bool sensitive;                // never shown, logged or stored
  const Constraint* constraint;  // nullptr when none is known
};

struct Shape {
  std::string_view name;
  ShapeType type;
  std::span<const Member> members;                // kStructure, in the API's order
  const Shape* element;                           // kList: the item; kMap: the value (keys are strings)
  std::string_view element_name;                  // kList: "member" or the element's own name; kMap: "entry"
  std::span<const std::string_view> enum_values;  // kString: empty when open
  bool sensitive;
};

struct ErrorShape {
  std::string_view name;  // DBInstanceNotFoundFault: what waiters name
  std::string_view code;  // DBInstanceNotFound: what stands on the wire
  int http_status;
  bool sender;  // true: <Type>Sender</Type>
};

// Names are dotted paths ("EngineDefaults.Marker").
struct Paginator {
  std::string_view input_token;
  std::string_view output_token;
  std::string_view page_size;
  std::string_view items;  // the path of the list (or, for log files, the text) that a page carries
  std::string_view more;   // a boolean that says whether there is more, or empty
};

struct Operation {
  std::string_view name;
  const Shape* input;   // nullptr when the operation takes nothing
  const Shape* output;  // nullptr when it answers nothing but the request id
  std::span<const ErrorShape* const> errors;
  const Paginator* paginator;  // nullptr when the answer is one page
};

enum class WaiterMatch : std::uint8_t { kPathAll, kPathAny, kEmptyList, kError };
enum class WaiterState : std::uint8_t { kSuccess, kFailure, kRetry };

struct WaiterAcceptor {
  WaiterMatch match;
  WaiterState state;
  std::string_view path;      // "DBInstances[].DBInstanceStatus"; empty for kError
  std::string_view expected;  // the status, or the error's wire code
};

struct Waiter {
  std::string_view name;       // DBInstanceAvailable
  std::string_view operation;  // DescribeDBInstances
  int delay_seconds;
  std::span<const WaiterAcceptor> acceptors;
};

// Sorted by name (errors by code, which is unique).
[[nodiscard]] std::span<const Operation> Operations();
[[nodiscard]] std::span<const Shape> Shapes();
[[nodiscard]] std::span<const ErrorShape> Errors();
[[nodiscard]] std::span<const Waiter> Waiters();

// nullptr when there is none of that name. Names are case-sensitive, as on the wire.
[[nodiscard]] const Operation* FindOperation(std::string_view name);
[[nodiscard]] const Shape* FindShape(std::string_view name);
[[nodiscard]] const ErrorShape* FindErrorByCode(std::string_view code);
[[nodiscard]] const ErrorShape* FindErrorByName(std::string_view name);
[[nodiscard]] const Waiter* FindWaiter(std::string_view name);
[[nodiscard]] const Member* FindMember(const Shape& structure, std::string_view name);

// Describe, List and Download operations change nothing; everything else is mutating.
[[nodiscard]] bool IsMutating(std::string_view operation_name);

// True when a member of this name is sensitive anywhere in the API, or looks like a secret by its name.
[[nodiscard]] bool IsSensitiveName(std::string_view member_name);

}  // namespace rdsteady::model
