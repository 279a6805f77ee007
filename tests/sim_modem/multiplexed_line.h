#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "base/timer_table.h"
#include "modem/cmux/start.h"
#include "modem/hang_up.h"
#include "modem_line.h"

namespace tunppp::sim {

using modem::cmux::Muxer;
using modem::cmux::MuxerOptions;
using modem::cmux::Option;

/// What can be wrong with a modem that multiplexes.
struct CmuxFaults {
  bool refuses = false;            ///< ERROR to AT+CMUX
  bool refuses_long_form = false;  ///< ERROR to more than the mode
  bool silent = false;             ///< says OK, and is deaf and dumb then
  std::size_t most_info = 0;       ///< frames with more are damaged; 0: none is
  bool status_first = false;       ///< MSC comes before the UA that it belongs to
  bool long_lengths = false;       ///< lengths of two octets even where one would do
  double damage = 0;               ///< share of pieces with a wrong octet, both ways
  bool one_channel = false;        ///< DM to the second
  bool wants_parameters = false;   ///< DM to SABM before PN
};

/// An emulated modem with two AT ports behind a multiplexer.
class MultiplexedModem {
 public:
  MultiplexedModem(ModemEmulatorOptions options, CmuxFaults faults)
      : ports_{ModemEmulator(options), ModemEmulator(options)}, faults_(faults) {}

  ModemEmulator& port(std::uint8_t dlci) { return ports_[dlci - 1U]; }
  bool multiplexes() const { return muxer_.has_value(); }
  const std::string& cmux_command() const { return cmux_command_; }

  void power_on(Instant now) {
    muxer_.reset();
    for (ModemEmulator& port : ports_) port.power_on(now);
  }

  void receive(Instant now, std::string in) {
    if (muxer_) {
      if (faults_.silent) return leave_if_told(in);
      to_muxer(now, damaged(std::move(in)));
      if (!muxer_->ended()) return;
      muxer_.reset();
      for (ModemEmulator& port : ports_) port.set_dtr(now, false);  // a call ends with its channel
      open_ = {};
      return;
    }
    if (in.starts_with("AT+CMUX=") && in.ends_with("\r")) return begin(in);
    port(1).receive_from_host(now, octets(in));
  }

  std::string take(Instant now) {
    std::string said = std::exchange(said_, {});
    if (!muxer_) {
      said += take_from(port(1));
      return said;
    }
    if (faults_.silent) return said;
    for (std::uint8_t dlci = 1; dlci <= 2; ++dlci) {
      ModemEmulator& at = port(dlci);
      at.written_to_host(muxer_->write(dlci, at.poll_to_host()));
    }
    while (muxer_ && !muxer_->poll_transmit().empty()) {
      const std::string out = text(muxer_->poll_transmit());
      muxer_->transmitted(out.size());
      said += damaged(faulty(out));
    }
    static_cast<void>(now);
    return said;
  }

  std::optional<Instant> next_timeout() const {
    return earliest(earliest(ports_[0].next_timeout(), ports_[1].next_timeout()),
                    muxer_ ? muxer_->next_timeout() : std::nullopt);
  }
  void handle_timeout(Instant now) {
    for (ModemEmulator& port : ports_) port.handle_timeout(now);
    if (muxer_) muxer_->handle_timeout(now);
  }

 private:
  void begin(std::string_view command) {
    const bool is_long = std::count(command.begin(), command.end(), ',') > 0;
    if (faults_.refuses || (is_long && faults_.refuses_long_form)) {
      said_ += "\r\nERROR\r\n";
      return;
    }
    cmux_command_ = command.substr(0, command.size() - 1);
    said_ += "\r\nOK\r\n";
    MuxerOptions options{.option = command[8] == '0' ? Option::basic : Option::advanced,
                         .initiator = false,
                         .frame_size = is_long ? field(command, 3) : 31,
                         .channels = faults_.one_channel ? 1U : 2U};
    option_ = options.option;
    muxer_.emplace(options);
    told_parameters_ = false;
  }
  static std::size_t field(std::string_view command, int wanted) {
    std::string_view rest = command;
    for (int i = 0; i < wanted; ++i) rest.remove_prefix(rest.find(',') + 1);
    return static_cast<std::size_t>(std::stoul(std::string(rest)));
  }

  /// Deaf to all but CLD, as octets.
  void leave_if_told(std::string_view in) {
    if (in.find("\xc3\x01") != in.npos) muxer_.reset();
  }

  void to_muxer(Instant now, const std::string& in) {
    modem::cmux::FrameReader reader(option_, 40'000);
    if (faults_.most_info == 0 && !faults_.wants_parameters) {
      muxer_->receive(now, octets(in));
    } else {
      Bytes rest = octets(in);
      while (const auto frame = reader.next(rest)) {
        if (faults_.most_info > 0 && frame->info.size() > faults_.most_info) continue;
        const bool is_parameters = frame->dlci == 0 && !frame->info.empty() &&
                                   std::to_integer<int>(frame->info[0]) >> 2 == 0x20;
        told_parameters_ = told_parameters_ || is_parameters;
        if (frame->type == modem::cmux::FrameType::sabm && frame->dlci > 0 &&
            faults_.wants_parameters && !told_parameters_) {
          said_ += written({.dlci = frame->dlci,
                            .command_response = true,
                            .type = modem::cmux::FrameType::dm,
                            .poll_final = true});
          continue;
        }
        muxer_->receive(now, octets(written(*frame)));
      }
    }
    for (std::uint8_t dlci = 1; dlci <= 2; ++dlci) follow(now, dlci);
  }

  void follow(Instant now, std::uint8_t dlci) {
    if (muxer_->state(dlci) != Muxer::State::open) {
      if (std::exchange(open_[dlci], false)) port(dlci).set_dtr(now, false);
      return;
    }
    const bool ready = (muxer_->peer_signals(dlci) & modem::cmux::signal::ready) != 0;
    if (open_[dlci] != ready) port(dlci).set_dtr(now, open_[dlci] = ready);
    const std::string in = text(muxer_->received(dlci));
    muxer_->consumed(now, dlci, in.size());
    if (!in.empty()) port(dlci).receive_from_host(now, octets(in));
  }

  static std::string take_from(ModemEmulator& at) {
    std::string said = text(at.poll_to_host());
    at.written_to_host(said.size());
    return said;
  }

  std::string written(const modem::cmux::Frame& frame) const {
    std::vector<std::byte> out(modem::cmux::max_frame_octets(option_, frame.info.size()));
    out.resize(modem::cmux::write_frame(option_, frame, out));
    return text(out);
  }

  /// What the muxer said, in the ways of this modem.
  std::string faulty(const std::string& out) const {
    if (!faults_.status_first && !faults_.long_lengths) return out;
    modem::cmux::FrameReader reader(option_, 40'000);
    Bytes rest = octets(out);
    std::string said;
    while (const auto frame = reader.next(rest)) {
      if (faults_.status_first && frame->type == modem::cmux::FrameType::ua && frame->dlci > 0) {
        const std::array status{std::byte{0xe3}, std::byte{0x05},
                                static_cast<std::byte>(frame->dlci << 2 | 3), std::byte{0x0d}};
        said += written({.dlci = 0, .info = status});
      }
      said += faults_.long_lengths ? with_long_length(*frame) : written(*frame);
    }
    return said;
  }

  /// The address and control octets are as in the short form; the FCS covers both of the length.
  std::string with_long_length(const modem::cmux::Frame& frame) const {
    const std::string usual = written(frame);
    const auto size = frame.info.size();
    std::string octets_of{usual[1], usual[2], static_cast<char>(size << 1 & 0xfe),
                          static_cast<char>(size >> 7)};
    const bool covers_all = frame.type == modem::cmux::FrameType::ui;
    std::uint8_t fcs = modem::cmux::fcs_update(modem::cmux::fcs_seed, octets(octets_of));
    if (covers_all) fcs = modem::cmux::fcs_update(fcs, frame.info);
    return "\xf9" + octets_of + text(frame.info) + static_cast<char>(0xff - fcs) + "\xf9";
  }

  std::string damaged(std::string in) {
    if (!in.empty() && std::uniform_real_distribution<>(0, 1)(random_) < faults_.damage)
      in[random_() % in.size()] ^= 0x10;
    return in;
  }

  std::array<ModemEmulator, 2> ports_;
  CmuxFaults faults_;
  std::optional<Muxer> muxer_;
  Option option_ = Option::basic;
  std::string said_;
  std::string cmux_command_;
  bool told_parameters_ = false;
  std::array<bool, 3> open_{};
  std::mt19937 random_{1};
};

/// A host and such a modem, in virtual time.
class MultiplexedLine {
 public:
  explicit MultiplexedLine(ModemEmulatorOptions options = {}, CmuxFaults faults = {})
      : modem(std::move(options), faults) {
    modem.power_on(now);
  }

  MultiplexedModem modem;
  Instant now{std::chrono::seconds(1)};
  std::optional<Muxer> us;
  std::vector<modem::ModemEvent> events;
  std::string for_ppp;

  /// Runs a conversation to its outcome: on a channel, or on the line itself.
  template <class Host>
  Duration run(Host& host, std::uint8_t dlci = 0) {
    const Instant began = now;
    host.start(now);
    exchange(&host, dlci);
    while (!host.outcome()) {
      if (!step(host.next_timeout())) {
        ADD_FAILURE() << "nobody has anything to do any more";
        break;
      }
      if (host.next_timeout() && *host.next_timeout() <= now) host.handle_timeout(now);
      exchange(&host, dlci);
    }
    return now - began;
  }

  void open(const MuxerOptions& options) {
    us.emplace(options);
    us->start(now);
    us->open(now, modem::cmux::ppp_channel);
    us->open(now, modem::cmux::command_channel);
    pass(std::chrono::seconds(8));
  }
  void close() {
    us->stop(now);
    pass(std::chrono::seconds(4));
    us.reset();
  }
  /// Lets everybody do what they have to do.
  void pass(Duration duration) {
    const Instant until = now + duration;
    exchange<modem::HangUp>(nullptr, 0);
    while (step(std::nullopt, until)) exchange<modem::HangUp>(nullptr, 0);
    now = until;
  }
  /// Says something on a channel, or on the line, and hears what comes within a while.
  std::string ask(std::uint8_t dlci, std::string_view command,
                  Duration patience = std::chrono::milliseconds(200)) {
    if (dlci == 0) {
      modem.receive(now, std::string(command));
      const Instant until = now + patience;
      std::string heard = modem.take(now);
      while (step(std::nullopt, until)) heard += modem.take(now);
      now = until;
      return heard;
    }
    us->write(dlci, octets(command));
    pass(patience);
    std::string heard = text(us->received(dlci));
    us->consumed(now, dlci, heard.size());
    return heard;
  }
  bool in_command_mode() {
    ask(0, "\r");
    return ask(0, "AT\r").find("OK") != std::string::npos;
  }

  template <class Host>
  void exchange(Host* host, std::uint8_t dlci) {
    for (bool busy = true; busy;) {
      busy = false;
      if (host) busy = from_host(*host, dlci);
      busy = (us ? carry() : false) || busy;
      if (host) busy = to_host(*host, dlci) || busy;
    }
  }

 private:
  bool step(std::optional<Instant> also, std::optional<Instant> until = std::nullopt) {
    auto next = earliest(also, modem.next_timeout());
    if (us) next = earliest(next, us->next_timeout());
    if (!next || (until && *next > *until)) return false;
    now = std::max(now, *next);
    modem.handle_timeout(now);
    if (us && us->next_timeout() && *us->next_timeout() <= now) us->handle_timeout(now);
    return true;
  }

  bool carry() {
    bool busy = false;
    while (!us->poll_transmit().empty()) {
      const std::string out = text(us->poll_transmit());
      us->transmitted(out.size());
      modem.receive(now, out);
      busy = true;
    }
    const std::string in = modem.take(now);
    us->receive(now, octets(in));
    return busy || !in.empty();
  }

  template <class Host>
  bool from_host(Host& host, std::uint8_t dlci) {
    while (auto event = host.poll_event()) {
      if (event->kind == modem::ModemEvent::Kind::set_dtr && us)
        us->set_signals(now, dlci, event->dtr ? modem::cmux::signal::ready : std::uint8_t{0});
      events.push_back(std::move(*event));
    }
    const std::string out = text(host.poll_transmit());
    if (out.empty()) return false;
    if (dlci == 0) {
      host.transmitted(out.size());
      modem.receive(now, out);
      return true;
    }
    const std::size_t taken = us->write(dlci, octets(out));
    host.transmitted(us->state(dlci) == Muxer::State::open ? taken : out.size());
    return taken > 0;
  }
  template <class Host>
  bool to_host(Host& host, std::uint8_t dlci) {
    const std::string in = dlci == 0 ? modem.take(now) : text(us->received(dlci));
    if (dlci > 0) us->consumed(now, dlci, in.size());
    if (in.empty()) return false;
    const std::size_t used = host.receive(now, octets(in));
    for_ppp += in.substr(used);
    return true;
  }
};

}  // namespace tunppp::sim
