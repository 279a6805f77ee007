#pragma once

#include <atomic>
#include <cstdint>
#include <thread>

#include "support/network_namespace.h"

namespace tunppp::test {

/// A TCP connection from one namespace to another, over which octets of a known sequence go, in
/// threads of its own; each octet that arrives is looked at.
class TcpTransfer {
 public:
  TcpTransfer(const NetworkNamespace& from, const NetworkNamespace& to, const char* to_address,
              std::uint16_t port, std::uint64_t octets);
  ~TcpTransfer();
  TcpTransfer(const TcpTransfer&) = delete;
  TcpTransfer& operator=(const TcpTransfer&) = delete;

  bool done() const { return received_ == octets_; }
  std::uint64_t received() const { return received_; }
  bool intact() const { return intact_; }

 private:
  void send();
  void receive();

  std::uint64_t octets_;
  int sender_;
  int listener_;
  std::string to_address_;
  std::uint16_t port_;
  std::atomic<std::uint64_t> received_{0};
  std::atomic<bool> intact_{true};
  std::thread sending_;
  std::thread receiving_;
};

/// Datagrams that the kernel may hand over as super-packets (UDP_SEGMENT), the same way; as many as
/// were sent and did not get lost must arrive whole.
class UdpTransfer {
 public:
  UdpTransfer(const NetworkNamespace& from, const NetworkNamespace& to, const char* to_address,
              std::uint16_t port, std::size_t datagram, std::uint64_t count);
  ~UdpTransfer();
  UdpTransfer(const UdpTransfer&) = delete;
  UdpTransfer& operator=(const UdpTransfer&) = delete;

  bool done() const { return received_ >= count_; }
  std::uint64_t received() const { return received_; }
  bool intact() const { return intact_; }

 private:
  void send();
  void receive();

  std::size_t datagram_;
  std::uint64_t count_;
  int sender_;
  int receiver_;
  std::atomic<bool> ending_{false};
  std::atomic<std::uint64_t> received_{0};
  std::atomic<bool> intact_{true};
  std::thread sending_;
  std::thread receiving_;
};

}  // namespace tunppp::test
