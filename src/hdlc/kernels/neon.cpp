// NEON, which every 64-bit ARM has: sixteen octets at a time, and a shuffle of octets.
#define TUNPPP_TARGET
#include "hdlc/fcs.h"
#include "hdlc/kernels/neon_vector.h"
#include "hdlc/kernels/sets.h"
#include "hdlc/kernels/slicing.h"
#include "hdlc/kernels/sparse_fcs.h"

namespace tunppp::hdlc::kernels {
namespace {

std::uint16_t fcs16(std::uint16_t fcs, const std::byte* in, std::size_t size) {
  if (size >= 160) return sparse_fcs16<NeonWord>(fcs, in, size);
  if (size >= 2 * sizeof(std::uint64_t))
    return sparse_fcs16<IntegerWord<std::uint64_t>>(fcs, in, size);
  for (std::size_t i = 0; i < size; ++i) fcs = fcs16_octet(fcs, in[i]);
  return fcs;
}

bool usable() {
  return true;
}

}  // namespace

const Kernels neon = {
    "neon",
    usable,
    fcs16,
    sliced_fcs32<std::uint64_t>,
    {stuff<MapKind::none>, stuff<MapKind::all>, stuff<MapKind::general>},
    {check_and_stuff<fcs16, stuff<MapKind::none>>, check_and_stuff<fcs16, stuff<MapKind::all>>,
     check_and_stuff<fcs16, stuff<MapKind::general>>},
    {unstuff<MapKind::none>, unstuff<MapKind::all>, unstuff<MapKind::general>},
};

}  // namespace tunppp::hdlc::kernels
