#pragma once

#include <tunppp/bytes.h>
#include <tunppp/time.h>

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/timer_table.h"
#include "sim/modem_models.h"
#include "sim/scenario_player.h"
#include "sim/sleep.h"

namespace tunppp::sim {

/// What the emulated modem is, and how SIM and network behave. The defaults let everybody in after
/// a short search.
struct ModemEmulatorOptions {
  const ModemModel* model = find_modem_model("quectel-ec25");
  std::string operator_name = "tunppp sim";
  std::string iccid = "8900100000000000017";  ///< serial number of the SIM
  std::string imsi = "001010000000017";  ///< of the SIM: network 001-01, for tests
  std::string imei = "004999010640000";       ///< and of the modem

  enum class Sim { ready, absent, busy_at_first };
  Sim sim = Sim::ready;
  std::string pin;      ///< wanted if not empty
  int pin_retries = 3;  ///< none left: PUK

  std::string apn;   ///< wanted if not empty, in the context that is dialled
  std::string user;  ///< wanted if not empty, by AT command (+CGAUTH, +QICSGP)
  std::string password;
  /// How the network refuses a wrong APN, user or password. in_ppp: CONNECT all the same, and
  /// Event::refuse tells the owner that its PPP is to refuse.
  enum class Refusal { no_carrier, cme_error, in_ppp };
  Refusal refusal = Refusal::no_carrier;

  enum class Registration { home, roaming, denied, never };
  Registration registration = Registration::home;
  Duration registration_delay = std::chrono::seconds(2);  ///< searching for so long

  bool attached = true;    ///< to the packet service; else AT+CGATT=1 is wanted before a dial ...
  int attach_refusal = 0;  ///< ... and answered so (+CME ERROR), unless it is 0

  int functionality = 1;                 ///< +CFUN at first
  SleepMode sleep = SleepMode::never;    ///< of its UART at first
  bool silent = false;                   ///< says nothing, ever
  bool sticky_echo = false;              ///< ATE0 is answered OK and not obeyed
  bool start_in_data_mode = false;       ///< as a program that was killed leaves it
  Duration boot_time{};                  ///< deaf until then; RDY and its like follow
  std::optional<Duration> noise_period;  ///< an unsolicited code so often, and inside answers
  std::size_t chunk = 0;  ///< answers come in pieces of so many octets (0: whole) ...
  Duration chunk_gap = std::chrono::milliseconds(2);  ///< ... so far apart
  Duration answer_delay = std::chrono::milliseconds(1);
  Duration dial_delay = std::chrono::milliseconds(300);
  Duration guard_time = std::chrono::seconds(1);  ///< S12, around +++

  std::vector<ScenarioEvent> scenario;  ///< what happens by itself
};

/// A modem without a radio: AT command mode, dialling, data mode with escape. Sans I/O, like
/// everything it tests: the octets of two sides and the time go in; octets, events and the next
/// deadline come out.
///
/// "Host" is the program on the tty. "Network" is whoever speaks PPP behind the modem: the owner
/// attaches it on Event connected and throws it away on disconnected.
class ModemEmulator {
 public:
  struct Event {
    enum class Kind {
      connected,     ///< data mode: a PPP server is to be attached
      suspended,     ///< +++: what the network says is dropped meanwhile
      resumed,       ///< ATO
      disconnected,  ///< the call is over: the PPP server is to be thrown away
      unplugged,     ///< the tty is gone
      plugged_in,    ///< and here again
      multiplexer,   ///< once all is said, the line is to be multiplexed
      restarted,     ///< the modem lost its power, and its multiplexer with it
    };
    Kind kind;
    bool refuse = false;   ///< with connected: Refusal::in_ppp applies
    std::size_t port = 0;  ///< with unplugged and plugged_in
    std::string list{};    ///< with multiplexer: what AT+CMUX was told
  };
  /// What AT+CMUX does at this port.
  struct Multiplexer {
    bool is_there = false;
    bool takes_list = true;  ///< else nothing but the mode
  };

  explicit ModemEmulator(ModemEmulatorOptions options);
  /// One more port of the same modem: SIM, registration, contexts and call are one, command mode,
  /// echo and what is asked to be told are this port's. Its owner powers it on after the first, and
  /// looks at the outputs of all of them after any input. All live equally long.
  ModemEmulator(ModemEmulator& first, std::size_t number);
  ModemEmulator(const ModemEmulator&) = delete;
  ModemEmulator& operator=(const ModemEmulator&) = delete;

  // --- getters ---
  bool in_data_mode() const { return mode_ == Mode::data; }
  bool call_up() const { return mode_ == Mode::data || mode_ == Mode::online_command; }
  int pin_attempts() const { return modem_->pin_attempts; }  ///< how often a PIN was tried
  const std::vector<std::string>& commands() const { return commands_; }  ///< the last ones heard

  /// Nothing is left that it is going to say at a later moment.
  bool has_said_all() const { return later_.empty(); }

  void set_multiplexer(Multiplexer multiplexer) { multiplexer_ = multiplexer; }

  // --- inputs ---
  void power_on(Instant now);
  void receive_from_host(Instant now, Bytes in);
  /// Taken in data mode only. The owner looks at poll_to_host().size() before it brings more.
  void receive_from_network(Instant now, Bytes in);
  void set_dtr(Instant now, bool on);
  /// The network ends the call: NO CARRIER. Also for a PPP server that has said goodbye.
  void drop_carrier(Instant now);
  void handle_timeout(Instant now);

  // --- outputs, to be drained after every input ---
  Bytes poll_to_host() const { return Bytes(to_host_).subspan(host_written_); }
  void written_to_host(std::size_t count);
  /// Nobody was there to hear it.
  void forget_output();
  Bytes poll_to_network() const { return Bytes(to_network_).subspan(network_written_); }
  void written_to_network(std::size_t count);
  std::optional<Event> poll_event();
  std::optional<Instant> next_timeout() const;

 private:
  enum class Mode { off, booting, command, dialling, data, online_command };
  enum class Timer { boot, sim, registration, dial, noise, escape, output, count };
  struct Context {
    std::string type = "IP";
    std::string apn;
    std::string user;
    std::string password;
  };
  /// What is said at a later moment.
  struct Piece {
    Instant due;
    std::string text;
  };
  struct Command;
  /// An answer that a scenario has replaced.
  struct Replaced {
    const ScenarioEvent* event;
    std::optional<int> left;
  };
  /// What a scenario has done to modem and network.
  struct Faults {
    std::optional<int> registration{};  ///< as +CREG tells it
    bool no_carrier = false;            ///< every call is refused
    bool silent = false;
    bool echo_stuck = false;
    std::optional<Duration> answer_delay{};
    int signal = 21;
    std::vector<Replaced> answers{};
  };

  /// What all ports have in common.
  struct Modem {
    explicit Modem(ModemEmulatorOptions wanted);

    ModemEmulatorOptions options;
    ScenarioPlayer scenario;
    Faults faults{};
    std::vector<ModemEmulator*> ports{};
    bool says_boot_codes = false;
    int functionality;
    bool sim_busy = false;
    bool pin_done = true;
    int pin_retries;
    int pin_attempts = 0;
    bool search_over = false;
    bool attached;
    std::map<int, Context> contexts{};
    std::set<int> own_contexts{};  ///< that its own TCP/IP has activated
    int dialled_context = 1;
    std::string report = "No cause information available";
  };

  // modem_emulator.cpp: modes and octets
  void booted();
  void hear(char octet);
  void watch_for_escape(Bytes in);
  void escape();
  void enter_data_mode(bool resumed);
  void end_call(std::string_view result);
  void say(std::string_view text, Duration delay);
  void release_output();
  void say_noise();
  void start_searching();
  void registered();
  void tell_registration();
  bool hears_commands() const;
  /// All ports, at this port's time.
  const std::vector<ModemEmulator*>& all_ports() const;
  ModemEmulator& first_port() const { return *all_ports().front(); }
  bool is_first() const { return &first_port() == this; }
  bool any_call_up() const;
  void end_calls(std::string_view words);

  // modem_emulator_scenario.cpp: what happens by itself
  void play_scenario();
  ModemEmulator& port_of(const ScenarioEvent& event) const;
  void happen(const ScenarioEvent& event);
  void undo(const ScenarioEvent& event);
  void set_registration(std::optional<int> state);
  void take_sim_out();
  void put_sim_in();
  void lose_power();
  void go_dark();
  void power_back();
  void boot_again();
  void tell(std::string_view line);
  bool answered_by_scenario(std::string_view command);

  // modem_emulator_commands.cpp: what the commands do
  void interpret(std::string_view line);
  /// Each executes what begins the rest, takes it away, and tells whether to go on with the line.
  bool execute_next(std::string_view& rest);
  bool execute_basic(std::string_view& rest);
  bool execute_extended(std::string_view& rest);
  void result(std::string_view words);
  bool cme(int number);
  void info(std::string_view line);
  bool dial(std::string_view number);
  void dialled();
  bool refused() const;
  bool sim_ready() const;
  int registration_state() const;
  bool is_registered() const;
  std::string registration_fields() const;

  using Handler = bool (ModemEmulator::*)(const Command&);
  struct HandlerEntry;
  static const HandlerEntry handlers[];
  bool on_name(const Command& command);
  bool on_error_form(const Command& command);
  bool on_functionality(const Command& command);
  bool on_pin(const Command& command);
  bool on_pin_retries(const Command& command);
  bool on_context(const Command& command);
  bool on_sim_number(const Command& command);
  bool on_serial_number(const Command& command);
  bool on_subscriber(const Command& command);
  bool on_cell(const Command& command);
  bool on_context_auth(const Command& command, AuthForm form);
  bool on_setting(const Command& command);
  bool on_sleep(const Command& command);
  bool on_power_off(const Command& command);
  /// What only this model has.
  std::optional<bool> execute_own(const Command& command);
  bool on_activate(const Command& command);
  bool on_own_activation(const Command& command);
  bool on_attach(const Command& command);
  bool on_multiplexer(const Command& command);
  bool on_registration(const Command& command);
  bool on_operator(const Command& command);
  bool on_signal(const Command& command);
  bool on_report(const Command& command);

  std::shared_ptr<Modem> modem_;
  Mode mode_ = Mode::off;
  TimerTable<Timer> timers_;
  Instant now_{};
  Instant last_from_host_{};
  int plus_signs_ = 0;
  std::string heard_;  ///< the command line so far
  std::vector<std::string> commands_;

  std::deque<Piece> later_;
  std::vector<std::byte> to_host_;
  std::size_t host_written_ = 0;
  std::vector<std::byte> to_network_;
  std::size_t network_written_ = 0;
  std::deque<Event> events_;

  bool echo_ = true;
  bool words_ = true;
  int error_form_ = 0;
  int dtr_form_ = 2;
  std::map<std::string, int, std::less<>> registration_forms_;  ///< <n> by "+CEREG" ...
  std::size_t next_noise_ = 0;
  Multiplexer multiplexer_;
  PortSleep sleep_;
};

}  // namespace tunppp::sim
