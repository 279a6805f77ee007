#include "trace/pcapng.h"

#include <cstdint>

namespace tunppp::trace {
namespace {

constexpr std::uint32_t section_header = 0x0a0d0d0a;
constexpr std::uint32_t interface_description = 1;
constexpr std::uint32_t enhanced_packet = 6;
constexpr std::uint32_t byte_order_magic = 0x1a2b3c4d;

/// Each packet begins with an octet that is 0 if it was received by this host, else not.
constexpr std::uint16_t link_type_ppp_with_dir = 204;

constexpr std::uint16_t option_end = 0;
constexpr std::uint16_t option_name = 2;             // of an interface
constexpr std::uint16_t option_packet_flags = 2;     // of a packet
constexpr std::uint16_t option_application = 4;      // of a section
constexpr std::uint16_t option_time_resolution = 9;  // of an interface
constexpr std::byte nanoseconds{9};                  // 10^-9 s

constexpr std::uint32_t inbound = 1;
constexpr std::uint32_t outbound = 2;

/// Builds one block: type, length, what the caller puts in, length again. A section says itself in
/// which octet order it is; ours are little-endian everywhere.
class Block {
 public:
  Block(std::vector<std::byte>& storage, std::uint32_t type) : out_(storage) {
    out_.clear();
    u32(type);
    u32(0);
  }

  void u16(std::uint16_t value) {
    out_.push_back(static_cast<std::byte>(value));
    out_.push_back(static_cast<std::byte>(value >> 8));
  }
  void u32(std::uint32_t value) {
    u16(static_cast<std::uint16_t>(value));
    u16(static_cast<std::uint16_t>(value >> 16));
  }
  void octet(std::byte value) { out_.push_back(value); }
  void octets(Bytes value) { out_.insert(out_.end(), value.begin(), value.end()); }
  /// Everything is a multiple of four octets.
  void pad() { out_.resize((out_.size() + 3) / 4 * 4); }

  void option(std::uint16_t code, Bytes value) {
    u16(code);
    u16(static_cast<std::uint16_t>(value.size()));
    octets(value);
    pad();
  }
  void option(std::uint16_t code, std::string_view text) {
    option(code, std::as_bytes(std::span(text)));
  }
  void end_of_options() { option(option_end, Bytes{}); }

  Bytes finish() {
    const auto length = static_cast<std::uint32_t>(out_.size() + 4);
    u32(length);
    for (std::size_t i = 0; i < 4; ++i) out_[4 + i] = static_cast<std::byte>(length >> (8 * i));
    return out_;
  }

 private:
  std::vector<std::byte>& out_;
};

}  // namespace

void PcapngWriter::begin(std::string_view application, std::string_view interface_name) {
  Block section(block_, section_header);
  section.u32(byte_order_magic);
  section.u16(1);  // version 1.0
  section.u16(0);
  section.u32(0xffffffff);  // length of the section: not known
  section.u32(0xffffffff);
  section.option(option_application, application);
  section.end_of_options();
  sink_.write(section.finish());

  Block interface(block_, interface_description);
  interface.u16(link_type_ppp_with_dir);
  interface.u16(0);
  interface.u32(0);  // no limit on what is kept of a packet
  interface.option(option_name, interface_name);
  interface.option(option_time_resolution, Bytes(&nanoseconds, 1));
  interface.end_of_options();
  sink_.write(interface.finish());
}

void PcapngWriter::frame(WallTime time, Direction direction, Bytes frame) {
  const auto ticks = static_cast<std::uint64_t>(time.time_since_epoch().count());
  const auto size = static_cast<std::uint32_t>(frame.size() + 1);
  const bool sent = direction == Direction::sent;

  Block packet(block_, enhanced_packet);
  packet.u32(0);  // the first interface
  packet.u32(static_cast<std::uint32_t>(ticks >> 32));
  packet.u32(static_cast<std::uint32_t>(ticks));
  packet.u32(size);
  packet.u32(size);
  packet.octet(sent ? std::byte{1} : std::byte{0});
  packet.octets(frame);
  packet.pad();
  packet.u16(option_packet_flags);
  packet.u16(4);
  packet.u32(sent ? outbound : inbound);
  packet.end_of_options();
  sink_.write(packet.finish());
}

}  // namespace tunppp::trace
