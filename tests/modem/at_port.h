#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/timer_table.h"
#include "modem/monitor.h"
#include "text.h"

namespace tunppp::modem {

/// A monitor on the AT port of a modem that answers from a table, in virtual time.
class AtPort {
 public:
  explicit AtPort(MonitorOptions options = {.profile = find_profile("generic")})
      : monitor(options) {}

  std::map<std::string, std::string, std::less<>> answers{
      {"AT", ""},
      {"AT+CSQ", "+CSQ: 20,99"},
      {"AT+CREG?", "+CREG: 2,1,\"00A1\",\"0001\",7"},
      {"AT+CGREG?", "+CGREG: 2,1,\"00A1\",\"0001\",7"},
      {"AT+CEREG?", "+CEREG: 2,1,\"5A1E\",\"0B28C9EC\",7"},
      {"AT+COPS?", "+COPS: 0,0,\"Example Mobile\",7"},
      {"AT+CGACT?", "+CGACT: 1,1\r\n+CGACT: 2,0"},
  };
  bool mute = false;
  Instant now{};
  Monitor monitor;
  std::vector<std::string> heard;  ///< by the modem
  std::vector<MonitorEvent> events;
  int wakeups = 0;

  void start() {
    monitor.start(now);
    exchange();
  }
  void pass(Duration duration) {
    const Instant until = now + duration;
    while (monitor.next_timeout() && *monitor.next_timeout() <= until) {
      now = std::max(now, *monitor.next_timeout());
      ++wakeups;
      monitor.handle_timeout(now);
      exchange();
    }
    now = until;
  }
  void say(std::string_view text) {
    monitor.receive(now, octets(text));
    exchange();
  }
  void ask(std::uint64_t id, std::string_view command) {
    ASSERT_TRUE(monitor.ask(now, id, command));
    exchange();
  }
  void exchange() {
    for (;;) {
      while (auto event = monitor.poll_event()) events.push_back(std::move(*event));
      const std::string out(modem::text(monitor.poll_transmit()));
      if (out.empty()) return;
      monitor.transmitted(out.size());
      for (const char c : out) hear(c);
    }
  }

  template <class T>
  std::vector<T> all() const {
    std::vector<T> found;
    for (const MonitorEvent& event : events)
      if (const T* it = std::get_if<T>(&event)) found.push_back(*it);
    return found;
  }
  auto count(std::string_view command) const {
    return std::count(heard.begin(), heard.end(), command);
  }

 private:
  void hear(char c) {
    line_.push_back(c);
    if (c == '\r') {
      line_.pop_back();
    } else if (c != '\x1a' && c != '\x1b') {
      return;
    }
    const std::string line = std::exchange(line_, {});
    heard.push_back(line);
    if (mute) return;
    const auto found = answers.find(line);
    if (found == answers.end()) return answer("\r\nOK\r\n");
    if (found->second == ">") return answer("\r\n> ");
    if (found->second == "-") return;
    if (found->second.starts_with("ERROR")) return answer("\r\nERROR\r\n");
    answer((found->second.empty() ? "" : "\r\n" + found->second + "\r\n") + "\r\nOK\r\n");
  }
  void answer(const std::string& text) { monitor.receive(now, octets(text)); }

  std::string line_;
};

}  // namespace tunppp::modem
