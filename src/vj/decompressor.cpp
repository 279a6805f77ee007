#include "vj/decompressor.h"

#include <algorithm>

#include "base/reader.h"

namespace tunppp::vj {
namespace {

/// One octet from 1 to 255, or a zero and two octets (section 3.2.2).
std::uint16_t read_delta(Reader& in) {
  const std::uint8_t small = in.u8();
  return small != 0 ? small : in.u16();
}

std::uint8_t with_flag(std::uint8_t flags, unsigned flag, bool on) {
  return static_cast<std::uint8_t>(on ? flags | flag : flags & ~flag);
}

void apply_changes(Header& header, unsigned changes, Reader& in) {
  const auto data = static_cast<std::uint32_t>(header.total_length() - header.size());
  header.set_flags(with_flag(header.flags(), tcp_flag::psh, (changes & change::push) != 0));
  // Packets with URG set are never sent as one of the special combinations.
  header.set_flags(with_flag(header.flags(), tcp_flag::urg, false));
  switch (changes & change::special_mask) {
    case change::special_interactive:
      header.set_acknowledgment(header.acknowledgment() + data);
      header.set_sequence(header.sequence() + data);
      break;
    case change::special_data: header.set_sequence(header.sequence() + data); break;
    default: {
      if ((changes & change::urgent) != 0) {
        header.set_flags(with_flag(header.flags(), tcp_flag::urg, true));
        header.set_urgent_pointer(read_delta(in));
      }
      if ((changes & change::window) != 0) {
        header.set_window(static_cast<std::uint16_t>(header.window() + read_delta(in)));
      }
      if ((changes & change::acknowledgment) != 0) {
        header.set_acknowledgment(header.acknowledgment() + read_delta(in));
      }
      if ((changes & change::sequence) != 0) {
        header.set_sequence(header.sequence() + read_delta(in));
      }
    }
  }
  const std::uint16_t id = (changes & change::id) != 0 ? read_delta(in) : std::uint16_t{1};
  header.set_id(static_cast<std::uint16_t>(header.id() + id));
}

}  // namespace

Decompressor::Decompressor(std::size_t slots)
    : slots_(std::clamp<std::size_t>(slots, 1, slot_limit)) {}

std::optional<MutableBytes> Decompressor::remember(MutableBytes packet) {
  constexpr std::size_t protocol_at = 9;
  constexpr std::byte tcp{6};
  if (packet.size() <= protocol_at) return std::nullopt;
  const auto number = std::to_integer<std::size_t>(packet[protocol_at]);
  packet[protocol_at] = tcp;
  const auto header = Header::parse(packet);
  if (number >= slots_.size() || !header) {
    toss_ = true;
    return std::nullopt;
  }
  slots_[number] = {*header, true};
  current_ = number;
  toss_ = false;
  return packet;
}

std::optional<MutableBytes> Decompressor::decompress(MutableBytes packet) {
  Reader in(packet);
  const unsigned changes = in.u8();
  if ((changes & change::connection) != 0) {
    const std::size_t number = in.u8();
    if (!in.ok() || number >= slots_.size()) {
      toss_ = true;
      return std::nullopt;
    }
    current_ = number;
    toss_ = false;
  }
  if (toss_ || !slots_[current_].used) {
    toss_ = true;
    return std::nullopt;
  }

  Header header = slots_[current_].last;
  header.set_checksum(in.u16());
  apply_changes(header, changes, in);
  const std::size_t total = header.size() + in.remaining();
  if (!in.ok() || total > 0xffff) {
    toss_ = true;
    return std::nullopt;
  }
  header.set_total_length(static_cast<std::uint16_t>(total));
  header.set_ip_checksum();
  slots_[current_].last = header;

  std::byte* const data = packet.data() + (packet.size() - in.remaining());
  std::copy_n(header.octets().begin(), header.size(), data - header.size());
  return MutableBytes(data - header.size(), total);
}

}  // namespace tunppp::vj
