#pragma once

#include <tunppp/bytes.h>
#include <tunppp/end_reason.h>
#include <tunppp/secret.h>
#include <tunppp/time.h>

#include <coroutine>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "modem/conversation.h"
#include "modem/network_news.h"
#include "modem/profile.h"
#include "modem/task.h"

namespace tunppp::modem {

struct MonitorOptions {
  /// Whose queries are used to watch the network. nullptr: nothing is asked and nothing is judged,
  /// the port only carries the owner's commands.
  const Profile* profile = nullptr;
  unsigned cid = 1;  ///< of the context that carries the connection
  Duration signal_period = std::chrono::seconds(30);
  /// Between questions for registration and bearer, while the modem tells nothing by itself ...
  Duration registration_period = std::chrono::seconds(60);
  /// ... and where it does.
  Duration confirmation_period = std::chrono::minutes(10);
  /// A handover from cell to cell may look like a loss for a moment.
  Duration grace = std::chrono::seconds(3);
  /// The least time between two changes that are told.
  Duration report_gap = std::chrono::seconds(5);
};

/// What the modem last said about the network. What it does not tell is empty.
struct NetworkStatus {
  std::string_view registration{};
  std::string operator_name{};
  std::string radio{};
  std::string cell{};
  std::optional<int> rssi_dbm{};
  std::optional<double> rsrp_dbm{};
  std::optional<double> rsrq_db{};
  std::optional<double> sinr_db{};

  friend bool operator==(const NetworkStatus&, const NetworkStatus&) = default;
};

/// Told when it changed; `notable` if by more than what a signal does all day.
struct StatusChanged {
  NetworkStatus status;
  bool notable = false;
};
/// registration_lost, bearer_lost or modem_gone: the connection is over. Told once.
struct ConnectionLost {
  EndReason reason;
  std::string text;
};
/// The port does not answer, or answers again. The connection may well go on.
struct PortSilent {
  bool silent;
  /// PPP answers there: the modem is in data mode. Only looked for without a profile.
  bool ppp_speaks = false;
};
/// What a command of the owner's brought. With FinalCode::prompt the modem waits for text.
struct CommandAnswered {
  std::uint64_t id;
  std::vector<std::string> lines;  ///< as they came, secrets masked, the final one not among them
  FinalResult final;
};
using MonitorEvent =
    std::variant<ModemEvent, StatusChanged, ConnectionLost, PortSilent, CommandAnswered>;

/// The AT port of a modem whose other port carries PPP: watches the network there, and carries
/// commands of the owner's in between, one at a time. It never ends by itself, touches no messages
/// and sends nothing that could interrupt the connection.
///
/// Sans I/O, used as Dial is, but for outcome(), which there is none of.
class Monitor {
 public:
  static constexpr std::size_t max_waiting = 32;
  /// A text that a prompt asks for must come within this time, and have been sent in the other.
  static constexpr Duration prompt_patience = std::chrono::seconds(60);
  static constexpr Duration text_patience = std::chrono::seconds(120);

  explicit Monitor(MonitorOptions options);
  Monitor(const Monitor&) = delete;
  Monitor& operator=(const Monitor&) = delete;

  // --- getters ---
  bool silent() const { return silent_; }
  const NetworkStatus& status() const { return status_; }

  // --- inputs ---
  void start(Instant now);
  std::size_t receive(Instant now, Bytes in);
  void handle_timeout(Instant now);

  // --- commands ---
  /// One command line, which is taken as it is; CommandAnswered follows. False: too many wait.
  bool ask(Instant now, std::uint64_t id, std::string_view command);
  /// What the prompt that answered this command waits for; CommandAnswered follows once more.
  /// nullopt: nothing shall be sent.
  void give_text(Instant now, std::uint64_t id, std::optional<std::string> text);
  /// Whoever asked has gone: what waits is not sent, and no answer is told.
  void forget(Instant now, std::uint64_t id);

  // --- outputs ---
  Bytes poll_transmit() const { return talk_.at.poll_transmit(); }
  void transmitted(std::size_t count) { talk_.at.transmitted(count); }
  std::optional<MonitorEvent> poll_event();
  std::optional<Instant> next_timeout() const;

 private:
  struct Waiting {
    std::uint64_t id;
    Secret command;
  };
  /// Until something is to be done, or the time has come.
  struct Rest {
    Monitor* monitor;
    std::optional<Instant> deadline;
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> waiter) const noexcept {
      monitor->waiter_ = waiter;
      monitor->rest_deadline_ = deadline;
    }
    void await_resume() const noexcept { monitor->rest_deadline_.reset(); }
  };

  // monitor.cpp: what it does, and when
  Task<bool> run();
  Task<bool> wake_port();
  Task<bool> ppp_answers();
  Task<bool> set_up();
  Task<bool> look();
  Task<bool> confirm();
  Task<bool> carry_command();
  Task<bool> carry_text();
  Rest rest();
  void settle();
  void collect();
  void heard(const Answer& answer);
  void drop_final_line(const FinalResult& final);
  Instant now() const { return talk_.at.now(); }

  // monitor_network.cpp: what it asks, and what it makes of what it hears
  Task<bool> ask_signal();
  Task<bool> ask_registration();
  Task<bool> ask_bearer();
  Task<bool> ask_operator();
  void take_news(const NetworkNews& news, std::string_view line);
  void set_state(std::string_view command, NetworkNews news);
  bool registered() const;
  bool denied() const;
  void judge_registration();
  void lose(EndReason reason, std::string text);
  void report_status();

  MonitorOptions options_;
  Conversation talk_;
  std::deque<MonitorEvent> events_;

  // Commands of the owner's.
  std::deque<Waiting> waiting_;
  std::optional<std::uint64_t> in_flight_;
  std::vector<std::string> answer_lines_;
  std::optional<std::uint64_t> prompted_;  // the modem waits for this one's text
  AtCommand prompted_by_;                  // how its answer begins
  bool prompter_gone_ = false;
  bool text_ready_ = false;
  std::optional<std::string> text_;

  // The port.
  bool answers_ = false;
  bool set_up_ = false;
  bool silent_ = false;
  int timeouts_ = 0;
  bool tells_by_itself_ = false;

  // The network.
  std::vector<DomainState> domains_;
  bool was_registered_ = false;
  bool was_active_ = false;
  bool lost_ = false;
  bool operator_wanted_ = true;
  NetworkStatus status_;
  NetworkStatus told_;
  NetworkStatus notable_;
  bool anything_told_ = false;

  std::optional<Instant> look_at_;
  std::optional<Instant> survey_at_;
  std::optional<Instant> confirm_at_;
  std::optional<Instant> tell_at_;
  std::optional<Instant> last_told_;

  std::coroutine_handle<> waiter_;
  std::optional<Instant> rest_deadline_;
  bool wake_ = false;
  Task<bool> task_;  // refers to all of it
};

}  // namespace tunppp::modem
