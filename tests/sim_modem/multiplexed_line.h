#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/timer_table.h"
#include "modem/cmux/start.h"
#include "modem/hang_up.h"
#include "modem_line.h"
#include "sim/modem_ports.h"

namespace tunppp::sim {

using modem::cmux::Muxer;
using modem::cmux::MuxerOptions;
using modem::cmux::Option;

/// An emulated modem with as many AT ports as it has channels, as one line sees it.
class MultiplexedModem {
 public:
  MultiplexedModem(ModemEmulatorOptions options, CmuxHabits habits)
      : ports_(std::move(options), habits) {}

  ModemEmulator& port(std::uint8_t dlci) { return ports_.channel(dlci); }
  bool multiplexes() const { return ports_.multiplexes(); }
  std::string cmux_command() const { return "AT+CMUX=" + ports_.multiplexer_list(); }

  void power_on(Instant now) { ports_.power_on(now); }
  void receive(Instant now, const std::string& in) {
    ports_.receive_from_host(now, 0, octets(in));
  }
  void receive_from_network(Instant now, const std::string& in) {
    ports_.receive_from_network(now, octets(in));
  }
  std::string take(Instant now) {
    std::string said;
    for (Bytes out; !(out = ports_.poll_to_host(0)).empty();) {
      said += text(out);
      ports_.written_to_host(now, 0, out.size());
    }
    return said;
  }
  std::optional<Instant> next_timeout() const { return ports_.next_timeout(); }
  void handle_timeout(Instant now) { ports_.handle_timeout(now); }

 private:
  ModemPorts ports_;
};

/// A host and such a modem, in virtual time.
class MultiplexedLine {
 public:
  explicit MultiplexedLine(ModemEmulatorOptions options = {}, CmuxHabits habits = {})
      : modem(std::move(options), habits) {
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
