// Several channels on the session's line: how they begin, and how the line is one again.
#include "session/session.h"

#include <fmt/format.h>

#include "modem/at_codes.h"
#include "modem/carrier_watch.h"
#include "modem/cmux/start.h"
#include "modem/hang_up.h"
#include "session/modem_talk.h"

#include <chrono>

namespace tunppp::session {
namespace {

using modem::cmux::command_channel;
using modem::cmux::MultiplexStart;
using modem::cmux::Muxer;
using modem::cmux::Option;
using modem::cmux::ppp_channel;
using std::chrono::seconds;

/// For DISC and CLD to be answered; a modem that does not answer them has its second in which to
/// leave all the same.
constexpr Duration stop_patience = seconds(1);

Option option(Cmux cmux) {
  return cmux == Cmux::advanced ? Option::advanced : Option::basic;
}

std::string_view words(Cmux cmux) {
  return cmux == Cmux::advanced ? "advanced" : "basic";
}

/// Why there is no channel for PPP.
std::string failure_of(const CmuxLine& line, std::string_view command) {
  if (line.state(0) == Muxer::State::silent || line.state(0) == Muxer::State::closed)
    return fmt::format("the modem accepted {}, but nothing multiplexes there", command);
  if (line.state(0) == Muxer::State::refused)
    return fmt::format("the modem accepted {}, but not the control channel", command);
  return fmt::format("the modem does not open channel {} for PPP", ppp_channel);
}

}  // namespace

modem::Task<Session::Ending> Session::multiplex() {
  if (options_.modem.cmux == Cmux::off) co_return std::nullopt;
  if (!profile_)
    co_return SessionEnded{EndReason::usage, "without a modem there is nothing to multiplex"};
  modem::cmux::StartOutcome start;
  const Ending ending = co_await ask_for_multiplexer(start);
  if (ending) co_return ending;
  co_return co_await open_channels(start);
}

modem::Task<Session::Ending> Session::ask_for_multiplexer(modem::cmux::StartOutcome& outcome) {
  MultiplexStart start(*profile_, common_dial_options(),
                       {.option = option(options_.modem.cmux),
                        .frame_size = options_.modem.cmux_frame_size,
                        .baud = port_ ? port_->baud() : options_.line.baud});
  ModemTalk<MultiplexStart> talk(
      loop_, *pipe_, start, [this](const modem::ModemEvent& event) { modem_event(event); },
      [this] { changed_.notify(); });
  talk.start();
  const auto over = [this, &talk] { return talk.over() || stops_ > 0; };
  co_await until(over, up_deadline_);
  profile_ = &start.profile();
  line_gone_ = talk.line_closed();
  line_baud_before_ = start.baud_before();
  multiplexed_ = start.asked() || line_baud_before_ != 0;
  if (stops_ > 0) co_return stopped();
  if (line_gone_)
    co_return SessionEnded{EndReason::carrier_lost, "the tty was hung up before the dial"};
  if (!start.outcome()) co_return late();
  outcome = *start.outcome();
  if (outcome.failure) co_return SessionEnded{*outcome.failure, outcome.text};
  co_return std::nullopt;
}

modem::Task<Session::Ending> Session::open_channels(const modem::cmux::StartOutcome& start) {
  line_pipe_ = pipe_;
  cmux_.emplace(loop_, *pipe_, start.muxer, [this] { changed_.notify(); });
  cmux_->start();
  const auto opened = [this] { return cmux_->opened() || stops_ > 0; };
  co_await until(opened, up_deadline_);
  if (stops_ > 0) co_return stopped();
  line_gone_ = cmux_->line_closed();
  if (line_gone_)
    co_return SessionEnded{EndReason::carrier_lost, "the tty was hung up before the dial"};
  if (!cmux_->opened()) co_return late();
  if (!cmux_->is_open(ppp_channel))
    co_return SessionEnded{EndReason::cmux_failed, failure_of(*cmux_, start.text)};

  pipe_ = &cmux_->channel(ppp_channel);
  std::string text =
      fmt::format("multiplexer: {} option, frames of up to {} octets, PPP on channel {}",
                  words(options_.modem.cmux), cmux_->frame_size(ppp_channel), ppp_channel);
  if (cmux_->is_open(command_channel)) {
    command_pipe_ = &cmux_->channel(command_channel);
    text += fmt::format(", AT on channel {}", command_channel);
  }
  report_.phase("multiplexer", text);
  if (!command_pipe_)
    report_.warn(
        fmt::format("the modem does not open channel {}: no AT beside the data", command_channel));
  co_return std::nullopt;
}

/// Why the channel of PPP is none any more, where the line still is one. `when`: "" or " while
/// ...".
SessionEnded Session::channel_ended(std::string_view when) const {
  using End = Muxer::End;
  const std::optional<End> how = cmux_->ended();
  if (how == End::by_peer)
    return {EndReason::carrier_lost, fmt::format("the modem closed the multiplexer{}", when)};
  if (how != End::silent)
    return {EndReason::carrier_lost, fmt::format("the modem closed the channel of PPP{}", when)};
  const std::vector<std::string> said = modem::unsolicited_in(cmux_->stray());
  if (said.empty())
    return {EndReason::modem_gone,
            fmt::format("the modem answers no frames any more{}: it lost its power, began anew or "
                        "left the multiplexer",
                        when)};
  return {EndReason::modem_gone,
          fmt::format("the modem has left the multiplexer{}: it said {} and answers no frames",
                      when, modem::mask_secrets(said.back()))};
}

/// The line is one again, and the modem hears AT on it.
modem::Task<bool> Session::demultiplex(Instant deadline) {
  if (!multiplexed_) co_return true;
  if (cmux_) {
    cmux_->stop(stop_patience);
    const auto over = [this] { return cmux_->over(); };
    co_await until(over, deadline);
    line_gone_ = cmux_->line_closed();
    command_pipe_ = nullptr;
    pipe_ = line_pipe_;
    cmux_.reset();
  }
  multiplexed_ = false;
  if (line_gone_) co_return false;
  modem::HangUp check(*profile_,
                      {.multiplexed = true, .restore_baud = std::exchange(line_baud_before_, 0)});
  ModemTalk<modem::HangUp> talk(
      loop_, *pipe_, check, [this](const modem::ModemEvent& event) { modem_event(event); },
      [this] { changed_.notify(); });
  talk.start();
  const auto checked = [&talk] { return talk.over(); };
  co_return co_await until(checked, deadline);
}

}  // namespace tunppp::session
