// What is found in the trees of tests/fixtures/sysfs, held against what is known of each modem.
#include "detect/modems.h"

#include "inventory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tunppp::detect {
namespace {

using test::SysfsTree;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

ModemDevice the_modem(const Inventory& found) {
  EXPECT_THAT(found.modems, SizeIs(1));
  return found.modems.empty() ? ModemDevice() : found.modems.front();
}
ModemDevice the_modem(std::string_view fixture) {
  return the_modem(inventory(fixture));
}

TEST(Modems, Ec25AsItIsDelivered) {
  const ModemDevice modem = the_modem("ec25_pi4");
  EXPECT_EQ(modem.usb_path, "1-1.3");
  EXPECT_THAT(modem.device_path, EndsWith("/usb1/1-1/1-1.3"));
  EXPECT_EQ(modem.vendor, 0x2c7c);
  EXPECT_EQ(modem.product, 0x0125);
  EXPECT_EQ(describe(modem), "Quectel EC25-AF (2c7c:0125)");
  EXPECT_THAT(modem.model, HasSubstr("EC25"));
  EXPECT_EQ(modem.mode, Mode::serial);
  EXPECT_EQ(modem.composition, "4 serial ports, QMI network");
  ASSERT_TRUE(modem.profile);
  EXPECT_EQ(modem.profile->name, "quectel-ec25");
  EXPECT_THAT(roles(modem), ElementsAre("0 diagnostics ttyUSB0", "1 GNSS ttyUSB1", "2 AT ttyUSB2",
                                        "3 PPP ttyUSB3", "4 network"));
  EXPECT_EQ(ppp_tty(modem), "ttyUSB3");
  EXPECT_EQ(at_tty(modem), "ttyUSB2");
  EXPECT_THAT(modem.ppp->why, HasSubstr("interface 3 of 2c7c:0125"));
}

TEST(Modems, APortHasItsDriverAndItsLastingName) {
  const ModemDevice modem = the_modem("ec25_pi4");
  ASSERT_THAT(modem.ports, SizeIs(4));
  const Port& port = modem.ports[3];
  EXPECT_EQ(port.device, "/dev/ttyUSB3");
  EXPECT_EQ(port.driver, "option1");
  EXPECT_EQ(port.by_path(),
            "/dev/serial/by-path/platform-fd500000.pcie-pci-0000:01:00.0-usb-0:1.3:1.3-port0");
  EXPECT_EQ(port.interface.driver, "option");
  EXPECT_EQ(port.interface.interface_class, 0xff);
  EXPECT_EQ(port.interface.subclass, 0x00);
  EXPECT_EQ(port.interface.endpoints, 3U);
  EXPECT_TRUE(port.interface.interrupt_endpoint);
  EXPECT_FALSE(modem.ports[0].interface.interrupt_endpoint);
  EXPECT_THAT(port.interface.modalias, testing::StartsWith("usb:v2C7Cp0125"));
}

// The product ID is the same; a table by number alone would dial on the port for diagnostics.
TEST(Modems, Ec25WithANetworkInFront) {
  const ModemDevice modem = the_modem("ec25_rndis");
  EXPECT_EQ(modem.composition, "4 serial ports, RNDIS network");
  EXPECT_THAT(roles(modem), ElementsAre("0 network", "1 network", "2 diagnostics ttyUSB0",
                                        "3 GNSS ttyUSB1", "4 AT ttyUSB2", "5 PPP ttyUSB3"));
  EXPECT_EQ(ppp_tty(modem), "ttyUSB3");
  EXPECT_EQ(at_tty(modem), "ttyUSB2");
}

TEST(Modems, Sim7600) {
  const ModemDevice modem = the_modem("sim7600_9001");
  EXPECT_EQ(modem.profile->name, "simcom-sim7600");
  EXPECT_EQ(describe(modem), "SimTech, Incorporated (1e0e:9001)");
  EXPECT_THAT(roles(modem), ElementsAre("0 diagnostics ttyUSB0", "1 GNSS ttyUSB1", "2 AT ttyUSB2",
                                        "3 PPP ttyUSB3", "4 other ttyUSB4", "5 network"));
  EXPECT_EQ(ppp_tty(modem), "ttyUSB3");
  EXPECT_EQ(at_tty(modem), "ttyUSB2");
}

TEST(Modems, Sim7600WithRndis) {
  const ModemDevice modem = the_modem("sim7600_9011");
  EXPECT_EQ(modem.profile->name, "simcom-sim7600");
  EXPECT_THAT(roles(modem), ElementsAre("0 network", "1 network", "2 other ttyUSB0",
                                        "3 other ttyUSB1", "4 AT ttyUSB2", "5 PPP ttyUSB3"));
  EXPECT_EQ(ppp_tty(modem), "ttyUSB3");
  EXPECT_EQ(at_tty(modem), "ttyUSB2");
}

TEST(Modems, Sim7080WithEcm) {
  const ModemDevice modem = the_modem("sim7080_9205");
  EXPECT_EQ(modem.profile->name, "simcom-sim7080");
  EXPECT_EQ(modem.composition, "4 serial ports, ECM network");
  EXPECT_EQ(ppp_tty(modem), "ttyUSB3");
  EXPECT_EQ(at_tty(modem), "ttyUSB2");
}

TEST(Modems, Sim7080WithSerialPortsAlone) {
  const ModemDevice modem = the_modem("sim7080_9206");
  EXPECT_THAT(roles(modem), ElementsAre("0 diagnostics ttyUSB0", "1 GNSS ttyUSB1", "2 AT ttyUSB2",
                                        "3 other ttyUSB3", "4 other ttyUSB4", "5 PPP ttyUSB5"));
  EXPECT_EQ(ppp_tty(modem), "ttyUSB5");
  EXPECT_EQ(at_tty(modem), "ttyUSB2");
}

TEST(Modems, HuaweiByItsDescriptors) {
  const ModemDevice modem = the_modem("huawei_stick");
  EXPECT_EQ(modem.profile->name, "huawei");
  EXPECT_EQ(modem.composition, "3 serial ports, NCM network, 1 disk");
  EXPECT_EQ(ppp_tty(modem), "ttyUSB0");
  EXPECT_EQ(at_tty(modem), "ttyUSB2");
  EXPECT_FALSE(modem.ppp_port()->interface.role.guess);
}

// Descriptors hold for Huawei's product IDs that nobody has listed, too.
TEST(Modems, HuaweiThatIsNotListed) {
  SysfsTree tree("pi4");
  tree.add(R"(
usb /sys/devices/usb1/1-5 12d1:1c25 HUAWEI | HUAWEI Mobile
interface 0 ff/01/03 2 option ttyUSB0
interface 1 ff/01/02 2 option ttyUSB1
interface 2 ff/01/01 2i option ttyUSB2
interface 3 ff/01/05 2 option ttyUSB3
)");
  const ModemDevice modem = the_modem(inventory(tree));
  EXPECT_THAT(roles(modem),
              ElementsAre("0 other? ttyUSB0", "1 AT ttyUSB1", "2 PPP ttyUSB2", "3 GNSS ttyUSB3"));
}

TEST(Modems, HuaweiWithAnAtPortAloneDialsThere) {
  const ModemDevice modem = the_modem("huawei_e3372");
  EXPECT_EQ(ppp_tty(modem), "ttyUSB0");
  EXPECT_EQ(at_tty(modem), "");
  EXPECT_THAT(modem.ppp->why, HasSubstr("the AT port"));
}

TEST(Modems, HiLinkIsARouter) {
  const ModemDevice modem = the_modem("huawei_hilink");
  EXPECT_EQ(modem.mode, Mode::hilink);
  EXPECT_THAT(modem.ports, IsEmpty());
  EXPECT_FALSE(modem.ppp);
}

TEST(Modems, ADiskIsAModemToBe) {
  const ModemDevice modem = the_modem("huawei_storage");
  EXPECT_EQ(modem.mode, Mode::storage);
  EXPECT_EQ(modem.composition, "1 disk");
  EXPECT_FALSE(modem.ppp);
}

TEST(Modems, AllIdentitiesOfDisksAreKnown) {
  for (const char* id : {"12d1:1f01", "12d1:14fe", "12d1:157d", "1e0e:f000", "1199:0fff",
                         "19d2:2000", "05c6:1000"}) {
    const std::string disk =
        "usb /sys/devices/usb1/1-1 " + std::string(id) + "\ninterface 0 08/06/50 2 -\n";
    SysfsTree tree("nothing");
    tree.add(disk);
    EXPECT_EQ(the_modem(inventory(tree)).mode, Mode::storage) << id;
    // The same identity with more than a disk is no disk.
    tree.add(disk + "interface 1 ff/ff/ff 2i option ttyUSB0");
    EXPECT_EQ(the_modem(inventory(tree)).mode, Mode::serial) << id;
  }
}

TEST(Modems, AnyOtherDiskIsNone) {
  SysfsTree tree("pi4");
  tree.add(
      "usb /sys/devices/usb1/1-1 0781:5567 SanDisk | Cruzer\ninterface 0 08/06/50 2 usb-storage");
  EXPECT_THAT(inventory(tree).modems, IsEmpty());
}

TEST(Modems, AnAndroidPhoneIsNone) {
  SysfsTree tree("pi4");
  tree.add("usb /sys/devices/usb1/1-1 12d1:107e HUAWEI | P30\ninterface 0 ff/42/01 2");
  EXPECT_THAT(inventory(tree).modems, IsEmpty());
}

TEST(Modems, OfMbimAloneItIsSaidThatItHasNoSerialPort) {
  SysfsTree tree("pi4");
  tree.add(R"(
usb /sys/devices/usb1/1-1 12d1:15c1 Huawei | ME906s
interface 0 02/0e/00 i cdc_mbim
interface 1 0a/00/02 2 cdc_mbim
)");
  const ModemDevice modem = the_modem(inventory(tree));
  EXPECT_EQ(modem.mode, Mode::network);
  EXPECT_EQ(modem.composition, "MBIM network");
}

TEST(Modems, Telit) {
  const ModemDevice modem = the_modem("telit_le910c1");
  EXPECT_EQ(modem.profile->name, "telit-le910");
  EXPECT_EQ(ppp_tty(modem), "ttyUSB2");  // interface 4
  EXPECT_EQ(at_tty(modem), "ttyUSB3");   // interface 5
  EXPECT_THAT(roles(modem), testing::Contains("3 GNSS ttyUSB1"));
  EXPECT_EQ(modem.composition, "5 serial ports, QMI network, 1 other");
}

struct Known {
  const char* id;
  const char* ppp;  // the interface
  const char* at;   // empty: there is no second port
};

// By the kernel's option driver and ModemManager's rules; nothing but the numbers tells.
TEST(Modems, InterfacesOfAllWhoseTableIsKnown) {
  for (const Known& known :
       std::vector<Known>{{"2c7c:0125", "3", "2"}, {"2c7c:0121", "3", "2"}, {"2c7c:0191", "3", "2"},
                          {"2c7c:0195", "3", "2"}, {"2c7c:0306", "3", "2"}, {"2c7c:0512", "3", "2"},
                          {"2c7c:0296", "3", "2"}, {"2c7c:0800", "3", "2"}, {"2c7c:0801", "3", "2"},
                          {"2c7c:6007", "3", "2"}, {"1e0e:9001", "3", "2"}, {"1e0e:9011", "5", "4"},
                          {"1e0e:9205", "3", "2"}, {"1e0e:9206", "5", "2"}, {"05c6:908b", "1", "2"},
                          {"1546:1311", "1", "2"}, {"1546:1312", "1", "2"}, {"1546:1313", "1", "2"},
                          {"05c6:90b2", "2", ""},  {"1bc7:1201", "4", "5"}, {"1bc7:1204", "5", "6"},
                          {"1bc7:1031", "1", "2"}, {"1bc7:1033", "1", "2"}, {"1bc7:1035", "1", "2"},
                          {"1bc7:1101", "1", "2"}, {"1bc7:110a", "1", "2"}, {"1bc7:7010", "4", "3"},
                          {"1bc7:7011", "4", "3"}, {"1199:9071", "3", ""},  {"1199:9079", "3", ""},
                          {"1199:9091", "3", ""},  {"1199:c001", "2", "0"}}) {
    std::string text = "usb /sys/devices/usb1/1-1 " + std::string(known.id) + "\n";
    for (int i = 0; i < 8; ++i) {
      const std::string number = std::to_string(i);
      text += "interface " + number + " ff/00/00 2i option ttyUSB" + number + "\n";
    }
    SysfsTree tree("nothing");
    tree.add(text);
    const ModemDevice modem = the_modem(inventory(tree));
    EXPECT_TRUE(modem.is_known()) << known.id;
    EXPECT_EQ(ppp_tty(modem), "ttyUSB" + std::string(known.ppp)) << known.id;
    EXPECT_EQ(at_tty(modem), *known.at ? "ttyUSB" + std::string(known.at) : "") << known.id;
  }
}

TEST(Modems, SierraHasOnePortForBoth) {
  const ModemDevice modem = the_modem("sierra_em7455");
  EXPECT_EQ(modem.profile->name, "sierra-mc74xx");
  EXPECT_THAT(roles(modem), ElementsAre("0 diagnostics ttyUSB0", "2 GNSS ttyUSB1", "3 PPP ttyUSB2",
                                        "8 network", "10 network"));
  EXPECT_EQ(modem.ports[2].driver, "qcserial");
  EXPECT_EQ(ppp_tty(modem), "ttyUSB2");
  EXPECT_EQ(at_tty(modem), "");
}

TEST(Modems, UbloxByCdcAcm) {
  const ModemDevice modem = the_modem("ublox_toby_l2");
  EXPECT_EQ(modem.profile->name, "ublox-toby-l2");
  EXPECT_EQ(ppp_tty(modem), "ttyACM0");
  EXPECT_EQ(at_tty(modem), "ttyACM1");
  EXPECT_EQ(modem.ports[0].driver, "cdc_acm");
  EXPECT_FALSE(modem.ppp_port()->interface.role.guess);
}

TEST(Modems, OneThatNobodyKnowsIsGuessedByItsInterruptEndpoint) {
  const ModemDevice modem = the_modem("unknown_modem");
  EXPECT_EQ(modem.profile, nullptr);
  EXPECT_THAT(roles(modem), ElementsAre("0 other? ttyUSB0", "1 other? ttyUSB1", "2 PPP? ttyUSB2",
                                        "3 other? ttyUSB3"));
  EXPECT_EQ(ppp_tty(modem), "ttyUSB2");
  EXPECT_EQ(at_tty(modem), "");
  EXPECT_THAT(modem.ppp->why, HasSubstr("guess"));
}

// EC200T: listed, but in which order its ports are is not known.
TEST(Modems, OneWhosePortsAreNotKnownIsGuessedAsWell) {
  SysfsTree tree("pi4");
  tree.add(R"(
usb /sys/devices/usb1/1-1 2c7c:6026 Quectel | EC200T
interface 0 02/06/00 i cdc_ether
interface 1 0a/00/00 2 cdc_ether
interface 2 ff/00/00 2 option ttyUSB0
interface 3 ff/00/00 2i option ttyUSB1
interface 4 ff/00/00 2i option ttyUSB2
)");
  const ModemDevice modem = the_modem(inventory(tree));
  EXPECT_EQ(modem.profile->name, "quectel-ec200");
  EXPECT_EQ(ppp_tty(modem), "ttyUSB1");
  EXPECT_TRUE(modem.ppp_port()->interface.role.guess);
}

// raspberrypi/linux 3964: the interface has a driver, and no tty.
TEST(Modems, WhereTheModemPortHasNoTtyTheAtPortDials) {
  SysfsTree tree("ec25_pi4");
  tree.remove(the_modem(inventory(tree)).device_path + "/1-1.3:1.3/ttyUSB3");
  tree.remove("/sys/class/tty/ttyUSB3");
  const ModemDevice modem = the_modem(inventory(tree));
  EXPECT_EQ(ppp_tty(modem), "ttyUSB2");
  EXPECT_EQ(at_tty(modem), "");
  EXPECT_THAT(modem.ppp->why, HasSubstr("the port for PPP has no tty"));
  EXPECT_THAT(roles(modem), testing::Contains("3 PPP"));
}

TEST(Modems, WithoutDriversItsInterfacesAreThereAndNoPort) {
  SysfsTree tree("pi4");
  tree.add(R"(
usb /sys/devices/usb1/1-1 2c7c:0125 Quectel | EC25-AF
interface 0 ff/ff/ff 2
interface 1 ff/00/00 2i
interface 2 ff/00/00 2i
interface 3 ff/00/00 2i
interface 4 ff/ff/ff 2i
)");
  const ModemDevice modem = the_modem(inventory(tree));
  EXPECT_EQ(modem.mode, Mode::serial);
  EXPECT_THAT(roles(modem), ElementsAre("0 diagnostics", "1 GNSS", "2 AT", "3 PPP", "4 network"));
  EXPECT_EQ(modem.interfaces[3].driver, "");
  EXPECT_THAT(modem.ports, IsEmpty());
  EXPECT_FALSE(modem.ppp);
  EXPECT_FALSE(modem.at);
}

TEST(Modems, TwoAtOnceEachWithItsOwnPorts) {
  const Inventory found = inventory("two_modems");
  ASSERT_THAT(found.modems, SizeIs(2));
  EXPECT_EQ(found.modems[0].usb_path, "1-1.2");
  EXPECT_EQ(ppp_tty(found.modems[0]), "ttyUSB10");
  EXPECT_EQ(at_tty(found.modems[0]), "ttyUSB6");
  EXPECT_EQ(found.modems[1].usb_path, "1-1.3");
  EXPECT_EQ(ppp_tty(found.modems[1]), "ttyUSB0");
  EXPECT_EQ(at_tty(found.modems[1]), "ttyUSB1");
}

TEST(Modems, AnAdapterIsACandidateAndNoModem) {
  const Inventory found = inventory("ftdi");
  EXPECT_THAT(found.modems, IsEmpty());
  ASSERT_THAT(found.candidates, SizeIs(2));
  EXPECT_EQ(found.candidates[0].tty, "ttyAMA0");
  EXPECT_TRUE(found.candidates[0].is_uart());
  EXPECT_THAT(found.candidates[0].lasting_names, ElementsAre("/dev/serial0"));
  const Candidate& adapter = found.candidates[1];
  EXPECT_FALSE(adapter.is_uart());
  EXPECT_EQ(adapter.device, "/dev/ttyUSB0");
  EXPECT_EQ(adapter.vendor, 0x0403);
  EXPECT_EQ(adapter.usb_path, "1-1.4");
  EXPECT_EQ(describe(adapter), "/dev/ttyUSB0, FT232R USB UART 0403:6001 (ftdi_sio)");
}

TEST(Modems, AdaptersOfAllMakersAreCandidates) {
  for (const char* line :
       {"10c4:ea60 Silicon Labs | CP2102N\ninterface 0 ff/00/00 2 cp210x ttyUSB0",
        "1a86:7523 QinHeng | CH340\ninterface 0 ff/01/02 2i ch341-uart ttyUSB0",
        "067b:2303 Prolific | PL2303\ninterface 0 ff/00/00 2i pl2303 ttyUSB0",
        "2341:0043 Arduino | Uno\ninterface 0 02/02/00 i cdc_acm ttyACM0",
        "1546:01a8 u-blox | GNSS receiver\ninterface 0 02/02/01 i cdc_acm ttyACM0"}) {
    SysfsTree tree("nothing");
    tree.add("usb /sys/devices/usb1/1-1 " + std::string(line));
    const Inventory found = inventory(tree);
    EXPECT_THAT(found.modems, IsEmpty()) << line;
    EXPECT_THAT(found.candidates, SizeIs(1)) << line;
  }
}

TEST(Modems, AUartTellsWhetherTheConsoleIsOnIt) {
  const Inventory found = inventory("pi_uart_console");
  ASSERT_THAT(found.candidates, SizeIs(2));
  EXPECT_FALSE(found.candidates[0].console);
  EXPECT_EQ(found.candidates[1].tty, "ttyS0");
  EXPECT_TRUE(found.candidates[1].console);
}

TEST(Modems, NothingAtAll) {
  EXPECT_TRUE(inventory("nothing").empty());
  EXPECT_TRUE(find_modems(tty::SystemTree("/no/such/directory")).empty());
}

// A modem that only the user's own profile knows, or that the user knows better.
TEST(Detect, AUsersProfileCountsBeforeTheBuiltInOnes) {
  const modem::UsbPort ports[] = {{1, modem::PortRole::modem}, {3, modem::PortRole::at}};
  const modem::UsbIdentity usb[] = {{0x305a, 0x1415, "N1", ports}, {0x2c7c, 0x0125, "mine", ports}};
  modem::Profile own = *modem::find_profile("generic");
  own.name = "mine";
  own.usb = usb;
  for (const std::string_view fixture : {"unknown_modem", "ec25_pi4"}) {
    const test::SysfsTree tree(fixture);
    const Inventory found = find_modems(tty::SystemTree(tree.path()), &own);
    ASSERT_EQ(found.modems.size(), 1u);
    const ModemDevice& modem = found.modems[0];
    EXPECT_EQ(modem.profile, &own);
    EXPECT_EQ(ppp_tty(modem), "ttyUSB1");
    EXPECT_EQ(at_tty(modem), "ttyUSB3");
    EXPECT_FALSE(modem.ppp_port()->interface.role.guess);
  }
}

TEST(Modems, SerialNumbersAreNotRead) {
  SysfsTree tree("ec25_pi4");
  tree.add("in " + the_modem(inventory(tree)).device_path + "\nserial = 0123456789ABCDEF");
  const ModemDevice modem = the_modem(inventory(tree));
  EXPECT_THAT(describe(modem) + modem.composition + modem.product_name + modem.ppp->why,
              testing::Not(HasSubstr("0123456789ABCDEF")));
}

}  // namespace
}  // namespace tunppp::detect
