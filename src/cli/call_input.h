// The input of `call` from words: Name=value, Outer.Inner=value, Names=[a,b], Names.1.Member=value, or JSON; typed by
// the API's table. Pure.
#pragma once

#include <string>
#include <vector>

#include "model/api/api.h"
#include "rdsteady/error.h"
#include "rdsteady/value.h"

namespace rdsteady::cli {

struct CallInput {
  Properties input{};
  std::vector<Error> errors{};  // all of them; kUsage
};

// `json` is the text of --cli-input-json, empty when there is none; words come later and win. Texts that the table
// calls sensitive may be given as {"env": "NAME"}, {"file": "PATH"} or {"command": ["word", ...]}, and become Secrets.
[[nodiscard]] CallInput ReadCallInput(const model::Operation& operation, std::string_view json,
                                      const std::vector<std::string>& words);

}  // namespace rdsteady::cli
