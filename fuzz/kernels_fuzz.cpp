// Every set of kernels that this CPU can run against the reference: what is escaped, what is
// unescaped, in pieces, and the checks. The first octets choose map and size of the pieces.
#include "hdlc/kernel.h"

#include <tunppp/bytes.h>

#include <algorithm>
#include <cstdlib>
#include <vector>

namespace tunppp::hdlc {
namespace {

/// Octets that a set wrote, in memory just as large as it may write to.
using Octets = std::vector<std::byte>;

void require(bool same) {
  if (!same) std::abort();
}

Octets stuffed(const Kernels& set, Bytes in, Accm accm, std::uint16_t& fcs) {
  Octets out(2 * in.size() + slack);
  const Encoded done = set.encode_for(accm)(fcs, in.data(), in.size(), out.data(), accm.value());
  fcs = done.fcs;
  out.resize(done.produced);
  Octets again(2 * in.size() + slack);
  again.resize(set.stuff_for(accm)(in.data(), in.size(), again.data(), accm.value()));
  require(again == out);
  return out;
}

Octets unstuffed(const Kernels& set, Bytes in, Accm accm, std::size_t piece) {
  Octets all;
  bool escaped = false;
  while (!in.empty()) {
    const Octets part(in.begin(),
                      in.begin() + static_cast<std::ptrdiff_t>(std::min(piece, in.size())));
    Octets out(part.size() + slack);
    const Unstuffed done =
        set.unstuff_for(accm)(part.data(), part.size(), out.data(), accm.value(), escaped);
    all.insert(all.end(), out.begin(), out.begin() + static_cast<std::ptrdiff_t>(done.produced));
    in = in.subspan(done.consumed);
    if (done.consumed == part.size()) continue;
    require(in.front() == flag);
    in = in.subspan(1);
    all.push_back(escaped ? escape : flag);
    escaped = false;
  }
  all.push_back(escaped ? std::byte{1} : std::byte{0});
  return all;
}

void compare(const Kernels& set, const Kernels& reference, Bytes in, Accm accm, std::size_t piece) {
  require(set.fcs16(0x1234, in.data(), in.size()) == reference.fcs16(0x1234, in.data(), in.size()));
  require(set.fcs32(0x12345678, in.data(), in.size()) ==
          reference.fcs32(0x12345678, in.data(), in.size()));
  std::uint16_t fcs = 0x1234;
  std::uint16_t expected_fcs = 0x1234;
  require(stuffed(set, in, accm, fcs) == stuffed(reference, in, accm, expected_fcs));
  require(fcs == expected_fcs);
  require(unstuffed(set, in, accm, piece) == unstuffed(reference, in, accm, in.size()));
}

}  // namespace
}  // namespace tunppp::hdlc

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace hdlc = tunppp::hdlc;
  if (size < 2) return 0;
  constexpr std::uint32_t maps[] = {0, 0xffffffff, 0x000a0000, 0x80000001};
  const hdlc::Accm accm(maps[data[0] & 3]);
  const std::size_t piece = 1 + data[1] * (data[0] >> 4);
  // A copy of its own, so that a load too far is seen.
  const auto bytes = std::as_bytes(std::span(data, size)).subspan(2);
  const std::vector<std::byte> in(bytes.begin(), bytes.end());
  const hdlc::Kernels& reference = *hdlc::select_kernels("reference").kernels;
  for (const hdlc::Kernels* set : hdlc::all_kernels())
    if (set->usable()) hdlc::compare(*set, reference, in, accm, piece);
  return 0;
}
