// A scenario that a user has written: it is one, and the emulated modem plays it for a while; or a
// sentence with the file's name says what is wrong.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "sim/scenario_toml.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tunppp;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto options = sim::parse_scenario(text, "f");
  if (!options) {
    if (!options.failure().text.starts_with("f:")) std::abort();
    return 0;
  }
  if (!options->model || options->scenario.size() > sim::max_scenario_events) std::abort();
  for (const sim::ScenarioEvent& event : options->scenario)
    if (event.text.size() > sim::max_scenario_text) std::abort();

  Instant now{};
  sim::ModemEmulator modem(*options);
  modem.power_on(now);
  for (int i = 0; i < 50; ++i) {
    constexpr std::string_view dial = "AT\rATD*99#\r";
    if (i % 10 == 0) modem.receive_from_host(now, std::as_bytes(std::span(dial)));
    while (modem.poll_event()) {
    }
    modem.written_to_host(modem.poll_to_host().size());
    modem.written_to_network(modem.poll_to_network().size());
    const auto next = modem.next_timeout();
    if (!next) break;
    now = std::max(now, *next);
    modem.handle_timeout(now);
  }
  return 0;
}
