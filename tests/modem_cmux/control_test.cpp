#include "modem/cmux/control.h"

#include <gtest/gtest.h>

#include "octets.h"

namespace tunppp::modem::cmux {
namespace {

Octets written(const ControlMessage& message) {
  Octets out(message.value.size() + 4);
  out.resize(write_message(message, out));
  return out;
}

TEST(CmuxControl, MessagesAsTheyAreOnTheLine) {
  EXPECT_EQ(written({.type = 0x30, .command = true}), from_hex("c301"));  // CLD
  const Octets status = from_hex("070d");
  EXPECT_EQ(written({.type = 0x38, .command = true, .value = status}), from_hex("e305070d"));
  EXPECT_EQ(written({.type = 0x38, .command = false, .value = status}), from_hex("e105070d"));
}

TEST(CmuxControl, SeveralInOneFrame) {
  const Octets octets = from_hex("e305070dc301");
  Bytes in(octets);
  ASSERT_EQ(next_message(in)->type, 0x38);
  ASSERT_EQ(next_message(in)->type, 0x30);
  EXPECT_FALSE(next_message(in));
}

TEST(CmuxControl, LongAndCutValues) {
  const Octets value = pattern(200);
  const Octets octets = written({.type = 0x08, .command = true, .value = value});
  for (std::size_t size = 0; size < octets.size(); ++size) {
    Bytes in = Bytes(octets).first(size);
    EXPECT_FALSE(next_message(in)) << size;
  }
  Bytes in(octets);
  const auto message = next_message(in);
  ASSERT_TRUE(message);
  EXPECT_EQ(Octets(message->value.begin(), message->value.end()), value);
}

TEST(CmuxControl, ParametersAsInClause54631) {
  // DLCI 3, UIH, priority 7, T1 100 ms, N1 127, N2 3, k 2.
  const Octets octets = from_hex("0300070a7f000302");
  const auto parameters = parse_parameters(octets);
  ASSERT_TRUE(parameters);
  EXPECT_EQ(parameters->dlci, 3);
  EXPECT_EQ(parameters->t1, 10);
  EXPECT_EQ(parameters->frame_size, 127);
  EXPECT_EQ(parameters->retries, 3);
  EXPECT_EQ(parameters->window, 2);
  Octets again(channel_parameters_size);
  write_parameters(*parameters, again);
  EXPECT_EQ(again, octets);
  EXPECT_FALSE(parse_parameters(Bytes(octets).first(7)));
}

}  // namespace
}  // namespace tunppp::modem::cmux
