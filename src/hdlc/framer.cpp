#include "hdlc/framer.h"

#include <algorithm>
#include <cassert>

namespace tunppp::hdlc {
namespace {

/// Stuffs what stands in `value`, low octet first. No branches: nobody can foresee a check.
std::byte* put_octets(std::uint32_t value, std::size_t count,
                      const std::array<std::uint32_t, 8>& special, std::byte* to) {
  for (; count > 0; --count, value >>= 8) {
    const std::uint32_t octet = value & 0xff;
    const std::uint32_t escapes = special[octet >> 5] >> (octet & 31) & 1;
    *to = escape;
    to += escapes;
    *to++ = static_cast<std::byte>(octet ^ escapes << 5);
  }
  return to;
}

}  // namespace

Framer::Framer(const Kernels& kernels)
    : kernels_(&kernels), negotiated_(escaping(Accm::all())), default_(negotiated_) {}

Framer::Escaping Framer::escaping(Accm accm) const {
  return {accm,
          {accm.value(), 0, 0, 0x60000000},
          kernels_->stuff_for(accm),
          kernels_->encode_for(accm)};
}

void Framer::set_accm(Accm accm) {
  negotiated_ = escaping(accm);
}

void Framer::set_fcs(Fcs fcs) {
  fcs_ = fcs;
}

/// Writes the header and carries FCS-16 on over it.
std::byte* Framer::put_header(Escaping& escaping, Bytes header, std::byte* to, std::uint16_t& fcs) {
  const std::uint32_t map = escaping.accm.value();
  if (header.size() > 4) {
    const Encoded done = escaping.encode(fcs16_initial, header.data(), header.size(), to, map);
    fcs = done.fcs;
    return to + done.produced;
  }
  std::uint64_t key = header.size();
  for (std::byte octet : header) key = key << 8 | std::to_integer<std::uint64_t>(octet);
  Prefix& prefix = escaping.prefix;
  if (prefix.header != key) {
    prefix.header = key;
    std::array<std::byte, 2 * 4 + slack> stuffed;
    const Encoded done =
        escaping.encode(fcs16_initial, header.data(), header.size(), stuffed.data(), map);
    prefix.stuffed_size = done.produced;
    prefix.fcs = done.fcs;
    std::copy_n(stuffed.begin(), prefix.stuffed.size(), prefix.stuffed.begin());
  }
  std::copy(prefix.stuffed.begin(), prefix.stuffed.end(), to);
  fcs = prefix.fcs;
  return to + prefix.stuffed_size;
}

std::size_t Framer::encode(Bytes header, Bytes payload, MutableBytes out, Options options) {
  assert(out.size() >= max_encoded_size(header.size() + payload.size()));
  Escaping& escaping = options.default_accm ? default_ : negotiated_;
  const std::uint32_t map = escaping.accm.value();
  std::byte* to = out.data();
  if (options.opening_flag) *to++ = flag;

  std::uint16_t check = fcs16_initial;
  to = put_header(escaping, header, to, check);
  switch (options.fcs.value_or(fcs_)) {
    case Fcs::fcs16: {
      const Encoded done = escaping.encode(check, payload.data(), payload.size(), to, map);
      to = put_octets(~std::uint32_t{done.fcs}, 2, escaping.special, to + done.produced);
      break;
    }
    case Fcs::fcs32: {
      to += escaping.stuff(payload.data(), payload.size(), to, map);
      const std::uint32_t fcs = kernels_->fcs32(fcs32_initial, header.data(), header.size());
      to = put_octets(~kernels_->fcs32(fcs, payload.data(), payload.size()), 4, escaping.special,
                      to);
      break;
    }
    case Fcs::none:
      to += escaping.stuff(payload.data(), payload.size(), to, map);
  }
  *to++ = flag;
  return static_cast<std::size_t>(to - out.data());
}

}  // namespace tunppp::hdlc
