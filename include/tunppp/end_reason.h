#pragma once

#include <tunppp/export.h>

#include <span>
#include <string_view>

namespace tunppp {

/// Why a link, a dial or a whole session came to its end.
enum class EndReason {
  requested,             ///< closed on request: ctrl-c, a signal, Link::close
  internal_error,        ///< a defect of tunppp or an unexpected failure of the system
  usage,                 ///< the command line or the configuration is wrong
  no_privilege,          ///< root or CAP_NET_ADMIN is needed
  tun_missing,           ///< no /dev/net/tun
  tty_missing,           ///< no such tty
  tty_busy,              ///< another program holds the tty
  tty_failed,            ///< the tty cannot be opened or set up
  interface_taken,       ///< the interface name exists already
  interface_failed,      ///< the interface cannot be created or configured
  modem_silent,          ///< no answer to AT
  modem_error,           ///< the modem refused a command that is needed
  sim_absent,            ///< no SIM, or a broken one
  sim_pin,               ///< a PIN is needed, or the one given was refused
  sim_puk,               ///< the SIM is blocked: PUK
  not_registered,        ///< no network in time
  registration_denied,   ///< the network refuses this SIM or device
  apn_refused,           ///< the network refused the bearer: wrong APN, plan or credentials
  dial_failed,           ///< NO CARRIER, BUSY, NO ANSWER ... instead of CONNECT
  carrier_lost,          ///< the line hung up while it was in use
  peer_silent,           ///< no answer to LCP
  negotiation_failed,    ///< LCP did not converge
  loopback,              ///< our own frames come back
  auth_refused,          ///< the peer refused our credentials
  peer_auth_failed,      ///< the peer did not prove who it is
  no_network_protocol,   ///< no IP protocol could be agreed upon
  peer_closed,           ///< the peer ended the link
  peer_lost,             ///< echo keep-alive unanswered
  up_timeout,            ///< not up within the time allowed
  interrupted,           ///< a second signal: ended at once, without closing
  address_conflict,      ///< both ends want one address, or it is in use on this machine
  no_address,            ///< no address for the peer or from it
  quality_bad,           ///< too much is lost on the line
  session_limit,         ///< the time that the session may take is over
  command_mode,          ///< the modem echoes what we send: it is in command mode
  no_modem,              ///< no modem is here that could be dialled
  modem_gone,            ///< the modem was pulled out, lost its power or began anew
  cmux_failed,           ///< the modem and we could not agree on the multiplexer
  sim_locked,            ///< the modem takes no SIM but that of one network or device
  apn_unknown,           ///< the network does not know the APN
  not_subscribed,        ///< the subscription does not cover this service
  pdp_type_refused,      ///< the network gives no bearer of this kind (IPv4, IPv6, both)
  bearer_auth_refused,   ///< the network refused user or password when the bearer was set up
  network_congested,     ///< the network has no room at the moment
  network_failure,       ///< the network failed for a reason of its own
  registration_lost,     ///< the modem lost the network while in use
  bearer_lost,           ///< the network took the bearer away while in use
};

/// One row of the table from which the program's exit code, its help and the documentation come.
struct EndReasonInfo {
  EndReason reason;
  int exit_code;             ///< of the tunppp command, 0 to 125; each reason has its own
  int pppd_code;             ///< the exit code of pppd(8) that comes closest
  std::string_view name;     ///< stable, for events and scripts: "auth_refused"
  std::string_view meaning;  ///< one sentence
  std::string_view remedy;   ///< what to do; may be empty
};

/// All reasons in order of their exit codes.
TUNPPP_EXPORT std::span<const EndReasonInfo> end_reasons();
TUNPPP_EXPORT const EndReasonInfo& info(EndReason reason);

}  // namespace tunppp
