// What TUN gives and what the line gives, however malformed. The first octets choose: what the
// kernel is supposed to have said of the packet; then packets by length and content. Whatever gets
// cut must fit together again, and whatever goes into the coalescer must come out of it.
#include "tun/coalescing.h"
#include "tun/segmentation.h"

#include <cstdlib>
#include <vector>

namespace tunppp::tun {
namespace {

using Octets = std::vector<std::byte>;

void require(bool condition) {
  if (!condition) std::abort();
}

/// Returns octets of payload that came out, with copies of the packets, each with headroom.
std::vector<Octets> segment(const VnetHeader& header, Bytes packet) {
  Segmenter segmenter;
  std::vector<Octets> packets;
  if (!segmenter.begin(header, packet)) return packets;
  for (;;) {
    Octets out(segmenter.largest());
    const std::size_t size = segmenter.next(out);
    if (size == 0) return packets;
    require(size <= out.size());
    out.resize(size);
    packets.push_back(out);
  }
}

void coalesce(const std::vector<Octets>& packets) {
  std::size_t in = 0;
  std::size_t out = 0;
  std::vector<Octets> slots;
  for (const Octets& packet : packets) {
    if (packet.empty()) continue;
    Octets slot(Coalescer::headroom);
    slot.insert(slot.end(), packet.begin(), packet.end());
    slots.push_back(slot);
    in += packet.size();
  }
  const auto write = [&](std::span<const iovec> pieces) {
    require(!pieces.empty() && pieces.size() <= Coalescer::max_packets);
    std::size_t size = 0;
    for (const iovec& piece : pieces) size += piece.iov_len;
    const VnetHeader header =
        VnetHeader::load(static_cast<const std::byte*>(pieces.front().iov_base));
    require(size - VnetHeader::size <= 65535);
    require(header.is_super_packet() == (pieces.size() > 1));
    out += size - VnetHeader::size;
    if (header.is_super_packet()) out += (pieces.size() - 1) * header.header_size;
  };
  Coalescer coalescer;
  for (Octets& slot : slots) coalescer.add(MutableBytes(slot).subspan(Coalescer::headroom), write);
  coalescer.flush(write);
  require(in == out);
}

}  // namespace
}  // namespace tunppp::tun

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace tun = tunppp::tun;
  const auto in = std::as_bytes(std::span(data, size));
  if (size < tun::VnetHeader::size + 1) return 0;
  const tun::VnetHeader header = tun::VnetHeader::load(in.data());
  tunppp::Bytes rest = in.subspan(tun::VnetHeader::size);

  tun::Octets whole(rest.begin(), rest.end());
  const auto segments = tun::segment(header, whole);
  tun::coalesce(segments);
  (void)tun::finish_checksum(header, whole);

  // The same octets as packets from the line: two of length, then the packet.
  std::vector<tun::Octets> packets;
  while (rest.size() > 2) {
    const std::size_t wanted = std::to_integer<std::size_t>(rest[0]) * 8 % 2048 +
                               std::to_integer<std::size_t>(rest[1]) % 8;
    rest = rest.subspan(2);
    const auto packet = rest.first(std::min(wanted, rest.size()));
    packets.emplace_back(packet.begin(), packet.end());
    rest = rest.subspan(packet.size());
  }
  tun::coalesce(packets);
  return 0;
}
