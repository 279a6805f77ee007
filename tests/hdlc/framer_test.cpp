#include "hdlc/framer.h"

#include "octets.h"

#include <gtest/gtest.h>

namespace tunppp::hdlc {
namespace {

using test::octets;

test::Octets frame(Framer& framer, Bytes header, Bytes payload, Framer::Options options = {}) {
  test::Octets out(Framer::max_encoded_size(header.size() + payload.size()), std::byte{0xa5});
  const std::size_t size = framer.encode(header, payload, out, options);
  EXPECT_LE(size, out.size() - slack);
  out.resize(size);
  return out;
}

const auto lcp_header = octets({0xff, 0x03, 0xc0, 0x21});
const auto ip_header = octets({0x21});

// An LCP Echo-Request as it is seen on lines, with no map.
TEST(Framer, MakesAWholeFrame) {
  Framer framer;
  framer.set_accm(Accm::none());
  const auto echo = octets({0x09, 0x01, 0x00, 0x08, 0x99, 0xd1, 0x35, 0xc1});
  EXPECT_EQ(frame(framer, lcp_header, echo, {.opening_flag = true}),
            octets({0x7e, 0xff, 0x03, 0xc0, 0x21, 0x09, 0x01, 0x00, 0x08, 0x99, 0xd1, 0x35, 0xc1,
                    0x8e, 0x2c, 0x7e}));
}

// The same with the default map: 03, 09, 01, 00 and 08 are escaped (RFC 1662 4.2).
TEST(Framer, EscapesAllControlCharactersAtFirst) {
  Framer framer;
  const auto echo = octets({0x09, 0x01, 0x00, 0x08, 0x99, 0xd1, 0x35, 0xc1});
  const auto expected = octets({0xff, 0x7d, 0x23, 0xc0, 0x21, 0x7d, 0x29, 0x7d, 0x21, 0x7d,
                                0x20, 0x7d, 0x28, 0x99, 0xd1, 0x35, 0xc1, 0x8e, 0x2c, 0x7e});
  EXPECT_EQ(frame(framer, lcp_header, echo), expected);
  framer.set_accm(Accm::none());
  EXPECT_EQ(frame(framer, lcp_header, echo, {.default_accm = true}), expected);
}

TEST(Framer, EscapesFlagAndEscapeWhateverTheMap) {
  Framer framer;
  framer.set_accm(Accm::none());
  const auto out = frame(framer, ip_header, octets({0x7e, 0x7d, 0x11}));
  EXPECT_EQ(octets(Bytes(out).first(6)), octets({0x21, 0x7d, 0x5e, 0x7d, 0x5d, 0x11}));
}

TEST(Framer, EscapesWhatTheMapSaysAndNothingElse) {
  Framer framer;
  framer.set_accm(Accm(1u << 0x11 | 1u << 0x13));
  const auto out = frame(framer, ip_header, octets({0x10, 0x11, 0x12, 0x13, 0x91, 0x31}));
  EXPECT_EQ(octets(Bytes(out).first(9)),
            octets({0x21, 0x10, 0x7d, 0x31, 0x12, 0x7d, 0x33, 0x91, 0x31}));
}

// Both octets of these checks want escaping.
TEST(Framer, EscapesTheCheckToo) {
  Framer framer;
  framer.set_accm(Accm::none());
  for (unsigned value = 0; value < 0x10000; ++value) {
    const auto payload = octets({value >> 8, value & 0xff});
    const unsigned sent = ~unsigned{fcs16(fcs16(fcs16_initial, ip_header), payload)} & 0xffff;
    if (sent != 0x7d7e) continue;
    const auto out = frame(framer, ip_header, payload);
    EXPECT_EQ(octets(Bytes(out).last(5)), octets({0x7d, 0x5e, 0x7d, 0x5d, 0x7e}));
    return;
  }
  FAIL() << "16 bits of payload reach every check";
}

TEST(Framer, WritesTheNegotiatedCheck) {
  Framer framer;
  framer.set_accm(Accm::none());
  const auto header = octets("1234");
  const auto payload = octets("56789");
  framer.set_fcs(Fcs::fcs32);
  auto expected = octets("123456789");
  test::append(expected, octets({0x26, 0x39, 0xf4, 0xcb, 0x7e}));
  EXPECT_EQ(frame(framer, header, payload), expected);
  framer.set_fcs(Fcs::none);
  EXPECT_EQ(frame(framer, header, payload), octets("123456789~"));
}

TEST(Framer, FitsIntoItsBoundWhenAllIsEscaped) {
  Framer framer;
  for (Fcs fcs : {Fcs::none, Fcs::fcs16, Fcs::fcs32}) {
    framer.set_fcs(fcs);
    for (std::size_t size : {0u, 1u, 63u, 64u, 1500u}) {
      const test::Octets payload(size, std::byte{0x7e});
      const auto out = frame(framer, octets({0x7e}), payload, {.opening_flag = true});
      EXPECT_GE(out.size(), 2 + 2 * (size + 1) + fcs_size(fcs));
    }
  }
}

}  // namespace
}  // namespace tunppp::hdlc
