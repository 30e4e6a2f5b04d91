#include "aws/curl_transport.h"

#include <utility>

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace rdsteady::aws {

CurlTransport::CurlTransport(CurlOptions options) : loop_(std::make_shared<CurlLoop>(std::move(options))) {}

// Frames that are inside Send hold the loop: it is stopped here, whoever lets go of it last.
CurlTransport::~CurlTransport() {
  loop_->Stop();
}

boost::asio::awaitable<Exchange> CurlTransport::Send(HttpRequest request, Deadline deadline) {
  auto initiate = [loop = loop_](auto handler, HttpRequest sent, Deadline limits) {
    const std::uint64_t id = loop->NewId();
    // Assigned before the exchange starts: its end may be delivered by another thread of the executor.
    auto slot = boost::asio::get_associated_cancellation_slot(handler);
    if (slot.is_connected()) {
      slot.assign([weak = std::weak_ptr(loop), id](boost::asio::cancellation_type) {
        if (const auto alive = weak.lock()) alive->Cancel(id);
      });
    }
    // The work guard keeps the executor running while the only thing it waits for is on the loop's thread.
    auto work = boost::asio::make_work_guard(boost::asio::get_associated_executor(handler));
    loop->Start(id, std::move(sent), limits,
                [resume = std::move(handler), guard = std::move(work)](Exchange exchange) mutable {
                  const auto executor = guard.get_executor();
                  boost::asio::post(executor, [resume = std::move(resume), exchange = std::move(exchange)]() mutable {
                    boost::asio::get_associated_cancellation_slot(resume).clear();
                    std::move(resume)(std::move(exchange));
                  });
                });
  };
  co_return co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>&, void(Exchange)>(
      std::move(initiate), boost::asio::use_awaitable, std::move(request), deadline);
}

}  // namespace rdsteady::aws
