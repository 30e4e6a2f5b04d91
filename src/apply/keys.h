// Asking KMS what names of keys stand for: all at once, each once a run, and only what has to be compared.
#pragma once

#include <set>
#include <string>

#include <boost/asio/awaitable.hpp>

#include "apply/apply.h"

namespace rdsteady::apply {

// What KMS says of each name, its silence and its refusals included: they are no errors here. Errors: kInterrupted.
[[nodiscard]] boost::asio::awaitable<Result<model::KeyNames>> AskForKeys(Context context, std::set<std::string> names);

}  // namespace rdsteady::apply
