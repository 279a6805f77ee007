#include "modem/carrier_watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "text.h"

namespace tunppp::modem {
namespace {

using namespace std::string_view_literals;

std::optional<FinalCode> found(std::string_view tail) {
  return result_code_in(octets(tail));
}

TEST(CarrierWatch, FindsResultCodesOnLinesOfTheirOwn) {
  EXPECT_EQ(found("\r\nNO CARRIER\r\n"), FinalCode::no_carrier);
  EXPECT_EQ(found("\nNO CARRIER\r\n"), FinalCode::no_carrier);
  EXPECT_EQ(found("\0\0\r\nNO CARRIER\r\n"sv), FinalCode::no_carrier);
  EXPECT_EQ(found("\r\nERROR\r\n"), FinalCode::error);
  EXPECT_EQ(found("\r\nOK\r\n"), FinalCode::ok);
  EXPECT_EQ(found("\r\n+CREG: 0\r\n\r\nNO CARRIER\r\n"), FinalCode::no_carrier);
}

TEST(CarrierWatch, FindsThemWhereTheDeframerDroppedTheLineEnds) {
  EXPECT_EQ(found("NO CARRIER"), FinalCode::no_carrier);
  EXPECT_EQ(found("NO CARRIER\r\n"), FinalCode::no_carrier);
}

TEST(CarrierWatch, FindsACarrierLostInsideAFrame) {
  EXPECT_EQ(found("\x21\x45\x00\x00\x54\x12\r\nNO CARRIER\r\n"sv), FinalCode::no_carrier);
}

TEST(CarrierWatch, DoesNotBelieveWhatAPacketCarries) {
  EXPECT_EQ(found("\x21\x45\x00\x00\x54 +++ATH0 NO CARRIER"sv), std::nullopt);
  EXPECT_EQ(found("\x21\x45\x00\x00\x54\r\nNO CARRIER\r\nmore"sv), std::nullopt);
  EXPECT_EQ(found("\x21\x45\x00\x00\x54\r\nERROR\r\n"sv), std::nullopt);
  EXPECT_EQ(found("they said NO CARRIER\r\n"), std::nullopt);
}

TEST(CarrierWatch, FindsWhatWasSaidBeforeAndAfter) {
  EXPECT_EQ(found("\r\nNO CARRIER\r\n\0\0"sv), FinalCode::no_carrier);
  EXPECT_EQ(found("\r\nRING\r\n\r\nNO CARRIER\r\n\r\n+CREG: 2\r\n"), FinalCode::no_carrier);
  EXPECT_EQ(found("\r\r\nNO CARRIER\r\r\n"), FinalCode::no_carrier);
  EXPECT_EQ(found("\nNO CARRIER\n"), FinalCode::no_carrier);
  EXPECT_EQ(found("NO CARRIER\r"), FinalCode::no_carrier);
  EXPECT_EQ(found("\r\nBUSY\r\n"), FinalCode::busy);
  EXPECT_EQ(found("\r\nNO ANSWER\r\n"), FinalCode::no_answer);
  EXPECT_EQ(found("\r\n+CME ERROR: 30\r\n"), FinalCode::cme_error);
  // The line ends were dropped.
  EXPECT_EQ(found("+CREG: 2NO CARRIER"), FinalCode::no_carrier);
}

TEST(CarrierWatch, HalfALineIsNoneYet) {
  constexpr std::string_view whole = "\r\nNO CARRIER\r\n";
  for (std::size_t cut = 0; cut < whole.find('R', 10) + 1; ++cut)
    EXPECT_EQ(found(whole.substr(0, cut)), std::nullopt) << cut;
}

// A frame that has only begun, with these words in the packet: wherever it stops, but at the very
// end of such a line.
TEST(CarrierWatch, APacketMayCarryTheWords) {
  const std::string frame =
      "\xff\x03"
      "\x21\x45 ... \r\nNO CARRIER\r\nOK\r\nERROR\r\nRDY\r\n\x01\x02";
  const std::size_t believed = frame.find("OK");
  for (std::size_t cut = 0; cut <= frame.size(); ++cut) {
    if (cut == believed) continue;
    EXPECT_EQ(found(frame.substr(0, cut)), std::nullopt) << cut;
    EXPECT_TRUE(unsolicited_in(octets(frame.substr(0, cut))).empty()) << cut;
  }
}

TEST(CarrierWatch, TellsWhatTheModemSaysByItself) {
  EXPECT_THAT(unsolicited_in(octets("\r\n+CREG: 2\r\n\r\nRING\r\n")),
              testing::ElementsAre("+CREG: 2", "RING"));
  EXPECT_THAT(unsolicited_in(octets("\0\r\nRDY\r\n"sv)), testing::ElementsAre("RDY"));
  EXPECT_THAT(unsolicited_in(octets("RDY")), testing::ElementsAre("RDY"));
  EXPECT_TRUE(unsolicited_in(octets("")).empty());
  EXPECT_TRUE(unsolicited_in(octets("\r\nlogin: \r\n")).empty());
}

TEST(CarrierWatch, SeesNothingInSilenceAndUnsolicitedText) {
  EXPECT_EQ(found(""), std::nullopt);
  EXPECT_EQ(found("\r\n"), std::nullopt);
  EXPECT_EQ(found("\r\n+CREG: 1\r\n"), std::nullopt);
  EXPECT_EQ(found("\r\nRING\r\n"), std::nullopt);
  EXPECT_EQ(found("> "), std::nullopt);
}

}  // namespace
}  // namespace tunppp::modem
