// IPCP, RFC 1332 and RFC 1877, in both roles and with what modems make of it.
#include "ipcp/ipcp.h"

#include <gtest/gtest.h>

#include "ipcp/ipcp_bench.h"

namespace tunppp::ipcp::test {
namespace {

const Octets first_request = addr("0.0.0.0") + dns1("0.0.0.0") + dns2("0.0.0.0");

// --- As a client --------------------------------------------------------------------------------

TEST(IpcpClient, AsksForAnAddressAndNameServers) {
  Bench bench;
  EXPECT_EQ(bench.request().data(), first_request);
  bench.nak(addr("10.1.2.3") + dns1("9.9.9.9") + dns2("8.8.8.8"));
  EXPECT_EQ(bench.request().data(), addr("10.1.2.3") + dns1("9.9.9.9") + dns2("8.8.8.8"));
  bench.ask(addr("10.1.2.1"));
  bench.acknowledge();
  ASSERT_TRUE(bench.ipcp.opened());
  EXPECT_EQ(bench.local(), "10.1.2.3");
  EXPECT_EQ(bench.remote(), "10.1.2.1");
  EXPECT_EQ(bench.dns(0), "9.9.9.9");
  EXPECT_EQ(bench.dns(1), "8.8.8.8");
}

TEST(IpcpClient, AsksForNoNameServersUnlessItWantsThem) {
  IpcpConfig config;
  config.request_dns = false;
  Bench bench(config);
  EXPECT_EQ(bench.request().data(), addr("0.0.0.0"));
  bench.nak(addr("10.1.2.3") + dns1("9.9.9.9"));
  EXPECT_EQ(bench.request().data(), addr("10.1.2.3")) << "offered unasked";
}

/// "DNS is learnt by Nak": even where the option was left out.
TEST(IpcpClient, ANakMayOfferAServerThatWasRejectedBefore) {
  Bench bench;
  bench.reject(dns1("0.0.0.0") + dns2("0.0.0.0"));
  EXPECT_EQ(bench.request().data(), addr("0.0.0.0"));
  bench.nak(addr("10.1.2.3") + dns1("9.9.9.9"));
  EXPECT_EQ(bench.request().data(), addr("10.1.2.3") + dns1("9.9.9.9"));
}

TEST(IpcpClient, RejectedNameServersAreNotAskedForAgain) {
  Bench bench;
  bench.reject(dns2("0.0.0.0"));
  EXPECT_EQ(bench.request().data(), addr("0.0.0.0") + dns1("0.0.0.0"));
  bench.nak(addr("10.1.2.3"));
  EXPECT_EQ(bench.request().data(), addr("10.1.2.3") + dns1("0.0.0.0"));
  bench.reject(dns1("0.0.0.0"));
  EXPECT_EQ(bench.request().data(), addr("10.1.2.3"));
  bench.ask({});
  bench.acknowledge();
  ASSERT_TRUE(bench.ipcp.opened());
  EXPECT_EQ(bench.dns(0), "0.0.0.0");
}

TEST(IpcpClient, ASecondServerThatDoesNotExistIsLeftOut) {
  Bench bench;
  bench.nak(addr("10.1.2.3") + dns1("9.9.9.9") + dns2("0.0.0.0"));
  EXPECT_EQ(bench.request().data(), addr("10.1.2.3") + dns1("9.9.9.9"));
}

TEST(IpcpClient, AWishMayBeNakkedAndADemandNot) {
  IpcpConfig wish;
  wish.local = {{10, 9, 9, 9}};
  wish.request_dns = false;
  Bench wishing(wish);
  EXPECT_EQ(wishing.request().data(), addr("10.9.9.9"));
  wishing.nak(addr("10.1.2.3"));
  EXPECT_EQ(wishing.request().data(), addr("10.1.2.3"));

  IpcpConfig demand = wish;
  demand.accept_local = false;
  Bench demanding(demand);
  for (int i = 0; i < 3; ++i) demanding.nak(addr("10.1.2.3"));
  EXPECT_EQ(demanding.request().data(), addr("10.9.9.9"));
}

TEST(IpcpClient, WithAnAddressOfItsOwnARejectIsNoHarm) {
  IpcpConfig config;
  config.local = {{10, 9, 9, 9}};
  config.request_dns = false;
  Bench bench(config);
  bench.reject(addr("10.9.9.9"));
  EXPECT_EQ(bench.request().data(), Octets{});
  bench.ask(addr("10.1.2.1"));
  bench.acknowledge();
  EXPECT_TRUE(bench.ipcp.opened());
  EXPECT_EQ(bench.local(), "10.9.9.9");
}

TEST(IpcpClient, WithoutAnAddressARejectIsTheEnd) {
  Bench bench;
  bench.reject(addr("0.0.0.0"));
  EXPECT_EQ(bench.host.finished, std::vector<cp::Finish>{cp::Finish::no_agreement});
  EXPECT_EQ(bench.ipcp.failure(), "the peer assigns no address to us");
}

/// An address that a former negotiation of the same session gave is none that can be insisted on.
TEST(IpcpClient, ARejectAfterARestartIsTheEndAsWell) {
  Bench bench;
  bench.nak(addr("10.1.2.3"));
  bench.ask(addr("10.1.2.1"));
  bench.acknowledge();
  ASSERT_TRUE(bench.ipcp.opened());
  bench.ask(addr("10.1.2.1"));  // IPCP restarted by the modem
  bench.reject(addr("10.1.2.3"));
  bench.ask(addr("10.1.2.1"));
  bench.acknowledge();
  EXPECT_FALSE(bench.ipcp.opened()) << "nobody gave us " << bench.local();
}

TEST(IpcpClient, ANewSessionAsksAnew) {
  Bench bench;
  bench.nak(addr("10.1.2.3") + dns1("9.9.9.9"));
  bench.reject(dns2("0.0.0.0"));
  bench.ipcp.down(bench.host.now);
  bench.ipcp.up(bench.host.now);
  EXPECT_EQ(bench.request().data(), first_request);
}

TEST(IpcpClient, TheAddress0000IsNoAddress) {
  Bench bench;
  bench.ask(addr("10.1.2.1"));
  bench.acknowledge();  // the peer takes 0.0.0.0 for ours
  EXPECT_EQ(bench.host.ups, 0);
  bench.pass(seconds(6));
  EXPECT_EQ(bench.host.finished, std::vector<cp::Finish>{cp::Finish::no_agreement});
  EXPECT_FALSE(bench.ipcp.failure().empty());
  EXPECT_EQ(bench.host.downs, 0);
}

TEST(IpcpClient, BothEndsCannotHaveTheSameAddress) {
  Bench bench;
  bench.nak(addr("10.1.2.3"));
  bench.ask(addr("10.1.2.3"));
  bench.acknowledge();
  EXPECT_EQ(bench.host.ups, 0);
  EXPECT_NE(bench.ipcp.failure().find("10.1.2.3"), std::string::npos);
}

TEST(IpcpClient, SaysWhyThereIsNoAddress) {
  Bench none;
  none.reject(addr("0.0.0.0"));
  EXPECT_EQ(none.ipcp.failure_reason(), EndReason::no_address);
  Bench twice;
  twice.nak(addr("10.1.2.3"));
  twice.ask(addr("10.1.2.3"));
  twice.acknowledge();
  EXPECT_EQ(twice.ipcp.failure_reason(), EndReason::address_conflict);
}

/// NetBIOS name servers are learnt as name servers are.
TEST(IpcpClient, LearnsNetBiosNameServersIfItWantsThem) {
  IpcpConfig config;
  config.request_dns = false;
  config.request_nbns = true;
  Bench bench(config);
  EXPECT_EQ(bench.request().data(),
            addr("0.0.0.0") + option(130, "0.0.0.0") + option(132, "0.0.0.0"));
  bench.nak(addr("10.1.2.3") + option(130, "10.0.0.9"));
  bench.reject(option(132, "0.0.0.0"));
  EXPECT_EQ(bench.request().data(), addr("10.1.2.3") + option(130, "10.0.0.9"));
  bench.ask(addr("10.1.2.1"));
  bench.acknowledge();
  ASSERT_TRUE(bench.ipcp.opened());
  EXPECT_EQ(to_string(bench.ipcp.nbns()[0]), "10.0.0.9");
}

// --- Header compression (RFC 1332 section 4) -------------------------------------------------------

Octets vj(unsigned max_slot, unsigned comp) { return octets({2, 6, 0, 0x2d, max_slot, comp}); }

IpcpConfig asking_for_vj() {
  IpcpConfig config;
  config.request_dns = false;
  config.vj.request = true;
  return config;
}

IpcpConfig agreeing_to_vj() {
  IpcpConfig config;
  config.vj.accept = true;
  return config;
}

TEST(IpcpVj, IsAskedForWithSlotsAndConnectionNumber) {
  Bench bench(asking_for_vj());
  EXPECT_EQ(bench.request().data(), addr("0.0.0.0") + vj(15, 1));
  bench.nak(addr("10.1.2.3"));
  bench.ask(addr("10.1.2.1"));
  bench.acknowledge();
  ASSERT_TRUE(bench.ipcp.opened());
  EXPECT_EQ(bench.ipcp.receive_vj(), (VjOption{15, true}));
  EXPECT_FALSE(bench.ipcp.send_vj()) << "the peer asked for nothing";
}

TEST(IpcpVj, IsNotAskedForUnlessWished) {
  Bench bench;
  EXPECT_EQ(bench.request().data(), first_request);
  bench.nak(addr("10.1.2.3") + vj(15, 1));
  EXPECT_EQ(bench.request().data().size(), first_request.size());
}

TEST(IpcpVj, ANakTakesItDownAndNeverUp) {
  Bench bench(asking_for_vj());
  bench.nak(vj(7, 0));
  EXPECT_EQ(bench.request().data(), addr("0.0.0.0") + vj(7, 0));
  bench.nak(vj(200, 1));
  EXPECT_EQ(bench.request().data(), addr("0.0.0.0") + vj(7, 0));
}

/// RFC 2507's compression in a Nak is none that we speak.
TEST(IpcpVj, ANakWithAnotherCompressionEndsIt) {
  Bench bench(asking_for_vj());
  bench.nak(octets({2, 14, 0, 0x61, 0, 16, 0, 16, 1, 0, 0, 5, 0, 168}));
  EXPECT_EQ(bench.request().data(), addr("0.0.0.0"));
}

TEST(IpcpVj, ARejectIsForGood) {
  Bench bench(asking_for_vj());
  bench.reject(vj(15, 1));
  EXPECT_EQ(bench.request().data(), addr("0.0.0.0"));
  bench.nak(addr("10.1.2.3") + vj(15, 1));
  EXPECT_EQ(bench.request().data(), addr("10.1.2.3"));
  bench.ask(addr("10.1.2.1"));
  bench.acknowledge();
  ASSERT_TRUE(bench.ipcp.opened());
  EXPECT_FALSE(bench.ipcp.receive_vj());
}

/// The peer's option is what it can put back; we use as much of it as we like.
TEST(IpcpVj, OfThePeerIsTakenAndKeptWithin) {
  Bench bench(agreeing_to_vj());
  EXPECT_EQ(bench.ask(addr("10.1.2.1") + vj(3, 0)).code(), 2U);
  EXPECT_EQ(bench.ipcp.send_vj(), (VjOption{3, false}));
  EXPECT_EQ(bench.ask(addr("10.1.2.1") + vj(254, 1)).code(), 2U);
  EXPECT_EQ(bench.ipcp.send_vj(), (VjOption{15, true}));
  EXPECT_EQ(bench.ask(addr("10.1.2.1")).code(), 2U);
  EXPECT_FALSE(bench.ipcp.send_vj()) << "each request stands for itself";
}

/// pppd asks by itself, and drops what is compressed unless it was asked as well.
TEST(IpcpVj, OfThePeerIsRejectedIfNotWanted) {
  Bench bench;
  EXPECT_EQ(bench.ask(addr("10.1.2.1") + vj(15, 1)).octets, packet(4, 61, vj(15, 1)));
}

TEST(IpcpVj, AnotherCompressionOfThePeerIsNakkedOnceThenRejected) {
  const Octets other = octets({2, 14, 0, 0x61, 0, 16, 0, 16, 1, 0, 0, 5, 0, 168});
  const Octets old = octets({2, 4, 0, 0x2d});  // as before RFC 1332
  Bench bench(agreeing_to_vj());
  EXPECT_EQ(bench.ask(other).octets, packet(3, 61, vj(15, 1)));
  EXPECT_EQ(bench.ask(old).octets, packet(4, 62, old));
}

// --- Modems that are not ready --------------------------------------------------------------------

TEST(Modem, NakWith0000MeansAskAgainInASecond) {
  Bench bench;
  bench.nak(addr("0.0.0.0"));
  EXPECT_EQ(bench.requests(), 1U);
  bench.pass(Duration(seconds(1)) - Duration(1));
  EXPECT_EQ(bench.requests(), 1U);
  bench.pass(Duration(1));
  EXPECT_EQ(bench.requests(), 2U);
  EXPECT_EQ(bench.request().data(), first_request);
}

TEST(Modem, AnEmptyNakMeansAskAgainInASecond) {
  Bench bench;
  bench.nak({});
  EXPECT_EQ(bench.requests(), 1U);
  bench.pass(seconds(1));
  EXPECT_EQ(bench.requests(), 2U);
}

TEST(Modem, EmptyNaksWithoutEndAreARefusal) {
  Bench bench;
  const IpcpConfig config;
  while (bench.host.finished.empty() && bench.elapsed() < seconds(1000)) {
    bench.nak({});
    bench.pass(seconds(1));
  }
  EXPECT_EQ(bench.host.finished, std::vector<cp::Finish>{cp::Finish::no_agreement});
  EXPECT_LE(bench.elapsed(), (config.restart.max_failure + 1) * config.not_ready_pause);
}

/// "some 3G/4G modems stall with Naks while the bearer attaches": 90 s are none too many.
TEST(Modem, NinetySecondsOfNaksConverge) {
  struct Stall {
    const char* what;
    Octets nak;
  };
  for (const auto& [what, stalling] :
       {Stall{"placeholder", addr("10.1.2.3") + dns1("10.11.12.13") + dns2("10.11.12.14")},
        Stall{"only the placeholder", dns1("10.11.12.13") + dns2("10.11.12.14")},
        Stall{"no address", addr("0.0.0.0")}, Stall{"empty", {}}}) {
    SCOPED_TRACE(what);
    Bench bench;
    bench.ask({});
    std::size_t answered = 0;
    while (bench.elapsed() < seconds(90)) {
      if (bench.requests() > answered) {
        answered = bench.requests();
        bench.nak(stalling);
      }
      bench.pass(milliseconds(100));
      ASSERT_TRUE(bench.host.finished.empty());
    }
    EXPECT_LE(bench.requests(), 92U) << "one a second";
    bench.nak(addr("10.1.2.3") + dns1("9.9.9.9") + dns2("8.8.8.8"));
    bench.acknowledge();
    ASSERT_TRUE(bench.ipcp.opened());
    EXPECT_EQ(bench.local(), "10.1.2.3");
    EXPECT_EQ(bench.dns(0), "9.9.9.9");
  }
}

/// When it never gets ready: an address without name servers is better than nothing.
TEST(Modem, PlaceholdersWithoutEndLeadToNoNameServers) {
  Bench bench;
  const IpcpConfig config;
  bench.ask(addr("10.1.2.1"));
  while (bench.request().data() != addr("10.1.2.3") && bench.elapsed() < seconds(1000)) {
    bench.nak(addr("10.1.2.3") + dns1("10.11.12.13") + dns2("10.11.12.14"));
    bench.pass(config.not_ready_pause);
  }
  EXPECT_LE(bench.elapsed(), (config.restart.max_failure + 1) * config.not_ready_pause);
  bench.acknowledge();
  ASSERT_TRUE(bench.ipcp.opened());
  EXPECT_EQ(bench.local(), "10.1.2.3");
  EXPECT_EQ(bench.dns(0), "0.0.0.0");
}

TEST(Modem, APlaceholderThatIsAcknowledgedIsNoNameServer) {
  Bench bench;
  bench.nak(addr("10.1.2.3") + dns1("9.9.9.9") + dns2("10.11.12.14"));
  bench.pass(seconds(1));
  bench.ask(addr("10.1.2.1"));
  bench.acknowledge();
  ASSERT_TRUE(bench.ipcp.opened());
  EXPECT_EQ(bench.dns(0), "9.9.9.9");
  EXPECT_EQ(bench.dns(1), "0.0.0.0");
}

TEST(Modem, WithoutAnAddressOfItsOwnGetsTheFallback) {
  Bench bench;
  bench.nak(addr("10.1.2.3"));
  bench.ask({});
  bench.acknowledge();
  ASSERT_TRUE(bench.ipcp.opened());
  EXPECT_EQ(bench.remote(), "10.64.64.64");
}

/// "never fail for it"
TEST(Modem, TheFallbackIsNotOurOwnAddress) {
  Bench bench;
  bench.nak(addr("10.64.64.64"));
  bench.ask({});
  bench.acknowledge();
  ASSERT_TRUE(bench.ipcp.opened()) << bench.ipcp.failure();
  EXPECT_NE(bench.remote(), bench.local());
}

TEST(Modem, Saying0000IsToldTheFallbackTwiceThenLeftWithout) {
  Bench bench;
  EXPECT_EQ(bench.ask(addr("0.0.0.0")).octets, packet(3, 61, addr("10.64.64.64")));
  EXPECT_EQ(bench.ask(addr("0.0.0.0")).octets, packet(3, 62, addr("10.64.64.64")));
  EXPECT_EQ(bench.ask(addr("0.0.0.0")).octets, packet(4, 63, addr("0.0.0.0")));
  bench.ask({});
  bench.nak(addr("10.1.2.3"));
  bench.acknowledge();
  EXPECT_TRUE(bench.ipcp.opened());
  EXPECT_EQ(bench.remote(), "10.64.64.64");
}

TEST(Modem, AnEmptyRequestAfterOpened) {
  Bench bench;
  bench.nak(addr("10.1.2.3") + dns1("9.9.9.9") + dns2("8.8.8.8"));
  bench.ask(addr("10.1.2.1"));
  bench.acknowledge();
  ASSERT_TRUE(bench.ipcp.opened());
  EXPECT_EQ(bench.ask({}).code(), 2U);
  EXPECT_EQ(bench.request().data(), addr("10.1.2.3") + dns1("9.9.9.9") + dns2("8.8.8.8"));
  bench.acknowledge();
  EXPECT_TRUE(bench.ipcp.opened());
  EXPECT_EQ(bench.local(), "10.1.2.3");
}

/// A restart that leads to another address.
TEST(Modem, ARestartMayAssignAnotherAddress) {
  Bench bench;
  bench.nak(addr("10.1.2.3"));
  bench.ask(addr("10.1.2.1"));
  bench.acknowledge();
  bench.ask(addr("10.7.7.1"));
  bench.nak(addr("10.7.7.7"));
  bench.acknowledge();
  ASSERT_TRUE(bench.ipcp.opened());
  EXPECT_EQ(bench.local(), "10.7.7.7");
  EXPECT_EQ(bench.remote(), "10.7.7.1");
}

// --- As a server --------------------------------------------------------------------------------

IpcpConfig server() {
  IpcpConfig config;
  config.local = {{10, 0, 0, 1}};
  config.remote = {{10, 0, 0, 2}};
  config.accept_remote = false;
  config.request_dns = false;
  config.offer_dns = {Ipv4Address{{10, 0, 0, 53}}, Ipv4Address{{10, 0, 1, 53}}};
  config.offer_nbns = {Ipv4Address{{10, 0, 0, 137}}, Ipv4Address{}};
  return config;
}

TEST(IpcpServer, AssignsAddressAndServers) {
  Bench bench(server());
  EXPECT_EQ(bench.request().data(), addr("10.0.0.1"));
  EXPECT_EQ(bench.ask(first_request + option(130, "0.0.0.0")).octets,
            packet(3, 61, addr("10.0.0.2") + dns1("10.0.0.53") + dns2("10.0.1.53") +
                              option(130, "10.0.0.137")));
  EXPECT_EQ(bench.ask(addr("10.0.0.2") + dns1("10.0.0.53") + dns2("10.0.1.53")).code(), 2U);
  bench.acknowledge();
  ASSERT_TRUE(bench.ipcp.opened());
  EXPECT_EQ(bench.remote(), "10.0.0.2");
}

TEST(IpcpServer, RejectsServersThatItDoesNotHave) {
  IpcpConfig config = server();
  config.offer_dns[1] = {};
  Bench bench(config);
  const Sent answer = bench.ask(first_request + option(132, "0.0.0.0"));
  EXPECT_EQ(answer.octets, packet(4, 61, dns2("0.0.0.0") + option(132, "0.0.0.0")));
}

TEST(IpcpServer, InsistsOnTheAddressItAssigns) {
  Bench bench(server());
  EXPECT_EQ(bench.ask(addr("192.168.1.1")).octets, packet(3, 61, addr("10.0.0.2")));
  IpcpConfig lenient = server();
  lenient.accept_remote = true;
  Bench other(lenient);
  EXPECT_EQ(other.ask(addr("192.168.1.1")).code(), 2U);
  EXPECT_EQ(other.remote(), "192.168.1.1");
}

TEST(IpcpServer, AnArgumentThatNobodyGivesWayInEndsInASentence) {
  Bench bench(server());
  for (int i = 0; i < 400 && bench.host.finished.empty(); ++i) {
    bench.ask(addr("10.0.0.1"));  // ours
    bench.pass(seconds(3));
  }
  EXPECT_NE(bench.ipcp.failure().find("10.0.0.1"), std::string::npos) << bench.ipcp.failure();
  EXPECT_EQ(bench.ipcp.failure_reason(), EndReason::address_conflict);
}

TEST(IpcpServer, GivesWhatTheOwnerProvided) {
  IpcpConfig config = server();
  config.remote = {};
  Bench bench(config);
  bench.ipcp.provide_remote({{10, 0, 0, 77}});
  EXPECT_EQ(bench.ask(addr("0.0.0.0")).octets, packet(3, 61, addr("10.0.0.77")));
  EXPECT_EQ(bench.ask(addr("10.0.0.9")).octets, packet(3, 62, addr("10.0.0.77")));
  EXPECT_EQ(bench.ask(addr("10.0.0.77")).code(), 2U);
}

TEST(IpcpServer, ARefusalOfTheOwnerIsTheEnd) {
  Bench bench(server());
  bench.ipcp.refuse_remote(bench.host.now, "the pool is empty");
  EXPECT_EQ(bench.host.finished, std::vector<cp::Finish>{cp::Finish::no_agreement});
  EXPECT_EQ(bench.ipcp.failure(), "the pool is empty");
  EXPECT_EQ(bench.ipcp.failure_reason(), EndReason::no_address);
}

TEST(IpcpServer, AsksForTheAddressThatThePeerLeftOut) {
  Bench bench(server());
  EXPECT_EQ(bench.ask({}).octets, packet(3, 61, addr("10.0.0.2")));
  EXPECT_EQ(bench.ask(addr("10.0.0.2")).code(), 2U);
}

/// A peer that never names an address is served all the same, after max_failure Naks.
TEST(IpcpServer, APeerThatNamesNoAddressIsServedInTheEnd) {
  Bench bench(server());
  const IpcpConfig config = server();
  unsigned naks = 0;
  while (bench.ask({}).code() == 3 && naks < 1000) ++naks;
  EXPECT_EQ(naks, config.restart.max_failure);
  bench.acknowledge();
  EXPECT_TRUE(bench.ipcp.opened());
  EXPECT_EQ(bench.remote(), "10.0.0.2");
}

/// Each request stands for itself: what the former one said is forgotten.
TEST(IpcpServer, TheLastRequestCounts) {
  IpcpConfig config = server();
  config.accept_remote = true;
  Bench bench(config);
  bench.ask(addr("192.168.1.1"));
  bench.ask({});
  bench.acknowledge();
  ASSERT_TRUE(bench.ipcp.opened());
  EXPECT_EQ(bench.remote(), "10.0.0.2");
}

// --- Options --------------------------------------------------------------------------------------

TEST(IpcpOptions, ThatAreUnknownOrOfTheWrongSizeAreRejected) {
  for (const Octets& one :
       {octets({1, 10, 0, 0, 0, 0, 0, 0, 0, 0}), octets({3, 2}),
        octets({3, 5, 1, 2, 3}), octets({3, 7, 1, 2, 3, 4, 5}), octets({129, 2}), octets({0, 2}),
        octets({255, 3, 1})}) {
    Bench bench(server());
    const Sent answer = bench.ask(one);
    EXPECT_EQ(answer.code(), 4U);
    EXPECT_EQ(answer.data(), one);
  }
}

TEST(IpcpOptions, NaksOfTheWrongSizeChangeNothing) {
  Bench bench;
  bench.nak(octets({3, 2, 129, 5, 1, 2, 3, 131, 7, 1, 2, 3, 4, 5}));
  bench.pass(seconds(1));
  EXPECT_EQ(bench.request().data(), first_request);
}

TEST(IpcpOptions, NaksOfWhatIsUnknownChangeNothing) {
  Bench bench;
  bench.nak(octets({2, 6, 0, 0x2d, 15, 1, 77, 2}));
  bench.pass(seconds(1));
  EXPECT_EQ(bench.request().data(), first_request);
}

TEST(IpcpOptions, EndlessNaksOfTheUnknownEnd) {
  Bench bench;
  const IpcpConfig config;
  int naks = 0;
  while (bench.host.finished.empty() && ++naks < 1000) {
    bench.nak(octets({2, 6, 0, 0x2d, 15, 1}));
    bench.pass(config.not_ready_pause);
  }
  EXPECT_EQ(bench.host.finished, std::vector<cp::Finish>{cp::Finish::no_agreement});
  EXPECT_LE(bench.requests(), config.restart.max_rounds);
}

TEST(IpcpOptions, ParseGivesBackWhatWriteWrote) {
  Random random(1);
  for (int i = 0; i < 1000; ++i) {
    Ipv4Address address;
    for (std::uint8_t& octet : address.octets) octet = static_cast<std::uint8_t>(random.next());
    std::array<std::byte, 6> room;
    Writer writer(room);
    write_address(writer, OptionType::secondary_dns, address);
    cp::OptionWalk walk(writer.written());
    const auto option = walk.next();
    ASSERT_TRUE(option);
    EXPECT_EQ(option->type, 131);
    EXPECT_EQ(parse_address(*option), address);
  }
}

TEST(IpcpWords, NameAddresses) {
  EXPECT_EQ(describe(packet(1, 1, addr("10.1.2.3") + dns1("9.9.9.9") + dns2("8.8.8.8") +
                                      option(130, "1.1.1.1") + option(132, "2.2.2.2") +
                                      octets({2, 6, 0, 0x2d, 15, 1}))),
            "IPCP ConfReq id=1 <addr 10.1.2.3> <dns1 9.9.9.9> <dns2 8.8.8.8> <nbns1 1.1.1.1> "
            "<nbns2 2.2.2.2> <compress VJ slots 16 id>");
  EXPECT_EQ(describe(octets({1})), "IPCP (malformed)");
}

}  // namespace
}  // namespace tunppp::ipcp::test
