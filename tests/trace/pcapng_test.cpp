#include "trace/pcapng.h"

#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

#include "support/process.h"
#include "support/temp_directory.h"

namespace tunppp::trace {
namespace {

using std::chrono::nanoseconds;

struct Collector final : ByteSink {
  void write(Bytes block) override {
    blocks.emplace_back(reinterpret_cast<const char*>(block.data()), block.size());
  }
  std::string all() const {
    std::string octets;
    for (const std::string& block : blocks) octets += block;
    return octets;
  }
  std::vector<std::string> blocks;
};

std::vector<std::byte> octets(std::initializer_list<unsigned> values) {
  std::vector<std::byte> result;
  for (const unsigned value : values) result.push_back(static_cast<std::byte>(value));
  return result;
}

std::string text(std::initializer_list<unsigned> values) {
  std::string result;
  for (const unsigned value : values) result += static_cast<char>(value);
  return result;
}

// LCP Echo-Request, identifier 1, magic number 01020304.
const auto echo_request =
    octets({0xff, 0x03, 0xc0, 0x21, 0x09, 0x01, 0x00, 0x08, 0x01, 0x02, 0x03, 0x04});

// draft-ietf-opsawg-pcapng sections 4.1 and 4.2.
TEST(Pcapng, BeginsWithSectionAndInterface) {
  Collector collector;
  PcapngWriter(collector).begin("tunppp", "ppp0");

  ASSERT_EQ(collector.blocks.size(), 2u);
  EXPECT_EQ(collector.blocks[0],
            text({0x0a, 0x0d, 0x0d, 0x0a, 44,   0,    0,    0,     // type, length
                  0x4d, 0x3c, 0x2b, 0x1a, 1,    0,    0,    0,     // octet order, version
                  0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,  // section length unknown
                  4,    0,    6,    0,    't',  'u',  'n',  'p',  'p', 'p', 0, 0,  // shb_userappl
                  0,    0,    0,    0,    44,   0,    0,    0}));
  EXPECT_EQ(collector.blocks[1],
            text({1,   0, 0, 0, 40,  0,   0,   0,    // type, length
                  204, 0, 0, 0, 0,   0,   0,   0,    // LINKTYPE_PPP_WITH_DIR, no snapshot length
                  2,   0, 4, 0, 'p', 'p', 'p', '0',  // if_name
                  9,   0, 1, 0, 9,   0,   0,   0,    // if_tsresol: nanoseconds
                  0,   0, 0, 0, 40,  0,   0,   0}));
}

// Section 4.3.
TEST(Pcapng, WritesOneBlockForAFrame) {
  Collector collector;
  PcapngWriter(collector).frame(WallTime(nanoseconds(0x0102030405060708)), Direction::sent,
                                octets({0xc0, 0x21}));
  ASSERT_EQ(collector.blocks.size(), 1u);
  EXPECT_EQ(collector.blocks[0],
            text({6, 0,    0,    0, 48, 0, 0, 0,              // type, length
                  0, 0,    0,    0, 4,  3, 2, 1, 8, 7, 6, 5,  // interface, time
                  3, 0,    0,    0, 3,  0, 0, 0,              // captured, original
                  1, 0xc0, 0x21, 0,                           // sent; padding
                  2, 0,    4,    0, 2,  0, 0, 0,              // epb_flags: outbound
                  0, 0,    0,    0, 48, 0, 0, 0}));
}

TEST(Pcapng, OpensInWiresharkAsPppWithDirectionAndTime) {
  Collector collector;
  PcapngWriter writer(collector);
  writer.begin("tunppp", "ppp0");
  const auto at = WallTime(std::chrono::seconds(1'700'000'000) + nanoseconds(123'456'789));
  writer.frame(at, Direction::sent, echo_request);
  writer.frame(at + nanoseconds(1), Direction::received, echo_request);
  // Protocol and address/control fields compressed.
  writer.frame(at, Direction::received, octets({0x21, 0x45, 0x00, 0x00, 0x14, 0, 0,  0, 0, 64, 1,
                                                0,    0,    10,   0,    0,    1, 10, 0, 0, 2}));

  const test::TempDirectory directory;
  const std::string file = (directory.path() / "capture.pcapng").string();
  std::ofstream(file, std::ios::binary) << collector.all();

  const test::Completed tshark = test::run({"tshark",
                                            "-r",
                                            file,
                                            "-T",
                                            "fields",
                                            "-E",
                                            "separator=|",
                                            "-e",
                                            "frame.time_epoch",
                                            "-e",
                                            "frame.protocols",
                                            "-e",
                                            "ppp.direction",
                                            "-e",
                                            "lcp.magic_number",
                                            "-e",
                                            "ip.src",
                                            "-e",
                                            "frame.packet_flags_direction",
                                            "-e",
                                            "frame.interface_name"});
  ASSERT_TRUE(tshark.ok()) << tshark;
  EXPECT_EQ(tshark.out,
            "1700000000.123456789|ppp:lcp|0|0x01020304||0x00000002|ppp0\n"
            "1700000000.123456790|ppp:lcp|1|0x01020304||0x00000001|ppp0\n"
            "1700000000.123456789|ppp:ip|1||10.0.0.1|0x00000001|ppp0\n");
}

}  // namespace
}  // namespace tunppp::trace
