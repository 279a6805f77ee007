#pragma once

#include <tunppp/bytes.h>

#include "tun/checksum.h"
#include "tun/vnet_header.h"

namespace tunppp::tun {

/// Finishes the checksum that the kernel left to us, if it did. False: the header and the packet
/// contradict each other, and the packet is to be dropped.
bool finish_checksum(const VnetHeader& header, MutableBytes packet);

/// Cuts a TCP or UDP super-packet into packets that fit the line: sequence numbers, flags,
/// identification, lengths and checksums are those that the kernel's own segmentation gives.
///
///   Segmenter segmenter;
///   if (!segmenter.begin(header, packet)) drop;
///   while (std::size_t size = segmenter.next(room)) send(room.first(size));
class Segmenter {
 public:
  /// False: malformed, or of a kind that we did not ask the kernel for. `packet` is read until the
  /// last next().
  bool begin(const VnetHeader& header, Bytes packet);
  /// How large the packets get.
  std::size_t largest() const { return header_size_ + segment_size_; }
  /// The next packet to the front of `out`, which must have room for largest(); 0 after the last.
  std::size_t next(MutableBytes out);

 private:
  bool begin_ipv4(const VnetHeader& header);
  bool begin_tcp(const VnetHeader& header);
  bool begin_udp(const VnetHeader& header);
  void finish_ip(std::byte* ip, std::size_t size) const;
  void finish_tcp(std::byte* tcp) const;

  Bytes packet_;
  bool is_ipv4_ = false;
  bool is_tcp_ = false;
  std::size_t transport_ = 0;    // where TCP or UDP begins
  std::size_t header_size_ = 0;  // IP and TCP or UDP together
  std::size_t segment_size_ = 0;
  std::size_t at_ = 0;       // octets of payload that are done
  std::size_t number_ = 0;   // packets that are done
  InternetChecksum pseudo_;  // the pseudo header without the length
};

}  // namespace tunppp::tun
