#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>

#include "session/world.h"
#include "sim/emulated_modem.h"
#include "sim/line_relay.h"
#include "sim/pty.h"

namespace tunppp::session {

/// A pty behind which an emulated modem multiplexes when it is told to: PPP or AT on its first
/// channel, AT on the second.
class MultiplexingModem final : private sim::EmulatedModem::Owner,
                                private sim::LineRelay::Owner,
                                private sim::Pty::Observer {
 public:
  MultiplexingModem(World& world, sim::ModemEmulatorOptions options, sim::CmuxHabits habits)
      : world_(world),
        pty_(made(world)),
        modem_(world.loop(), std::move(options), *this, habits),
        relay_(world.loop(), *pty_, modem_.host(), {}, 1, *this) {
    pty_->observe(this);
    relay_.start();
    modem_.power_on();
  }

  const std::string& path() const { return pty_->path(); }
  const sim::ModemEmulator& channel(std::uint8_t dlci) const {
    return modem_.ports().channel(dlci);
  }
  bool multiplexes() const { return modem_.ports().multiplexes(); }
  std::uint64_t damaged_frames() const { return modem_.ports().damaged_frames(); }
  /// The modem begins anew, without a word.
  void reset() {
    modem_.drop_carrier();
    modem_.forget_multiplexer();
  }
  /// As that, and says so as modems do.
  void reset_loudly() {
    reset();
    pty_->write(std::as_bytes(std::span(std::string_view("\r\nRDY\r\n"))));
  }
  void close_channel(std::uint8_t dlci) { modem_.close_channel(dlci); }

 private:
  static std::unique_ptr<sim::Pty> made(World& world) {
    auto pty = sim::Pty::create(world.loop());
    EXPECT_TRUE(pty);
    return std::move(*pty);
  }

  void call_connected(bool) override {
    server_.emplace(world_);
    server_->start(server_options(-1), &modem_.network());
  }
  void call_ended() override {
    server_.reset();
    world_.changed();
  }
  void call_suspended(bool) override {}
  void relay_closed(sim::LineEnd, std::error_code) override {}
  void pty_opened() override {}
  void pty_closed() override { modem_.drop_dtr(); }

  World& world_;
  std::unique_ptr<sim::Pty> pty_;
  sim::EmulatedModem modem_;
  sim::LineRelay relay_;
  std::optional<Party> server_;
};

}  // namespace tunppp::session
