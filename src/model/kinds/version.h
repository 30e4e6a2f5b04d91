// Engine versions: components compared as numbers where they are numbers, never as characters. Pure.
#pragma once

#include <compare>
#include <string>
#include <string_view>

namespace rdsteady::model {

// "9.6" < "10", "14.00.3049.1.v1" < "15.00.1", "8.0.mysql_aurora.3.05.2" == "8.0.mysql_aurora.3.5.2"; of two versions
// that agree as far as the shorter goes, the shorter is less.
[[nodiscard]] std::strong_ordering CompareVersions(std::string_view a, std::string_view b);

// "14" of "14.10", "8.0" of "8.0.36"; not "1" of "14", not "14.1" of "14.10". A version is a prefix of itself.
[[nodiscard]] bool IsVersionPrefix(std::string_view prefix, std::string_view version);

// The components whose change is a major upgrade: PostgreSQL one (two before 10), Oracle one, the others two.
// "14" of ("postgres", "14.10"), "8.0" of ("mysql", "8.0.36"); the whole version where it has fewer components.
[[nodiscard]] std::string MajorOf(std::string_view engine, std::string_view version);

// Whether `to` is of another major than `from`, as far as `to` says ("8" is not another major than "8.0.36").
[[nodiscard]] bool CrossesMajor(std::string_view engine, std::string_view from, std::string_view to);

}  // namespace rdsteady::model
