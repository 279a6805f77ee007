#include "cli/lcp_options.h"

#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <charconv>
#include <chrono>
#include <limits>
#include <string_view>

namespace tunppp::cli {
namespace {

constexpr const char* group = "PPP";
constexpr const char* expert_group = "PPP: timers and counters";

Failure wrong(std::string text) {
  return {EndReason::usage, {}, std::move(text)};
}

/// As pppd takes it: hexadecimal, with or without 0x.
std::optional<std::uint32_t> parse_accm(std::string_view text) {
  if (text.starts_with("0x") || text.starts_with("0X")) text.remove_prefix(2);
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

FrameCheck frame_check(std::string_view text) {
  if (text == "null") return FrameCheck::none;
  return text == "32" ? FrameCheck::fcs32 : FrameCheck::fcs16;
}

void add_negotiated(CLI::App& command, LcpArguments& arguments) {
  LcpConfig& lcp = arguments.config;
  command.add_option("--mru", lcp.mru, "Largest packet that the peer may send")
      ->type_name("OCTETS")
      ->capture_default_str()
      ->check(CLI::Range(128, 16384))
      ->group(group);
  command
      .add_option("--accm", arguments.accm,
                  "Control characters that the peer is to escape, in hexadecimal")
      ->type_name("MAP")
      ->capture_default_str()
      ->group(group);
  command
      .add_flag("--accept-all-controls", lcp.accept_all_controls,
                "Take control characters that the peer should have escaped")
      ->group(group);
  command
      .add_flag("--pcomp,!--no-pcomp", lcp.protocol_field_compression,
                "Shorten the protocol field, both ways (on by default)")
      ->group(group);
  command
      .add_flag("--accomp,!--no-accomp", lcp.address_control_compression,
                "Leave out address and control, both ways (on by default)")
      ->group(group);
  command
      .add_flag("--magic-number,!--no-magic-number", lcp.magic_number,
                "A number by which loops are found (on by default)")
      ->group(group);
  command
      .add_option("--fcs", arguments.fcs,
                  "The check that the peer is asked to append: 16, 32 or null (bits; null: none "
                  "for packets of IP)")
      ->capture_default_str()
      ->check(CLI::IsMember({"16", "32", "null"}))
      ->group(group);
  command
      .add_flag("--accept-fcs,!--no-accept-fcs", lcp.accept_fcs_alternatives,
                "Let the peer ask for another check than 16 bits (on by default)")
      ->group(group);
  command
      .add_option("--endpoint", arguments.endpoint,
                  "Tell the peer which machine this is: null, local:61.62, IP:192.0.2.1, "
                  "MAC:00:00:5e:00:53:01, magic:1.2.3.4 or phone:15551234")
      ->type_name("CLASS:VALUE")
      ->group(group);
  command
      .add_option("--identification", lcp.identification,
                  "Tell people at the other end who we are")
      ->type_name("TEXT")
      ->check([](const std::string& text) {
        return text.size() <= 200 ? std::string() : "--identification has room for 200 characters";
      })
      ->group(group);
  command
      .add_option("--session-limit", arguments.session_limit,
                  "End the session after this time, and tell the peer ahead; 0: never")
      ->type_name("SECONDS")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 1e8))
      ->group(group);
}

void add_watched(CLI::App& command, LcpArguments& arguments) {
  LcpConfig& lcp = arguments.config;
  QualityConfig& quality = lcp.quality;
  command
      .add_option("--echo-interval", arguments.echo_interval,
                  "Seconds between signs of life that are asked for; 0: never")
      ->type_name("SECONDS")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 1e6))
      ->group(group);
  command
      .add_option("--echo-failures", lcp.echo_failures,
                  "How many may stay unanswered before the peer is lost")
      ->type_name("COUNT")
      ->capture_default_str()
      ->check(CLI::Range(1, 1000))
      ->group(group);
  command
      .add_flag("--echo-adaptive", lcp.echo_adaptive,
                "Ask only when nothing has come for the interval")
      ->group(group);
  command
      .add_option("--lqr", arguments.lqr,
                  "Seconds between link quality reports that the peer is asked for; 0: none")
      ->type_name("SECONDS")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 1e6))
      ->group(group);
  command
      .add_flag("--accept-lqr,!--no-accept-lqr", quality.accept,
                "Send such reports to a peer that asks for them (on by default)")
      ->group(group);
  command
      .add_option("--quality-loss", quality.tolerated_loss,
                  "The line is good as long as no more of a window is lost")
      ->type_name("PERCENT")
      ->capture_default_str()
      ->check(CLI::Range(0, 100))
      ->group(group);
  command
      .add_option("--quality-window", quality.window, "So many reports make a window")
      ->type_name("COUNT")
      ->capture_default_str()
      ->check(CLI::Range(1, 1000))
      ->group(group);
  command
      .add_option("--quality-missing", quality.missing_reports,
                  "The line is bad when so many reports in a row are missing; 0: any number may be")
      ->type_name("COUNT")
      ->capture_default_str()
      ->check(CLI::Range(0, 1000))
      ->group(group);
  command
      .add_flag("--quality-close", quality.close_when_bad,
                "End the link when the line is bad; else it is only told")
      ->group(group);
}

void add_timers(CLI::App& command, LcpArguments& arguments) {
  RestartConfig& restart = arguments.config.restart;
  const auto count = [&command](const char* name, unsigned& value, const char* text) {
    command.add_option(name, value, text)
        ->type_name("COUNT")
        ->capture_default_str()
        ->check(CLI::Range(1, 100000))
        ->group(expert_group);
  };
  command
      .add_flag("--passive,!--no-passive", arguments.passive,
                "Go on waiting when the peer does not answer (serve does)")
      ->group(expert_group);
  command
      .add_flag("--silent", arguments.config.silent,
                "Say nothing before the peer has asked for something valid")
      ->group(expert_group);
  command
      .add_option("--restart-timer", arguments.restart_timer,
                  "Until a request is repeated, for LCP, IPCP and IPV6CP")
      ->type_name("SECONDS")
      ->capture_default_str()
      ->check(CLI::Range(0.1, 3600.0))
      ->group(expert_group);
  count("--max-configure", arguments.max_configure,
        "Configure-Requests without an answer, for LCP, IPCP and IPV6CP");
  count("--max-terminate", arguments.max_terminate,
        "Terminate-Requests without an answer, for LCP, IPCP and IPV6CP");
  count("--max-failure", restart.max_failure,
        "Configure-Naks of LCP before options are rejected or given up");
  count("--ncp-max-failure", arguments.ncp_max_failure,
        "The same for IPCP and IPV6CP; modems stall with Naks while the bearer attaches");
  count("--max-rounds", restart.max_rounds,
        "Configure-Requests of LCP in all, before a negotiation without end is given up");
}

}  // namespace

Duration duration(double seconds) {
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(seconds));
}

void add_lcp_options(CLI::App& command, LcpArguments& arguments) {
  add_negotiated(command, arguments);
  add_watched(command, arguments);
  add_timers(command, arguments);
}

Status set_lcp(const LcpArguments& arguments, LinkConfig& link) {
  LcpConfig lcp = arguments.config;
  const std::optional<std::uint32_t> accm = parse_accm(arguments.accm);
  if (!accm)
    return wrong("--accm wants a hexadecimal number such as 0, a0000 or ffffffff, not " +
                 arguments.accm);
  lcp.accm = *accm;
  lcp.fcs = frame_check(arguments.fcs);
  if (!arguments.endpoint.empty()) {
    lcp.endpoint = parse_endpoint(arguments.endpoint);
    if (!lcp.endpoint)
      return wrong(fmt::format(
          "--endpoint wants null, local:61.62, IP:192.0.2.1, MAC:00:00:5e:00:53:01, magic:1.2.3.4 "
          "or phone:15551234, not {}",
          arguments.endpoint));
  }
  lcp.passive = arguments.passive;
  lcp.echo_interval = duration(arguments.echo_interval);
  lcp.quality.report_interval = duration(arguments.lqr);
  lcp.session_limit = duration(arguments.session_limit);
  if (lcp.quality.close_when_bad && arguments.lqr == 0)
    return wrong("--quality-close is of no use without --lqr SECONDS");
  lcp.restart.restart_timer = duration(arguments.restart_timer);
  lcp.restart.max_configure = arguments.max_configure;
  lcp.restart.max_terminate = arguments.max_terminate;
  link.lcp = lcp;
  for (RestartConfig* restart : {&link.ipcp.restart, &link.ipv6cp.restart}) {
    restart->restart_timer = lcp.restart.restart_timer;
    restart->max_configure = arguments.max_configure;
    restart->max_terminate = arguments.max_terminate;
    restart->max_failure = arguments.ncp_max_failure;
  }
  return {};
}

}  // namespace tunppp::cli
