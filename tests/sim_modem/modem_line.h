#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "modem/dial.h"
#include "modem/hang_up.h"
#include "sim/modem_emulator.h"

namespace tunppp::sim {

inline Bytes octets(std::string_view text) {
  return std::as_bytes(std::span(text));
}
inline std::string text(Bytes octets) {
  return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}

/// A host (Dial or HangUp) and an emulated modem on one line, in virtual time.
class ModemLine {
 public:
  explicit ModemLine(ModemEmulatorOptions options = {}) : modem(std::move(options)) {
    modem.power_on(now);
  }

  ModemEmulator modem;
  Instant now{};
  std::string greeting;       ///< what PPP behind the modem says as soon as it is attached
  std::size_t read_size = 0;  ///< the host reads so many octets at once; 0: all
  bool dtr_works = true;
  /// Of a serial line: at different speeds neither understands the other. 0: it has none.
  std::uint32_t tty_baud = 0;
  std::uint32_t modem_baud = 0;

  std::string for_ppp;                        ///< what the host left to PPP
  std::vector<modem::ModemEvent> events;      ///< of the host
  std::vector<ModemEmulator::Event> changes;  ///< of the modem

  /// Runs the host from start() to its outcome; returns how long it took.
  template <class Host>
  Duration run(Host& host) {
    const Instant began = now;
    host.start(now);
    exchange(host);
    while (!host.outcome()) {
      const auto next = earliest(host.next_timeout(), modem.next_timeout());
      if (!next || *next - began > std::chrono::hours(2)) {
        ADD_FAILURE() << "nobody has anything to do any more";
        break;
      }
      now = std::max(now, *next);
      modem.handle_timeout(now);
      if (host.next_timeout() && *host.next_timeout() <= now) host.handle_timeout(now);
      exchange(host);
    }
    return now - began;
  }

  /// The same for a while only, as when the user gives up.
  template <class Host>
  void run_for(Host& host, Duration duration) {
    const Instant until = now + duration;
    host.start(now);
    exchange(host);
    for (;;) {
      const auto next = earliest(host.next_timeout(), modem.next_timeout());
      if (!next || *next > until) break;
      now = std::max(now, *next);
      modem.handle_timeout(now);
      host.handle_timeout(now);
      exchange(host);
    }
    now = until;
  }

  /// Lets the modem alone for a while; what it says is returned.
  std::string pass(Duration duration) {
    const Instant until = now + duration;
    std::string said = take_from_modem();
    for (auto next = modem.next_timeout(); next && *next <= until; next = modem.next_timeout()) {
      now = *next;
      modem.handle_timeout(now);
      said += take_from_modem();
    }
    now = until;
    return said;
  }
  /// Says something to the modem and hears its answer, until `patience` is over.
  std::string ask(std::string_view command, Duration patience = std::chrono::milliseconds(100)) {
    modem.receive_from_host(now, octets(command));
    return pass(patience);
  }
  /// True when it answers AT.
  bool in_command_mode() { return ask("AT\r").find("OK") != std::string::npos; }

  bool told(std::string_view text) const {
    return std::any_of(events.begin(), events.end(), [text](const modem::ModemEvent& event) {
      return event.kind == modem::ModemEvent::Kind::progress && event.text == text;
    });
  }
  bool sent(std::string_view beginning) const {
    const auto& commands = modem.commands();
    return std::any_of(commands.begin(), commands.end(),
                       [&](const std::string& line) { return line.starts_with(beginning); });
  }
  bool shown(std::string_view part) const {
    return std::any_of(events.begin(), events.end(), [part](const modem::ModemEvent& event) {
      return event.text.find(part) != std::string::npos;
    });
  }

 private:
  std::string take_from_modem() {
    note_changes();
    std::string said = text(modem.poll_to_host());
    modem.written_to_host(said.size());
    return said;
  }

  void note_changes() {
    while (const auto change = modem.poll_event()) {
      changes.push_back(*change);
      if (change->kind == ModemEmulator::Event::Kind::connected)
        modem.receive_from_network(now, octets(greeting));
    }
  }

  /// What arrives of it.
  std::string across(const std::string& octets_sent) const {
    return tty_baud == modem_baud ? octets_sent : std::string(octets_sent.size() / 2, '\xf8');
  }

  /// AT+IPR counts from its OK on.
  void change_speed(std::string_view to_modem, std::string_view to_host) {
    constexpr std::string_view command = "AT+IPR=";
    if (modem_baud != 0 && tty_baud == modem_baud && to_modem.starts_with(command))
      wanted_baud_ = static_cast<std::uint32_t>(std::stoul(std::string(to_modem.substr(command.size()))));
    if (wanted_baud_ == 0 || to_host.find("OK") == to_host.npos) return;
    modem_baud = std::exchange(wanted_baud_, 0);
  }

  template <class Host>
  void take_events(Host& host) {
    while (auto event = host.poll_event()) {
      if (event->kind == modem::ModemEvent::Kind::set_dtr && dtr_works)
        modem.set_dtr(now, event->dtr);
      if (event->kind == modem::ModemEvent::Kind::set_baud) tty_baud = event->baud;
      events.push_back(std::move(*event));
    }
  }

  /// Carries octets both ways until none is left.
  template <class Host>
  void exchange(Host& host) {
    for (;;) {
      take_events(host);
      const std::string to_modem = text(host.poll_transmit());
      host.transmitted(to_modem.size());
      modem.receive_from_host(now, octets(across(to_modem)));
      const std::string to_host = across(take_from_modem());
      change_speed(to_modem, to_host);
      deliver(host, to_host);
      if (to_modem.empty() && to_host.empty()) break;
    }
    take_events(host);
  }

  template <class Host>
  void deliver(Host& host, std::string_view said) {
    const std::size_t size = read_size == 0 ? std::max<std::size_t>(said.size(), 1) : read_size;
    while (!said.empty()) {
      const std::string_view read = said.substr(0, size);
      const std::size_t used = host.receive(now, octets(read));
      for_ppp += read.substr(used);
      if (used < read.size()) {
        ASSERT_TRUE(host.outcome());
      }
      said.remove_prefix(read.size());
    }
  }

  std::uint32_t wanted_baud_ = 0;
};

}  // namespace tunppp::sim
