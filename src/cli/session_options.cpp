#include "cli/session_options.h"

#include <unistd.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <charconv>
#include <chrono>
#include <string_view>

namespace tunppp::cli {
namespace {

Failure wrong(std::string text) {
  return {EndReason::usage, {}, std::move(text)};
}

}  // namespace

void add_session_options(CLI::App& command, SessionArguments& arguments) {
  DialerOptions& options = arguments.options;
  const auto seconds = CLI::Range(0.0, 1e6);

  command.add_option("--device", arguments.device, "The tty, pty or serial port")
      ->type_name("TTY")
      ->group("Line");
  command.add_flag("--stdio", arguments.stdio, "Speak PPP on standard input and output instead")
      ->group("Line");
  command
      .add_option("--baud", arguments.baud,
                  "Its speed, 115200 unless said otherwise; any number that the hardware can do")
      ->type_name("RATE")
      ->check(CLI::Range(50, 100'000'000))
      ->group("Line");
  command.add_option("--flow", arguments.flow, "Flow control: none or rtscts")
      ->capture_default_str()
      ->check(CLI::IsMember({"none", "rtscts"}))
      ->group("Line");

  command
      .add_option("--mtu", options.interface.mtu,
                  "Largest packet that we send; the peer may ask for less")
      ->type_name("OCTETS")
      ->capture_default_str()
      ->check(CLI::Range(68, 16384))
      ->group("PPP");
  add_lcp_options(command, arguments.lcp);
  add_tls_options(command, arguments.tls);

  command
      .add_option("--interface", options.interface.name,
                  "The network interface; ppp%d takes the first number that is free")
      ->type_name("NAME")
      ->capture_default_str()
      ->group("Network");
  add_network_options(command, arguments.network);
  command.add_option("--timeout", arguments.timeout, "To be up; 0: wait for ever")
      ->type_name("SECONDS")
      ->capture_default_str()
      ->check(seconds)
      ->group("Network");

  command
      .add_flag("--offload,!--no-offload", options.data_path.offload,
                "Exchange super-packets with the kernel: less work (on by default)")
      ->group("Data path");
  command
      .add_flag("--queue-discipline,!--no-queue-discipline", options.data_path.queue_discipline,
                "Let flows take turns and keep queues short: quick answers under load (on by "
                "default)")
      ->group("Data path");

  command
      .add_option("--events", arguments.events,
                  "One JSON object a line: json (standard output; what is for people goes to "
                  "standard error), json:DESCRIPTOR or json:FILE")
      ->type_name("json[:WHERE]")
      ->group("Output");
  command
      .add_option("--counters", arguments.counters,
                  "Seconds between reports of traffic; 0: only at the end")
      ->type_name("SECONDS")
      ->capture_default_str()
      ->check(seconds)
      ->group("Output");
  command.add_option("--capture", options.capture, "All frames, for Wireshark")
      ->type_name("FILE.pcapng")
      ->group("Output");
  command.add_flag("--capture-secrets", options.capture_secrets, "Passwords of PAP in there, too")
      ->group("Output");
  command
      .add_flag("-v,--verbose", options.dialogue,
                "Show control packets and the dialogue with the modem; secrets masked")
      ->group("Output");
}

Result<DialerOptions> session_options(const SessionArguments& arguments) {
  DialerOptions options = arguments.options;
  if (arguments.stdio && !arguments.device.empty())
    return wrong("--device and --stdio exclude each other");
  if (arguments.stdio && (arguments.events == "json" || arguments.events == "json:1"))
    return wrong(
        "with --stdio the line is on standard output; events need another place: "
        "--events json:FILE or json:DESCRIPTOR");
  if (arguments.stdio) {
    options.line.read_descriptor = STDIN_FILENO;
    options.line.write_descriptor = STDOUT_FILENO;
  }
  options.line.device = arguments.device;
  options.line.baud = arguments.baud.value_or(options.line.baud);
  options.line.baud_is_speed = arguments.baud.has_value();
  options.line.rtscts = arguments.flow == "rtscts";
  options.up_timeout = duration(arguments.timeout);
  options.counters_interval = duration(arguments.counters);
  if (Status status = set_lcp(arguments.lcp, options.link)) return *status;
  if (Status status = set_network(arguments.network, options.interface.name, options.link))
    return *status;
  if (Status status = read_tls_options(arguments.tls, options.link.auth)) return *status;
  return options;
}

}  // namespace tunppp::cli
