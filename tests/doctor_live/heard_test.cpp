#include "doctor/heard.h"

#include <gtest/gtest.h>

#include <string>

namespace tunppp::doctor {
namespace {

using namespace std::string_literals;

Bytes octets(std::string_view text) {
  return std::as_bytes(std::span(text));
}

HeardOctets heard(std::string_view said, const std::vector<std::string>& sent = {"AT\r", "AT\r"}) {
  HeardOctets heard;
  for (const std::string& octets_sent : sent) heard.sent(octets(octets_sent));
  heard.add(octets(said));
  return heard;
}

TEST(Heard, TellsWhatSpeaks) {
  EXPECT_EQ(heard("").what(), Heard::nothing);
  EXPECT_EQ(heard("AT\rAT\r").what(), Heard::echo);
  EXPECT_EQ(heard("AT\r\nAT\r\n").what(), Heard::echo);
  EXPECT_EQ(heard("login: ").what(), Heard::text);
  EXPECT_EQ(heard("$GPGGA,1,2*3F\r\n").what(), Heard::nmea);
  EXPECT_EQ(heard("1,2*3F\r\n$GNRMC,1").what(), Heard::nmea);
  EXPECT_EQ(heard("\x7e\xff\x7d\x23\xc0\x21\x7d\x21\x7d\x21").what(), Heard::ppp);
  EXPECT_EQ(heard("\x7e\xff\x03\xc0\x21\x0a\x01\x00\x08"s).what(), Heard::ppp);
  // TS 27.010's CLD as it comes back, in both options.
  EXPECT_EQ(heard("\xf9\x01\xef\x05\xc1\x01\x42\xf9\xf9\x03\xef\x05\xc3\x01\xf2\xf9"s).what(),
            Heard::cmux);
  EXPECT_EQ(heard("\x7e\x07\x3f\x89\x7e").what(), Heard::cmux);
  EXPECT_EQ(heard("\x13\x41\x54\x0d\x7d\x5e\x7e"s).what(), Heard::binary);
  EXPECT_EQ(heard("\xff\xfe\x80\x80").what(), Heard::binary);
}

TEST(Heard, AnEchoOfTheQuestionIsNoPpp) {
  const std::string question("\x7e\xff\x03\xc0\x21\x09\x01\x00\x08\x99\xd1\x35\xc1\x8e\x2c\x7e",
                             16);
  EXPECT_EQ(heard("AT\rAT\r" + question, {"AT\r", "AT\r", question}).what(), Heard::echo);
}

TEST(Heard, ASampleCanBeShown) {
  EXPECT_EQ(heard("\r\nlogin: ").sample(), "login:");
  EXPECT_EQ(heard("\xff\x01\x7e").sample(), "ff 01 7e");
  EXPECT_LE(heard(std::string(5000, 'x')).sample().size(), 60u);
  EXPECT_LE(heard(std::string(5000, '\xff')).sample().size(), 60u);
}

}  // namespace
}  // namespace tunppp::doctor
