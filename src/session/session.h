#pragma once

#include <tunppp/dialer.h>
#include <tunppp/link.h>

#include "base/pipe.h"
#include "modem/dial.h"
#include "modem/cmux/start.h"
#include "modem/modem_event.h"
#include "modem/profile.h"
#include "modem/task.h"
#include "session/at_port.h"
#include "session/pin_record_file.h"
#include "session/profile_toml.h"
#include "session/cmux_line.h"
#include "session/dns.h"
#include "session/fd_pipe.h"
#include "session/frame_log.h"
#include "session/ipv6_network.h"
#include "session/loop.h"
#include "session/network_interface.h"
#include "session/provider_database.h"
#include "session/pump.h"
#include "session/reporter.h"
#include "session/system_entropy.h"
#include "tty/serial_port.h"

#include <coroutine>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tunppp::session {

/// One PPP session, from the line to the last octet. Its life is one coroutine, in session.cpp, to
/// be read from top to bottom (the part from a line to a connection in session_connect.cpp); what
/// happens around it wakes it up (session_events.cpp).
class Session final : private Pump::Owner, private AtPort::Owner {
 public:
  /// `pipe` carries the octets in place of options.line, if there is one; all must outlive the
  /// session.
  Session(Loop& loop, DialerOptions options, DialerObserver& observer, Pipe* pipe = nullptr);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// This is not the first session of its program: what that has captured stays.
  void go_on_with_capture() { capture_goes_on_ = true; }
  /// `ended` is told once, from the loop, and may destroy the session.
  void start(std::function<void(const SessionEnded&)> ended);
  /// Close in order; called again: end at once. Not from inside an observer.
  void stop();

 private:
  /// Why to go on no further; nothing: go on.
  using Ending = std::optional<SessionEnded>;

  // The life.
  modem::Task<SessionEnded> life();
  modem::Task<SessionEnded> live();
  modem::Task<SessionEnded> look_for_modem(SessionEnded ended);
  Ending choose_profile();
  Ending open_line();
  Ending open_at_port();
  void start_at_port();
  Ending create_interface();
  Ending open_frame_log();
  modem::Task<Ending> multiplex();
  modem::Task<Ending> ask_for_multiplexer(modem::cmux::StartOutcome& outcome);
  modem::Task<Ending> open_channels(const modem::cmux::StartOutcome& start);
  SessionEnded channel_ended(std::string_view when) const;
  modem::Task<Ending> connect();
  modem::Task<Ending> attempt(std::size_t which);
  void take_over_found_providers();
  modem::LineSpeed line_speed() const;
  modem::Task<bool> take_back_attempt(EndReason reason);
  modem::Task<Ending> dial(Provider provider);
  Pump::Options pump_options();
  void open_link(const Provider& provider);
  modem::Task<Ending> come_up();
  modem::Task<SessionEnded> stay_up();
  modem::Task<bool> apply_dns();
  modem::Task<bool> leave(EndReason reason);
  modem::Task<bool> close_link(EndReason reason);
  modem::Task<bool> hang_up(Instant deadline);
  modem::Task<bool> demultiplex(Instant deadline);

  // How it waits.
  struct Change {
    Session* session;
    std::optional<Instant> deadline;
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> waiter) const {
      session->waiter_ = waiter;
      session->timer_.set(deadline);
    }
    void await_resume() const noexcept {}
  };
  /// Until something happened, or the deadline has come.
  Change change(std::optional<Instant> deadline) { return {this, deadline}; }
  /// False when the deadline came first.
  template <class Predicate>
  modem::Task<bool> until(Predicate predicate, std::optional<Instant> deadline);
  void resume();
  void finish(const SessionEnded& ended);

  // What happens around it.
  void link_event(const Event& event) override;
  void line_closed(std::error_code error) override;
  void line_quiet(Bytes unfinished) override;
  void hear_in_stream(Bytes unfinished);
  bool peer_has_left() const;
  void tun_failed(std::error_code error) override;
  void modem_event(const modem::ModemEvent& event);
  void modem_status(const ModemStatus& status) override;
  void connection_lost(EndReason reason, const std::string& text) override;
  void at_dialogue(const modem::ModemEvent& event) override;
  void at_warning(const std::string& text) override;
  void handle(const PhaseChanged& event);
  void handle(const LineOpened& event);
  void handle(const IdentificationReceived& event);
  void handle(const TimeRemaining& event);
  void handle(const QualityChanged& event);
  void handle(const SecretWanted& event);
  void handle(const VerdictWanted& event);
  void handle(const AuthNotice& event);
  void handle(const AuthSucceeded& event);
  void handle(const Ipv4Up& event);
  void handle(const Ipv4Down& event);
  void handle(const AddressWanted& event);
  void handle(const Ipv4Failed& event);
  void handle(const Ipv6Up& event);
  void handle(const Ipv6AddressAdded& event);
  void handle(const Ipv6AddressRemoved& event);
  void handle(const Ipv6DefaultRoute& event);
  void handle(const Ipv6Dns& event);
  void handle(const Ipv6Mtu& event);
  void handle(const Ipv6Down& event);
  void handle(const Ipv6Failed& event);
  void handle(const LinkEnded& event);
  void note_name_servers(const Ipv4Up& event);
  void offer_name_servers();
  bool address_conflicts(const Ipv4Up& event);
  void report_up();
  void report_ipv6();
  modem::DialOptions common_dial_options();
  /// Does it in the kernel, and tells of what has become of it; a failure is a warning.
  template <class Event>
  void change_ipv6(Status (Ipv6Network::*action)(const Event&), const Event& event);
  /// The first reason counts.
  void end(EndReason reason, std::string text);
  /// The same, as it looks when a modem is in between.
  SessionEnded judged(SessionEnded ended) const;
  SessionEnded stopped() const;
  SessionEnded late() const;
  void report_counters();

  Loop& loop_;
  DialerOptions options_;
  Reporter report_;
  SystemEntropy entropy_;
  const modem::Profile* profile_ = nullptr;
  std::unique_ptr<UserProfile> user_profile_;
  PinRecordFile pin_record_;
  ProviderDatabase provider_database_;
  std::vector<Provider> providers_;  ///< one after the other

  std::optional<tty::SerialPort> port_;
  std::optional<FdPipe> own_pipe_;
  Pipe* pipe_;                     ///< AT and PPP
  Pipe* command_pipe_ = nullptr;   ///< AT while data flows, if there is one
  Pipe* line_pipe_ = nullptr;      ///< what cmux_ multiplexes
  std::optional<CmuxLine> cmux_;
  std::optional<AtPort> at_port_;  // it may be on a channel of cmux_
  std::optional<NetworkInterface> interface_;
  std::optional<Ipv6Network> ipv6_;
  std::optional<FrameLog> frame_log_;
  std::optional<Link> link_;
  std::optional<Pump> pump_;
  std::optional<Dns> dns_;
  std::vector<std::byte> after_connect_;

  // What has happened; the coroutine looks here when it wakes up.
  int stops_ = 0;
  Ending ending_;
  bool capture_goes_on_ = false;
  bool line_gone_ = false;
  bool multiplexed_ = false;  // the modem was told to multiplex
  std::uint32_t line_baud_before_ = 0;  // its speed, if that was changed for it
  bool is_uart_ = false;       // the speed of the line is that of a wire, not of USB
  std::uint32_t baud_before_ = 0;  // of the modem, where AT+IPR has changed it
  bool dialled_ = false;       // the modem was told to dial
  bool connected_ = false;     // and is in data mode
  bool carrier_gone_ = false;  // and said that it no longer is
  std::vector<std::byte> stream_heard_;  // of the modem's text, between two frames
  bool bearer_gone_ = false;   // as it said on its AT port: the peer is no longer there
  bool lcp_opened_ = false;
  bool up_ = false;
  bool link_ended_ = false;
  bool ipv4_to_come_ = true;       // or there already
  std::vector<IpAddress> ipv4_dns_;
  std::vector<IpAddress> ipv6_dns_;
  std::vector<IpAddress> dns_offered_;
  std::vector<IpAddress> dns_applied_;
  std::string ipv6_told_;  // as a sentence
  bool dns_busy_ = false;
  std::optional<Instant> up_deadline_;
  bool living_ = false;

  std::function<void(const SessionEnded&)> ended_;
  std::coroutine_handle<> waiter_;
  Timer timer_;
  Timer counters_timer_;
  Wakeup changed_;
  Wakeup ipv6_changed_;  // what one advertisement brings is told in one piece
  modem::Task<SessionEnded> life_;
};

template <class Predicate>
modem::Task<bool> Session::until(Predicate predicate, std::optional<Instant> deadline) {
  while (!predicate()) {
    if (deadline && boot_time() >= *deadline) co_return false;
    co_await change(deadline);
  }
  co_return true;
}

}  // namespace tunppp::session
