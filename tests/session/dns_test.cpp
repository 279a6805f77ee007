#include "session/dns.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>

#include "support/temp_directory.h"

namespace tunppp::session {
namespace {

const std::vector<IpAddress> servers{Ipv4Address{{9, 9, 9, 9}}, Ipv4Address{{1, 1, 1, 1}}};

/// Programs of the test's own stand first in PATH and write down how they were called.
class DnsTest : public testing::Test {
 protected:
  DnsTest() : path_(std::getenv("PATH")) {
    ::setenv("PATH", (directory_.path().string() + ":" + path_).c_str(), 1);
  }
  ~DnsTest() override { ::setenv("PATH", path_.c_str(), 1); }

  void program(const std::string& name, const std::string& body) const {
    const std::string file = directory_.write_file(name, "#!/bin/sh\n" + body + "\n");
    ::chmod(file.c_str(), 0755);
  }
  void recorder(const std::string& name) const {
    program(name, "echo \"" + name + " $*\" >>" + log() + "; cat >>" + log());
  }
  std::string log() const { return (directory_.path() / "log").string(); }
  std::string recorded() const { return test::read_file(log()); }

  Dns::Outcome apply(Dns& dns) {
    std::optional<Dns::Outcome> outcome;
    dns.apply("ppp0", servers, [&](const Dns::Outcome& it) {
      outcome = it;
      loop_.stop();
    });
    EXPECT_FALSE(outcome) << "told from inside apply()";
    loop_.run();
    return *outcome;
  }
  std::string restore(Dns& dns) {
    std::string problem;
    dns.restore([&](const std::string& it) {
      problem = it;
      loop_.stop();
    });
    loop_.run();
    return problem;
  }

  std::string path_;
  test::TempDirectory directory_;
  Loop loop_;
};

TEST_F(DnsTest, ResolvectlGetsTheServersAndIsReverted) {
  recorder("resolvectl");
  Dns dns(loop_, {DnsMethod::resolvectl, {}});
  const Dns::Outcome outcome = apply(dns);
  EXPECT_EQ(outcome.problem, "");
  EXPECT_EQ(outcome.set.method, "resolvectl");
  EXPECT_EQ(outcome.set.servers, servers);
  EXPECT_EQ(recorded(),
            "resolvectl dns ppp0 9.9.9.9 1.1.1.1\n"
            "resolvectl domain ppp0 ~.\n");
  EXPECT_EQ(restore(dns), "");
  EXPECT_TRUE(recorded().ends_with("resolvectl revert ppp0\n")) << recorded();
}

TEST_F(DnsTest, ResolvconfReadsThemAndForgetsThem) {
  recorder("resolvconf");
  Dns dns(loop_, {DnsMethod::resolvconf, {}});
  EXPECT_EQ(apply(dns).problem, "");
  EXPECT_EQ(recorded(),
            "resolvconf -a ppp0.tunppp\n"
            "nameserver 9.9.9.9\nnameserver 1.1.1.1\n");
  EXPECT_EQ(restore(dns), "");
  EXPECT_TRUE(recorded().ends_with("resolvconf -d ppp0.tunppp\n")) << recorded();
}

TEST_F(DnsTest, ResolvconfForgetsThemEvenWithoutRestore) {
  recorder("resolvconf");
  {
    Dns dns(loop_, {DnsMethod::resolvconf, {}});
    EXPECT_EQ(apply(dns).problem, "");
  }
  EXPECT_TRUE(recorded().ends_with("resolvconf -d ppp0.tunppp\n")) << recorded();
}

TEST_F(DnsTest, AFailingHelperIsNamed) {
  program("resolvconf", "exit 3");
  Dns dns(loop_, {DnsMethod::resolvconf, {}});
  EXPECT_EQ(apply(dns).problem, "resolvconf -a ppp0.tunppp failed (exit code 3)");
}

TEST_F(DnsTest, AHelperThatIsNotThereIsNamed) {
  ::setenv("PATH", directory_.path().c_str(), 1);
  if (!find_program("resolvectl").empty()) return;  // it is there after all, in /usr/bin
  Dns dns(loop_, {DnsMethod::resolvectl, {}});
  EXPECT_EQ(apply(dns).problem,
            "resolvectl dns ppp0 9.9.9.9 1.1.1.1 could not be started: No such file or directory");
}

TEST_F(DnsTest, AutomaticTakesResolvconfWhereResolvedDoesNotRun) {
  recorder("resolvconf");
  recorder("resolvectl");  // installed, but /run/systemd/resolve is not there
  ASSERT_FALSE(std::filesystem::exists("/run/systemd/resolve"));
  Dns dns(loop_, {DnsMethod::automatic, {}});
  EXPECT_EQ(apply(dns).set.method, "resolvconf");
}

TEST_F(DnsTest, AutomaticTakesResolvectlWhereResolvedRuns) {
  recorder("resolvconf");
  recorder("resolvectl");
  std::filesystem::create_directories("/run/systemd/resolve");  // the sandbox's
  std::ofstream("/run/systemd/resolve/stub-resolv.conf") << "nameserver 127.0.0.53\n";
  Dns dns(loop_, {DnsMethod::automatic, {}});
  EXPECT_EQ(apply(dns).set.method, "resolvectl");
  std::filesystem::remove_all("/run/systemd");
}

TEST_F(DnsTest, NoneOnlyReports) {
  Dns dns(loop_, {DnsMethod::none, {}});
  const Dns::Outcome outcome = apply(dns);
  EXPECT_EQ(outcome.set.method, "none");
  EXPECT_NE(outcome.set.text.find("9.9.9.9, 1.1.1.1"), std::string::npos) << outcome.set.text;
  EXPECT_EQ(restore(dns), "");
}

TEST_F(DnsTest, FileIsWrittenAndPutBackEvenWithoutRestore) {
  const std::string file = directory_.write_file("resolv.conf", "first\n");
  {
    Dns dns(loop_, {DnsMethod::file, file});
    EXPECT_EQ(apply(dns).problem, "");
    EXPECT_NE(test::read_file(file).find("nameserver 9.9.9.9\n"), std::string::npos);
  }
  EXPECT_EQ(test::read_file(file), "first\n");
}

TEST_F(DnsTest, AHelperIsKilledWithTheOneWhoWaitsForIt) {
  program("resolvconf", "echo $$ >" + log() + "; exec sleep 1000");
  Dns dns(loop_, {DnsMethod::resolvconf, {}});
  dns.apply("ppp0", servers, [](const Dns::Outcome&) { ADD_FAILURE() << "it never ends"; });
  // The residue check sees to it that nothing stays.
}

}  // namespace
}  // namespace tunppp::session
