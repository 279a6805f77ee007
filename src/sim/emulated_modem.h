#pragma once

#include "base/pipe.h"
#include "session/loop.h"
#include "sim/modem_ports.h"

#include <array>
#include <memory>
#include <optional>

namespace tunppp::sim {

/// The emulated modem in real time, with pipes on either side: its ttys, of which line 0 is dialled
/// on, and the network that speaks PPP behind it.
class EmulatedModem {
 public:
  /// Called from the loop.
  class Owner {
   public:
    /// Attach a PPP server to network(). `refuse`: it is to turn the caller away.
    virtual void call_connected(bool refuse) = 0;
    /// Throw it away.
    virtual void call_ended() = 0;
    /// By +++ and ATO.
    virtual void call_suspended(bool suspended) = 0;
    /// A tty of the modem is gone, or here again. Without ttys there is nothing to do.
    virtual void plug(std::size_t /*port*/, bool /*in*/) {}

   protected:
    ~Owner() = default;
  };

  /// Without `habits`: those of the model.
  EmulatedModem(session::Loop& loop, ModemEmulatorOptions options, Owner& owner,
                std::optional<CmuxHabits> habits = {});
  EmulatedModem(const EmulatedModem&) = delete;
  EmulatedModem& operator=(const EmulatedModem&) = delete;

  void power_on();
  /// A program has opened the tty, and DTR is on.
  void raise_dtr(std::size_t line = 0);
  /// The program on the tty is gone, and DTR with it.
  void drop_dtr(std::size_t line = 0);
  /// The network has nothing more to say.
  void drop_carrier();
  /// The modem closes a channel of its multiplexer; or it forgets that, without a word.
  void close_channel(std::uint8_t dlci);
  void forget_multiplexer();
  const ModemPorts& ports() const { return ports_; }
  const ModemEmulator& emulator() const { return ports_.line(0); }

  /// Never closed. Write into it what the tty sends, read from it what the tty is to see.
  Pipe& host(std::size_t line = 0) { return *hosts_[line]; }
  /// Open while a call is up.
  Pipe& network() { return network_; }

 private:
  class End : public Pipe {
   public:
    End(EmulatedModem& modem, session::Loop& loop)
        : modem_(modem), wakeup_(loop, [this] { wake(); }) {}
    Result read(MutableBytes out) final;
    Result write(Bytes in) final;
    void listen(Listener* listener) final { listener_ = listener; }
    void watch_read(bool on) final;
    void watch_write() final;
    /// Something may have changed.
    void poke();

   protected:
    ~End() = default;
    virtual bool closed() const = 0;
    virtual Bytes incoming() const = 0;
    virtual void taken(Instant now, std::size_t count) = 0;
    virtual std::size_t outgoing() const = 0;
    virtual void give(Instant now, Bytes octets) = 0;
    EmulatedModem& modem_;

   private:
    bool readable() const { return watching_read_ && (closed() || !incoming().empty()); }
    bool writable() const;
    void wake();
    session::Wakeup wakeup_;
    Listener* listener_ = nullptr;
    bool watching_read_ = false;
    bool watching_write_ = false;
  };

  class Host final : public End {
   public:
    Host(EmulatedModem& modem, session::Loop& loop, std::size_t line)
        : End(modem, loop), line_(line) {}

   private:
    bool closed() const override { return false; }
    Bytes incoming() const override { return modem_.ports_.poll_to_host(line_); }
    void taken(Instant now, std::size_t count) override {
      modem_.ports_.written_to_host(now, line_, count);
    }
    std::size_t outgoing() const override { return modem_.ports_.waiting_for_network(line_); }
    void give(Instant now, Bytes octets) override {
      modem_.ports_.receive_from_host(now, line_, octets);
    }

    std::size_t line_;
  };

  class Network final : public End {
   public:
    using End::End;

   private:
    bool closed() const override { return !modem_.call_up_; }
    Bytes incoming() const override { return modem_.ports_.poll_to_network(); }
    void taken(Instant now, std::size_t count) override {
      modem_.ports_.written_to_network(now, count);
    }
    std::size_t outgoing() const override { return modem_.ports_.waiting_for_host(); }
    void give(Instant now, Bytes octets) override {
      modem_.ports_.receive_from_network(now, octets);
    }
  };

  void changed();
  void tell_owner();

  ModemPorts ports_;
  Owner& owner_;
  bool call_up_ = false;
  session::Timer timer_;
  session::Wakeup events_;
  std::array<std::unique_ptr<Host>, ModemPorts::lines> hosts_;
  Network network_;
};

}  // namespace tunppp::sim
