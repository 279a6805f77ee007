// What a framer makes, a deframer takes apart, in pieces of any size.
#include "collector.h"
#include "hdlc/deframer.h"
#include "hdlc/framer.h"
#include "octets.h"

#include <gtest/gtest.h>

namespace tunppp::hdlc {
namespace {

using test::Collector;
using test::Octets;
using test::Random;

/// Octets of which about every other is one that wants escaping under some map.
Octets content(Random& random, std::size_t size) {
  constexpr unsigned special[] = {0x7d, 0x7e, 0x00, 0x11, 0x13, 0x1f, 0x20, 0x5d, 0x5e};
  Octets out(size);
  for (std::byte& octet : out)
    octet =
        random.below(2) == 0 ? random.octet() : static_cast<std::byte>(special[random.below(9)]);
  return out;
}

Collector receive(const Octets& line, Accm accm, Fcs fcs, Random& random, std::size_t largest) {
  Octets room(2048 + slack);
  Deframer deframer;
  deframer.set_buffer(room);
  deframer.set_receive_accm(accm);
  deframer.set_fcs(fcs);
  Collector collector;
  Bytes rest(line);
  while (!rest.empty()) {
    const Bytes piece = rest.first(std::min(rest.size(), 1 + random.below(largest)));
    EXPECT_EQ(deframer.receive(piece, collector), piece.size());
    rest = rest.subspan(piece.size());
  }
  return collector;
}

void round_trip(Accm accm, Fcs fcs, Random& random) {
  Framer framer;
  framer.set_accm(accm);
  framer.set_fcs(fcs);
  std::vector<Octets> sent;
  Octets line;
  for (int i = 0; i < 20; ++i) {
    const Octets header = content(random, random.below(5));
    const Octets payload = content(random, 2 + random.below(300));
    Octets out(Framer::max_encoded_size(header.size() + payload.size()));
    const std::size_t size = framer.encode(header, payload, out, {.opening_flag = i == 0});
    test::append(line, Bytes(out).first(size));
    sent.push_back(header);
    test::append(sent.back(), payload);
  }
  for (std::size_t largest : {1u, 3u, 64u, 10000u}) {
    const Collector got = receive(line, accm, fcs, random, largest);
    EXPECT_EQ(got.frames, sent);
    EXPECT_TRUE(got.drops.empty());
  }
}

TEST(RoundTrip, EveryMapBitByBit) {
  Random random(2);
  for (unsigned bit = 0; bit < 32; ++bit) round_trip(Accm(1u << bit), Fcs::fcs16, random);
}

TEST(RoundTrip, RandomMapsAndBothEnds) {
  Random random(3);
  for (Fcs fcs : {Fcs::none, Fcs::fcs16, Fcs::fcs32}) {
    round_trip(Accm::none(), fcs, random);
    round_trip(Accm::all(), fcs, random);
    for (int i = 0; i < 10; ++i)
      round_trip(Accm(static_cast<std::uint32_t>(random.next())), fcs, random);
  }
}

// With the map, the line may put control characters anywhere (RFC 1662 4.2).
TEST(RoundTrip, ControlCharactersOfTheMapPutInByTheLine) {
  Random random(4);
  for (int round = 0; round < 200; ++round) {
    const Octets payload = content(random, 2 + random.below(100));
    Framer framer;
    Octets out(Framer::max_encoded_size(payload.size()));
    out.resize(framer.encode({}, payload, out, {.opening_flag = true}));
    Octets line;
    for (std::byte octet : out) {
      while (random.below(4) == 0) line.push_back(static_cast<std::byte>(random.below(32)));
      line.push_back(octet);
    }
    const Collector got = receive(line, Accm::all(), Fcs::fcs16, random, 50);
    EXPECT_EQ(got.frames, std::vector<Octets>{payload});
  }
}

// Garbage gives the same frames and the same drops however it is cut.
TEST(RoundTrip, AnyChunkingGivesTheSame) {
  Random random(5);
  for (int round = 0; round < 300; ++round) {
    Octets line = content(random, 4000);
    if (round % 2 == 0)
      for (std::byte& octet : line)
        if (octet == flag && random.below(50) != 0) octet = std::byte{0x41};
    const Accm accm(round % 3 == 0 ? 0 : round % 3 == 1 ? 0xffffffff : 0x000a0000);
    const Collector whole = receive(line, accm, Fcs::none, random, line.size() + 100000);
    for (std::size_t largest : {1u, 2u, 100u, 2500u})
      EXPECT_EQ(receive(line, accm, Fcs::none, random, largest), whole);
  }
}

}  // namespace
}  // namespace tunppp::hdlc
