#pragma once

#include <tunppp/bytes.h>

namespace tunppp::tun {

/// The Internet checksum, RFC 1071: the ones' complement sum of 16-bit words. Words are added as
/// they lie in memory, whatever the machine's order of octets, "the sum of 16-bit integers can be
/// computed in either byte order" (section 2 B).
class InternetChecksum {
 public:
  /// Pieces of an odd number of octets count as padded with a zero: only the last may be odd.
  void add(Bytes octets);
  /// A number that stands in network order in a header, real or pseudo.
  void add_number(std::uint16_t number);
  /// As if `number` had not been added.
  void remove_number(std::uint16_t number) { add_number(static_cast<std::uint16_t>(~number)); }

  /// 16 bits, to be put into a header with store(). Over a header and its checksum: all ones.
  std::uint16_t folded() const;

 private:
  std::uint64_t sum_ = 0;
};

/// The sum over octets that contain their own checksum comes to all ones when it is right.
inline bool verifies(const InternetChecksum& checksum) {
  return checksum.folded() == 0xffff;
}

/// Puts the complement of the sum at `at`, where the checksum of an IP or TCP header stands.
void store_checksum(const InternetChecksum& checksum, std::byte* at);
/// The sum itself: what the kernel wants of a pseudo header when the rest is still to be added.
void store_partial_checksum(const InternetChecksum& checksum, std::byte* at);
/// As store_checksum(), but never zero, which in UDP means that there is no checksum (RFC 768). In
/// ones' complement both are the same number, so that no receiver of TCP minds.
void store_nonzero_checksum(const InternetChecksum& checksum, std::byte* at);

}  // namespace tunppp::tun
