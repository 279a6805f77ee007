// The deframer, the input cut in any way against the input as a whole. The first octets choose how:
// map, FCS, size of the buffer, seed of the cuts.
#include "hdlc/deframer.h"

#include <cstdlib>
#include <vector>

namespace tunppp::hdlc {
namespace {

struct Setting {
  Accm accm;
  Fcs fcs;
  std::size_t room;
  unsigned seed;
};

/// Everything that the sink was told, as octets.
struct Transcript {
  bool frame(MutableBytes content) {
    add(0xff, content);
    return ++frames % 3 != 0;  // stops now and then, to be called again with the rest
  }
  void dropped(Drop why, Bytes content) { add(static_cast<unsigned>(why), content); }
  void add(unsigned what, Bytes content) {
    text.push_back(static_cast<std::byte>(what));
    text.push_back(static_cast<std::byte>(content.size() >> 8));
    text.push_back(static_cast<std::byte>(content.size() & 0xff));
    text.insert(text.end(), content.begin(), content.end());
  }

  std::vector<std::byte> text{};
  unsigned frames = 0;
};

std::vector<std::byte> run(Bytes in, const Setting& setting, bool cut) {
  // Exactly as large as promised, so that a store too far is seen.
  std::vector<std::byte> room(setting.room + slack);
  Deframer deframer;
  deframer.set_buffer(room);
  deframer.set_receive_accm(setting.accm);
  deframer.set_fcs(setting.fcs);
  Transcript transcript;
  unsigned seed = setting.seed;
  while (!in.empty()) {
    seed = seed * 1664525 + 1013904223;
    const std::size_t most = cut ? 1 + (seed >> 16) % ((seed >> 8 & 7) == 0 ? 200 : 5) : in.size();
    // A copy of its own, so that a load too far is seen.
    const std::vector<std::byte> piece(
        in.begin(), in.begin() + static_cast<std::ptrdiff_t>(std::min(most, in.size())));
    in = in.subspan(deframer.receive(piece, transcript));
  }
  transcript.add(0xfe, deframer.pending());
  return transcript.text;
}

/// Returns whether both told the same.
bool same_however_cut(Bytes in, const Setting& setting) {
  return run(in, setting, true) == run(in, setting, false);
}

}  // namespace
}  // namespace tunppp::hdlc

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace hdlc = tunppp::hdlc;
  if (size < 4) return 0;
  constexpr std::uint32_t maps[] = {0, 0xffffffff, 0x000a0000, 0x80000001};
  constexpr hdlc::Fcs checks[] = {hdlc::Fcs::fcs16, hdlc::Fcs::none, hdlc::Fcs::fcs32,
                                  hdlc::Fcs::fcs16};
  const hdlc::Setting setting{hdlc::Accm(maps[data[0] & 3]), checks[data[0] >> 2 & 3],
                              std::size_t{1} + data[1] * 8u, data[2] * 256u + data[3]};
  const auto in = std::as_bytes(std::span(data, size)).subspan(4);
  if (!hdlc::same_however_cut(in, setting)) std::abort();
  return 0;
}
