#include "vj/compressor.h"

#include <algorithm>
#include <cassert>

#include "base/writer.h"

namespace tunppp::vj {
namespace {

/// "Any packet that is not ... an ACK bit set [with] SYN, FIN or RST clear is sent as TYPE_IP"
/// (section 3.2.3).
bool compressible(const Header& header) {
  constexpr unsigned judged = tcp_flag::ack | tcp_flag::syn | tcp_flag::fin | tcp_flag::rst;
  return (header.flags() & judged) == tcp_flag::ack;
}

/// One octet from 1 to 255, else a zero and two octets (section 3.2.2).
void write_delta(Writer& out, std::uint16_t delta) {
  if (delta >= 1 && delta <= 255) return out.u8(static_cast<std::uint8_t>(delta));
  out.u8(0);
  out.u16(delta);
}

}  // namespace

Compressor::Compressor(std::size_t slots, bool compress_slot_id)
    : slots_(std::clamp<std::size_t>(slots, 1, slot_limit)), compress_slot_id_(compress_slot_id) {
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    slots_[i].number = static_cast<std::uint8_t>(i);
  }
}

/// The slot of this connection, or the one that has not been used for longest; moved to the front.
Compressor::Slot& Compressor::slot_for(const Header& header, bool& known) {
  auto found = std::find_if(slots_.begin(), slots_.end(), [&](const Slot& slot) {
    return slot.used && slot.last.same_connection(header);
  });
  known = found != slots_.end();
  if (!known) found = slots_.end() - 1;
  std::rotate(slots_.begin(), found, found + 1);
  return slots_.front();
}

Compressor::Output Compressor::uncompressed(Slot& slot, const Header& header, Bytes packet) {
  constexpr std::size_t protocol_at = 9;
  slot.last = header;
  slot.used = true;
  last_number_ = slot.number;
  std::copy_n(packet.begin(), protocol_at, output_.begin());
  output_[protocol_at] = std::byte{slot.number};
  return {PacketType::uncompressed_tcp, Bytes(output_).first(protocol_at + 1),
          packet.subspan(protocol_at + 1)};
}

Compressor::Output Compressor::compress(Bytes packet) {
  const auto header = Header::parse(packet);
  if (!header || !compressible(*header)) return {PacketType::ip, {}, packet};

  bool known = false;
  Slot& slot = slot_for(*header, known);
  const Header& last = slot.last;
  if (!known || !last.same_constants(*header)) return uncompressed(slot, *header, packet);

  // The deltas in the order of the packet: urgent pointer, window, acknowledgment, sequence, id.
  std::array<std::byte, 16> delta_storage;
  Writer deltas(delta_storage);
  unsigned changes = 0;
  if ((header->flags() & tcp_flag::urg) != 0) {
    write_delta(deltas, header->urgent_pointer());
    changes |= change::urgent;
  } else if (header->urgent_pointer() != last.urgent_pointer()) {
    // It changed without being announced: the other side could not follow.
    return uncompressed(slot, *header, packet);
  }
  const auto window = static_cast<std::uint16_t>(header->window() - last.window());
  if (window != 0) {
    write_delta(deltas, window);
    changes |= change::window;
  }
  const std::uint32_t acknowledgment = header->acknowledgment() - last.acknowledgment();
  const std::uint32_t sequence = header->sequence() - last.sequence();
  if (acknowledgment > 0xffff || sequence > 0xffff) return uncompressed(slot, *header, packet);
  if (acknowledgment != 0) {
    write_delta(deltas, static_cast<std::uint16_t>(acknowledgment));
    changes |= change::acknowledgment;
  }
  if (sequence != 0) {
    write_delta(deltas, static_cast<std::uint16_t>(sequence));
    changes |= change::sequence;
  }

  const std::size_t last_data = last.total_length() - last.size();
  switch (changes) {
    case 0:
      // "If this packet contains data and the last one didn't" it is new; otherwise a
      // retransmission, in case the other side missed the compressed version (section 3.2.3).
      if (header->total_length() != last.total_length() && last_data == 0) break;
      return uncompressed(slot, *header, packet);
    case change::special_interactive:
    case change::special_data:
      // Real changes that look like one of the reserved combinations.
      return uncompressed(slot, *header, packet);
    case change::sequence | change::acknowledgment:
      if (sequence == acknowledgment && sequence == last_data) {
        changes = change::special_interactive;
        deltas = Writer(delta_storage);
      }
      break;
    case change::sequence:
      if (sequence == last_data) {
        changes = change::special_data;
        deltas = Writer(delta_storage);
      }
      break;
    default: break;
  }

  const auto id = static_cast<std::uint16_t>(header->id() - last.id());
  if (id != 1) {
    write_delta(deltas, id);
    changes |= change::id;
  }
  if ((header->flags() & tcp_flag::psh) != 0) changes |= change::push;
  const bool name_connection = !compress_slot_id_ || last_number_ != slot.number;
  if (name_connection) changes |= change::connection;

  slot.last = *header;
  last_number_ = slot.number;

  Writer out(output_);
  out.u8(static_cast<std::uint8_t>(changes));
  if (name_connection) out.u8(slot.number);
  out.u16(header->checksum());
  out.bytes(deltas.written());
  assert(out.ok());
  return {PacketType::compressed_tcp, out.written(), packet.subspan(header->size())};
}

}  // namespace tunppp::vj
