// A dial against a modem that says anything at any time. It must come to an outcome, send the PIN
// at most once, show no secret, and take no octet twice.

#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "modem/dial.h"
#include "modem/hang_up.h"

namespace {

using namespace tunppp;
using namespace std::chrono_literals;

constexpr std::string_view pin = "31415926";
constexpr std::string_view password = "never shown";

constexpr auto phrases = std::to_array<std::string_view>({
    "\r\nOK\r\n",
    "\r\nERROR\r\n",
    "\r\nCONNECT 150000000\r\n~\xff}#",
    "\r\nNO CARRIER\r\n",
    "\r\n+CPIN: READY\r\n\r\nOK\r\n",
    "\r\n+CPIN: SIM PIN\r\n\r\nOK\r\n",
    "\r\n+QPINC: \"SC\",3,10\r\n\r\nOK\r\n",
    "\r\n+CEREG: 2,1,\"1A2B\",\"01C3D4E5\",7\r\n\r\nOK\r\n",
    "\r\n+CEREG: 2,2\r\n\r\nOK\r\n",
    "\r\n+CREG: 0,3\r\n\r\nOK\r\n",
    "\r\n+CGREG: 1\r\n",
    "\r\n+CME ERROR: 16\r\n",
    "\r\n+CME ERROR: 14\r\n",
    "\r\n+CFUN: 0\r\n\r\nOK\r\n",
    "\r\n+CFUN: 1\r\n\r\nOK\r\n",
    "\r\n+CGDCONT: 1,\"IP\",\"web\"\r\n\r\nOK\r\n",
    "\r\n> ",
    "0\r",
    "\r\n+COPS: 0,0,\"X\",7\r\n\r\nOK\r\n",
    "\r\n+CGATT: 0\r\n\r\nOK\r\n",
    "\r\n001010123456789\r\n\r\nOK\r\n",
});

/// Knows every network, and takes digits only.
class AnyNetwork final : public modem::ApnSource {
 public:
  std::optional<modem::NetworkAccess> access_of(std::string_view imsi) override {
    for (const char digit : imsi)
      if (digit < '0' || digit > '9') std::abort();
    return modem::NetworkAccess{"Example", "web", "anna", Secret(password)};
  }
};

void require(bool condition) {
  if (!condition) std::abort();
}

/// One host (Dial or HangUp) and the script that the input is.
template <class Host>
class Play {
 public:
  Play(Host& host, Bytes script) : host_(host), script_(script) {}

  void run() {
    host_.start(now_);
    drain();
    while (!host_.outcome() && !script_.empty()) act();
    // From here on the modem is silent: nothing may wait for it without end.
    const Instant silent_since = now_;
    while (!host_.outcome()) {
      require(now_ - silent_since < 15min);
      time_out();
    }
    require(!host_.next_timeout());
    require(host_.receive(now_, script_) == 0);
    host_.handle_timeout(now_ + 1h);
    require(pins_sent_ <= 1);
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
    if (action == 0xfe) return say(echo());
    spoke_freely_ = true;
    const std::size_t count = std::min<std::size_t>(action % 32, script_.size());
    say(script_.first(count));
    script_ = script_.subspan(count);
  }

  Bytes echo() const { return std::as_bytes(std::span(last_sent_)); }

  void say(Bytes octets) {
    const std::size_t used = host_.receive(now_, octets);
    require(used <= octets.size());
    require(used == octets.size() || host_.outcome());
    drain();
  }

  void time_out() {
    const auto next = host_.next_timeout();
    require(next.has_value());
    now_ = std::max(now_, *next);
    host_.handle_timeout(now_);
    drain();
  }

  void drain() {
    const Bytes out = host_.poll_transmit();
    if (!out.empty()) {
      last_sent_.assign(reinterpret_cast<const char*>(out.data()), out.size());
      if (last_sent_.find(pin) != std::string::npos) ++pins_sent_;
      host_.transmitted(out.size());
    }
    while (const auto event = host_.poll_event()) {
      // A modem that says what it likes may guess a secret; one that only echoes gives none away.
      if (spoke_freely_ && event->kind != modem::ModemEvent::Kind::sent) continue;
      require(event->text.find(pin) == std::string::npos);
      require(event->text.find(password) == std::string::npos);
    }
  }

  Host& host_;
  Bytes script_;
  Instant now_{};
  std::string last_sent_;
  int pins_sent_ = 0;
  bool spoke_freely_ = false;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const unsigned choice = data[0];
  const Bytes script = std::as_bytes(std::span(data, size)).subspan(1);
  const auto profiles = modem::profiles();
  const modem::Profile& profile = profiles[choice / 4 % profiles.size()];
  if (choice % 4 == 0) {
    modem::HangUp hang_up(profile, {.data_mode = choice % 8 == 0});
    Play(hang_up, script).run();
    return 0;
  }
  modem::DialOptions options;
  options.apn = "web";
  options.pin = Secret(pin);
  if (choice % 4 == 1) {
    options.context_auth = modem::ContextAuth::chap;
    options.user = "anna";
    options.password = Secret(password);
  }
  AnyNetwork source;
  if (choice % 4 == 2) {
    options.apn.clear();
    options.apn_source = &source;
    options.line = {.baud = 19200,
                    .others = modem::usual_bauds(),
                    .change_to = 921600,
                    .rtscts = true};
  }
  modem::Dial dial(profile, std::move(options));
  Play(dial, script).run();
  return 0;
}
