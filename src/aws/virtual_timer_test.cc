#include "aws/virtual_timer.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

namespace rdsteady::aws {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::ElementsAre;

const Instant kStart = *ParseIso8601("2026-01-02T03:04:05Z");

class VirtualTimerTest : public ::testing::Test {
 protected:
  boost::asio::awaitable<int> SleepThen(Millis duration, int value) {
    co_await timer_.Sleep(duration);
    order_.push_back(value);
    co_return value;
  }
  void Spawn(Millis duration, int value) {
    boost::asio::co_spawn(context_, SleepThen(duration, value), boost::asio::detached);
  }
  std::string Thrown(const std::function<void()>& body) {
    try {
      body();
    } catch (const std::logic_error& error) {
      return error.what();
    }
    return "nothing";
  }

  boost::asio::io_context context_;
  VirtualTimer timer_{context_, kStart};
  std::vector<int> order_;
};

TEST_F(VirtualTimerTest, JumpsOverAWaitAndKeepsItsLength) {
  EXPECT_EQ(timer_.Run(SleepThen(hours(3), 7)), 7);
  EXPECT_EQ(timer_.Now(), kStart + hours(3));
}

TEST_F(VirtualTimerTest, WakesInOrderOfDeadlineThenOfRegistration) {
  Spawn(seconds(2), 3);
  Spawn(seconds(1), 1);
  Spawn(seconds(1), 2);
  timer_.Run(SleepThen(seconds(5), 4));
  EXPECT_THAT(order_, ElementsAre(1, 2, 3, 4));
}

TEST_F(VirtualTimerTest, ANegativeWaitIsNone) {
  timer_.Run(SleepThen(seconds(-5), 1));
  EXPECT_EQ(timer_.Now(), kStart);
}

TEST_F(VirtualTimerTest, OtherSourcesOfTimersComeInTurnAndTheWorldMovesFirst) {
  std::vector<std::string> seen;
  std::optional<Instant> due = kStart + seconds(10);
  timer_.AlsoWake([&] { return due; });
  timer_.OnAdvance([&](Instant now) {
    seen.push_back("world " + FormatIso8601(now));
    if (due && *due <= now) due.reset();
  });
  timer_.Run([](VirtualTimer& timer, std::vector<std::string>& out) -> boost::asio::awaitable<void> {
    co_await timer.Sleep(seconds(30));
    out.push_back("client " + FormatIso8601(timer.Now()));
  }(timer_, seen));
  EXPECT_THAT(seen,
              ElementsAre("world 2026-01-02T03:04:15Z", "world 2026-01-02T03:04:35Z", "client 2026-01-02T03:04:35Z"));
}

TEST_F(VirtualTimerTest, CancellationEndsAWaitAtOnceAndLeavesNoDeadlineBehind) {
  boost::asio::cancellation_signal stop;
  boost::system::error_code ended;
  boost::asio::co_spawn(context_, SleepThen(hours(1), 1),
                        boost::asio::bind_cancellation_slot(stop.slot(), [&](std::exception_ptr thrown, int) {
                          try {
                            std::rethrow_exception(thrown);
                          } catch (const boost::system::system_error& error) {
                            ended = error.code();
                          }
                        }));
  timer_.RunReady();
  stop.emit(boost::asio::cancellation_type::terminal);
  timer_.RunReady();
  EXPECT_EQ(ended, boost::asio::error::operation_aborted);
  EXPECT_EQ(timer_.Now(), kStart);
  EXPECT_FALSE(timer_.AdvanceToNext());
}

TEST_F(VirtualTimerTest, RunForStopsBetweenDeadlines) {
  Spawn(minutes(1), 1);
  Spawn(minutes(3), 2);
  timer_.RunFor(minutes(2));
  EXPECT_THAT(order_, ElementsAre(1));
  EXPECT_EQ(timer_.Now(), kStart + minutes(2));
  timer_.RunFor(minutes(2));
  EXPECT_THAT(order_, ElementsAre(1, 2));
}

TEST_F(VirtualTimerTest, ACoroutinesExceptionIsThrownOn) {
  EXPECT_THROW(timer_.Run([]() -> boost::asio::awaitable<void> {
    throw std::runtime_error("broken");
    co_return;
  }()),
               std::runtime_error);
}

TEST_F(VirtualTimerTest, WaitingForNothingIsAFault) {
  EXPECT_EQ(Thrown([&] { timer_.RunUntil([] { return false; }); }),
            "virtual time: nothing can run and no timer is set");
}

TEST_F(VirtualTimerTest, ATimerThatStaysDueIsAFault) {
  timer_.AlsoWake([] { return kStart; });
  EXPECT_EQ(Thrown([&] { timer_.Run(SleepThen(hours(1), 1)); }),
            "virtual time: a timer stays due at 2026-01-02T03:04:05.000Z");
}

TEST_F(VirtualTimerTest, PollingForEverEndsAtTheLimit) {
  VirtualTimer timer(context_, kStart, hours(2));
  const auto poll = [](VirtualTimer& clock) -> boost::asio::awaitable<void> {
    for (;;)
      co_await clock.Sleep(seconds(30));
  };
  EXPECT_EQ(Thrown([&] { timer.Run(poll(timer)); }), "virtual time ran past its limit of 2h00m");
}

TEST_F(VirtualTimerTest, SleepersThatOutliveTheTimerAreHarmless) {
  auto timer = std::make_unique<VirtualTimer>(context_, kStart);
  const auto sleep = [](VirtualTimer& clock) -> boost::asio::awaitable<void> { co_await clock.Sleep(seconds(30)); };
  boost::asio::co_spawn(context_, sleep(*timer), boost::asio::detached);
  timer->RunReady();
  timer.reset();
}

}  // namespace
}  // namespace rdsteady::aws
