#include <tunppp/end_reason.h>

#include <array>
#include <cstdlib>

namespace tunppp {
namespace {

using enum EndReason;

// pppd_code: pppd(8), section EXIT STATUS.
constexpr auto table = std::to_array<EndReasonInfo>({
    {requested, 0, 5, "requested", "Closed on request.", ""},
    {internal_error, 1, 1, "internal_error", "An unexpected failure.",
     "Please report it with the output of the same command and -v."},
    {usage, 2, 2, "usage", "The command line or a file it names is wrong.",
     "See tunppp --help and the help of the command."},
    {no_privilege, 3, 3, "no_privilege", "The right to create network interfaces is missing.",
     "Run as root, or give the program the right: setcap cap_net_admin+ep $(command -v tunppp)"},
    {tun_missing, 4, 4, "tun_missing", "There is no /dev/net/tun.",
     "modprobe tun; if the kernel has no such module it must be built with CONFIG_TUN."},
    {tty_missing, 5, 7, "tty_missing", "There is no such tty.",
     "tunppp detect shows which ttys are here and what for."},
    {tty_busy, 6, 7, "tty_busy", "Another program holds the tty.",
     "Stop that program (ModemManager is the usual one), or choose another tty of the modem."},
    {tty_failed, 7, 7, "tty_failed", "The tty cannot be opened or set up.",
     "Check that it is a serial device and that you may use it (group dialout)."},
    {interface_taken, 8, 1, "interface_taken", "The interface name is taken.",
     "Choose another with --interface, or let tunppp choose: --interface ppp%d"},
    {interface_failed, 9, 1, "interface_failed", "The interface could not be set up.", ""},
    {modem_silent, 10, 8, "modem_silent", "The modem does not answer to AT.",
     "Wrong tty of the modem, wrong --baud, or no power; try another tty of the same modem."},
    {modem_error, 11, 8, "modem_error", "The modem refused a command that is needed.",
     "Check --modem; run again with -v to see the dialogue."},
    {sim_absent, 12, 8, "sim_absent", "No SIM, or the modem cannot read it.",
     "Insert the SIM, check its orientation and contacts, and restart the modem."},
    {sim_pin, 13, 8, "sim_pin", "The SIM wants its PIN.",
     "Give the right PIN with --pin-file, or remove the PIN from the SIM."},
    {sim_puk, 14, 8, "sim_puk", "The SIM is blocked and wants its PUK.",
     "Unblock it in a telephone; tunppp never sends a PUK."},
    {not_registered, 15, 8, "not_registered", "The modem found no network in time.",
     "Check the antenna and the coverage; the first registration can take minutes."},
    {registration_denied, 16, 8, "registration_denied", "The network refuses this SIM or modem.",
     "Ask the operator: SIM not activated, roaming not allowed, or device blocked."},
    {apn_refused, 17, 8, "apn_refused", "The network refused the data connection.",
     "Check --apn, and user and password if the operator wants them."},
    {dial_failed, 18, 8, "dial_failed", "The modem dialled but got no connection.",
     "Check signal, subscription and APN."},
    {carrier_lost, 19, 16, "carrier_lost", "The line was hung up while in use.",
     "Signal, power or the network; dial again."},
    {peer_silent, 20, 8, "peer_silent", "Nobody answers to PPP on this line.",
     "Wrong tty, wrong --baud, or the far end runs no PPP; a modem needs --modem NAME."},
    {negotiation_failed, 21, 8, "negotiation_failed",
     "The peer and we could not agree on the link.", "Run again with -v to see what is refused."},
    {loopback, 22, 17, "loopback", "Our own frames come back.",
     "The modem is in command mode and echoes, or the line is looped; give --modem NAME to dial."},
    {auth_refused, 23, 19, "auth_refused", "The peer refused our user name or password.",
     "Check --user and the password file."},
    {peer_auth_failed, 24, 11, "peer_auth_failed", "The peer did not prove who it is.",
     "Check the secrets file on this side and the credentials on the other."},
    {no_network_protocol, 25, 8, "no_network_protocol", "No network protocol could be agreed upon.",
     "Run again with -v to see what the peer refuses."},
    {peer_closed, 26, 16, "peer_closed", "The peer ended the link.", ""},
    {peer_lost, 27, 15, "peer_lost", "The peer does not answer any more.",
     "The line is dead; dial again."},
    {up_timeout, 28, 8, "up_timeout", "The link was not up in the time allowed.",
     "Allow more with --timeout, or run again with -v to see what it waits for."},
    {interrupted, 29, 5, "interrupted", "Ended at once by a second signal.", ""},
    {address_conflict, 30, 8, "address_conflict", "An IP address is in use twice.",
     "Give other addresses with --local and --remote."},
    {no_address, 31, 8, "no_address", "There is no IP address to be had.",
     "As a server: enlarge --pool. As a client: the network has none for you; try again later."},
    {quality_bad, 32, 15, "quality_bad", "Too much is lost on the line.",
     "Check cable, speed and flow control; --quality-loss says how much is too much."},
    {session_limit, 33, 13, "session_limit", "The time that the session may take is over.", ""},
    {command_mode, 34, 17, "command_mode", "The modem is in command mode and echoes what we send.",
     "It dropped the connection, or never had one; dial again."},
    {no_modem, 35, 8, "no_modem", "No modem is here that could be dialled.",
     "Run tunppp doctor, which says what is in the way."},
    {modem_gone, 36, 16, "modem_gone", "The modem was pulled out, lost its power or began anew.",
     "Check cable and supply (a modem can draw 2 A for a moment); tunppp doctor looks for more."},
    {cmux_failed, 37, 8, "cmux_failed", "The modem and we could not agree on the multiplexer.",
     "Dial without --cmux, or try another --cmux-frame-size."},
    {sim_locked, 38, 8, "sim_locked", "The modem takes no SIM but that of one network or device.",
     "Use a SIM of that network, or have the modem unlocked by who sold it."},
    {apn_unknown, 39, 8, "apn_unknown", "The network does not know the APN.",
     "Ask the operator for the right --apn."},
    {not_subscribed, 40, 8, "not_subscribed", "The subscription does not cover this service.",
     "Wrong --apn for this plan, or data is not part of it: ask the operator."},
    {pdp_type_refused, 41, 8, "pdp_type_refused",
     "The network gives no bearer of this kind (IPv4, IPv6 or both).", "Try another --pdp-type."},
    {bearer_auth_refused, 42, 19, "bearer_auth_refused",
     "The network refused user or password when the bearer was set up.",
     "Check --user and the password file; --at-auth chooses between PAP and CHAP."},
    {network_congested, 43, 8, "network_congested", "The network has no room at the moment.",
     "Try again later."},
    {network_failure, 44, 8, "network_failure", "The network failed for a reason of its own.",
     "Try again later; if it stays so, ask the operator."},
    {registration_lost, 45, 16, "registration_lost", "The modem lost the network while in use.",
     "Check antenna and coverage; dial again."},
    {bearer_lost, 46, 16, "bearer_lost", "The network took the data connection away while in use.",
     "Dial again."},
});

constexpr bool complete() {
  for (std::size_t i = 0; i < table.size(); ++i)
    if (table[i].reason != static_cast<EndReason>(i) || table[i].exit_code != static_cast<int>(i))
      return false;
  return table.size() == static_cast<std::size_t>(bearer_lost) + 1;
}
static_assert(complete(), "one row a reason, in order, its exit code its index");

}  // namespace

std::span<const EndReasonInfo> end_reasons() {
  return table;
}

const EndReasonInfo& info(EndReason reason) {
  return table[static_cast<std::size_t>(reason)];
}

}  // namespace tunppp
