// AVX2: thirty-two octets at a time.
#define TUNPPP_TARGET __attribute__((target("avx2,bmi,bmi2,lzcnt,popcnt,pclmul")))
#include "hdlc/fcs.h"
#include "hdlc/kernels/avx2_vector.h"
#include "hdlc/kernels/carryless_sse.h"
#include "hdlc/kernels/sets.h"
#include "hdlc/kernels/slicing.h"
#include "hdlc/kernels/sparse_fcs.h"

namespace tunppp::hdlc::kernels {
namespace {

TUNPPP_TARGET std::uint16_t fcs16(std::uint16_t fcs, const std::byte* in, std::size_t size) {
  if (size >= 256) return sparse_fcs16<Avx2Word>(fcs, in, size);
  if (size >= 160) return sparse_fcs16<SseWord>(fcs, in, size);
  if (size >= 2 * sizeof(std::uint64_t))
    return sparse_fcs16<IntegerWord<std::uint64_t>>(fcs, in, size);
  for (std::size_t i = 0; i < size; ++i) fcs = fcs16_octet(fcs, in[i]);
  return fcs;
}

TUNPPP_TARGET std::uint32_t fcs32(std::uint32_t fcs, const std::byte* in, std::size_t size) {
  return carryless_fcs32(fcs, in, size);
}

template <MapKind kind>
TUNPPP_TARGET std::size_t stuff(const std::byte* in, std::size_t size, std::byte* out,
                                std::uint32_t accm) {
  const std::byte* const end = in + size;
  std::byte* to = out;
  stuff_vectors<Avx2Vector, kind>(in, end, to, accm);
  stuff_vectors<SseVector, kind>(in, end, to, accm);
  return static_cast<std::size_t>(stuff_rest(in, end, size >= 16, to, accm) - out);
}

template <MapKind kind>
TUNPPP_TARGET Unstuffed unstuff(const std::byte* in, std::size_t size, std::byte* out,
                                std::uint32_t accm, bool& escaped) {
  if (size < few) return unstuff_few(in, size, out, accm, escaped);
  Unstuffing at{in, in + size, out, escaped};
  if (unstuff_vectors<Avx2Vector, kind>(at, accm) == Stop::end &&
      unstuff_vectors<SseVector, kind>(at, accm) == Stop::end)
    unstuff_octets(at, at.left(), accm);
  escaped = at.escaped != 0;
  return {static_cast<std::size_t>(at.in - in), static_cast<std::size_t>(at.out - out)};
}

bool usable() {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
         __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("popcnt") &&
         __builtin_cpu_supports("pclmul");
}

}  // namespace

const Kernels avx2 = {
    "avx2",
    usable,
    fcs16,
    fcs32,
    {stuff<MapKind::none>, stuff<MapKind::all>, stuff<MapKind::general>},
    {check_and_stuff<fcs16, stuff<MapKind::none>>, check_and_stuff<fcs16, stuff<MapKind::all>>,
     check_and_stuff<fcs16, stuff<MapKind::general>>},
    {unstuff<MapKind::none>, unstuff<MapKind::all>, unstuff<MapKind::general>},
};

}  // namespace tunppp::hdlc::kernels
