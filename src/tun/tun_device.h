#pragma once

#include <sys/uio.h>
#include <tunppp/bytes.h>

#include "base/result.h"

#include <filesystem>
#include <span>
#include <string>
#include <system_error>

namespace tunppp::tun {

/// A TUN interface and the descriptor its packets come and go by. The interface exists as long as
/// this object; its addresses and routes vanish with it. It begins down and without carrier.
class TunDevice {
 public:
  struct Options {
    std::string name = "ppp0";  ///< a name, or a pattern: ppp%d takes the first number that is free
    /// Let the kernel leave segmentation and checksums to us, and take super-packets from us, as
    /// far as it can; offloads() tells.
    bool offload = false;
    std::filesystem::path device = "/dev/net/tun";
  };

  /// Fails with usage (no such name can be), tun_missing, no_privilege, interface_taken (the text
  /// says by what and whom) or interface_failed.
  static Result<TunDevice> create(const Options& options);

  TunDevice(TunDevice&& other) noexcept;
  TunDevice& operator=(TunDevice&& other) noexcept;
  /// Closes.
  ~TunDevice();
  /// Removes the interface. May be called again.
  void close();

  /// What was agreed upon with the kernel.
  struct Offloads {
    bool vnet_header = false;  ///< each packet is preceded by a VnetHeader, both ways
    bool tcp = false;          ///< TCP super-packets may be read
    bool udp = false;          ///< and of UDP: since Linux 6.2
  };
  const Offloads& offloads() const { return offloads_; }

  int fd() const { return fd_; }
  const std::string& name() const { return name_; }

  /// One packet each, and both return at once. A count of 0 without an error: nothing is there,
  /// or the packet could not be taken now.
  struct Transfer {
    std::size_t count = 0;
    std::error_code error{};
  };
  /// What does not fit into `packet` is lost: give it the MTU at least.
  Transfer read(MutableBytes packet);
  Transfer read(std::span<const iovec> pieces);
  /// EIO as long as the interface is down.
  Transfer write(Bytes packet);
  Transfer write(std::span<const iovec> pieces);

  /// Whether a cable is in, so to speak: off until the link is up. Without carrier the kernel
  /// discards what it would send; and for a moment longer, unless the interface goes up after its
  /// carrier. Does nothing on Linux before 5.0.
  std::error_code set_carrier(bool on);

 private:
  void agree_on_offloads();
  TunDevice(int fd, std::string name) : fd_(fd), name_(std::move(name)) {}

  int fd_ = -1;
  std::string name_;
  Offloads offloads_;
};

}  // namespace tunppp::tun
