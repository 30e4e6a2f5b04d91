#include "local/sim/formula.h"

#include <cmath>
#include <vector>

#include "base/text.h"

namespace rdsteady::local::sim {
namespace {

constexpr int kMaxDepth = 32;

class Parser {
 public:
  Parser(std::string_view text, const FormulaInput& input) : text_(text), input_(input) {}

  std::expected<double, std::string> Parse() {
    double value = Sum();
    Skip();
    if (error_.empty() && at_ != text_.size()) Fail("unexpected '" + std::string(1, text_[at_]) + "'");
    if (error_.empty() && !std::isfinite(value)) Fail("the result is not a number");
    if (!error_.empty()) return std::unexpected(error_);
    return value;
  }

 private:
  void Fail(std::string message) {
    if (error_.empty()) error_ = std::move(message);
    at_ = text_.size();
  }

  void Skip() {
    while (at_ < text_.size() && text_[at_] == ' ')
      ++at_;
  }

  bool Take(char c) {
    Skip();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  double Sum() {
    double value = Product();
    for (;;) {
      if (Take('+')) {
        value += Product();
      } else if (Take('-')) {
        value -= Product();
      } else {
        return value;
      }
    }
  }

  double Product() {
    double value = Operand();
    for (;;) {
      if (Take('*')) {
        value *= Operand();
      } else if (Take('/')) {
        double divisor = Operand();
        if (divisor == 0 && error_.empty()) Fail("division by zero");
        value = divisor == 0 ? 0 : value / divisor;
      } else {
        return value;
      }
    }
  }

  double Grouped(char close) {
    if (++depth_ > kMaxDepth) {
      Fail("too deeply nested");
      return 0;
    }
    double value = Sum();
    --depth_;
    if (!Take(close)) Fail("missing '" + std::string(1, close) + "'");
    return value;
  }

  double Negative() {
    if (++depth_ > kMaxDepth) {
      Fail("too deeply nested");
      return 0;
    }
    const double value = -Operand();
    --depth_;
    return value;
  }

  double Operand() {
    Skip();
    if (at_ >= text_.size()) {
      Fail("a number is missing at the end");
      return 0;
    }
    if (Take('-')) return Negative();
    if (Take('(')) return Grouped(')');
    if (Take('{')) return Grouped('}');
    const std::size_t start = at_;
    auto is_number = [](char c) { return (c >= '0' && c <= '9') || c == '.'; };
    auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    if (is_number(text_[at_])) {
      while (at_ < text_.size() && is_number(text_[at_]))
        ++at_;
      auto value = ParseDouble(text_.substr(start, at_ - start));
      if (!value.has_value()) Fail("not a number: '" + std::string(text_.substr(start, at_ - start)) + "'");
      return value.value_or(0);
    }
    while (at_ < text_.size() && is_letter(text_[at_]))
      ++at_;
    const std::string_view name = text_.substr(start, at_ - start);
    if (name.empty()) {
      Fail("unexpected '" + std::string(1, text_[at_]) + "'");
      return 0;
    }
    if (Take('(')) return Function(name);
    return Variable(name);
  }

  double Variable(std::string_view name) {
    if (name == "DBInstanceClassMemory") return static_cast<double>(input_.memory_bytes);
    if (name == "DBInstanceVCPU") return input_.vcpus;
    if (name == "AllocatedStorage") return static_cast<double>(input_.allocated_gib) * (1LL << 30);
    if (name == "EndPointPort") return input_.port;
    Fail("unknown variable '" + std::string(name) + "'");
    return 0;
  }

  double Function(std::string_view name) {
    std::vector<double> arguments;
    if (++depth_ > kMaxDepth) {
      Fail("too deeply nested");
      return 0;
    }
    do {
      arguments.push_back(Sum());
    } while (Take(','));
    --depth_;
    if (!Take(')')) Fail("missing ')'");
    double value = arguments[0];
    if (EqualsIgnoreCase(name, "log")) {
      if (arguments.size() != 1) Fail("log takes one argument");
      return std::log2(value);
    }
    for (std::size_t i = 1; i < arguments.size(); ++i) {
      if (EqualsIgnoreCase(name, "greatest")) {
        value = std::fmax(value, arguments[i]);
      } else if (EqualsIgnoreCase(name, "least")) {
        value = std::fmin(value, arguments[i]);
      } else if (EqualsIgnoreCase(name, "sum")) {
        value += arguments[i];
      }
    }
    if (!EqualsIgnoreCase(name, "greatest") && !EqualsIgnoreCase(name, "least") && !EqualsIgnoreCase(name, "sum")) {
      Fail("unknown function '" + std::string(name) + "'");
    }
    return value;
  }

  std::string_view text_;
  const FormulaInput& input_;
  std::size_t at_ = 0;
  int depth_ = 0;
  std::string error_;
};

}  // namespace

bool IsFormula(std::string_view value) {
  std::string_view text = Trim(value);
  if (text.contains('{') && text.contains('}')) return true;
  for (std::string_view function : {"greatest(", "least(", "sum("}) {
    if (text.size() > function.size() && EqualsIgnoreCase(text.substr(0, function.size()), function)) return true;
  }
  return false;
}

std::expected<std::string, std::string> EvaluateFormula(std::string_view formula, const FormulaInput& input) {
  auto value = Parser(Trim(formula), input).Parse();
  if (!value.has_value()) return std::unexpected(value.error());
  if (std::fabs(*value) > 9e18) return std::unexpected("the result is too large");
  return std::to_string(static_cast<std::int64_t>(*value));
}

}  // namespace rdsteady::local::sim
