#include "session/events.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>
#include <boost/json.hpp>

#include <set>
#include <string>

#include "support/temp_directory.h"

namespace tunppp::session {
namespace {

namespace json = boost::json;
using std::chrono::milliseconds;

json::object parsed(const DialerEvent& event) {
  const std::string line = to_json(milliseconds(1500), event);
  EXPECT_TRUE(line.ends_with("}\n")) << line;
  EXPECT_EQ(line.find('\n'), line.size() - 1) << line;
  return json::parse(line).as_object();
}

TEST(Events, EveryLineHasItsTimeAndItsKind) {
  const json::object phase = parsed(PhaseReached{"registration", "registration: home network"});
  EXPECT_EQ(phase.at("elapsed").as_double(), 1.5);
  EXPECT_EQ(phase.at("event").as_string(), "phase");
  EXPECT_EQ(phase.at("phase").as_string(), "registration");
  EXPECT_EQ(phase.at("text").as_string(), "registration: home network");
}

TEST(Events, Addresses) {
  const json::object it = parsed(AddressesSet{.interface = "ppp0",
                                              .local = {{10, 0, 0, 2}},
                                              .remote = {{10, 0, 0, 1}},
                                              .mtu = 1400,
                                              .default_route_metric = 700});
  EXPECT_EQ(it.at("interface").as_string(), "ppp0");
  EXPECT_EQ(it.at("local").as_string(), "10.0.0.2");
  EXPECT_EQ(it.at("remote").as_string(), "10.0.0.1");
  EXPECT_EQ(it.at("mtu").as_int64(), 1400);
  EXPECT_EQ(it.at("default_route_metric").as_int64(), 700);
  EXPECT_TRUE(parsed(AddressesSet{}).at("default_route_metric").is_null());
}

TEST(Events, ModemStatus) {
  const json::object it = parsed(
      ModemStatus{.registration = "registered, home", .signal_dbm = -73, .rsrp_dbm = -94.5});
  EXPECT_EQ(it.at("event").as_string(), "modem_status");
  EXPECT_EQ(it.at("registration").as_string(), "registered, home");
  EXPECT_EQ(it.at("signal_dbm").as_int64(), -73);
  EXPECT_EQ(it.at("rsrp_dbm").as_double(), -94.5);
  EXPECT_TRUE(it.at("operator").is_null());
  EXPECT_TRUE(it.at("sinr_db").is_null());
}

TEST(Events, Dns) {
  const json::object it = parsed(DnsSet{{Ipv4Address{{9, 9, 9, 9}}}, "resolvectl", "dns: 9.9.9.9"});
  EXPECT_EQ(it.at("servers").as_array().at(0).as_string(), "9.9.9.9");
  EXPECT_EQ(it.at("method").as_string(), "resolvectl");
}

TEST(Events, CountersSayWhereEveryPacketWent) {
  Counters counters;
  counters.link.received_packets = 1;
  counters.link.sent_packet_octets = 2;
  counters.device_dropped = 3;
  counters.queue_dropped = 4;
  counters.delay_dropped = 6;
  counters.congestion_marked = 7;
  counters.super_packets_read = 8;
  counters.super_packets_written = 9;
  counters.link.drops[static_cast<std::size_t>(Drop::fcs_error)] = 5;
  const json::object it = parsed(counters);
  EXPECT_EQ(it.at("received").at("packets").as_int64(), 1);
  EXPECT_EQ(it.at("sent").at("packet_octets").as_int64(), 2);
  EXPECT_EQ(it.at("dropped").at("by_device").as_int64(), 3);
  EXPECT_EQ(it.at("dropped").at("queue_full").as_int64(), 4);
  EXPECT_EQ(it.at("dropped").at("queue_delay").as_int64(), 6);
  EXPECT_EQ(it.at("sent").at("congestion_marked").as_int64(), 7);
  EXPECT_EQ(it.at("super_packets").at("read").as_int64(), 8);
  EXPECT_EQ(it.at("super_packets").at("written").as_int64(), 9);
  EXPECT_EQ(it.at("line_dropped").at(to_string(Drop::fcs_error)).as_int64(), 5);
  EXPECT_EQ(it.at("line_dropped").as_object().size(), static_cast<std::size_t>(Drop::count));
}

TEST(Events, CountersHaveTheRoundTripAndTheQualityOfTheLine) {
  Counters counters;
  EXPECT_TRUE(parsed(counters).at("round_trip").is_null());
  EXPECT_TRUE(parsed(counters).at("quality").is_null());
  using std::chrono::milliseconds;
  counters.link.round_trip = {3, milliseconds(80), milliseconds(60), milliseconds(70)};
  counters.link.quality = {9, 8, 7, 6, 5, 4};
  const json::object it = parsed(counters);
  EXPECT_EQ(it.at("round_trip").at("answers").as_int64(), 3);
  EXPECT_DOUBLE_EQ(it.at("round_trip").at("last_ms").as_double(), 80);
  EXPECT_DOUBLE_EQ(it.at("round_trip").at("least_ms").as_double(), 60);
  EXPECT_DOUBLE_EQ(it.at("round_trip").at("smoothed_ms").as_double(), 70);
  EXPECT_EQ(it.at("quality").at("reports_sent").as_int64(), 9);
  EXPECT_EQ(it.at("quality").at("reports_received").as_int64(), 8);
  EXPECT_EQ(it.at("quality").at("lost_to_us").as_int64(), 7);
  EXPECT_EQ(it.at("quality").at("lost_to_peer").as_int64(), 6);
  EXPECT_EQ(it.at("quality").at("reports_lost_to_us").as_int64(), 5);
  EXPECT_EQ(it.at("quality").at("reports_lost_to_peer").as_int64(), 4);
}

TEST(Events, EndCarriesReasonAndExitCodeOfTheTable) {
  for (const EndReasonInfo& row : end_reasons()) {
    const json::object it = parsed(SessionEnded{row.reason, "why"});
    EXPECT_EQ(it.at("event").as_string(), "end");
    EXPECT_EQ(it.at("reason").as_string(), row.name);
    EXPECT_EQ(it.at("exit_code").as_int64(), row.exit_code);
    EXPECT_EQ(it.at("text").as_string(), "why");
  }
}

TEST(Events, WhatAPeerSaysCannotBreakALine) {
  const json::object it = parsed(PhaseReached{"auth", "a\"b\\c\nd\xff-\xc3-e"});
  EXPECT_EQ(it.at("text").as_string(), "a\"b\\c\nd?-?-e");
}

/// With all members that may be missing.
Counters with_all() {
  Counters counters;
  counters.link.round_trip.count = 1;
  counters.link.quality.reports_sent = 1;
  return counters;
}

/// The documentation names every kind of event and every member.
TEST(Events, AreDocumented) {
  const std::string page = test::read_file(TUNPPP_SOURCE_DIR "/docs/EVENTS.md");
  const DialerEvent events[] = {PhaseReached{}, AddressesSet{}, Ipv6AddressesSet{}, NetworkFailed{},
                                DnsSet{},       with_all(),     Warning{},          Dialogue{},
                                SessionEnded{}};
  std::set<std::string> names;
  for (const DialerEvent& event : events) {
    const json::object object = parsed(event);
    names.insert(object.at("event").as_string().c_str());
    for (const auto& [key, value] : object) {
      names.insert(std::string(key));
      if (const json::object* inner = value.if_object())
        for (const auto& member : *inner) names.insert(std::string(member.key()));
    }
  }
  for (const std::string& name : names)
    EXPECT_NE(page.find("`" + name + "`"), std::string::npos) << name;
}

TEST(Events, AReaderThatStopsLosesEventsAndIsToldHowMany) {
  int fds[2] = {-1, -1};
  ASSERT_EQ(::pipe2(fds, O_CLOEXEC), 0);
  JsonEvents events(fds[1]);
  const PhaseReached phase{"up", std::string(1000, 'x')};
  for (int i = 0; i < 200; ++i) events.event(milliseconds(i), phase);  // must not block

  std::string read(1 << 20, '\0');
  ssize_t count = ::read(fds[0], read.data(), read.size());
  ASSERT_GT(count, 0);
  events.event(milliseconds(500), Warning{"back"});
  ASSERT_EQ(::fcntl(fds[0], F_SETFL, O_NONBLOCK), 0);
  count = ::read(fds[0], read.data(), read.size());
  ASSERT_GT(count, 0);
  const std::string after = read.substr(0, static_cast<std::size_t>(count));
  EXPECT_NE(after.find("events were lost"), std::string::npos) << after;
  EXPECT_NE(after.find("\"back\""), std::string::npos) << after;
  ::close(fds[0]);
  ::close(fds[1]);
}

}  // namespace
}  // namespace tunppp::session
