#include "hdlc/framer.h"

#include <cassert>

namespace tunppp::hdlc {
namespace {

/// The complement, low octet first (RFC 1662 C.2).
std::array<std::byte, 4> transmitted(std::uint32_t fcs) {
  const std::uint32_t sent = ~fcs;
  return {static_cast<std::byte>(sent & 0xff), static_cast<std::byte>(sent >> 8 & 0xff),
          static_cast<std::byte>(sent >> 16 & 0xff), static_cast<std::byte>(sent >> 24)};
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

std::size_t Framer::encode(Bytes header, Bytes payload, MutableBytes out, Options options) {
  assert(out.size() >= max_encoded_size(header.size() + payload.size()));
  const Escaping& escaping = options.default_accm ? default_ : negotiated_;
  const std::uint32_t map = escaping.accm.value();
  std::byte* to = out.data();
  if (options.opening_flag) *to++ = flag;

  if (fcs_ == Fcs::fcs16) {
    std::uint16_t fcs = fcs16_initial;
    to += escaping.encode(header.data(), header.size(), to, map, fcs);
    to += escaping.encode(payload.data(), payload.size(), to, map, fcs);
    to += escaping.stuff(transmitted(fcs).data(), 2, to, map);
  } else {
    to += escaping.stuff(header.data(), header.size(), to, map);
    to += escaping.stuff(payload.data(), payload.size(), to, map);
  }
  if (fcs_ == Fcs::fcs32) {
    std::uint32_t fcs = kernels_->fcs32(fcs32_initial, header.data(), header.size());
    fcs = kernels_->fcs32(fcs, payload.data(), payload.size());
    to += escaping.stuff(transmitted(fcs).data(), 4, to, map);
  }
  *to++ = flag;
  return static_cast<std::size_t>(to - out.data());
}

}  // namespace tunppp::hdlc
