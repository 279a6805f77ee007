#include "hdlc/framer.h"

#include <algorithm>
#include <cassert>

namespace tunppp::hdlc {
namespace {

/// Stuffs what stands in `value`, low octet first. No branches: nobody can foresee a check.
std::byte* put_octets(std::uint32_t value, std::size_t count, std::uint32_t accm, std::byte* to) {
  const std::uint32_t special[8] = {accm, 0, 0, 0x60000000};
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
  return {accm, kernels_->stuff_for(accm), kernels_->encode_for(accm)};
}

void Framer::set_accm(Accm accm) {
  negotiated_ = escaping(accm);
}

void Framer::set_fcs(Fcs fcs) {
  fcs_ = fcs;
}

/// Writes the header and carries FCS-16 on over it.
std::byte* Framer::put_header(Escaping& escaping, Bytes header, std::byte* to,
                              std::uint16_t& fcs) const {
  const std::uint32_t map = escaping.accm.value();
  Prefix& prefix = escaping.prefix;
  if (header.size() > prefix.header.size())
    return to + escaping.encode(header.data(), header.size(), to, map, fcs);
  if (prefix.size != header.size() ||
      !std::equal(header.begin(), header.end(), prefix.header.begin())) {
    prefix.size = header.size();
    std::copy(header.begin(), header.end(), prefix.header.begin());
    prefix.fcs = fcs16_initial;
    std::array<std::byte, 2 * 4 + slack> stuffed;
    prefix.stuffed_size =
        escaping.encode(header.data(), header.size(), stuffed.data(), map, prefix.fcs);
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
  switch (fcs_) {
    case Fcs::fcs16:
      to += escaping.encode(payload.data(), payload.size(), to, map, check);
      to = put_octets(~std::uint32_t{check}, 2, map, to);
      break;
    case Fcs::fcs32: {
      to += escaping.stuff(payload.data(), payload.size(), to, map);
      const std::uint32_t fcs = kernels_->fcs32(fcs32_initial, header.data(), header.size());
      to = put_octets(~kernels_->fcs32(fcs, payload.data(), payload.size()), 4, map, to);
      break;
    }
    case Fcs::none:
      to += escaping.stuff(payload.data(), payload.size(), to, map);
  }
  *to++ = flag;
  return static_cast<std::size_t>(to - out.data());
}

}  // namespace tunppp::hdlc
