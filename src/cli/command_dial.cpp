#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <cstdio>
#include <memory>

#include "cli/auth_options.h"
#include "cli/command.h"
#include "cli/exit_codes.h"
#include "cli/persistence_options.h"
#include "cli/provider_options.h"
#include "cli/run_session.h"
#include "cli/session_options.h"
#include "session/password_file.h"

namespace tunppp::cli {
namespace {

struct DialArguments {
  SessionArguments session;
  std::string modem = "auto";
  std::string radio = "unchanged";
  std::string pdp_type = "ip";
  std::string at_auth = "none";
  std::string cmux = "off";
  std::string pin_file;
  std::string print_profile;
  ProviderArguments providers;
  PersistenceArguments persistence;
  AuthArguments auth;
  std::string local;
  std::string remote;
  std::string dns = "auto";
};

Failure wrong(std::string text) {
  return {EndReason::usage, {}, std::move(text)};
}

std::string profile_list() {
  std::string list = "auto: by what USB and the modem itself say; none: start PPP at once";
  for (const ModemProfileInfo& profile : modem_profiles())
    list += fmt::format("; {}: {}", profile.name, profile.description);
  return list;
}

void add_options(CLI::App& command, DialArguments& arguments) {
  DialerOptions& options = arguments.session.options;
  command.get_option("--device")
      ->description(
          "The tty, pty or serial port by any of its names, or a modem's place on USB such as "
          "1-1.3; without it the one modem that is here (see tunppp detect)");
  command.add_option("--modem", arguments.modem, "How to get a connection. " + profile_list())
      ->type_name("NAME")
      ->capture_default_str()
      ->group("Modem");
  add_provider_options(command, arguments.providers);
  command
      .add_option("--profile", options.modem.profile_file,
                  "A modem profile of your own, instead of --modem; see docs/PROFILES.md")
      ->type_name("FILE.toml")
      ->group("Modem");
  command
      .add_option("--print-profile", arguments.print_profile,
                  "Print a modem profile as --profile reads it, to begin one of your own with, and "
                  "leave")
      ->type_name("NAME")
      ->group("Modem");
  command
      .add_option("--radio", arguments.radio,
                  "Which radio to use: auto, gsm, umts, lte, lte-m, nb-iot or nr (5G)")
      ->check(CLI::IsMember({"auto", "gsm", "umts", "lte", "lte-m", "nb-iot", "nr"}))
      ->type_name("RADIO")
      ->group("Modem");
  command
      .add_option("--at-device", options.modem.at_device,
                  "Another tty of the modem, on which it is watched while data flows: auto (what "
                  "USB says), none, or a tty")
      ->type_name("TTY")
      ->capture_default_str()
      ->group("Modem");
  command
      .add_option("--at-sockets", options.at_socket_directory,
                  "Where tunppp at finds this session while it holds the modem's AT port; none: "
                  "nowhere")
      ->type_name("DIR")
      ->capture_default_str()
      ->group("Modem");
  command
      .add_option("--state", options.modem.state_directory,
                  "Remembers there which PIN a SIM has refused, so as not to send it again")
      ->type_name("DIR")
      ->capture_default_str()
      ->group("Modem");
  command
      .add_option("--pin-file", arguments.pin_file,
                  "A file with the PIN, used if the SIM asks for it, and at most once; - reads "
                  "standard input")
      ->type_name("FILE")
      ->group("Modem");
  command
      .add_flag("--probe-baud,!--no-probe-baud", options.modem.probe_baud,
                "On a serial port, try other speeds where the modem does not answer at --baud (on "
                "by default)")
      ->group("Modem");
  command
      .add_option("--change-baud", options.modem.change_baud,
                  "Tell the modem to go on at this speed (AT+IPR), for this session; it is not "
                  "stored")
      ->type_name("RATE")
      ->check(CLI::Range(1200, 4'000'000))
      ->group("Modem");
  command.add_option("--cid", options.modem.context, "Which context of the modem")
      ->type_name("NUMBER")
      ->capture_default_str()
      ->check(CLI::Range(1, 24))
      ->group("Modem");
  command.add_option("--pdp-type", arguments.pdp_type, "ip, ipv6 or ipv4v6")
      ->capture_default_str()
      ->check(CLI::IsMember({"ip", "ipv6", "ipv4v6"}))
      ->group("Modem");
  command.add_option("--dial", options.modem.dial_string, "Instead of the profile's, such as *99#")
      ->type_name("STRING")
      ->group("Modem");
  command
      .add_option("--at-auth", arguments.at_auth,
                  "User and password by AT command as well: none, pap, chap or either")
      ->capture_default_str()
      ->check(CLI::IsMember({"none", "pap", "chap", "either"}))
      ->group("Modem");
  command
      .add_option("--cmux", arguments.cmux,
                  "AT and PPP at the same time on one line (3GPP TS 27.010): basic, advanced or "
                  "off; see docs/CMUX.md")
      ->capture_default_str()
      ->check(CLI::IsMember({"basic", "advanced", "off"}))
      ->group("Modem");
  command
      .add_option("--cmux-frame-size", options.modem.cmux_frame_size,
                  "Octets of information in a frame, 1 to 32768; 0: as the profile says")
      ->type_name("OCTETS")
      ->capture_default_str()
      ->check(CLI::Range(0, 32768))
      ->group("Modem");

  add_auth_options(command, arguments.auth);
  command.add_option("--local", arguments.local, "Our address; without it the peer chooses")
      ->type_name("ADDRESS")
      ->group("PPP");
  command
      .add_option("--remote", arguments.remote, "The peer's address; without it the peer chooses")
      ->type_name("ADDRESS")
      ->group("PPP");

  command
      .add_flag("--default-route,!--no-default-route", options.interface.default_route,
                "Route everything through the link (on by default)")
      ->group("Network");
  command.add_option("--metric", options.interface.metric, "Of that route")
      ->type_name("NUMBER")
      ->capture_default_str()
      ->group("Network");
  command
      .add_option("--dns", arguments.dns,
                  "Name servers: auto (resolvectl or resolvconf, what is there), none, "
                  "file:PATH, resolvectl or resolvconf")
      ->type_name("HOW")
      ->capture_default_str()
      ->group("Network");
}

Result<DnsOptions> dns_options(std::string_view text) {
  constexpr std::string_view file = "file:";
  if (text == "auto") return DnsOptions{DnsMethod::automatic, {}};
  if (text == "none") return DnsOptions{DnsMethod::none, {}};
  if (text == "resolvectl") return DnsOptions{DnsMethod::resolvectl, {}};
  if (text == "resolvconf") return DnsOptions{DnsMethod::resolvconf, {}};
  if (text.starts_with(file) && text.size() > file.size())
    return DnsOptions{DnsMethod::file, std::string(text.substr(file.size()))};
  return wrong(
      fmt::format("--dns wants auto, none, file:PATH, resolvectl or resolvconf, not {}", text));
}

ContextAuth context_auth(std::string_view text) {
  if (text == "pap") return ContextAuth::pap;
  if (text == "chap") return ContextAuth::chap;
  if (text == "either") return ContextAuth::either;
  return ContextAuth::none;
}

Cmux cmux(std::string_view text) {
  if (text == "basic") return Cmux::basic;
  if (text == "advanced") return Cmux::advanced;
  return Cmux::off;
}

/// A multiplexer is something that a modem does.
Status check_cmux(const DialArguments& arguments) {
  const bool wanted = arguments.cmux != "off";
  if (wanted && arguments.modem == "none")
    return wrong("--cmux needs a modem: leave --modem none out, or --cmux");
  const std::string& at_device = arguments.session.options.modem.at_device;
  if (wanted && !at_device.empty() && at_device != "auto" && at_device != "none")
    return wrong(fmt::format(
        "--cmux brings AT on a channel of its own beside PPP: leave out --at-device {}, "
        "or --cmux",
        at_device));
  if (!wanted && arguments.session.options.modem.cmux_frame_size > 0)
    return wrong("--cmux-frame-size is for --cmux basic and --cmux advanced");
  if (wanted && arguments.session.options.modem.change_baud > 0)
    return wrong("--change-baud and --cmux exclude each other: give --baud the speed of the line");
  return {};
}

Radio radio(std::string_view text) {
  if (text == "auto") return Radio::automatic;
  if (text == "gsm") return Radio::gsm;
  if (text == "umts") return Radio::umts;
  if (text == "lte") return Radio::lte;
  if (text == "lte-m") return Radio::lte_m;
  if (text == "nb-iot") return Radio::nb_iot;
  if (text == "nr") return Radio::nr;
  return Radio::unchanged;
}

PdpType pdp_type(std::string_view text) {
  if (text == "ipv6") return PdpType::ipv6;
  if (text == "ipv4v6") return PdpType::ipv4v6;
  return PdpType::ipv4;
}

Status set_address(Ipv4Address& address, bool& may_differ, std::string_view option,
                   const std::string& text) {
  if (text.empty()) return {};
  const std::optional<Ipv4Address> parsed = parse_ipv4(text);
  if (!parsed) return wrong(fmt::format("{} wants an IPv4 address, not {}", option, text));
  address = *parsed;
  may_differ = false;
  return {};
}

/// What stands on standard input cannot be two things.
Status check_standard_input(const DialArguments& arguments) {
  const int wanted = arguments.auth.standard_inputs() + (arguments.pin_file == "-") +
                     (arguments.session.tls.passphrase_file == "-") +
                     (arguments.session.stdio ? 1 : 0);
  if (wanted > 1)
    return wrong(
        "only one of --password-file -, --secrets -, --passphrase-file -, --pin-file - and --stdio "
        "can have standard input");
  return {};
}

Status read_secrets(const DialArguments& arguments, DialerOptions& options) {
  if (Status status = check_standard_input(arguments)) return status;
  if (Status status = set_authentication(arguments.auth, options)) return status;
  if (arguments.pin_file.empty()) return {};
  Result<Secret> pin = session::read_secret_line(arguments.pin_file, "PIN file");
  if (!pin) return pin.failure();
  options.modem.pin = std::move(*pin);
  return {};
}

/// A bearer of one kind carries no other: what the modem could only refuse is not asked for, unless
/// the command line says so.
Status ask_for_what_the_bearer_carries(const DialArguments& arguments, LinkConfig& link) {
  if (arguments.modem == "none") return {};
  const NetworkArguments& network = arguments.session.network;
  if (!network.ipv4 && arguments.pdp_type == "ipv6") link.ipcp.enabled = false;
  if (!network.ipv6 && arguments.pdp_type == "ip") link.ipv6cp.enabled = false;
  if (link.ipcp.enabled || link.ipv6cp.enabled) return {};
  return wrong(fmt::format("--pdp-type {} carries only what is not wanted", arguments.pdp_type));
}

Result<DialerOptions> dial_options(const DialArguments& arguments) {
  Result<DialerOptions> result = session_options(arguments.session);
  if (!result) return result;
  DialerOptions& options = *result;
  set_persistence(arguments.persistence, options);
  if (arguments.modem != "none") options.modem.profile = arguments.modem;
  if (options.modem.at_device == "none") options.modem.at_device.clear();
  if (options.at_socket_directory == "none") options.at_socket_directory.clear();
  if (Status status = set_providers(arguments.providers, options.modem)) return *status;
  options.modem.radio = radio(arguments.radio);
  options.modem.context_auth = context_auth(arguments.at_auth);
  options.modem.cmux = cmux(arguments.cmux);
  if (Status status = check_cmux(arguments)) return *status;
  options.modem.pdp_type = pdp_type(arguments.pdp_type);
  if (Status status = ask_for_what_the_bearer_carries(arguments, options.link)) return *status;

  Result<DnsOptions> dns = dns_options(arguments.dns);
  if (!dns) return dns.failure();
  options.dns = *dns;
  options.link.ipcp.request_dns = options.dns.method != DnsMethod::none;

  IpcpConfig& ipcp = options.link.ipcp;
  if (Status status = set_address(ipcp.local, ipcp.accept_local, "--local", arguments.local))
    return *status;
  if (Status status = set_address(ipcp.remote, ipcp.accept_remote, "--remote", arguments.remote))
    return *status;
  if (Status status = read_secrets(arguments, options)) return *status;
  return result;
}

Failure no_such_profile(const std::string& name, std::string known) {
  for (const ModemProfileInfo& profile : modem_profiles())
    known += fmt::format("{}{}", known.empty() ? "" : ", ", profile.name);
  return wrong(fmt::format("there is no modem profile {}; there are {}", name, known));
}

Status check_profile(const std::string& name) {
  if (name == "none" || name == "auto") return {};
  for (const ModemProfileInfo& profile : modem_profiles())
    if (profile.name == name) return {};
  return no_such_profile(name, "auto, none");
}

int print_profile(const std::string& name) {
  const std::string text = modem_profile_toml(name);
  if (text.empty()) {
    const Failure failure = no_such_profile(name, {});
    return fail(failure.reason, failure.text);
  }
  std::fputs(text.c_str(), stdout);
  return 0;
}

int dial(const DialArguments& arguments) {
  if (!arguments.print_profile.empty()) return print_profile(arguments.print_profile);
  if (Status status = check_profile(arguments.modem)) return fail(status->reason, status->text);
  Result<DialerOptions> options = dial_options(arguments);
  if (!options) return fail(options.failure().reason, options.failure().text);
  if (Status status = name_device(*options, arguments.session.stdio))
    return fail(status->reason, status->text);
  return run_session(std::move(*options), {.events = arguments.session.events,
                                           .line_on_stdout = arguments.session.stdio});
}

}  // namespace

Command add_dial(CLI::App& program) {
  CLI::App* command =
      program.add_subcommand("dial", "Dial a modem, or any PPP peer, and stay until the end");
  auto arguments = std::make_shared<DialArguments>();
  arguments->session.timeout = 300;
  add_session_options(*command, arguments->session);
  add_options(*command, *arguments);
  add_persistence_options(*command, arguments->persistence);
  return {command, [arguments] { return dial(*arguments); }};
}

}  // namespace tunppp::cli
