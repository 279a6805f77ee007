// tunppp detect, and dial without --device, as a user runs them.
#include <tunppp/end_reason.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <boost/json.hpp>

#include <atomic>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "cli/detect_report.h"
#include "cli/device_choice.h"
#include "cli/probe_modem.h"
#include "detect/guess.h"
#include "detect/line_choice.h"
#include "in_system.h"
#include "support/network_namespace.h"
#include "support/process.h"
#include "support/pty_pair.h"
#include "support/sysfs_tree.h"
#include "tty/serial_port.h"

namespace tunppp::cli {
namespace {

namespace json = boost::json;
using test::Completed;
using test::in_system;
using test::SysfsTree;
using testing::HasSubstr;
using testing::Not;

MATCHER_P(EndedWith, reason, std::string("exit code of ") + std::string(info(reason).name)) {
  return arg.status == test::exited(info(reason).exit_code);
}

Completed detect(const SysfsTree& tree, std::vector<std::string> options = {}) {
  std::vector<std::string> arguments{TUNPPP_COMMAND, "detect", "--sysroot", tree.path()};
  arguments.insert(arguments.end(), options.begin(), options.end());
  return test::run(arguments);
}
Completed detect(std::string_view fixture, std::vector<std::string> options = {}) {
  return detect(SysfsTree(fixture), std::move(options));
}

/// With the tree's /sys in place of the machine's: what is plugged in here does not matter.
Completed dial_in(const SysfsTree& tree, const std::vector<std::string>& options = {}) {
  std::vector<std::string> arguments{
      "unshare",   "-m",           "sh",  "-c", R"(mount --bind "$0/sys" /sys && exec "$@")",
      tree.path(), TUNPPP_COMMAND, "dial"};
  arguments.insert(arguments.end(), options.begin(), options.end());
  return test::run(arguments);
}

// --- For people ---

TEST(Detect, TellsWhatEachPortIsForAndWhichAreUsed) {
  const Completed told = detect("ec25_pi4");
  EXPECT_THAT(told, EndedWith(EndReason::requested));
  EXPECT_EQ(told.err, "");
  for (const char* text :
       {"Quectel EC25-AF (2c7c:0125) at USB 1-1.3\n", "4 serial ports, QMI network",
        "profile quectel-ec25", "interface 0   diagnostics   ttyUSB0  option\n",
        "interface 2   AT            ttyUSB2  option\n",
        "/dev/serial/by-path/platform-fd500000.pcie-pci-0000:01:00.0-usb-0:1.3:1.3-port0\n",
        "interface 4   network       -        qmi_wwan\n",
        "PPP: /dev/ttyUSB3: interface 3 of 2c7c:0125 is for PPP\n",
        "AT:  /dev/ttyUSB2: interface 2 of 2c7c:0125 is for AT\n",
        "/dev/ttyAMA0, a UART (uart-pl011)\n", "/dev/serial0\n",
        "tunppp dial uses /dev/ttyUSB3 and needs no --device.\n"})
    EXPECT_THAT(told.out, HasSubstr(text));
}

TEST(Detect, ASierraHasOnePortForBoth) {
  EXPECT_THAT(detect("sierra_em7455").out,
              HasSubstr("AT:  /dev/ttyUSB2 before PPP; there is no other port for it\n"));
}

TEST(Detect, WithoutUdevAPortHasALastingNameAllTheSame) {
  EXPECT_THAT(detect("ec25_rndis").out, HasSubstr("interface 5   PPP           ttyUSB3  option\n"
                                                  "                --device 1-1.3:1.5\n"));
}

TEST(Detect, TwoNetworksOfAKindAreCounted) {
  EXPECT_THAT(detect("sierra_em7455").out, HasSubstr("3 serial ports, 2 QMI networks;"));
}

TEST(Detect, AGuessHasAQuestionMark) {
  const Completed told = detect("unknown_modem");
  EXPECT_THAT(told, EndedWith(EndReason::requested));
  EXPECT_THAT(told.out, HasSubstr("not a modem that tunppp knows by name"));
  EXPECT_THAT(told.out, HasSubstr("PPP?"));
  EXPECT_THAT(told.out, HasSubstr("a guess"));
  EXPECT_THAT(told.out, HasSubstr("--probe asks the ports"));
}

TEST(Detect, SeveralWantAChoice) {
  const Completed told = detect("two_modems");
  EXPECT_THAT(told, EndedWith(EndReason::requested));
  EXPECT_THAT(told.out, HasSubstr("needs --device with the USB place of one of them"));
}

TEST(Detect, NothingIsSaidInOneSentenceWithWhereToGoOn) {
  const Completed told = detect("nothing");
  EXPECT_THAT(told, EndedWith(EndReason::no_modem));
  EXPECT_EQ(told.out,
            "No modem is here, nor a serial port that one could be wired to; tunppp doctor says "
            "what is in the way.\n");
}

TEST(Detect, WhatIsNoModemYetSendsToTheDoctor) {
  for (const char* fixture : {"huawei_storage", "huawei_hilink", "pi_uart_console", "ftdi"}) {
    const Completed told = detect(fixture);
    EXPECT_THAT(told, EndedWith(EndReason::no_modem)) << fixture;
    EXPECT_THAT(told.out, HasSubstr("tunppp doctor")) << fixture;
  }
  EXPECT_THAT(detect("huawei_hilink").out, HasSubstr("It is a router"));
  EXPECT_THAT(detect("pi_uart_console").out,
              HasSubstr("/dev/ttyS0, a UART (bcm2835-aux-uart); the kernel's console is on it"));
}

TEST(Detect, RefusesWhatItCannotDo) {
  const Completed missing = test::run({TUNPPP_COMMAND, "detect", "--sysroot", "/no/such/place"});
  EXPECT_THAT(missing, EndedWith(EndReason::usage));
  EXPECT_THAT(missing.err, HasSubstr("/no/such/place"));
  const test::TempDirectory other;
  const Completed no_copy = test::run({TUNPPP_COMMAND, "detect", "--sysroot", other.path()});
  EXPECT_THAT(no_copy, EndedWith(EndReason::usage));
  EXPECT_THAT(no_copy.err, HasSubstr("there is no sys in " + other.path().string()));
  const Completed copy = detect("ec25_pi4", {"--probe"});
  EXPECT_THAT(copy, EndedWith(EndReason::usage));
  EXPECT_THAT(copy.err, HasSubstr("--probe"));
}

TEST(Detect, LooksAtThisMachine) {
  const Completed told = test::run({TUNPPP_COMMAND, "detect"});
  EXPECT_THAT(told,
              testing::AnyOf(EndedWith(EndReason::requested), EndedWith(EndReason::no_modem)));
  EXPECT_NE(told.out, "");
}

// --- For programs ---

TEST(DetectJson, OfOneModem) {
  const Completed told = detect("ec25_pi4", {"--json"});
  EXPECT_THAT(told, EndedWith(EndReason::requested));
  const json::value all = json::parse(told.out);
  ASSERT_EQ(all.at("modems").as_array().size(), 1U);
  const json::value& modem = all.at("modems").at(0);
  EXPECT_EQ(modem.at("usb_path"), "1-1.3");
  EXPECT_EQ(modem.at("vendor"), "2c7c");
  EXPECT_EQ(modem.at("product"), "0125");
  EXPECT_EQ(modem.at("manufacturer"), "Quectel");
  EXPECT_EQ(modem.at("product_name"), "EC25-AF");
  EXPECT_EQ(modem.at("profile"), "quectel-ec25");
  EXPECT_EQ(modem.at("mode"), "serial");
  EXPECT_EQ(modem.at("composition"), "4 serial ports, QMI network");
  ASSERT_EQ(modem.at("interfaces").as_array().size(), 5U);
  const json::value& interface = modem.at("interfaces").at(3);
  EXPECT_EQ(interface.at("number"), 3);
  EXPECT_EQ(interface.at("class"), "ff/00/00");
  EXPECT_EQ(interface.at("endpoints"), 3);
  EXPECT_EQ(interface.at("interrupt_endpoint"), true);
  EXPECT_EQ(interface.at("driver"), "option");
  EXPECT_EQ(interface.at("role"), "ppp");
  EXPECT_EQ(interface.at("guess"), false);
  EXPECT_EQ(interface.at("device"), "/dev/ttyUSB3");
  EXPECT_EQ(modem.at("interfaces").at(4).at("device"), nullptr);
  EXPECT_EQ(modem.at("ppp").at("device"), "/dev/ttyUSB3");
  EXPECT_EQ(modem.at("ppp").at("interface"), 3);
  EXPECT_EQ(modem.at("ppp").at("by_path"), interface.at("lasting_names").at(0));
  EXPECT_EQ(modem.at("at").at("device"), "/dev/ttyUSB2");
  EXPECT_EQ(all.at("dial").at("device"), "/dev/ttyUSB3");
  EXPECT_EQ(all.at("dial").at("at_device"), "/dev/ttyUSB2");
  EXPECT_EQ(all.at("probes").as_array().size(), 0U);
  const json::value& uart = all.at("candidates").at(0);
  EXPECT_EQ(uart.at("device"), "/dev/ttyAMA0");
  EXPECT_EQ(uart.at("kind"), "uart");
  EXPECT_EQ(uart.at("console"), false);
  EXPECT_EQ(uart.at("vendor"), nullptr);
}

TEST(DetectJson, OfNothing) {
  const Completed told = detect("nothing", {"--json"});
  EXPECT_THAT(told, EndedWith(EndReason::no_modem));
  EXPECT_EQ(told.out, R"({"modems":[],"candidates":[],"probes":[],"dial":null})"
                      "\n");
}

TEST(DetectJson, WhateverADeviceCallsItself) {
  SysfsTree tree("nothing");
  tree.add(
      "usb /sys/devices/usb1/1-1 2c7c:0125\nmanufacturer := \\xff\\x1b\"\\\\\\n\n"
      "interface 3 ff/00/00 2i option ttyUSB0");
  EXPECT_EQ(json::parse(detect(tree, {"--json"}).out).at("modems").at(0).at("manufacturer"),
            R"(??"\)");
}

// --- dial without --device ---

TEST(DialWithoutDevice, TakesTheOneModem) {
  const Completed told = dial_in(SysfsTree("ec25_pi4"));
  EXPECT_THAT(told.err, HasSubstr("tunppp: dials on /dev/ttyUSB3 of Quectel EC25-AF (2c7c:0125)"));
}

TEST(DialWithoutDevice, FindsNone) {
  const Completed nothing = dial_in(SysfsTree("nothing"));
  EXPECT_THAT(nothing, EndedWith(EndReason::no_modem));
  EXPECT_THAT(nothing.err, HasSubstr("no modem is here"));
  EXPECT_THAT(nothing.err, HasSubstr("tunppp doctor"));
  const Completed uart = dial_in(SysfsTree("pi4"));
  EXPECT_THAT(uart, EndedWith(EndReason::no_modem));
  EXPECT_THAT(uart.err, HasSubstr("/dev/ttyAMA0, a UART"));
}

TEST(DialWithoutDevice, WantsAChoiceAmongSeveral) {
  const Completed told = dial_in(SysfsTree("two_modems"));
  EXPECT_THAT(told, EndedWith(EndReason::usage));
  EXPECT_THAT(told.err, HasSubstr("--device 1-1.2"));
  EXPECT_THAT(told.err, HasSubstr("--device 1-1.3"));
}

TEST(DialWithoutDevice, APlaceOnUsbIsADevice) {
  const SysfsTree two("two_modems");
  // Whether this machine happens to have a ttyUSB10 does not matter to what is looked for.
  EXPECT_THAT(dial_in(two, {"--device", "1-1.2:1.77"}), EndedWith(EndReason::no_modem));
  EXPECT_THAT(dial_in(two, {"--device", "1-1.4"}), EndedWith(EndReason::no_modem));
  const Completed told = dial_in(two, {"--device", "1-1.2"});
  EXPECT_THAT(told, EndedWith(EndReason::tty_missing));
  EXPECT_THAT(told.err, HasSubstr("/dev/ttyUSB10"));
}

TEST(DialWithoutDevice, WithoutAModemThereIsNothingToChooseBy) {
  const Completed told = dial_in(SysfsTree("ec25_pi4"), {"--modem", "none"});
  EXPECT_THAT(told, EndedWith(EndReason::usage));
  EXPECT_THAT(told.err, HasSubstr("--device"));
}

// One command, and the modem is found, dialled on the port that is for it, and online.
TEST(DialWithoutDevice, GetsOnline) {
  const test::NetworkNamespace far;
  const test::NetworkNamespace near;
  test::Process sim({TUNPPP_COMMAND, "sim", "--registration-delay", "0.1"}, far.options());
  const auto line = sim.wait_for_output("LINE=(/dev/pts/[0-9]+)\\n");
  ASSERT_TRUE(line) << sim.err();
  const SysfsTree tree("ec25_pi4");
  for (const char* other : {"/dev/ttyUSB0", "/dev/ttyUSB1", "/dev/ttyUSB2"})
    std::filesystem::remove(tree.path().string() + other);
  test::Process dial(in_system(tree, "ttyUSB3", line->at(1),
                               {TUNPPP_COMMAND, "dial", "--apn", "internet", "--dns", "none"}),
                     near.options());
  ASSERT_TRUE(dial.wait_for_output("up: ppp0", std::chrono::seconds(20)))
      << dial.out() << dial.err();
  EXPECT_THAT(dial.err(), HasSubstr("dials on /dev/ttyUSB3 of Quectel EC25-AF"));
  EXPECT_THAT(dial.out(), HasSubstr("line: /dev/ttyUSB3"));
  dial.signal(SIGINT);
  EXPECT_EQ(dial.wait(), test::exited(0)) << dial.out() << dial.err();
}

// --- Probing ---

/// Answers AT as a modem that is called N1, if it answers at all.
class Answering {
 public:
  explicit Answering(bool answers) : answers_(answers), thread_([this] { run(); }) {}
  ~Answering() {
    stop_ = true;
    thread_.join();
  }
  const std::string& path() const { return pty_.path(); }
  bool was_asked() const { return asked_; }

 private:
  void run() {
    std::string line;
    while (!stop_) {
      pollfd ready{pty_.master(), POLLIN, 0};
      char c = 0;
      if (::poll(&ready, 1, 20) <= 0 || ::read(pty_.master(), &c, 1) != 1) continue;
      asked_ = true;
      if (c != '\r') {
        line += c;
        continue;
      }
      const std::string answer = line == "AT+CGMM" ? "\r\nN1\r\n\r\nOK\r\n" : "\r\nOK\r\n";
      if (answers_ && ::write(pty_.master(), answer.data(), answer.size()) < 0)
        ADD_FAILURE() << "it does not read";
      line.clear();
    }
  }

  test::PtyPair pty_;
  const bool answers_;
  std::atomic<bool> stop_ = false;
  std::atomic<bool> asked_ = false;
  std::thread thread_;
};

/// The unknown modem of the fixture, of which two ttys are ptys.
detect::ModemDevice unknown_modem(const std::string& first, const std::string& second) {
  detect::Inventory found = detect::find_modems(tty::SystemTree(SysfsTree("unknown_modem").path()));
  detect::ModemDevice modem = found.modems.at(0);
  modem.ports.erase(modem.ports.begin(), modem.ports.begin() + 2);
  modem.ppp->index = 0;
  modem.ports[0].device = first;
  modem.ports[1].device = second;
  return modem;
}

TEST(Probe, AsksUntilOneAnswers) {
  Answering silent(false);
  Answering modem_port(true);
  detect::ModemDevice modem = unknown_modem(silent.path(), modem_port.path());
  ASSERT_TRUE(detect::is_guessed(modem));
  const std::vector<PortProbe> probes = probe_ports(modem);
  ASSERT_EQ(probes.size(), 2U);
  EXPECT_EQ(probes[0].result, PortProbe::Result::silent);
  EXPECT_TRUE(silent.was_asked());
  EXPECT_EQ(probes[1].device, modem_port.path());
  EXPECT_EQ(probes[1].result, PortProbe::Result::answers);
  EXPECT_EQ(probes[1].text, "N1");
  EXPECT_EQ(modem.ppp_port()->device, modem_port.path());
  EXPECT_THAT(modem.ppp->why, HasSubstr("answered AT"));
  EXPECT_FALSE(detect::is_guessed(modem));

  const Detected detected{{{modem}, {}}, probes};
  EXPECT_THAT(detect_text(detected), HasSubstr(modem_port.path() + " answers: N1\n"));
  const json::value all = json::parse(detect_json(detected));
  EXPECT_EQ(all.at("probes").at(0).at("result"), "silent");
  EXPECT_EQ(all.at("probes").at(1).at("text"), "N1");
  EXPECT_EQ(all.at("dial").at("device"), json::value(modem_port.path()));
}

TEST(Probe, TheFirstThatAnswersIsTheLastThatIsAsked) {
  Answering modem_port(true);
  Answering other(true);
  detect::ModemDevice modem = unknown_modem(modem_port.path(), other.path());
  EXPECT_EQ(probe_ports(modem).size(), 1U);
  EXPECT_EQ(modem.ppp_port()->device, modem_port.path());
  EXPECT_FALSE(other.was_asked());
}

TEST(Probe, WhatOthersHoldIsLeftAlone) {
  Answering held(true);
  Answering free(true);
  test::Process reader({"sh", "-c", "exec 3<>" + held.path() + "; echo held; exec sleep 60"});
  ASSERT_TRUE(reader.wait_for_output("held"));
  detect::ModemDevice modem = unknown_modem(held.path(), free.path());
  const std::vector<PortProbe> probes = probe_ports(modem);
  ASSERT_EQ(probes.size(), 2U);
  EXPECT_EQ(probes[0].result, PortProbe::Result::held);
  EXPECT_THAT(probes[0].text, HasSubstr("sleep"));
  EXPECT_FALSE(held.was_asked());
  EXPECT_EQ(modem.ppp_port()->device, free.path());
}

TEST(Probe, WhatIsLockedIsLeftAloneAndWhatIsMissingIsSaid) {
  Answering locked(true);
  const auto lock = tty::SerialPort::open(locked.path(), {});
  ASSERT_TRUE(lock);
  detect::ModemDevice modem = unknown_modem(locked.path(), "/dev/no-such-tty");
  const std::vector<PortProbe> probes = probe_ports(modem);
  ASSERT_EQ(probes.size(), 2U);
  EXPECT_EQ(probes[0].result, PortProbe::Result::held);
  EXPECT_FALSE(locked.was_asked());
  EXPECT_EQ(probes[1].result, PortProbe::Result::failed);
  EXPECT_THAT(probes[1].text, HasSubstr("/dev/no-such-tty"));
}

TEST(Probe, DialAsksWhatIsOnlyGuessed) {
  Answering silent(false);
  Answering modem_port(true);
  for (const std::string& place : {std::string(), std::string("1-1.3"), std::string("1-1.4")}) {
    detect::Inventory inventory{{unknown_modem(silent.path(), modem_port.path())}, {}};
    inventory.modems[0].usb_path = "1-1.3";
    const std::string& path = inventory.modems[0].ports[1].interface.path;
    const auto answered = probe_guess(inventory, place);
    ASSERT_TRUE(answered) << place;
    if (place == "1-1.4") {
      EXPECT_EQ(*answered, "");  // another is meant
      continue;
    }
    EXPECT_TRUE(!answered->empty() && path.ends_with("/" + *answered)) << *answered;
    const auto line = detect::choose_line(inventory);
    ASSERT_TRUE(line);
    EXPECT_EQ(line->device, modem_port.path());
    EXPECT_EQ(*probe_guess(inventory, place), "");  // it is known now
  }
}

// The first silent port is given up at once, with its lock and its settings, and no other is asked.
TEST(Probe, ASignalEndsIt) {
  Answering silent(false);
  Answering other(true);
  detect::Inventory inventory{{unknown_modem(silent.path(), other.path())}, {}};
  // All threads but the one that probes have it blocked; a process has one disposition for all.
  struct sigaction before {};
  struct sigaction ignore {};
  ignore.sa_handler = [](int) {};
  ::sigaction(SIGTERM, &ignore, &before);
  std::thread killer([&silent, self = ::pthread_self()] {
    ASSERT_TRUE(test::eventually([&] { return silent.was_asked(); }));
    ::pthread_kill(self, SIGTERM);
  });
  const auto answered = probe_guess(inventory, "");
  killer.join();
  ::sigaction(SIGTERM, &before, nullptr);
  ASSERT_FALSE(answered);
  EXPECT_EQ(answered.failure().reason, EndReason::interrupted);
  EXPECT_FALSE(other.was_asked());
  EXPECT_TRUE(tty::SerialPort::open(silent.path(), {})) << "its lock is left";
}

TEST(Probe, ANearbyModemThatIsKnownOrNoneThatAnswersLeavesAllAsItWas) {
  Answering silent(false);
  Answering other(true);
  detect::Inventory inventory{{unknown_modem(other.path(), silent.path())}, {}};
  inventory.modems.push_back(
      detect::find_modems(tty::SystemTree(SysfsTree("ec25_pi4").path())).modems.at(0));
  inventory.modems[0].usb_path = "9-9";
  EXPECT_EQ(*probe_guess(inventory, ""), "");
  EXPECT_FALSE(other.was_asked());
  detect::Inventory mute{{unknown_modem(silent.path(), "/dev/no-such-tty")}, {}};
  EXPECT_EQ(*probe_guess(mute, ""), "");
  EXPECT_EQ(mute.modems[0].ppp_port()->device, silent.path());
}

TEST(Probe, KnownModemsAreNotAsked) {
  for (const char* fixture : {"ec25_pi4", "huawei_stick", "ublox_toby_l2", "huawei_storage"})
    EXPECT_FALSE(detect::is_guessed(
        detect::find_modems(tty::SystemTree(SysfsTree(fixture).path())).modems.at(0)))
        << fixture;
}

}  // namespace
}  // namespace tunppp::cli
