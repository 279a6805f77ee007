#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>

#include "modem/cmux/muxer.h"
#include "session/world.h"
#include "sim/emulated_modem.h"
#include "sim/pty.h"

namespace tunppp::session {

/// A pty behind which an emulated modem multiplexes when it is told to: PPP or AT on its first
/// channel, AT on the second.
class MultiplexingModem final : private Pipe::Listener {
 public:
  struct Ways {
    bool refuses = false;      ///< ERROR to AT+CMUX
    bool silent = false;       ///< OK, and nothing behind it
    std::size_t channels = 2;  ///< DM to more
  };

  MultiplexingModem(World& world, sim::ModemEmulatorOptions options, Ways ways)
      : world_(world), ways_(ways), timer_(world.loop(), [this] {
          muxer_->handle_timeout(boot_time());
          settle();
        }) {
    auto pty = sim::Pty::create(world.loop());
    EXPECT_TRUE(pty);
    pty_ = std::move(*pty);
    for (std::size_t i = 0; i < ports_.size(); ++i)
      ports_[i] = std::make_unique<Port>(*this, options);
    pty_->listen(this);
    pty_->watch_read(true);
  }

  const std::string& path() const { return pty_->path(); }
  const sim::ModemEmulator& port(std::size_t channel) const {
    return ports_[channel - 1]->modem.emulator();
  }
  bool multiplexes() const { return muxer_.has_value(); }
  std::uint64_t damaged_frames() const { return muxer_ ? muxer_->damaged_frames() : 0; }
  /// The modem begins anew, without a word.
  void reset() {
    muxer_.reset();
    for (auto& port : ports_) port->modem.drop_carrier();
  }
  void close_channel(std::uint8_t dlci) {
    muxer_->close(boot_time(), dlci);
    settle();
  }

 private:
  struct Port final : private sim::EmulatedModem::Owner, private Pipe::Listener {
    Port(MultiplexingModem& owner, const sim::ModemEmulatorOptions& options)
        : owner_(owner), modem(owner.world_.loop(), options, *this) {
      modem.host().listen(this);
      modem.host().watch_read(true);
      modem.power_on();
    }
    void call_connected(bool) override {
      server.emplace(owner_.world_);
      server->start(server_options(-1), &modem.network());
    }
    void call_ended() override { server.reset(); }
    void call_suspended(bool) override {}
    void pipe_readable() override { owner_.settle(); }
    void pipe_writable() override { owner_.settle(); }

    MultiplexingModem& owner_;
    sim::EmulatedModem modem;
    std::optional<Party> server;
  };

  void pipe_readable() override {
    std::array<std::byte, 4096> buffer;
    const Pipe::Result result = pty_->read(buffer);
    const Bytes in = Bytes(buffer).first(result.count);
    if (muxer_)
      muxer_->receive(boot_time(), in);
    else
      hear(in);
    settle();
  }
  void pipe_writable() override {
    blocked_ = false;
    settle();
  }

  void hear(Bytes in) {
    const std::string line(reinterpret_cast<const char*>(in.data()), in.size());
    constexpr std::string_view command = "AT+CMUX=";
    if (!line.starts_with(command)) {
      EXPECT_EQ(ports_[0]->modem.host().write(in).count, in.size());
      return;
    }
    const std::string_view answer = ways_.refuses ? "\r\nERROR\r\n" : "\r\nOK\r\n";
    pty_->write(std::as_bytes(std::span(answer)));
    if (ways_.refuses) return;
    const std::size_t size = std::stoul(line.substr(command.size() + 6));
    using modem::cmux::Option;
    muxer_.emplace(modem::cmux::MuxerOptions{
        .option = line[command.size()] == '0' ? Option::basic : Option::advanced,
        .initiator = false,
        .frame_size = size,
        .channels = ways_.channels});
  }

  void settle() {
    if (!muxer_) return plain();
    for (std::uint8_t dlci = 1; dlci <= ways_.channels; ++dlci) exchange(dlci);
    while (!ways_.silent && !blocked_ && !muxer_->poll_transmit().empty()) {
      const Pipe::Result result = pty_->write(muxer_->poll_transmit());
      muxer_->transmitted(result.count);
      blocked_ = result.count == 0;
      if (blocked_) pty_->watch_write();
    }
    timer_.set(muxer_->next_timeout());
    if (!muxer_->ended()) return;
    muxer_.reset();
    timer_.set(std::nullopt);
    for (auto& port : ports_) port->modem.drop_dtr();  // a call ends with its channel
    world_.changed();
  }

  /// Between a channel and its port, as far as both have room.
  void exchange(std::uint8_t dlci) {
    Pipe& host = ports_[dlci - 1U]->modem.host();
    const Bytes in = muxer_->received(dlci);
    muxer_->consumed(boot_time(), dlci, in.empty() ? 0 : host.write(in).count);
    if (!muxer_->received(dlci).empty()) host.watch_write();
    std::array<std::byte, 2048> buffer;
    const std::size_t room = std::min(muxer_->room(dlci), buffer.size());
    if (muxer_->state(dlci) != modem::cmux::Muxer::State::open) return;
    const Pipe::Result result = host.read(MutableBytes(buffer).first(room));
    muxer_->write(dlci, Bytes(buffer).first(result.count));
  }

  void plain() {
    std::array<std::byte, 2048> buffer;
    const Pipe::Result result = ports_[0]->modem.host().read(buffer);
    if (result.count > 0) pty_->write(Bytes(buffer).first(result.count));
  }

  World& world_;
  Ways ways_;
  std::unique_ptr<sim::Pty> pty_;
  std::array<std::unique_ptr<Port>, 2> ports_;
  std::optional<modem::cmux::Muxer> muxer_;
  Timer timer_;
  bool blocked_ = false;
};

}  // namespace tunppp::session
