#include "recorder.h"

#include <algorithm>

#include "model/kinds/kind.h"

namespace rdsteady::promises {

boost::asio::awaitable<Result<Properties>> RecordingRds::Call(const model::Operation& operation, Properties input) {
  if (model::IsMutating(operation.name)) {
    SentCall call{.operation = std::string(operation.name), .input = input};
    for (const model::Kind* kind : model::Kinds()) {
      if (kind->modify.view() != operation.name) continue;
      const local::Answer answer =
          world_.sim.Handle({"123456789012",
                             "us-east-1",
                             model::FindOperation(kind->describe),
                             {{std::string(kind->describe_key), input.at(std::string(kind->key))}}},
                            world_.timer.Now());
      if (const Value* items = answer ? Find(*answer, kind->describe_items) : nullptr;
          items != nullptr && !items->As<List>().empty())
        call.live = items->As<List>().front();
    }
    sent_.push_back(std::move(call));
  }
  co_return co_await inner_.Call(operation, std::move(input));
}

}  // namespace rdsteady::promises
