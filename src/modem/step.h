#pragma once

#include <fmt/format.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "modem/conversation.h"
#include "modem/dial.h"
#include "modem/dial_failure.h"
#include "modem/profile.h"
#include "modem/task.h"

namespace tunppp::modem {

/// What the steps of one dial share.
struct DialContext {
  Conversation talk;
  const Profile* profile;
  DialOptions options;
  bool pin_sent = false;
  std::uint32_t baud_before = 0;  ///< the modem's, where AT+IPR has changed it
};

/// Why a step ends the dial; nullopt when the next one may begin.
using Failure = std::optional<DialOutcome>;

inline DialOutcome failed(EndReason reason, std::string text) {
  return {reason, std::move(text)};
}

// The steps, in the order of the dial. Each stands in its own step_*.cpp.

/// From data mode, half a command, or power-up to a modem that answers AT.
Task<Failure> reach_command_mode(DialContext& dial);
/// ATE0, ATV1 and the profile's init.
Task<Failure> set_up(DialContext& dial);
/// AT+IPR, where another speed is wanted.
Task<Failure> change_baud(DialContext& dial);
/// Who it is, for people; with candidates, which profile is its own. Then that one's set-up.
Task<Failure> identify(DialContext& dial);
/// The radio on, the SIM ready; the PIN if the SIM asks for it.
Task<Failure> ready_sim(DialContext& dial);
/// APN, and user and password where asked for.
Task<Failure> define_context(DialContext& dial);
/// A network that lets us in.
Task<Failure> await_registration(DialContext& dial);
/// The packet service of that network, where registration has not brought it.
Task<Failure> attach(DialContext& dial);
/// Operator and signal, for people.
Task<Failure> describe_network(DialContext& dial);

/// What AT+CEER tells after a failure; empty where it tells nothing.
Task<std::string> extended_report(Conversation& talk);
/// The sentence with the report behind it.
std::string with_report(std::string sentence, std::string_view report);

/// The same command again while the SIM is busy (+CME ERROR: 14), for a while.
Task<Answer> send_when_sim_is_free(Conversation& talk, AtCommand command);

// Parts of the first step that others need, too.

/// Tries the other speeds of the line; at its own again if none is answered.
Task<bool> find_baud(DialContext& dial);
/// The modem and the tty at this speed again; true if it answers there.
Task<bool> restore_baud(Conversation& talk, std::uint32_t baud);
/// Sends AT up to `tries` times; true once OK comes. A slow modem answers each of them after the
/// next: what the earlier ones may still bring is waited for, `settle` each (nothing said: until
/// the two are in step), so that no later command is answered by it.
Task<bool> answers_at(Conversation& talk, int tries, Duration patience,
                      std::optional<Duration> settle = std::nullopt);
/// Asks something whose answer cannot be mistaken for that of AT, or of what another program has
/// asked before, and passes over what comes first. False: the answer did not come.
Task<bool> get_in_step(Conversation& talk);
/// An LCP Echo-Request: if PPP is behind the line, it answers with flags.
void ask_ppp(Conversation& talk);
/// CLD of CMUX in both options, for a modem that multiplexes still; true once it answers AT.
Task<bool> close_multiplexer(Conversation& talk);
/// Silence, +++, silence; the result that then comes, within `patience` after the second silence.
/// None where the modem heard commands all the time and was only slow to answer them.
Task<FinalResult> escape_data_mode(Conversation& talk, Duration guard, Duration patience);

}  // namespace tunppp::modem
