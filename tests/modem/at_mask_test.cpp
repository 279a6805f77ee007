#include <gtest/gtest.h>

#include "modem/at_codes.h"

namespace tunppp::modem {
namespace {

TEST(MaskSecrets, HidesPinsAndTheirLength) {
  EXPECT_EQ(mask_secrets("AT+CPIN=\"1234\""), "AT+CPIN=<masked>");
  EXPECT_EQ(mask_secrets("AT+CPIN=\"12345678\""), mask_secrets("AT+CPIN=\"1234\""));
  EXPECT_EQ(mask_secrets("at+cpin=1234"), "at+cpin=<masked>");
  EXPECT_EQ(mask_secrets("AT+CPIN=\"12345678\",\"1234\""), "AT+CPIN=<masked>");
  EXPECT_EQ(mask_secrets("AT+CLCK=\"SC\",0,\"1234\""), "AT+CLCK=\"SC\",0,<masked>");
  EXPECT_EQ(mask_secrets("AT+CPWD=\"SC\",\"1234\",\"4321\""), "AT+CPWD=<masked>");
  EXPECT_EQ(mask_secrets("AT+CSIM=26,\"0020000108313233\""), "AT+CSIM=<masked>");
}

TEST(MaskSecrets, HidesPasswordsInEveryVendorsOrder) {
  EXPECT_EQ(mask_secrets("AT+CGAUTH=1,1,\"user\",\"secret\""), "AT+CGAUTH=1,1,<masked>");
  EXPECT_EQ(mask_secrets("AT+CGAUTH=1,1,\"secret\",\"user\""), "AT+CGAUTH=1,1,<masked>");
  EXPECT_EQ(mask_secrets("AT+QICSGP=1,1,\"web\",\"u\",\"p,q\",1"),
            "AT+QICSGP=1,1,\"web\",<masked>");
  EXPECT_EQ(mask_secrets("AT+UAUTHREQ=1,2,\"p\",\"u\""), "AT+UAUTHREQ=1,2,<masked>");
  EXPECT_EQ(mask_secrets("AT$QCPDPP=1,1,p,u"), "AT$QCPDPP=1,1,<masked>");
  EXPECT_EQ(mask_secrets("+CGAUTH: 1,1,\"u\",\"p\""), "+CGAUTH:1,1,<masked>");
}

TEST(MaskSecrets, LeavesTheRestAlone) {
  for (const std::string_view line :
       {"AT+CPIN?", "+CPIN: READY", "+CPIN: SIM PIN", "AT+CGAUTH=1,0", "AT+CPIN=?", "AT+CSQ",
        "AT+CGDCONT=1,\"IP\",\"web\"", "OK", "", "AT+CPINC?", "+CPINC: 3,3", "AT+CPIN2?",
        "+CPIN: SIM PIN2"})
    EXPECT_EQ(mask_secrets(line), line);
}

TEST(MaskSecrets, HidesThemWhereTheEqualsSignWasForgotten) {
  for (const std::string_view line :
       {"AT+CPIN 7319", "AT+CPIN\"7319\"", "AT+CPIN \"7319\"", "at+cpin  7319", "AT+CPIN2 7319",
        "AT^CPIN=7319", "AT+CPUK=\"7319\",\"7319\"", "AT+CSTT=\"web\",\"u\",\"7319\"",
        "AT#SGACT=1,1,\"u\",\"7319\"", "AT+UPSD=0,3,\"7319\"", "AT+SAPBR=3,1,\"PWD\",\"7319\""})
    EXPECT_EQ(mask_secrets(line).find("7319"), std::string::npos) << line;
}

TEST(MaskSecrets, HidesAllOfSeveral) {
  EXPECT_EQ(mask_secrets("AT+CGAUTH=1,1,\"u\",\"secret\";+CPIN=\"7319\""), "AT+CGAUTH=1,1,<masked>");
  EXPECT_EQ(mask_secrets("AT+CPIN=\"7319\";+CGAUTH=1,1,\"u\",\"secret\""), "AT+CPIN=<masked>");
}

TEST(MaskSecrets, FindsThemBehindGarbage) {
  EXPECT_EQ(mask_secrets("x~+CPIN=\"1234\""), "x~+CPIN=<masked>");
  EXPECT_EQ(mask_secrets("AT+CPIN =\"1234\""), "AT+CPIN =<masked>");
}

}  // namespace
}  // namespace tunppp::modem
