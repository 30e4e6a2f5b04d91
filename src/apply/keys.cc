#include "apply/keys.h"

#include <utility>
#include <vector>

#include <fmt/format.h>

#include "apply/async.h"

namespace rdsteady::apply {
namespace {

namespace asio = boost::asio;

struct Question {
  std::string name;
  Result<std::string> arn{};
};

asio::awaitable<void> Ask(aws::KmsApi& kms, Question& question) {
  question.arn = co_await kms.KeyArn(question.name);
}

// In KMS's words, as a part of a sentence.
std::string WhyOf(const Error& error) {
  std::string why = error.aws_code.empty() ? error.message : fmt::format("{}: {}", error.aws_code, error.message);
  if (why.ends_with('.')) why.pop_back();
  return why;
}

model::NamedKey ToNamedKey(Result<std::string> arn) {
  using What = model::NamedKey::What;
  if (arn) return {What::kKnown, std::move(*arn)};
  return {aws::IsNoSuchKey(arn.error()) ? What::kMissing : What::kUntold, WhyOf(arn.error())};
}

}  // namespace

asio::awaitable<Result<model::KeyNames>> AskForKeys(Context context, std::set<std::string> names) {
  model::KeyNames keys;
  if (context.kms == nullptr || names.empty()) co_return keys;
  std::vector<Question> questions;
  for (const std::string& name : names)
    questions.push_back({.name = name});
  std::vector<asio::awaitable<void>> work;
  for (Question& question : questions)
    work.push_back(Ask(*context.kms, question));
  co_await WhenAll(std::move(work));
  for (Question& question : questions) {
    if (!question.arn && question.arn.error().category == ErrorCategory::kInterrupted)
      co_return Fail(std::move(question.arn.error()));
    keys.emplace(std::move(question.name), ToNamedKey(std::move(question.arn)));
  }
  co_return keys;
}

}  // namespace rdsteady::apply
