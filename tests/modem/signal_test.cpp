#include "modem/signal.h"

#include <gtest/gtest.h>

namespace tunppp::modem {
namespace {

std::string words(std::string_view command, std::string_view answer) {
  const auto report = read_cell_report(command, answer);
  return report ? describe(*report) : "nothing";
}

// As a SIM7600 was recorded.
TEST(CellReport, OfSimcom) {
  EXPECT_EQ(words("AT+CPSI?",
                  "LTE,Online,505-01,0x5A1E,187214780,257,EUTRAN-BAND3,1850,5,5,-94,-850,-545,15"),
            "LTE, network 505-01, area 5A1E, cell 187214780, EUTRAN-BAND3, RSRP -85 dBm, RSRQ -9 "
            "dB, RSSI -54 dBm, SINR 15 dB");
  EXPECT_EQ(words("AT+CPSI?", "NO SERVICE,Online"), "NO SERVICE");
  EXPECT_EQ(words("AT+CPSI?", ""), "nothing");
}

TEST(CellReport, OfQuectel) {
  EXPECT_EQ(words("AT+QENG=\"servingcell\"",
                  "\"servingcell\",\"NOCONN\",\"LTE\",\"FDD\",262,01,1C3D4E5,257,1300,3,5,5,1A2B,"
                  "-95,-11,-64,14,30"),
            "LTE, network 262-01, area 1A2B, cell 1C3D4E5, band 3, RSRP -95 dBm, RSRQ -11 dB, RSSI "
            "-64 dBm");
  EXPECT_EQ(words("AT+QENG=\"servingcell\"",
                  "\"servingcell\",\"NOCONN\",\"LTE\",\"FDD\",262,01,1C3D4E5,257,1300,3,5,5,1A2B,"
                  "-95,-,-"),
            "LTE, network 262-01, area 1A2B, cell 1C3D4E5, band 3, RSRP -95 dBm")
      << "what is not known is a dash, or missing";
  EXPECT_EQ(words("AT+QENG=\"servingcell\"", "\"servingcell\",\"SEARCH\""), "nothing");
  EXPECT_EQ(words("AT+QCSQ", "\"LTE\",-64,-95,150,-11"),
            "LTE, RSRP -95 dBm, RSRQ -11 dB, RSSI -64 dBm, SINR 10 dB");
  EXPECT_EQ(words("AT+QCSQ", "\"NOSERVICE\""), "NOSERVICE");
}

// Recorded from an ME906: 57 - 121 dBm, 56 - 141 dBm, 130 / 5 - 20 dB, 24 / 2 - 20 dB.
TEST(CellReport, OfHuawei) {
  EXPECT_EQ(words("AT^HCSQ?", "\"LTE\",57,56,130,24"),
            "LTE, RSRP -85 dBm, RSRQ -8 dB, RSSI -64 dBm, SINR 6 dB");
  EXPECT_EQ(words("AT^HCSQ?", "\"LTE\",57,255,255,255"), "LTE, RSSI -64 dBm");
  EXPECT_EQ(words("AT^HCSQ?", "\"WCDMA\",41,30,50"), "WCDMA, RSSI -80 dBm");
  EXPECT_EQ(words("AT^HCSQ?", "\"NOSERVICE\""), "NOSERVICE");
}

// 3GPP TS 27.007 section 8.69; 99 and 255: not known.
TEST(CellReport, OfTheStandard) {
  EXPECT_EQ(words("AT+CESQ", "99,99,255,255,20,55"), "RSRP -85 dBm, RSRQ -10 dB");
  EXPECT_EQ(words("AT+CESQ", "99,99,255,255,255,255"), "nothing");
  EXPECT_EQ(words("AT+CESQ", "99,99"), "nothing");
}

TEST(CellReport, OfAnotherCommandIsNotRead) {
  EXPECT_EQ(words("AT!GSTATUS?", "LTE,Online,505-01,1,2"), "nothing");
}

}  // namespace
}  // namespace tunppp::modem
