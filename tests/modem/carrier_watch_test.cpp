#include "modem/carrier_watch.h"

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

TEST(CarrierWatch, SeesNothingInSilenceAndUnsolicitedText) {
  EXPECT_EQ(found(""), std::nullopt);
  EXPECT_EQ(found("\r\n"), std::nullopt);
  EXPECT_EQ(found("\r\n+CREG: 1\r\n"), std::nullopt);
  EXPECT_EQ(found("\r\nRING\r\n"), std::nullopt);
  EXPECT_EQ(found("> "), std::nullopt);
}

}  // namespace
}  // namespace tunppp::modem
