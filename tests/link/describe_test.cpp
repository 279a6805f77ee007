// Frames in words, and frames without their passwords.
#include <gtest/gtest.h>

#include "link/hand_peer.h"

namespace tunppp::test {
namespace {

Octets pap_request(std::string_view name, std::string_view password, unsigned identifier = 7) {
  return packet(1, identifier,
                Octets{static_cast<std::byte>(name.size())} + octets(name) +
                    Octets{static_cast<std::byte>(password.size())} + octets(password));
}

bool holds(const Octets& frame, std::string_view text) {
  const Octets wanted = octets(text);
  return std::search(frame.begin(), frame.end(), wanted.begin(), wanted.end()) != frame.end();
}

TEST(Describe, NamesProtocols) {
  EXPECT_EQ(describe(header(ipv4) + Octets(40)), "IP, 40 octets");
  EXPECT_EQ(describe(header(0x8049) + Octets(4)), "protocol 0x8049, 4 octets");
  EXPECT_EQ(describe(header(0x57) + Octets(60)), "IPv6, 60 octets");
  EXPECT_EQ(describe(header(0x8057) +
                     packet(1, 1, octets({1, 10, 2, 0, 0x5e, 0xff, 0xfe, 0, 0x53, 1}))),
            "IPV6CP ConfReq id=1 <id 0200:5eff:fe00:5301>");
  EXPECT_EQ(describe(header(0x80fd) + packet(1, 1, octets({26, 4, 0x78, 0}))),
            "CCP ConfReq id=1 <option 26 78 00>");
  EXPECT_EQ(describe(header(0x2d) + Octets(9)), "IP, TCP header compressed, 9 octets");
  EXPECT_EQ(describe(header(0x2f) + Octets(40)), "IP, TCP header to be remembered, 40 octets");
  EXPECT_EQ(describe(header(lcp) + packet(6, 3)), "LCP TermAck id=3");
  EXPECT_EQ(describe(header(ipcp) + packet(1, 1, octets({3, 6, 0, 0, 0, 0, 129, 6, 1, 2, 3, 4}))),
            "IPCP ConfReq id=1 <addr 0.0.0.0> <dns1 1.2.3.4>");
  EXPECT_EQ(describe(octets({0x21}) + Octets(40)), "IP, 40 octets");
  EXPECT_EQ(describe({}), "no PPP frame, 0 octets");
  EXPECT_EQ(describe(octets({0xff, 0x03, 0x00})), "no PPP frame, 3 octets");
}

TEST(Describe, IsPrintableWhateverComes) {
  Random random(1);
  for (int i = 0; i < 20000; ++i) {
    const std::uint16_t protocols[] = {lcp, pap, chap, ipcp, ipv4, 0x8057};
    const Octets data = random.octets(random.below(80));
    const Octets frame =
        header(protocols[random.below(6)]) +
        (random.below(2) == 0 ? data
                              : packet(static_cast<unsigned>(random.below(14)), 1, data));
    for (char c : describe(frame)) ASSERT_TRUE(c >= ' ' && c <= '~');
  }
}

TEST(Describe, NeverShowsAPassword) {
  EXPECT_EQ(describe(header(pap) + pap_request("bob", "hunter2")),
            "PAP AuthReq id=7 user=\"bob\" password=***");
  EXPECT_EQ(describe(header(pap) + pap_request("bob", "")),
            "PAP AuthReq id=7 user=\"bob\" password=***");
  // A peer that rejects PAP hands our request back.
  for (unsigned code : {7U, 8U}) {
    const Octets inner = octets({0xc0, 0x23}) + pap_request("bob", "hunter2");
    EXPECT_EQ(describe(header(lcp) + packet(code, 1, inner)).find("hunter2"), std::string::npos);
  }
  EXPECT_EQ(describe(header(pap) + packet(9, 1, octets("hunter2"))).find("hunter2"),
            std::string::npos);
}

// --- Masks ----------------------------------------------------------------------------------------

TEST(Mask, HidesThePasswordAndItsLength) {
  Octets first;
  for (std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{7}, std::size_t{8},
                           std::size_t{9}, std::size_t{255}}) {
    const Octets masked = mask_secrets(header(pap) + pap_request("bob", std::string(size, 'x')));
    if (first.empty()) first = masked;
    EXPECT_EQ(masked, first) << size;
    EXPECT_FALSE(holds(masked, "x"));
  }
  EXPECT_EQ(first, header(pap) + pap_request("bob", "********")) << "and can be parsed";
}

TEST(Mask, WorksWithEveryHeader) {
  for (const Octets& head : {octets({0xff, 0x03, 0xc0, 0x23}), octets({0xc0, 0x23})}) {
    EXPECT_EQ(mask_secrets(head + pap_request("bob", "hunter2")),
              head + pap_request("bob", "********"));
  }
}

TEST(Mask, LeavesEverythingElseAlone) {
  for (const Octets& frame :
       {header(lcp) + packet(1, 1, octets({1, 4, 5, 220})), header(pap) + packet(2, 1, octets({0})),
        header(chap) + packet(1, 1, octets({2, 1, 2, 'x'})), header(ipv4) + Octets(40),
        header(ipcp) + packet(1, 1), octets({1, 2, 3}), Octets{}}) {
    EXPECT_EQ(mask_secrets(frame), frame);
  }
}

TEST(Mask, PaddingShowsNothing) {
  const Octets masked =
      mask_secrets(header(pap) + pap_request("bob", "hunter2") + octets("hunter2"));
  EXPECT_EQ(masked, header(pap) + pap_request("bob", "********"));
}

/// What is no request as it should be may hold a password all the same.
TEST(Mask, HidesThePasswordOfARequestThatIsCutOrDamaged) {
  const Octets whole = pap_request("bob", "hunter2");
  for (std::size_t size = 1; size < whole.size(); ++size) {
    Octets cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_FALSE(holds(mask_secrets(header(pap) + cut), "h")) << size;
    if (size >= 4) cut[3] = static_cast<std::byte>(size);
    EXPECT_FALSE(holds(mask_secrets(header(pap) + cut), "h")) << size;
  }
  for (std::size_t at = 2; at < 9; ++at) {
    for (unsigned value : {0U, 1U, 200U, 255U}) {
      Octets damaged = whole;
      damaged[at] = static_cast<std::byte>(value);
      EXPECT_FALSE(holds(mask_secrets(header(pap) + damaged), "hunter2")) << at << " " << value;
    }
  }
}

/// A peer that rejects PAP hands our request back, perhaps cut to its MRU.
TEST(Mask, HidesThePasswordInARejectedRequest) {
  const Octets request = pap_request("bob", "hunter2");
  const Octets reject = header(lcp) + packet(8, 1, octets({0xc0, 0x23}) + request);
  const Octets masked = mask_secrets(reject);
  EXPECT_FALSE(holds(masked, "hunter2"));
  EXPECT_EQ(describe(masked), describe(reject));
  for (std::size_t size = 1; size < request.size(); ++size) {
    const Octets cut(request.begin(), request.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_FALSE(holds(mask_secrets(header(lcp) + packet(8, 1, octets({0xc0, 0x23}) + cut)), "h"))
        << size;
  }
}

/// Whatever it is, the result describes itself like the original and is a frame if that was one.
TEST(Mask, KeepsTheMeaningOfAnyFrame) {
  Random random(2);
  for (int i = 0; i < 20000; ++i) {
    const Octets frame = header(pap) + packet(static_cast<unsigned>(random.below(4)), 1,
                                              random.octets(random.below(20)));
    const Octets masked = mask_secrets(frame);
    if (describe(frame).find("malformed") != std::string::npos) continue;
    ASSERT_EQ(describe(masked), describe(frame));
    ASSERT_EQ(mask_secrets(masked), masked);
  }
}

}  // namespace
}  // namespace tunppp::test
