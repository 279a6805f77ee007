#include "modem/cmux/frame.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>

#include "modem/cmux/frame_reader.h"
#include "octets.h"

namespace tunppp::modem::cmux {
namespace {

struct Vector {
  Option option;
  Frame frame;
  Octets info;
  Octets line;
};

const std::map<std::string, FrameType> types{{"sabm", FrameType::sabm},
                                             {"ua", FrameType::ua},
                                             {"dm", FrameType::dm},
                                             {"disc", FrameType::disc},
                                             {"uih", FrameType::uih}};

std::vector<Vector> vectors() {
  std::ifstream file(TUNPPP_SOURCE_DIR "/tests/data/cmux.vec");
  std::vector<Vector> all;
  for (std::string text; std::getline(file, text);) {
    if (text.empty() || text.front() == '#') continue;
    std::istringstream fields(text);
    std::string option, type, info, line;
    int dlci = 0, command_response = 0, poll_final = 0;
    fields >> option >> type >> dlci >> command_response >> poll_final >> info >> line;
    EXPECT_FALSE(line.empty()) << text;
    all.push_back({option == "basic" ? Option::basic : Option::advanced,
                   {.dlci = static_cast<std::uint8_t>(dlci),
                    .command_response = command_response == 1,
                    .type = types.at(type),
                    .poll_final = poll_final == 1},
                   info == "-" ? Octets() : from_hex(info),
                   from_hex(line)});
  }
  return all;
}

Octets written(Option option, const Frame& frame) {
  Octets out(max_frame_octets(option, frame.info.size()));
  out.resize(write_frame(option, frame, out));
  return out;
}

/// The information of all frames that are found, cut into pieces of `piece` octets.
std::vector<Octets> found(FrameReader& reader, const Octets& line, std::size_t piece = 4096) {
  std::vector<Octets> all;
  for (std::size_t at = 0; at < line.size(); at += piece) {
    Bytes in = Bytes(line).subspan(at, std::min(piece, line.size() - at));
    while (const auto frame = reader.next(in))
      all.emplace_back(frame->info.begin(), frame->info.end());
    EXPECT_TRUE(in.empty());
  }
  return all;
}

Octets operator+(Octets a, const Octets& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

Octets data_frame(Option option, const Octets& info) {
  return written(option, {.dlci = 1, .command_response = true, .info = info});
}

TEST(CmuxFrame, WritesTheVectors) {
  ASSERT_EQ(vectors().size(), 15U);
  for (Vector vector : vectors()) {
    vector.frame.info = vector.info;
    EXPECT_EQ(written(vector.option, vector.frame), vector.line);
  }
}

TEST(CmuxFrame, ReadsTheVectors) {
  for (const Vector& vector : vectors()) {
    FrameReader reader(vector.option, 64);
    Bytes in(vector.line);
    const auto frame = reader.next(in);
    ASSERT_TRUE(frame);
    EXPECT_EQ(frame->dlci, vector.frame.dlci);
    EXPECT_EQ(frame->type, vector.frame.type);
    EXPECT_EQ(frame->command_response, vector.frame.command_response);
    EXPECT_EQ(frame->poll_final, vector.frame.poll_final);
    EXPECT_EQ(Octets(frame->info.begin(), frame->info.end()), vector.info);
  }
}

class CmuxFrameOption : public testing::TestWithParam<Option> {};

TEST_P(CmuxFrameOption, EveryLengthInEveryPieceComesBack) {
  for (const std::size_t size : {0, 1, 31, 126, 127, 128, 129, 1500}) {
    const Octets info = pattern(size);
    const Octets line = data_frame(GetParam(), info) + data_frame(GetParam(), info);
    for (const std::size_t piece : {1, 2, 3, 7, 4096}) {
      FrameReader reader(GetParam(), 1500);
      EXPECT_THAT(found(reader, line, piece), testing::ElementsAre(info, info))
          << size << " in pieces of " << piece;
      EXPECT_EQ(reader.damaged(), 0U);
    }
  }
}

TEST_P(CmuxFrameOption, OneFlagBetweenTwoFramesIsEnough) {
  const Octets info = pattern(20);
  Octets first = data_frame(GetParam(), info);
  first.pop_back();
  FrameReader reader(GetParam(), 64);
  EXPECT_THAT(found(reader, first + data_frame(GetParam(), info)),
              testing::ElementsAre(info, info));
}

TEST_P(CmuxFrameOption, NoBitOfTheHeaderMayBeWrong) {
  const Octets info = from_hex("0102030405");
  const Octets good = data_frame(GetParam(), info);
  const std::size_t header = GetParam() == Option::basic ? 3 : 2;
  for (std::size_t bit = 8; bit < 8 * (header + 1); ++bit) {
    Octets bad = good;
    bad[bit / 8] ^= static_cast<std::byte>(1U << bit % 8);
    FrameReader reader(GetParam(), 64);
    // Two good ones behind: a wrong length may cost the first one.
    const auto all = found(reader, bad + good + good + Octets(64, std::byte{0}));
    EXPECT_GE(all.size(), 2U) << bit;
    for (const Octets& each : all) EXPECT_EQ(each, info) << bit;
  }
}

TEST_P(CmuxFrameOption, OnlyTheHeaderOfUihIsCovered) {
  Octets line = data_frame(GetParam(), from_hex("010203"));
  line[line.size() - 3] ^= std::byte{0x40};
  FrameReader reader(GetParam(), 64);
  EXPECT_THAT(found(reader, line), testing::ElementsAre(from_hex("010243")));
  // And all of UI.
  line = written(GetParam(), {.dlci = 1, .type = FrameType::ui, .info = line});
  line[4] ^= std::byte{0x40};
  EXPECT_THAT(found(reader, line), testing::IsEmpty());
}

TEST_P(CmuxFrameOption, TextBeforeAndBetweenIsPassedOver) {
  const Octets info = pattern(40);
  const Octets text = from_hex("0d0a4f4b0d0a");
  FrameReader reader(GetParam(), 64);
  EXPECT_THAT(
      found(reader, text + data_frame(GetParam(), info) + text + data_frame(GetParam(), info)),
      testing::ElementsAre(info, info));
}

TEST_P(CmuxFrameOption, LongerThanAgreedIsDamageAndCostsOnlyItself) {
  const Octets info = from_hex("010203");
  FrameReader reader(GetParam(), 64);
  const auto all = found(
      reader, data_frame(GetParam(), Octets(300, std::byte{0x55})) + data_frame(GetParam(), info));
  EXPECT_THAT(all, testing::ElementsAre(info));
  EXPECT_GE(reader.damaged(), 1U);
}

INSTANTIATE_TEST_SUITE_P(Both, CmuxFrameOption, testing::Values(Option::basic, Option::advanced));

}  // namespace
}  // namespace tunppp::modem::cmux
