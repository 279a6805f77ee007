// The AT port beside a connection, and a modem that says anything at any time. Each command is
// answered once, nothing that touches the connection is asked, the connection is lost once at most,
// no secret is shown, and the memory is bounded.

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "modem/at_guard.h"
#include "modem/monitor.h"

namespace {

using namespace tunppp;
using namespace std::chrono_literals;

constexpr std::string_view pin = "31415926";

constexpr auto phrases = std::to_array<std::string_view>({
    "\r\nOK\r\n",
    "\r\nERROR\r\n",
    "\r\n> ",
    "\r\nNO CARRIER\r\n",
    "\r\nCONNECT\r\n",
    "\r\n+CEREG: 2,1,\"1A2B\",\"01C3D4E5\",7\r\n\r\nOK\r\n",
    "\r\n+CEREG: 1,\"1A2B\",\"01C3D4E5\",7\r\n",
    "\r\n+CEREG: 2\r\n",
    "\r\n+CREG: 2,3\r\n\r\nOK\r\n",
    "\r\n+CGREG: 0\r\n",
    "\r\n+CGEV: NW DEACT \"IP\",1,1\r\n",
    "\r\n+CGACT: 1,1\r\n\r\nOK\r\n",
    "\r\n+CGACT: 1,0\r\n\r\nOK\r\n",
    "\r\n+CSQ: 20,99\r\n\r\nOK\r\n",
    "\r\n+COPS: 0,0,\"X\",7\r\n\r\nOK\r\n",
    "\r\n+CME ERROR: 14\r\n",
    "\r\nRDY\r\n",
    "0\r",
});

constexpr auto commands = std::to_array<std::string_view>(
    {"AT+CSQ", "AT+CMGS=1", "ATI", "AT+CPIN=\"31415926\"", "AT+COPS=?", "ATD123"});

void require(bool condition) {
  if (!condition) std::abort();
}

/// Line by line: several may have been said at once.
void require_harmless(std::string_view sent) {
  while (!sent.empty()) {
    const std::size_t end = std::min(sent.find('\r'), sent.size() - 1) + 1;
    require(modem::danger_of(sent.substr(0, end - 1)).empty());
    sent.remove_prefix(end);
  }
}

class Play {
 public:
  Play(const modem::Profile* profile, Bytes script)
      : watches_(profile), monitor_({.profile = profile}), script_(script) {}

  void run() {
    monitor_.start(now_);
    drain();
    while (!script_.empty()) act();
    // A silent modem: whoever waits is answered all the same.
    const Instant silent_since = now_;
    while (!open_.empty()) {
      require(now_ - silent_since < 6h);
      time_out();
    }
  }

 private:
  std::uint8_t take() {
    const auto value = std::to_integer<std::uint8_t>(script_.front());
    script_ = script_.subspan(1);
    return value;
  }

  void act() {
    const unsigned action = take();
    if (action < phrases.size()) return say(std::as_bytes(std::span(phrases[action])));
    if (action == 0xff) return time_out();
    if (action == 0xfe) return say(std::as_bytes(std::span(last_sent_)));
    if (action >= 0xf0) return ask(commands[action % commands.size()]);
    if (action >= 0xe8) return answer_prompt(action % 2 == 0);
    if (action >= 0xe0) return forget();
    spoke_freely_ = true;
    const std::size_t count = std::min<std::size_t>(action % 32, script_.size());
    say(script_.first(count));
    script_ = script_.subspan(count);
  }

  void ask(std::string_view command) {
    const std::uint64_t id = next_id_++;
    if (monitor_.ask(now_, id, command)) open_[id] = false;
    asked_ = true;
    drain();
  }
  void answer_prompt(bool text) {
    if (open_.empty()) return;
    const std::uint64_t id = open_.begin()->first;
    monitor_.give_text(now_, id, text ? std::optional<std::string>("hello\rworld") : std::nullopt);
    drain();
  }
  void forget() {
    if (open_.empty()) return;
    const std::uint64_t id = open_.begin()->first;
    open_.erase(id);
    monitor_.forget(now_, id);
    drain();
  }

  void say(Bytes octets) {
    require(monitor_.receive(now_, octets) <= octets.size());
    drain();
  }
  void time_out() {
    const auto next = monitor_.next_timeout();
    if (!next) return require(open_.empty());
    now_ = std::max(now_, *next);
    monitor_.handle_timeout(now_);
    drain();
  }

  void drain() {
    const Bytes out = monitor_.poll_transmit();
    if (!out.empty()) {
      last_sent_.assign(reinterpret_cast<const char*>(out.data()), out.size());
      // Only what was asked for from outside may be dangerous.
      if (!asked_ && watches_) require_harmless(last_sent_);
      monitor_.transmitted(out.size());
    }
    std::size_t events = 0;
    while (auto event = monitor_.poll_event()) {
      ++events;
      std::visit([this](const auto& it) { hear(it); }, *event);
    }
    require(events <= 4096);
  }

  void hear(const modem::ModemEvent& event) {
    if (spoke_freely_ && event.kind != modem::ModemEvent::Kind::sent) return;
    require(event.text.find(pin) == std::string::npos);
  }
  void hear(const modem::StatusChanged&) { require(watches_); }
  void hear(const modem::PortSilent& event) {
    require(std::exchange(silent_, event.silent) != event.silent);
  }
  void hear(const modem::ConnectionLost& event) {
    require(watches_ && !std::exchange(lost_, true));
    require(!event.text.empty());
  }
  void hear(const modem::CommandAnswered& event) {
    const auto it = open_.find(event.id);
    require(it != open_.end());  // not one that was answered already, or forgotten
    const bool again = std::exchange(it->second, event.final.code == modem::FinalCode::prompt);
    require(!(again && it->second));
    if (!it->second) open_.erase(it);
    for (const std::string& line : event.lines)
      require(spoke_freely_ || line.find(pin) == std::string::npos);
  }

  bool watches_;
  modem::Monitor monitor_;
  Bytes script_;
  Instant now_{};
  std::string last_sent_;
  std::map<std::uint64_t, bool> open_;  ///< commands that were not answered; true: prompted
  std::uint64_t next_id_ = 1;
  bool asked_ = false;
  bool lost_ = false;
  bool silent_ = false;
  bool spoke_freely_ = false;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto profiles = modem::profiles();
  const std::size_t choice = data[0] % (profiles.size() + 1);
  const modem::Profile* profile = choice < profiles.size() ? &profiles[choice] : nullptr;
  Play(profile, std::as_bytes(std::span(data, size)).subspan(1)).run();
  return 0;
}
