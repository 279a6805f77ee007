#include "detect/guess.h"

#include <algorithm>
#include <numeric>

namespace tunppp::detect {

bool is_guessed(const ModemDevice& modem) {
  return std::any_of(modem.ports.begin(), modem.ports.end(),
                     [](const Port& port) { return port.interface.role.guess; }) &&
         (!modem.ppp || modem.ppp_port()->interface.role.guess);
}

std::vector<std::size_t> likeliest_first(const ModemDevice& modem) {
  std::vector<std::size_t> order(modem.ports.size());
  std::iota(order.begin(), order.end(), 0);
  const auto rank = [&](std::size_t i) {
    if (modem.ppp && modem.ppp->index == i) return 0;
    return modem.ports[i].interface.interrupt_endpoint ? 1 : 2;
  };
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return rank(a) < rank(b); });
  return order;
}

}  // namespace tunppp::detect
