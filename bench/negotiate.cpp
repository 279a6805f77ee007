// How long it takes to come to an address, in virtual time, beside the least that the protocols
// allow; then how many negotiations a core does, and the memory a link takes.
// tunppp_negotiate [--table-only] [options of Google Benchmark]
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <malloc.h>

#include <cstdlib>
#include <cstring>
#include <new>

#include "negotiation.h"

namespace {

/// Octets that operator new has given out and not taken back, as malloc accounts for them.
std::size_t heap = 0;

void* counted(void* memory) {
  if (memory == nullptr) std::abort();
  heap += malloc_usable_size(memory);
  return memory;
}
void give_back(void* memory) {
  if (memory != nullptr) heap -= malloc_usable_size(memory);
  std::free(memory);
}

}  // namespace

void* operator new(std::size_t size) {
  return counted(std::malloc(size == 0 ? 1 : size));
}
void* operator new[](std::size_t size) {
  return counted(std::malloc(size == 0 ? 1 : size));
}
void operator delete(void* memory) noexcept {
  give_back(memory);
}
void operator delete[](void* memory) noexcept {
  give_back(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  give_back(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
  give_back(memory);
}

namespace tunppp::bench {
namespace {

using std::chrono::milliseconds;

double to_milliseconds(Duration duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

/// True if every scenario takes the least on every line.
bool print_round_trips() {
  bool least_everywhere = true;
  fmt::print(
      "| to an address | round trips | least | which is | 10 ms | 50 ms | 200 ms | 600 ms |\n"
      "|---|---:|---:|---|---:|---:|---:|---:|\n");
  for (const Scenario& scenario : scenarios()) {
    const Outcome first = run(scenario, milliseconds(10));
    fmt::print("| {} | {} | {} | {} |", scenario.name, first.round_trips, scenario.least,
               scenario.why);
    for (int round_trip : {10, 50, 200, 600}) {
      const Outcome outcome = run(scenario, milliseconds(round_trip));
      least_everywhere &= outcome.up && outcome.round_trips == scenario.least;
      fmt::print(" {} |",
                 outcome.up ? fmt::format("{} ms", to_milliseconds(outcome.time)) : "never");
    }
    fmt::print("\n");
  }
  fmt::print("\n");
  return least_everywhere;
}

/// A client and its server, mouth to ear.
struct Couple {
  Couple(AuthMethod method, bool authenticate, std::uint64_t seed)
      : client(client_config({method}), seed * 2),
        server(server_config(authenticate ? std::vector{method} : std::vector<AuthMethod>{}),
               seed * 2 + 1) {}

  void start(Instant now) {
    client.start(now);
    server.start(now);
  }
  /// One exchange; false when both are up, or nothing is left to be said.
  bool go_on(Instant now) {
    const bool heard = client.hear(now, server);
    return server.hear(now, client) || heard;
  }
  bool up() const { return client.ipv4_up() && server.ipv4_up(); }

  LinkEnd client;
  LinkEnd server;
};

/// One negotiation after the other; both ends of it are counted as one.
void alone(benchmark::State& state, AuthMethod method, bool authenticate) {
  std::uint64_t seed = 0;
  for (auto _ : state) {
    Couple couple(method, authenticate, ++seed);
    couple.start(Instant{});
    while (couple.go_on(Instant{})) {
    }
    if (!couple.up()) return state.SkipWithError("does not come up");
  }
  state.SetItemsProcessed(state.iterations());
}

/// 10,000 links of one process negotiate side by side, each exchange of one after that of another.
void among_many(benchmark::State& state, AuthMethod method, bool authenticate) {
  const auto couples_count = static_cast<std::size_t>(state.range(0)) / 2;
  for (auto _ : state) {
    state.PauseTiming();
    std::vector<std::unique_ptr<Couple>> couples;
    for (std::size_t i = 0; i < couples_count; ++i) {
      couples.push_back(std::make_unique<Couple>(method, authenticate, i));
    }
    state.ResumeTiming();
    for (auto& couple : couples) couple->start(Instant{});
    for (bool busy = true; busy;) {
      busy = false;
      for (auto& couple : couples) busy |= couple->go_on(Instant{});
    }
    for (auto& couple : couples) {
      if (!couple->up()) return state.SkipWithError("does not come up");
    }
    state.PauseTiming();
    couples.clear();
    state.ResumeTiming();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(couples_count));
}

struct Method {
  const char* name;
  AuthMethod method;
  bool authenticate;
};
constexpr Method methods[] = {{"none", AuthMethod::pap, false},
                              {"pap", AuthMethod::pap, true},
                              {"chap-md5", AuthMethod::chap_md5, true},
                              {"mschap-v2", AuthMethod::mschap_v2, true},
                              {"eap-md5", AuthMethod::eap_md5, true}};

void print_memory() {
  fmt::print("\n| heap, octets a link | closed | up |\n|---|---:|---:|\n");
  for (bool small : {false, true}) {
    LinkConfig client = client_config({AuthMethod::pap});
    LinkConfig server = server_config({});
    for (LinkConfig* config : {&client, &server}) {
      if (small) config->transmit_capacity = 8192, config->receive_slots = 1;
    }
    const std::size_t before = heap;
    auto one = std::make_unique<LinkEnd>(client, 1);
    const std::size_t closed = heap - before;
    LinkEnd other(server, 2);
    const std::size_t with_other = heap;
    one->start(Instant{});
    const std::size_t started = heap;
    other.start(Instant{});
    while (one->hear(Instant{}, other) || other.hear(Instant{}, *one)) {
    }
    // What both have taken to come up, shared fairly.
    const std::size_t grown = (heap - started) / 2 + (started - with_other);
    fmt::print("| {} | {} | {} |\n",
               small ? "transmit_capacity 8192, receive_slots 1" : "as configured by default",
               closed, closed + grown);
  }
}

}  // namespace
}  // namespace tunppp::bench

int main(int argc, char** argv) {
  using namespace tunppp::bench;
  const bool least = print_round_trips();
  if (argc == 2 && std::strcmp(argv[1], "--table-only") == 0) return least ? 0 : 1;
  for (const Method& each : methods) {
    benchmark::RegisterBenchmark((std::string("alone/") + each.name).c_str(), alone, each.method,
                                 each.authenticate);
    benchmark::RegisterBenchmark((std::string("among/") + each.name).c_str(), among_many,
                                 each.method, each.authenticate)
        ->Arg(10000)
        ->Unit(benchmark::kMillisecond);
  }
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  print_memory();
  return least ? 0 : 1;
}
