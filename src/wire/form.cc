#include "wire/form.h"

#include <array>

#include <fmt/format.h>

#include "wire/query.h"

namespace rdsteady::wire {
namespace {

constexpr std::array<bool, 256> kUnreserved = [] {
  std::array<bool, 256> table{};
  for (int c = 'A'; c <= 'Z'; ++c)
    table[static_cast<std::size_t>(c)] = true;
  for (int c = 'a'; c <= 'z'; ++c)
    table[static_cast<std::size_t>(c)] = true;
  for (int c = '0'; c <= '9'; ++c)
    table[static_cast<std::size_t>(c)] = true;
  for (const char c : {'-', '_', '.', '~'})
    table[static_cast<std::size_t>(c)] = true;
  return table;
}();

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

}  // namespace

void AppendPercentEncoded(std::string& out, std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (kUnreserved[byte]) {
      out += c;
    } else {
      out += '%';
      out += kDigits[byte >> 4];
      out += kDigits[byte & 15];
    }
  }
}

std::string PercentEncode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  AppendPercentEncoded(out, text);
  return out;
}

std::optional<std::string> PercentDecode(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_space) {
      out += ' ';
    } else if (text[i] == '%') {
      if (i + 2 >= text.size()) return std::nullopt;
      const int high = HexDigit(text[i + 1]);
      const int low = HexDigit(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      out += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::expected<std::vector<std::pair<std::string, std::string>>, ProtocolFault> ParseForm(std::string_view form,
                                                                                         bool plus_is_space) {
  std::vector<std::pair<std::string, std::string>> pairs;
  while (!form.empty()) {
    const auto end = form.find('&');
    const std::string_view part = form.substr(0, end);
    form.remove_prefix(end == std::string_view::npos ? form.size() : end + 1);
    if (part.empty()) continue;
    const auto equals = part.find('=');
    const std::string_view raw_value = equals == std::string_view::npos ? std::string_view() : part.substr(equals + 1);
    auto name = PercentDecode(part.substr(0, equals), plus_is_space);
    auto value = PercentDecode(raw_value, plus_is_space);
    if (!name || !value) {
      return std::unexpected(ProtocolFault{
          .code = "MalformedQueryString",
          .message = fmt::format("parameter {} of the request holds a malformed percent escape", pairs.size() + 1)});
    }
    pairs.emplace_back(*std::move(name), *std::move(value));
  }
  return pairs;
}

}  // namespace rdsteady::wire
