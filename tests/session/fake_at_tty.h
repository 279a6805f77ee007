#pragma once

#include <gtest/gtest.h>

#include <array>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "session/world.h"
#include "sim/pty.h"

namespace tunppp::session {

/// A tty on which a modem answers from a table.
class FakeAtTty final : private Pipe::Listener {
 public:
  explicit FakeAtTty(World& world) : world_(world) {
    auto pty = sim::Pty::create(world.loop());
    EXPECT_TRUE(pty) << pty.failure().text;
    pty_ = std::move(*pty);
    pty_->listen(this);
    pty_->watch_read(true);
  }

  const std::string& path() const { return pty_->path(); }
  void say(const std::string& text) { pty_->write(std::as_bytes(std::span(text))); }
  void hang_up() { pty_.reset(); }

  std::map<std::string, std::string, std::less<>> answers{
      {"AT+CSQ", "+CSQ: 20,99"},
      {"AT+CEREG?", "+CEREG: 2,1,\"5A1E\",\"0B28C9EC\",7"},
      {"AT+COPS?", "+COPS: 0,0,\"Example Mobile\",7"},
      {"AT+CGACT?", "+CGACT: 1,1"},
      {"AT+CPIN?", "+CPIN: READY"},
      {"AT+CFUN?", "+CFUN: 1"},
      {"AT+CGATT?", "+CGATT: 1"},
      {"ATD*99***1#", "CONNECT 150000000"},
  };
  std::vector<std::string> heard;

 private:
  void pipe_readable() override {
    std::array<std::byte, 512> buffer;
    const Pipe::Result result = pty_->read(buffer);
    for (std::size_t i = 0; i < result.count; ++i) hear(static_cast<char>(buffer[i]));
    world_.changed();
  }
  void pipe_writable() override {}
  void hear(char c) {
    if (c != '\r') return line_.push_back(c);
    const auto found = answers.find(line_);
    if (found == answers.end())
      say("\r\nOK\r\n");
    else if (found->second.starts_with("CONNECT"))
      say("\r\n" + found->second + "\r\n");
    else
      say("\r\n" + found->second + "\r\n\r\nOK\r\n");
    heard.push_back(std::exchange(line_, {}));
  }

  World& world_;
  std::unique_ptr<sim::Pty> pty_;
  std::string line_;
};

}  // namespace tunppp::session
