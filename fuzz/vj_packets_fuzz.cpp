// Van Jacobson compression: the decompressor against anything, and what the compressor makes of
// anything, put back.
#include "link_fuzz.h"
#include "vj/compressor.h"
#include "vj/decompressor.h"

namespace tunppp::fuzz {
namespace {

constexpr std::size_t headroom = vj::Decompressor::headroom;

/// With the headroom that the decompressor needs, and not an octet more behind it.
std::vector<std::byte> with_headroom(Bytes header, Bytes rest) {
  std::vector<std::byte> buffer(headroom);
  buffer.insert(buffer.end(), header.begin(), header.end());
  buffer.insert(buffer.end(), rest.begin(), rest.end());
  return buffer;
}

std::optional<MutableBytes> put_back(vj::Decompressor& decompressor, vj::PacketType type,
                                     std::vector<std::byte>& buffer) {
  const MutableBytes packet = MutableBytes(buffer).subspan(headroom);
  if (type == vj::PacketType::ip) return packet;
  const auto whole = type == vj::PacketType::compressed_tcp ? decompressor.decompress(packet)
                                                            : decompressor.remember(packet);
  if (whole) {
    require(whole->data() >= buffer.data(), "it stays within the headroom");
    require(whole->data() + whole->size() == buffer.data() + buffer.size(), "it ends where it did");
    require(vj::Header::parse(*whole).has_value(), "what is put back has a header");
  }
  return whole;
}

void there_and_back(vj::Compressor& compressor, vj::Decompressor& decompressor, Bytes packet) {
  const auto sent = compressor.compress(packet);
  require(sent.header.size() + sent.rest.size() <= packet.size(), "it never grows");
  auto buffer = with_headroom(sent.header, sent.rest);
  const auto whole = put_back(decompressor, sent.type, buffer);
  require(whole.has_value(), "what was sent can be put back");
  require(whole->size() == packet.size(), "as long as it was");
  for (std::size_t i = 0; i < packet.size(); ++i) {
    // The checksum of the IP header is made anew, and right even where it was not.
    if (sent.type == vj::PacketType::compressed_tcp && (i == 10 || i == 11)) continue;
    require((*whole)[i] == packet[i], "as it was");
  }
}

void run(Input input) {
  const unsigned slots = input.octet();
  const bool omit = (input.octet() & 1) != 0;
  vj::Compressor compressor(slots, omit);
  vj::Decompressor partner(slots);
  vj::Decompressor stranger(slots);
  while (!input.empty()) {
    const unsigned choice = input.octet() % 4;
    const Bytes octets = input.counted();
    auto buffer = with_headroom(octets, {});
    switch (choice) {
      case 0: put_back(stranger, vj::PacketType::compressed_tcp, buffer); break;
      case 1: put_back(stranger, vj::PacketType::uncompressed_tcp, buffer); break;
      case 2: stranger.frame_lost(); break;
      default: there_and_back(compressor, partner, octets); break;
    }
  }
}

}  // namespace
}  // namespace tunppp::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  tunppp::fuzz::run(tunppp::fuzz::Input(std::as_bytes(std::span(data, size))));
  return 0;
}
