// tunppp doctor as a user runs it: on trees, on a copy, and with a modem behind --device.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <termios.h>
#include <unistd.h>

#include <boost/json.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "in_system.h"
#include "support/network_namespace.h"
#include "support/process.h"
#include "support/pty_pair.h"
#include "support/sysfs_tree.h"
#include "support/temp_directory.h"

namespace tunppp::cli {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using test::Completed;
using test::exited;
using test::SysfsTree;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr int well = 0;
constexpr int in_the_way = 1;
constexpr int could_not_look = 2;

Completed doctor(std::vector<std::string> options) {
  options.insert(options.begin(), {TUNPPP_COMMAND, "doctor"});
  return test::run(options);
}
Completed examine(const fs::path& root, std::vector<std::string> options = {}) {
  options.insert(options.end(), {"--sysroot", root});
  return doctor(options);
}

/// The ids of what is in the way, in their order.
std::vector<std::string> ids(const json::value& told) {
  std::vector<std::string> found;
  for (const json::value& finding : told.at("findings").as_array())
    if (finding.at("severity") != "note") found.emplace_back(finding.at("id").as_string());
  return found;
}

std::vector<std::string> fixtures() {
  std::vector<std::string> names;
  for (const fs::directory_entry& entry :
       fs::directory_iterator(TUNPPP_SOURCE_DIR "/tests/fixtures/sysfs"))
    if (entry.path().extension() == ".tree") names.push_back(entry.path().stem());
  return names;
}

// --- Trees ---

TEST(Doctor, TellsWhatWasSeenWhatItMeansAndWhatToDo) {
  const SysfsTree tree("doctor_ec25_wrong_tty");
  const Completed told = examine(tree.path(), {"--device", "/dev/ttyUSB2"});
  EXPECT_EQ(told.status, exited(in_the_way));
  EXPECT_EQ(told.err, "");
  for (const char* text :
       {"error: This is not the modem's port for PPP [wrong-tty]\n",
        "  /dev/ttyUSB2 is the GNSS port of Android (2c7c:0125) (interface 1); its port for PPP "
        "is\n"
        "  /dev/ttyUSB4.\n",
        "    /sys/class/tty/ttyUSB2/device/../bInterfaceNumber: 01: GNSS\n",
        "  What to do:\n    Use /dev/ttyUSB4\n", "Kernel PPP is not here, and not needed",
        "QMI, MBIM and wwan0 are not needed", "1 error.\n"})
    EXPECT_THAT(told.out, HasSubstr(text));
  EXPECT_THAT(examine(tree.path()).out,
              HasSubstr("Nothing is in the way, as far as the system shows.\n"));
}

TEST(Doctor, ExitCodeTextAndJsonAgreeOnEverySystem) {
  for (const std::string& name : fixtures()) {
    const SysfsTree tree(name);
    const Completed told = examine(tree.path(), {"--json"});
    EXPECT_EQ(told.err, "") << name;
    const json::value all = json::parse(told.out);
    const bool found = !ids(all).empty();
    EXPECT_EQ(told.status, exited(found ? in_the_way : well)) << name;
    EXPECT_EQ(all.at("in_the_way"), found) << name;
    EXPECT_EQ(all.at("root").as_string(), tree.path().c_str());
    EXPECT_EQ(all.at("asked"), nullptr);
    const Completed text = examine(tree.path());
    EXPECT_EQ(text.status, told.status) << name;
    for (const json::value& finding : all.at("findings").as_array()) {
      EXPECT_THAT(text.out, HasSubstr(std::string(finding.at("severity").as_string()) + ": " +
                                      std::string(finding.at("title").as_string()) + " [" +
                                      std::string(finding.at("id").as_string()) + "]\n"));
      EXPECT_FALSE(finding.at("seen").as_array().empty());
      EXPECT_FALSE(finding.at("remedies").as_array().empty());
      EXPECT_FALSE(finding.at("meaning").as_string().empty());
    }
  }
}

TEST(Doctor, TheStoriesInOneCommand) {
  struct Story {
    const char* tree;
    std::vector<std::string> options;
    const char* id;
    const char* remedy;
  };
  for (const auto& [name, options, id, remedy] :
       {Story{"doctor_ec25_no_driver", {}, "driver-missing", "CONFIG_USB_SERIAL_OPTION=m"},
        Story{"doctor_ec25_wrong_tty", {"--device", "ttyUSB2"}, "wrong-tty", "Use /dev/ttyUSB4"},
        Story{"doctor_zero_gadget_kernel", {}, "usb-gadget-mode", "Use nerves_system_rpi in"},
        Story{"doctor_zero_gadget_overlay",
              {},
              "usb-gadget-mode",
              "dtoverlay=dwc2,dr_mode=host\n    In cmdline.txt beside it remove"}}) {
    const SysfsTree tree(name);
    const Completed told = examine(tree.path(), options);
    EXPECT_EQ(told.status, exited(in_the_way)) << name;
    EXPECT_THAT(told.out, HasSubstr(std::string("[") + id + "]\n"));
    EXPECT_THAT(told.out, HasSubstr(remedy));
    EXPECT_THAT(told.out, HasSubstr("1 error.\n")) << name;
  }
}

TEST(Doctor, ADeviceByItsPlaceOnUsb) {
  const SysfsTree tree("ec25_pi4");
  EXPECT_EQ(examine(tree.path(), {"--device", "1-1.3"}).status, exited(well));
  // The port for GNSS of that modem.
  const Completed port = examine(tree.path(), {"--device", "1-1.3:1.1", "--json"});
  EXPECT_THAT(ids(json::parse(port.out)), ElementsAre("wrong-tty"));
  EXPECT_EQ(json::parse(port.out).at("findings").at(0).at("device"), "/dev/ttyUSB1");
  const Completed nobody = examine(tree.path(), {"--device", "1-1.4"});
  EXPECT_EQ(nobody.status, exited(could_not_look));
  EXPECT_THAT(nobody.err, HasSubstr("no modem is at USB 1-1.4; tunppp detect lists"));
  // One that is there and has no port: why not.
  const SysfsTree without("doctor_ec25_no_driver");
  EXPECT_THAT(ids(json::parse(examine(without.path(), {"--device", "1-1.3", "--json"}).out)),
              ElementsAre("driver-missing"));
}

TEST(Doctor, OfSeveralModemsAllAreExamined) {
  SysfsTree tree("two_modems");
  tree.add("/proc/812/comm = minicom\n/proc/812/fd/7 => /dev/ttyUSB0\n");
  const Completed told = examine(tree.path());
  EXPECT_THAT(told.out, HasSubstr("/dev/ttyUSB0 is in use by minicom (process 812)"));
  EXPECT_THAT(told.out, HasSubstr("to ask that: tunppp doctor --device 1-1.3\n"));
  EXPECT_EQ(examine(tree.path(), {"--device", "1-1.2"}).status, exited(well));
  EXPECT_THAT(examine(tree.path(), {"--device", "1-1.2"}).out, Not(HasSubstr("1-1.3")));
}

TEST(Doctor, RefusesWhatItCannotDo) {
  const Completed missing = examine("/no/such/place");
  EXPECT_EQ(missing.status, exited(could_not_look));
  EXPECT_THAT(missing.err, HasSubstr("--sysroot: /no/such/place is not a directory"));
  const test::TempDirectory empty;
  const Completed no_copy = examine(empty.path());
  EXPECT_EQ(no_copy.status, exited(could_not_look));
  EXPECT_THAT(no_copy.err, HasSubstr("it has neither sys nor proc"));
  for (const std::vector<std::string>& wrong :
       std::vector<std::vector<std::string>>{{"--no-such"},
                                             {"--baud", "9600"},
                                             {"--baud", "x", "--device", "/dev/null"},
                                             {"--baud", "0", "--device", "/dev/null"},
                                             {"--collect", "x.tar", "--device", "/dev/ttyUSB3"},
                                             {"--collect", "x.tar", "--json"},
                                             {"extra"}}) {
    const Completed told = doctor(wrong);
    EXPECT_EQ(told.status, exited(could_not_look)) << wrong.front();
    EXPECT_NE(told.err, "") << wrong.front();
  }
}

TEST(Doctor, WhatCannotBeToldIsNoCleanBill) {
  const SysfsTree tree("pi4");
  for (const char* command : {"doctor", "doctor --json", "detect", "detect --json"}) {
    const Completed told = test::run(
        {"sh", "-c", std::string(TUNPPP_COMMAND " ") + command + " --sysroot $0 >/dev/full",
         tree.path().string()});
    EXPECT_EQ(told.status, exited(could_not_look)) << command;
    EXPECT_THAT(told.err, HasSubstr("cannot write to standard output: No space left"));
    // A reader that has seen enough is nobody's mistake.
    const Completed closed =
        test::run({"sh", "-c", std::string(TUNPPP_COMMAND " ") + command + " --sysroot $0 | true",
                   tree.path().string()});
    EXPECT_EQ(closed.err, "") << command;
  }
}

TEST(Doctor, LinksOfACopyNeverLeadOutOfIt) {
  const test::TempDirectory outside;
  outside.write_file("cmdline", "console=ttyAMA0,115200\n");
  SysfsTree tree("ec25_pi4");
  const std::string device = "/dev/ttyAMA0";
  EXPECT_THAT(examine(tree.path(), {"--device", device}).out, Not(HasSubstr("uart-console")));
  tree.add("/proc/cmdline => " + (outside.path() / "cmdline").string() + "\n");
  EXPECT_THAT(examine(tree.path(), {"--device", device}).out, Not(HasSubstr("uart-console")));
  tree.add("/proc/cmdline => ../../../../../../../../../.." +
           (outside.path() / "cmdline").string() + "\n");
  EXPECT_THAT(examine(tree.path(), {"--device", device}).out, Not(HasSubstr("uart-console")));
}

// --- A copy ---

json::value findings_of(const fs::path& root) {
  return json::parse(examine(root, {"--json"}).out).at("findings");
}

TEST(DoctorCollect, TheCopySaysTheSame) {
  for (const char* name :
       {"doctor_tty_permission", "doctor_zero_gadget_kernel", "doctor_tty_busy"}) {
    const SysfsTree tree(name);
    const test::TempDirectory directory;
    const std::string file = directory.path() / "copy.tar";
    const Completed made = examine(tree.path(), {"--collect", file});
    ASSERT_EQ(made.status, exited(well)) << made.err;
    EXPECT_THAT(made.out, HasSubstr("tar -tvf " + file));
    EXPECT_EQ(fs::status(file).permissions(), fs::perms::owner_read | fs::perms::owner_write);
    const fs::path copy = directory.path() / "copy";
    fs::create_directory(copy);
    ASSERT_TRUE(test::run({"tar", "-xf", file, "-C", copy}).ok());
    EXPECT_EQ(findings_of(copy), findings_of(tree.path())) << name;
    EXPECT_FALSE(ids(json::parse(examine(copy, {"--json"}).out)).empty()) << name;
  }
}

TEST(DoctorCollect, OntoStandardOutput) {
  const SysfsTree tree("doctor_tty_permission");
  const test::TempDirectory directory;
  const Completed made =
      test::shell("'" TUNPPP_COMMAND "' doctor --sysroot '" + tree.path().string() +
                  "' --collect - | tar -xf - -C '" + directory.path().string() + "'");
  ASSERT_EQ(made.status, exited(0)) << made.err;
  EXPECT_THAT(made.err, HasSubstr("standard output: "));
  EXPECT_EQ(findings_of(directory.path()), findings_of(tree.path()));
}

TEST(DoctorCollect, OverwritesNothing) {
  const SysfsTree tree("ec25_pi4");
  const test::TempDirectory directory;
  const fs::path file = directory.path() / "copy.tar";
  directory.write_file("copy.tar", "mine");
  const fs::path link = directory.path() / "link.tar";
  fs::create_symlink(directory.path() / "elsewhere", link);
  for (const fs::path& taken : {file, link, fs::path("/dev/null"), directory.path()}) {
    const Completed told = examine(tree.path(), {"--collect", taken});
    EXPECT_EQ(told.status, exited(could_not_look)) << taken;
    EXPECT_THAT(told.err, HasSubstr(taken.string() + " is there already"));
  }
  EXPECT_EQ(test::read_file(file), "mine");
  EXPECT_FALSE(fs::exists(directory.path() / "elsewhere"));
  const Completed nowhere = examine(tree.path(), {"--collect", "/no/such/folder/copy.tar"});
  EXPECT_EQ(nowhere.status, exited(could_not_look));
  EXPECT_THAT(nowhere.err, HasSubstr("cannot write /no/such/folder/copy.tar: No such file"));
}

// --- The modem itself ---

/// `tunppp sim` with options, and the doctor asking it.
class DoctorAsks : public testing::Test {
 protected:
  void start(std::vector<std::string> options) {
    options.insert(options.begin(), {TUNPPP_COMMAND, "sim", "--registration-delay", "0"});
    sim_.emplace(options, far_.options());
    const auto line = sim_->wait_for_output("LINE=(/dev/pts/[0-9]+)\\n");
    ASSERT_TRUE(line) << sim_->err();
    device_ = line->at(1);
  }
  /// What is in the way of the modem with these options; the tty is as it was before, and the
  /// modem takes commands.
  std::vector<std::string> found(std::vector<std::string> options) {
    start(std::move(options));
    ask();
    return ids(told_);
  }
  void ask() {
    const auto began = std::chrono::steady_clock::now();
    const Completed told = doctor({"--device", device_, "--json"});
    EXPECT_LE(std::chrono::steady_clock::now() - began, std::chrono::seconds(30));
    EXPECT_EQ(told.err, "");
    told_ = json::parse(told.out);
    EXPECT_EQ(told.status, exited(ids(told_).empty() ? well : in_the_way)) << told.out;
    EXPECT_EQ(told_.at("asked").as_string(), device_.c_str());
  }
  std::string fact(std::string_view name) const {
    const json::object& modem = told_.at("modem").as_object();
    return modem.contains(name) ? std::string(modem.at(name).as_string()) : "";
  }
  std::string meaning() const {
    return std::string(told_.at("findings").at(0).at("meaning").as_string());
  }
  /// In command mode still, with echo, as after power-up: nothing was left changed.
  void expect_as_before() {
    test::Process client({"sh", "-c",
                          "exec 3<>$0; stty -F $0 raw -echo; printf 'AT\\r' >&3; "
                          "head -c 9 <&3",
                          device_});
    EXPECT_TRUE(client.wait_for_output("AT\r\r\nOK\r\n")) << client.out();
  }

  const test::NetworkNamespace far_;
  std::optional<test::Process> sim_;
  std::string device_;
  json::value told_;
};

TEST_F(DoctorAsks, AModemThatIsWell) {
  EXPECT_THAT(found({"--modem", "simcom-sim7600"}), IsEmpty());
  EXPECT_THAT(fact("modem"), HasSubstr("SIM7600"));
  EXPECT_THAT(fact("registration"), HasSubstr("registered, home"));
  EXPECT_THAT(fact("signal"), HasSubstr("dBm"));
  EXPECT_THAT(fact("IMEI"), HasSubstr("*******"));
  expect_as_before();
  const Completed text = doctor({"--device", device_});
  EXPECT_EQ(text.status, exited(well));
  EXPECT_THAT(text.out, HasSubstr("The modem at " + device_ + " says:\n  modem: "));
  EXPECT_THAT(text.out,
              HasSubstr("Nothing is in the way; the modem at " + device_ + " answers.\n"));
}

TEST_F(DoctorAsks, NoSim) {
  EXPECT_THAT(found({"--no-sim"}), ElementsAre("sim-absent"));
  expect_as_before();
}

TEST_F(DoctorAsks, APinIsNeverSent) {
  EXPECT_THAT(found({"--pin", "1234"}), ElementsAre("sim-pin"));
  EXPECT_THAT(meaning(), HasSubstr("3 tries left"));
  ask();
  EXPECT_THAT(meaning(), HasSubstr("3 tries left"));
}

TEST_F(DoctorAsks, SearchingForANetwork) {
  EXPECT_THAT(found({"--registration", "never"}), ElementsAre("not-registered"));
  expect_as_before();
}

TEST_F(DoctorAsks, Denied) {
  EXPECT_THAT(found({"--deny"}), ElementsAre("registration-denied"));
  EXPECT_THAT(meaning(), HasSubstr("LTE"));
}

TEST_F(DoctorAsks, Silence) {
  EXPECT_THAT(found({"--silent"}), ElementsAre("modem-silent"));
}

TEST_F(DoctorAsks, DataModeIsFoundAndEnded) {
  EXPECT_THAT(found({"--data-mode"}), ElementsAre("modem-in-data-mode"));
  EXPECT_THAT(meaning(), HasSubstr("it was ended now"));
  expect_as_before();
  ask();
  EXPECT_THAT(ids(told_), IsEmpty());
}

TEST_F(DoctorAsks, AfterADialWithAWrongApn) {
  const test::NetworkNamespace near;
  start({"--apn", "right.example"});
  const Completed dialled = test::run(
      {TUNPPP_COMMAND, "dial", "--device", device_, "--apn", "wrong.example"}, near.options());
  EXPECT_NE(dialled.status, exited(0));
  ask();
  EXPECT_THAT(ids(told_), ElementsAre("apn-refused"));
  EXPECT_THAT(json::serialize(told_), HasSubstr("wrong.example"));
}

TEST_F(DoctorAsks, NobodyWhereAnotherProgramHasTheTty) {
  start({});
  test::Process holder({"sleep", "1000"}, {.descriptors = {{::open(device_.c_str(), O_RDWR), 3}}});
  const Completed told = doctor({"--device", device_, "--json"});
  EXPECT_EQ(told.status, exited(in_the_way));
  told_ = json::parse(told.out);
  EXPECT_THAT(ids(told_), ElementsAre("tty-busy"));
  EXPECT_THAT(meaning(), HasSubstr("sleep (process " + std::to_string(holder.pid()) + ")"));
  EXPECT_EQ(told_.at("asked"), nullptr) << "it was left alone";
}

TEST_F(DoctorAsks, NobodyWhereASessionRuns) {
  const test::NetworkNamespace near;
  start({});
  test::Process dial(
      {TUNPPP_COMMAND, "dial", "--device", device_, "--apn", "internet", "--dns", "none"},
      near.options());
  ASSERT_TRUE(dial.wait_for_output("up: ppp0", std::chrono::seconds(20))) << dial.err();
  const Completed told = doctor({"--device", device_});
  EXPECT_EQ(told.status, exited(well));
  EXPECT_THAT(told.out, HasSubstr("tunppp itself has the tty [tty-busy]"));
  EXPECT_TRUE(dial.running());
  dial.signal(SIGINT);
  EXPECT_EQ(dial.wait(), exited(0)) << dial.err();
}

TEST_F(DoctorAsks, ThroughTheSessionThatLendsItsAtPort) {
  const test::NetworkNamespace near;
  const test::TempDirectory sockets;
  start({"--modem", "quectel-ec25"});
  test::Process dial({TUNPPP_COMMAND, "dial", "--device", device_, "--apn", "internet", "--dns",
                      "none", "--cmux", "basic", "--at-sockets", sockets.path()},
                     near.options());
  ASSERT_TRUE(dial.wait_for_output("up: ppp0", std::chrono::seconds(20))) << dial.err();
  for (int again = 0; again < 2; ++again) {
    const Completed told = doctor({"--device", device_, "--at-sockets", sockets.path(), "--json"});
    EXPECT_EQ(told.status, exited(well)) << told;
    told_ = json::parse(told.out);
    EXPECT_THAT(ids(told_), IsEmpty());
    EXPECT_EQ(told_.at("asked").as_string(), device_.c_str());
    EXPECT_EQ(told_.at("through_session"), true);
    EXPECT_THAT(fact("modem"), HasSubstr("EC25"));
    EXPECT_THAT(fact("signal"), HasSubstr("dBm"));
    EXPECT_THAT(fact("registration"), HasSubstr("registered, home"));
    EXPECT_THAT(fact("IMEI"), HasSubstr("*******"));
  }
  const Completed text = doctor({"--device", device_, "--at-sockets", sockets.path()});
  EXPECT_THAT(text.out, HasSubstr(" says, through the session that holds it:\n  modem: "));
  EXPECT_THAT(text.out, HasSubstr("tunppp itself has the tty [tty-busy]"));
  EXPECT_TRUE(dial.running());
  dial.signal(SIGINT);
  EXPECT_EQ(dial.wait(), exited(0)) << dial.err();
}

TEST_F(DoctorAsks, NoSignal) {
  EXPECT_THAT(found({"--scenario", TUNPPP_SOURCE_DIR "/docs/scenarios/no-network.toml"}),
              ElementsAre("no-signal"));
  EXPECT_THAT(json::serialize(told_), HasSubstr("+CSQ: 99"));
}

// One command, and the modem is found and asked on its AT port.
TEST_F(DoctorAsks, TheModemThatIsFoundOnUsb) {
  start({"--no-sim"});
  SysfsTree tree("ec25_pi4");
  tree.add("/dev/ttyUSB1 node c 188 1 0660\n/dev/ttyUSB3 node c 188 3 0660\n");
  const auto asked = [&](std::vector<std::string> options) {
    options.insert(options.begin(), {TUNPPP_COMMAND, "doctor", "--json"});
    return json::parse(test::run(test::in_system(tree, "ttyUSB2", device_, options)).out);
  };
  const json::value found = asked({});
  EXPECT_THAT(ids(found), ElementsAre("sim-absent"));
  EXPECT_EQ(found.at("asked"), "/dev/ttyUSB2");
  EXPECT_EQ(asked({"--device", "1-1.3:1.2"}).at("asked"), "/dev/ttyUSB2");
  // Who takes the port for GNSS is told so, and the modem is asked where it can be.
  const json::value gnss = asked({"--device", "/dev/ttyUSB1"});
  EXPECT_THAT(ids(gnss), ElementsAre("wrong-tty", "sim-absent"));
  EXPECT_EQ(gnss.at("asked"), "/dev/ttyUSB2");
}

// --- What no modem of ours does ---

/// A tty on which something answers in its own way. Nobody but who asks has it open.
class Talking {
 public:
  /// Of all that came in since it last answered, what it says; empty: it waits for more.
  using Hear = std::function<std::string(std::string_view)>;

  explicit Talking(Hear hear) : hear_(std::move(hear)), master_(::posix_openpt(O_RDWR | O_NOCTTY)) {
    EXPECT_GE(master_, 0);
    EXPECT_EQ(::grantpt(master_), 0);
    EXPECT_EQ(::unlockpt(master_), 0);
    path_ = ::ptsname(master_);
    // Its own echo would come back to it as a question.
    const int slave = ::open(path_.c_str(), O_RDWR | O_NOCTTY);
    termios settings{};
    EXPECT_EQ(::tcgetattr(slave, &settings), 0);
    ::cfmakeraw(&settings);
    EXPECT_EQ(::tcsetattr(slave, TCSANOW, &settings), 0);
    ::close(slave);
    thread_ = std::thread([this] { run(); });
  }
  ~Talking() {
    stop_ = true;
    thread_.join();
    ::close(master_);
  }
  const std::string& path() const { return path_; }

 private:
  void run() {
    std::string heard;
    while (!stop_) {
      pollfd ready{master_, POLLIN, 0};
      if (::poll(&ready, 1, 20) <= 0) continue;
      std::array<char, 256> octets{};
      const ssize_t count = ::read(master_, octets.data(), octets.size());
      if (count <= 0) {  // nobody has it open, and no event tells when somebody does
        ::poll(nullptr, 0, 5);
        continue;
      }
      heard.append(octets.data(), static_cast<std::size_t>(count));
      const std::string reply = hear_(heard);
      if (reply.empty()) continue;
      heard.clear();
      EXPECT_EQ(::write(master_, reply.data(), reply.size()), static_cast<ssize_t>(reply.size()));
    }
  }

  const Hear hear_;
  const int master_;
  std::string path_;
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

std::vector<std::string> ids_at(const std::string& device) {
  return ids(json::parse(doctor({"--device", device, "--json"}).out));
}

TEST(DoctorHears, AModemThatMultiplexesStill) {
  bool commands = false;
  const Talking modem([&](std::string_view heard) -> std::string {
    // CLD of 27.010 section 5.4.6.3.3, and its answer.
    if (heard.find("\xf9\x03\xef\x05\xc3\x01\xf2\xf9") != heard.npos) {
      commands = true;
      return "\xf9\x03\xef\x05\xc1\x01\xf2\xf9";
    }
    if (!commands || !heard.ends_with('\r')) return {};
    return heard.find("CPIN?") != heard.npos ? "\r\n+CPIN: READY\r\n\r\nOK\r\n" : "\r\nOK\r\n";
  });
  EXPECT_THAT(ids_at(modem.path()), ElementsAre("modem-in-cmux"));
}

TEST(DoctorHears, AReceiverOfSatellites) {
  const Talking receiver(
      [](std::string_view) { return "$GPGGA,123519,4807.038,N,01131.0,E*47\r\n"; });
  EXPECT_THAT(ids_at(receiver.path()), ElementsAre("wrong-tty"));
}

TEST(DoctorHears, ALineThatIsHungUpWhileItIsAsked) {
  test::Process sim({TUNPPP_COMMAND, "sim", "--silent"});
  const auto line = sim.wait_for_output("LINE=(/dev/pts/[0-9]+)\\n");
  ASSERT_TRUE(line) << sim.err();
  test::Process asks({TUNPPP_COMMAND, "doctor", "--device", line->at(1)});
  ASSERT_TRUE(sim.wait_for_output("the pty was opened"));
  sim.kill();
  EXPECT_EQ(asks.wait(std::chrono::seconds(5)), exited(in_the_way));
  EXPECT_THAT(asks.out(), HasSubstr("the line was hung up"));
}

TEST(DoctorHears, AnInterruptionAndPutsTheTtyBack) {
  test::Process sim({TUNPPP_COMMAND, "sim", "--silent"});
  const auto line = sim.wait_for_output("LINE=(/dev/pts/[0-9]+)\\n");
  ASSERT_TRUE(line) << sim.err();
  test::Process asks({TUNPPP_COMMAND, "doctor", "--device", line->at(1)});
  ASSERT_TRUE(sim.wait_for_output("the pty was opened"));
  asks.signal(SIGINT);
  EXPECT_EQ(asks.wait(std::chrono::seconds(5)), exited(could_not_look));
  EXPECT_THAT(asks.err(), HasSubstr("interrupted"));
  EXPECT_TRUE(sim.wait_for_output("the pty was closed"));
  EXPECT_FALSE(fs::exists("/var/lock/LCK..pts" + line->at(1).substr(8)));
}

TEST(DoctorHears, TheTtyHasItsOwnSettingsAgain) {
  const Talking receiver([](std::string_view) { return "$GPGSV,1,1,00*79\r\n"; });
  const int tty = ::open(receiver.path().c_str(), O_RDWR | O_NOCTTY);
  termios before{};
  ASSERT_EQ(::tcgetattr(tty, &before), 0);
  before.c_lflag |= ICANON | ISIG;
  before.c_cc[VMIN] = 1;
  ASSERT_EQ(::cfsetspeed(&before, B9600), 0);
  ASSERT_EQ(::tcsetattr(tty, TCSANOW, &before), 0);
  ::close(tty);
  EXPECT_THAT(ids_at(receiver.path()), ElementsAre("wrong-tty"));
  const int again = ::open(receiver.path().c_str(), O_RDWR | O_NOCTTY);
  termios after{};
  ASSERT_EQ(::tcgetattr(again, &after), 0);
  ::close(again);
  EXPECT_EQ(after.c_iflag, before.c_iflag);
  EXPECT_EQ(after.c_oflag, before.c_oflag);
  EXPECT_EQ(after.c_cflag, before.c_cflag);
  EXPECT_EQ(after.c_lflag, before.c_lflag);
  EXPECT_EQ(::cfgetospeed(&after), static_cast<speed_t>(B9600));
}

}  // namespace
}  // namespace tunppp::cli
