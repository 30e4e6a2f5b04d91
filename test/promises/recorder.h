// What the program under test sends, with what was live at that moment. A decorator: it changes nothing.
#pragma once

#include <string>
#include <vector>

#include "support/in_process_rds.h"

namespace rdsteady::promises {

struct SentCall {
  std::string operation;
  Properties input;
  Value live;  // of the resource that a modify call names, before it
};

class RecordingRds final : public aws::RdsApi {
 public:
  RecordingRds(apply::World& world, aws::RdsApi& inner) : world_(world), inner_(inner) {}
  [[nodiscard]] boost::asio::awaitable<Result<Properties>> Call(const model::Operation& operation,
                                                                Properties input) override;
  // The mutating calls since the last time.
  [[nodiscard]] std::vector<SentCall> Take() { return std::exchange(sent_, {}); }

 private:
  apply::World& world_;
  aws::RdsApi& inner_;
  std::vector<SentCall> sent_;
};

}  // namespace rdsteady::promises
