#include "modem/at_line.h"

#include <gtest/gtest.h>

#include <vector>

#include "text.h"

namespace tunppp::modem {
namespace {

using Lines = std::vector<std::string>;

/// All lines of the input, given in pieces of `chunk` octets.
Lines split(std::string_view input, std::size_t chunk) {
  AtLineSplitter splitter;
  Lines lines;
  while (!input.empty()) {
    const std::string_view piece = input.substr(0, chunk);
    const auto taken = splitter.take(octets(piece));
    if (taken.line) lines.emplace_back(*taken.line);
    input.remove_prefix(taken.count);
  }
  return lines;
}

Lines split_in_any_way(std::string_view input) {
  const Lines whole = split(input, input.size());
  for (std::size_t chunk = 1; chunk < input.size(); ++chunk)
    EXPECT_EQ(split(input, chunk), whole) << "in pieces of " << chunk;
  return whole;
}

TEST(AtLineSplitter, SplitsTheLineEndsThatModemsUse) {
  EXPECT_EQ(split_in_any_way("\r\nOK\r\n"), Lines{"OK"});
  EXPECT_EQ(split_in_any_way("\nNO CARRIER\r\n"), Lines{"NO CARRIER"});  // Sierra
  EXPECT_EQ(split_in_any_way("\r\r\nOK\r\r\n"), Lines{"OK"});
  EXPECT_EQ(split_in_any_way("OK\n+CREG: 1\n"), (Lines{"OK", "+CREG: 1"}));
  EXPECT_EQ(split_in_any_way("\r\n+CSQ: 20,99\r\n\r\nOK\r\n"), (Lines{"+CSQ: 20,99", "OK"}));
}

TEST(AtLineSplitter, EndsTheEchoAtItsBareCr) {
  EXPECT_EQ(split_in_any_way("AT+CSQ\r\r\n+CSQ: 20,99\r\n"), (Lines{"AT+CSQ", "+CSQ: 20,99"}));
  EXPECT_EQ(split_in_any_way("ATV0\r0\r4\r\n"), (Lines{"ATV0", "0", "4"}));
}

TEST(AtLineSplitter, LeavesOutNulsParityAndControlCharacters) {
  using namespace std::string_view_literals;
  EXPECT_EQ(split_in_any_way("\0\0\r\nR\0DY\r\n"sv), Lines{"RDY"});
  EXPECT_EQ(split_in_any_way("\x8d\x8a\xcf\x4b\x8d\x0a"), Lines{"OK"});
  EXPECT_EQ(split_in_any_way("\x1b[2J+COPS: 0\a\r\n"), Lines{"[2J+COPS: 0"});
}

TEST(AtLineSplitter, GivesThePromptWithoutALineEnd) {
  EXPECT_EQ(split_in_any_way("\r\n> "), Lines{"> "});
  EXPECT_EQ(split_in_any_way("+X: a > b\r\n"), Lines{"+X: a > b"});
}

TEST(AtLineSplitter, StopsBehindTheLineEndOfConnect) {
  AtLineSplitter splitter;
  const std::string_view input = "\r\nCONNECT 150000000\r\n~\xff}#";
  const auto taken = splitter.take(octets(input));
  ASSERT_TRUE(taken.line);
  EXPECT_EQ(*taken.line, "CONNECT 150000000");
  EXPECT_EQ(input.substr(taken.count), "~\xff}#");
}

TEST(AtLineSplitter, FlushEndsALineThatOnlyCrHasEnded) {
  AtLineSplitter splitter;
  EXPECT_FALSE(splitter.take(octets("0\r")).line);
  EXPECT_TRUE(splitter.ended_by_cr());
  EXPECT_EQ(splitter.flush(), "0");
  EXPECT_FALSE(splitter.flush());
  EXPECT_FALSE(splitter.take(octets("half")).line);
  EXPECT_FALSE(splitter.flush());
}

TEST(AtLineSplitter, CutsEndlessLines) {
  AtLineSplitter splitter;
  const std::string endless(10 * AtLineSplitter::max_line, 'x');
  EXPECT_FALSE(splitter.take(octets(endless)).line);
  const auto taken = splitter.take(octets("\r\n"));
  ASSERT_TRUE(taken.line);
  EXPECT_EQ(taken.line->size(), AtLineSplitter::max_line);
  EXPECT_EQ(splitter.cut_lines(), 1u);
}

}  // namespace
}  // namespace tunppp::modem
