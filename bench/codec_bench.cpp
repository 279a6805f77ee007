// The codec, kernel by kernel: encode/KERNEL/DATA/SIZE, decode/KERNEL/DATA/SIZE, fcs16/KERNEL/SIZE,
// fcs32/KERNEL/SIZE. Besides the kernels there is `memcpy`, which moves the same octets and does
// nothing else. Bytes are those of the packets, not of the line.
#include "data.h"
#include "hdlc/deframer.h"
#include "hdlc/framer.h"
#include "hdlc/header.h"

#include <benchmark/benchmark.h>

#include <cstring>
#include <memory>
#include <string>

namespace tunppp::bench {
namespace {

constexpr std::size_t sizes[] = {64, 576, 1500};
constexpr std::size_t largest = 1504 + 4;

/// Data is made when its first benchmark runs, and kept.
struct Material {
  const DataSet* set;
  std::size_t size;
  Packets packets{};
  std::vector<std::byte> line{};

  void prepare() {
    if (!packets.packets.empty()) return;
    packets = set->make(size, packet_count);
    line = encode_all(packets, set->accm);
  }
};
using SharedMaterial = std::shared_ptr<Material>;

void count(benchmark::State& state, std::size_t octets, std::size_t packets) {
  state.SetBytesProcessed(static_cast<std::int64_t>(octets));
  state.counters["packets"] =
      benchmark::Counter(static_cast<double>(packets), benchmark::Counter::kIsRate);
}

template <class Encode>
void each_packet(benchmark::State& state, const Packets& packets, Encode encode) {
  std::size_t octets = 0;
  std::size_t at = 0;
  std::size_t done = 0;
  for (auto _ : state) {
    const Bytes packet = packets.packets[at];
    encode(packet);
    octets += packet.size();
    ++done;
    if (++at == packets.packets.size()) at = 0;
  }
  count(state, octets, done);
}

void encode(benchmark::State& state, const hdlc::Kernels* kernels, const SharedMaterial& material) {
  material->prepare();
  std::vector<std::byte> out(hdlc::Framer::max_encoded_size(largest));
  if (!kernels) {
    each_packet(state, material->packets, [&](Bytes packet) {
      std::memcpy(out.data(), packet.data(), packet.size());
      benchmark::ClobberMemory();
    });
    return;
  }
  hdlc::Framer framer(*kernels);
  framer.set_accm(material->set->accm);
  const hdlc::EncodedHeader header = hdlc::encode_header(0x0021, false, false);
  each_packet(state, material->packets, [&](Bytes packet) {
    benchmark::DoNotOptimize(framer.encode(header.bytes(), packet, out));
    benchmark::ClobberMemory();
  });
}

struct Counting {
  bool frame(MutableBytes content) {
    frames += 1;
    octets += content.size() - 4;
    return true;
  }
  void dropped(hdlc::Drop, Bytes) { ++drops; }

  std::size_t frames = 0;
  std::size_t octets = 0;
  std::size_t drops = 0;
};

/// The whole line again and again, `piece` octets at a time.
void decode(benchmark::State& state, const hdlc::Kernels* kernels, const SharedMaterial& material,
            std::size_t piece) {
  material->prepare();
  const Bytes line(material->line);
  std::vector<std::byte> room(largest + hdlc::slack + piece);
  Counting sink;
  hdlc::Deframer deframer(kernels ? *kernels : hdlc::active_kernels());
  deframer.set_buffer(room);
  deframer.set_receive_accm(material->set->accm);
  for (auto _ : state) {
    for (std::size_t at = 0; at < line.size(); at += piece) {
      const Bytes in = line.subspan(at, std::min(piece, line.size() - at));
      if (kernels) {
        deframer.receive(in, sink);
      } else {
        std::memcpy(room.data(), in.data(), in.size());
        benchmark::ClobberMemory();
      }
    }
    if (!kernels) {
      sink.frames += packet_count;
      sink.octets += material->packets.octets.size();
    }
  }
  const auto rounds = static_cast<std::size_t>(state.iterations());
  if (sink.drops != 0 || sink.frames != rounds * packet_count) state.SkipWithError("frames lost");
  count(state, sink.octets, sink.frames);
}

template <class Fcs, class Value>
void check(benchmark::State& state, Fcs fcs, Value initial, const SharedMaterial& material) {
  material->prepare();
  each_packet(state, material->packets, [&](Bytes packet) {
    benchmark::DoNotOptimize(fcs(initial, packet.data(), packet.size()));
  });
}

std::vector<const hdlc::Kernels*> contestants() {
  std::vector<const hdlc::Kernels*> all;
  for (const hdlc::Kernels* kernels : hdlc::all_kernels())
    if (kernels->usable()) all.push_back(kernels);
  all.push_back(nullptr);  // memcpy
  return all;
}

template <class Function, class... Arguments>
void add(const std::string& name, Function function, Arguments... arguments) {
  benchmark::RegisterBenchmark(name.c_str(), function, arguments...);
}

void add_data_set(const DataSet& set, std::size_t size) {
  const auto material = std::make_shared<Material>(Material{&set, size});
  const std::string data = std::string(set.name) + "/" + (set.sized ? std::to_string(size) : "mix");
  for (const hdlc::Kernels* kernels : contestants()) {
    const std::string name(kernels ? kernels->name : "memcpy");
    add("encode/" + name + "/" + data, encode, kernels, material);
    add("decode/" + name + "/" + data, decode, kernels, material, std::size_t{4096});
    if (set.name != "random-accm0" || size != 1500) continue;
    add("decode-by-64/" + name + "/" + data, decode, kernels, material, std::size_t{64});
    add("decode-by-1/" + name + "/" + data, decode, kernels, material, std::size_t{1});
  }
}

void add_checks(const DataSet& set, std::size_t size) {
  const auto material = std::make_shared<Material>(Material{&set, size});
  for (const hdlc::Kernels* kernels : contestants()) {
    if (!kernels) continue;
    const std::string rest = std::string(kernels->name) + "/" + std::to_string(size);
    add("fcs16/" + rest, [=](benchmark::State& state) {
      check(state, kernels->fcs16, hdlc::fcs16_initial, material);
    });
    add("fcs32/" + rest, [=](benchmark::State& state) {
      check(state, kernels->fcs32, hdlc::fcs32_initial, material);
    });
  }
}

void add_all() {
  for (const DataSet& set : data_sets()) {
    if (!set.sized)
      add_data_set(set, 0);
    else
      for (std::size_t size : sizes) add_data_set(set, size);
  }
  for (std::size_t size : sizes) add_checks(data_sets().front(), size);
}

}  // namespace
}  // namespace tunppp::bench

int main(int argc, char** argv) {
  tunppp::bench::add_all();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
