#pragma once

#include <tunppp/dialer.h>
#include <tunppp/link.h>

#include "base/pipe.h"
#include "session/flow_queue.h"
#include "session/line_pacer.h"
#include "session/loop.h"
#include "session/packet_pool.h"
#include "session/tun_intake.h"
#include "session/tun_outlet.h"
#include "tun/tun_device.h"

#include <optional>
#include <system_error>
#include <vector>

namespace tunppp::session {

/// Moves octets and packets: pipe <-> link <-> TUN. From the line: large reads, and each packet
/// from the link's buffer straight to TUN. To the line: TUN is drained into a bounded queue, the
/// queue into the link as far as the line has room, and the link into writes as large as they get.
/// What the link itself has to say never waits in the queue.
class Pump final : private Pipe::Listener, private FdWatch::Listener {
 public:
  /// Told rarely. May call whatever is in the pump, but not destroy it.
  class Owner {
   public:
    virtual void link_event(const Event& event) = 0;
    /// Octets will neither come nor go any more.
    virtual void line_closed(std::error_code error) = 0;
    /// An unfinished frame has stopped growing: a frame cut short, or a modem that talks.
    virtual void line_quiet(Bytes unfinished) = 0;
    virtual void tun_failed(std::error_code error) = 0;

   protected:
    ~Owner() = default;
  };

  static constexpr Duration quiet_time = std::chrono::milliseconds(500);

  struct Options {
    std::size_t packet_size = 1500;  ///< the largest that TUN may give
    FlowQueue::Options queue{};
    LinePacer::Options line{};
  };

  /// All must outlive the pump.
  Pump(Loop& loop, Pipe& pipe, Link& link, tun::TunDevice* tun, const Options& options,
       Owner& owner);
  ~Pump();
  Pump(const Pump&) = delete;
  Pump& operator=(const Pump&) = delete;

  /// The line can carry octets and the link may open; `already_read` came before the pump did.
  void start(Bytes already_read = {});
  /// For the peer to hear it, the pump goes on until LinkEnded.
  void close(EndReason reason);
  /// Leaves the pipe alone from now on.
  void stop();
  /// Answers to SecretWanted.
  void provide_secret(std::uint64_t token, Secret secret, AllowedAddresses addresses);
  void refuse_secret(std::uint64_t token);
  /// Answers to AddressWanted.
  void provide_address(std::uint64_t token, Ipv4Address remote);
  void refuse_address(std::uint64_t token, std::string why);

  /// Without what the kernel counts.
  Counters counters() const;

 private:
  void pipe_readable() override;
  void pipe_writable() override;
  void fd_readable() override;  // TUN
  void fd_writable() override {}
  void timeout();

  void receive(Instant now, Bytes octets);
  void drain_events();
  void drain_packets();
  void read_tun();
  void fill_line(Instant now);
  void write_line(Instant now);
  void write_octets(Instant now);
  void look_at_line(Instant now);
  void settle(Instant now);
  void end_of_line(std::error_code error);
  void set_network_open(bool open);
  void follow_link();

  Pipe& pipe_;
  Link& link_;
  tun::TunDevice* tun_;
  Owner& owner_;
  Timer timer_;
  std::optional<FdWatch> tun_watch_;
  PacketPool pool_;
  FlowQueue queue_;
  LinePacer pacer_;
  std::optional<TunIntake> intake_;
  std::optional<TunOutlet> outlet_;
  std::vector<std::byte> read_buffer_;
  std::optional<Instant> quiet_deadline_;
  Counters counters_;
  bool running_ = false;
  bool write_blocked_ = false;
  bool network_open_ = false;
};

}  // namespace tunppp::session
