// Two PPP endpoints in one process, joined by two in-memory pipes: they negotiate, then one sends
// a packet to the other. The clock is a number; nothing here touches the operating system but the
// last line's output.
#include <tunppp/link.h>

#include <cstdio>
#include <random>
#include <variant>

struct Dice : tunppp::Entropy {  // for real use: getrandom(2)
  std::mt19937 generator{1};
  void fill(tunppp::MutableBytes out) override {
    for (std::byte& octet : out) octet = static_cast<std::byte>(generator());
  }
};

bool up(tunppp::Link& link, const char* name) {
  while (const auto event = link.poll_event()) {
    const auto* ipv4 = std::get_if<tunppp::Ipv4Up>(&*event);
    if (ipv4 == nullptr) continue;
    std::printf("%s is %s\n", name, to_string(ipv4->local).c_str());
    return true;
  }
  return false;
}

void carry(tunppp::Link& from, tunppp::Link& to, tunppp::Instant now) {
  from.transmitted(to.receive(tunppp::first_line, now, from.poll_transmit()));
}

int main() {
  Dice dice;
  tunppp::LinkConfig server_config;
  server_config.ipcp.local = {{10, 0, 0, 1}};
  server_config.ipcp.remote = {{10, 0, 0, 2}};
  tunppp::Link server(server_config, dice), client({}, dice);

  const tunppp::Instant now{};  // no time passes: no octet is lost here, so no timer is needed
  for (auto* link : {&server, &client}) link->open(now), link->line_up(tunppp::first_line, now);
  for (int ups = 0; ups < 2; ups += up(server, "server") + up(client, "client")) {
    carry(server, client, now);
    carry(client, server, now);
  }

  const std::byte ping[20]{std::byte{0x45}};
  client.send(now, tunppp::NetworkProtocol::ipv4, ping);
  carry(client, server, now);
  const auto packet = server.poll_packet();
  std::printf("server got %zu octets\n", packet ? packet->data.size() : 0);
  return packet ? 0 : 1;
}
