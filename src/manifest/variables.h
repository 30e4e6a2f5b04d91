// Variables: ${name} in the scalars of one file, replaced before typing.
//
// Never in keys, in `vars:` itself, or under a key whose value is secret; not recursive; $${ stands for ${.
#pragma once

#include <map>
#include <set>
#include <string>

#include "manifest/faults.h"
#include "manifest/yaml.h"

namespace rdsteady::manifest {

struct Variables {
  // From --var; they beat a file's own.
  const std::map<std::string, std::string, std::less<>>& given;
  std::set<std::string, std::less<>> used{};   // of the given ones, over all files
  std::set<std::string, std::less<>> known{};  // declared or used anywhere, for did-you-mean
};

// Replaces in place in all of the document.
void ReplaceVariables(Document& document, Variables& variables, Faults& faults);

}  // namespace rdsteady::manifest
