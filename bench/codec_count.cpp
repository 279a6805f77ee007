// Runs one operation of one kernel so many times, for a counter of instructions:
//   codec_count OPERATION KERNEL DATA SIZE ROUNDS      encode, decode or fcs16
// Counts of two numbers of rounds, subtracted, are those of the rounds alone. Prints how many
// octets of packets one round takes, or with no arguments the names of the kernels.
#include "data.h"
#include "hdlc/deframer.h"
#include "hdlc/framer.h"
#include "hdlc/header.h"

#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace tunppp::bench {
namespace {

constexpr std::size_t packets_of_a_round = 64;

struct Ignoring {
  bool frame(MutableBytes) { return true; }
  void dropped(hdlc::Drop, Bytes) { std::abort(); }
};

void encode(const hdlc::Kernels& kernels, const Packets& packets, hdlc::Accm accm, int rounds) {
  hdlc::Framer framer(kernels);
  framer.set_accm(accm);
  const hdlc::EncodedHeader header = hdlc::encode_header(0x0021, false, false);
  std::vector<std::byte> out(hdlc::Framer::max_encoded_size(2048));
  for (; rounds > 0; --rounds)
    for (Bytes packet : packets.packets) framer.encode(header.bytes(), packet, out);
}

void decode(const hdlc::Kernels& kernels, const Packets& packets, hdlc::Accm accm, int rounds) {
  const std::vector<std::byte> line = encode_all(packets, accm);
  std::vector<std::byte> room(2048 + hdlc::slack);
  hdlc::Deframer deframer(kernels);
  deframer.set_buffer(room);
  deframer.set_receive_accm(accm);
  for (; rounds > 0; --rounds) deframer.receive(line, Ignoring());
}

void fcs16(const hdlc::Kernels& kernels, const Packets& packets, int rounds) {
  volatile std::uint16_t seen = 0;
  for (; rounds > 0; --rounds)
    for (Bytes packet : packets.packets)
      seen = kernels.fcs16(hdlc::fcs16_initial, packet.data(), packet.size());
}

int run(char** argv) {
  const std::string_view operation = argv[1];
  const hdlc::KernelSelection selection = hdlc::select_kernels(argv[2]);
  const DataSet* set = nullptr;
  for (const DataSet& each : data_sets())
    if (each.name == argv[3]) set = &each;
  if (!selection.kernels || !set) {
    std::fprintf(stderr, "codec_count: %s\n", set ? selection.error.c_str() : "no such data");
    return 2;
  }
  const Packets packets =
      set->make(static_cast<std::size_t>(std::atoi(argv[4])), packets_of_a_round);
  const int rounds = std::atoi(argv[5]);
  if (operation == "encode") encode(*selection.kernels, packets, set->accm, rounds);
  if (operation == "decode") decode(*selection.kernels, packets, set->accm, rounds);
  if (operation == "fcs16") fcs16(*selection.kernels, packets, rounds);
  std::printf("%zu\n", packets.octets.size());
  return 0;
}

}  // namespace
}  // namespace tunppp::bench

int main(int argc, char** argv) {
  if (argc == 6) return tunppp::bench::run(argv);
  for (const tunppp::hdlc::Kernels* kernels : tunppp::hdlc::all_kernels())
    if (kernels->usable()) std::printf("%s\n", std::string(kernels->name).c_str());
  return 0;
}
