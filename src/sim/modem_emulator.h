#pragma once

#include <tunppp/bytes.h>
#include <tunppp/time.h>

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

namespace tunppp::sim {

/// How the emulated network and SIM behave. The defaults let everybody in after a short search.
struct ModemEmulatorOptions {
  std::string manufacturer = "Quectel";
  std::string model = "EC25";
  std::string firmware = "EC25EFAR06A06M4G";
  std::string operator_name = "tunppp sim";
  std::string connect = "CONNECT 150000000";

  enum class Sim { ready, absent, busy_at_first };
  Sim sim = Sim::ready;
  std::string pin;  ///< wanted if not empty
  int pin_retries = 3;

  std::string apn;   ///< wanted if not empty, in the context that is dialled
  std::string user;  ///< wanted by AT command (+CGAUTH, +QICSGP) if not empty
  std::string password;
  /// How a wrong APN or wrong credentials show. in_ppp: CONNECT all the same, with
  /// Event::Kind::connected saying so: the owner's PPP refuses.
  enum class Refusal { cme_error, no_carrier, in_ppp };
  Refusal refusal = Refusal::no_carrier;

  enum class Registration { home, roaming, denied, never };
  Registration registration = Registration::home;
  Duration registration_delay = std::chrono::seconds(2);  ///< searching for so long

  bool silent = false;                   ///< says nothing, ever
  bool sticky_echo = false;              ///< ATE0 is answered OK and ignored
  bool start_in_data_mode = false;       ///< as a program that was killed leaves it
  Duration boot_time{};                  ///< deaf until then; RDY and its like follow
  std::optional<Duration> noise_period;  ///< an unsolicited code so often, also inside answers
  std::size_t chunk = 0;  ///< answers come in pieces of so many octets (0: whole) ...
  Duration chunk_gap = std::chrono::milliseconds(2);  ///< ... so far apart
  Duration answer_delay = std::chrono::milliseconds(1);
  Duration dial_delay = std::chrono::milliseconds(300);
  Duration guard_time = std::chrono::seconds(1);  ///< S12, around +++
};

/// A modem without a radio: AT command mode, dialling, data mode with escape. Sans I/O, as
/// everything that tunppp tests: octets of two sides and the time go in; octets, events and the
/// next deadline come out.
///
/// "host" is the program on the tty. "network" is whoever speaks PPP behind the modem; the owner
/// attaches it on Event connected and takes it away on disconnected.
class ModemEmulator {
 public:
  struct Event {
    enum class Kind {
      connected,     ///< data mode: a PPP server is to be attached
      suspended,     ///< +++: octets of the network side are held up
      resumed,       ///< ATO
      disconnected,  ///< the call is over: the PPP server is to be thrown away
    };
    Kind kind;
    bool refuse = false;  ///< with connected: Refusal::in_ppp applies
  };

  explicit ModemEmulator(ModemEmulatorOptions options);

  // --- getters ---
  bool in_data_mode() const { return mode_ == Mode::data; }
  bool call_up() const { return mode_ == Mode::data || mode_ == Mode::online_command; }
  int pin_attempts() const { return pin_attempts_; }

  // --- inputs ---
  void power_on(Instant now);
  void receive_from_host(Instant now, Bytes in);
  void receive_from_network(Instant now, Bytes in);
  void set_dtr(Instant now, bool on);
  /// The network ends the call: NO CARRIER.
  void drop_carrier(Instant now);
  void handle_timeout(Instant now);

  // --- outputs ---
  Bytes poll_to_host() const;
  void written_to_host(std::size_t count);
  Bytes poll_to_network() const;
  void written_to_network(std::size_t count);
  std::optional<Event> poll_event();
  std::optional<Instant> next_timeout() const;

 private:
  enum class Mode { off, command, dialling, data, online_command };
  Mode mode_ = Mode::off;
  int pin_attempts_ = 0;
};

}  // namespace tunppp::sim
