// A whole link against a line, a peer, an owner and a clock that are all played from the input. The
// first octets choose the configuration.
#include <optional>
#include <variant>

#include "link_fuzz.h"

namespace tunppp::fuzz {
namespace {

constexpr std::uint16_t protocols[] = {0xc021, 0x8021, 0xc023, 0xc223, 0x0021, 0x8057, 0x00fd, 0xc025};

LinkConfig configuration(Input& input) {
  const unsigned choice = input.octet();
  const unsigned more = input.octet();
  LinkConfig config;
  if (choice & 1) config.ipcp.local = {{10, 0, 0, 1}};
  if (choice & 2) config.ipcp.remote = {{10, 0, 0, 2}};
  if (choice & 4) config.auth.require = {AuthMethod::chap_md5, AuthMethod::pap};
  if (choice & 8) config.auth.password = Secret("secret");
  if (choice & 16) config.lcp.echo_interval = std::chrono::seconds(7);
  if (choice & 32) config.lcp.passive = true;
  if (choice & 64) config.lcp.mru = 296;
  if (choice & 128) config.lcp.accept_all_controls = true;
  config.receive_slots = 1 + (more & 7);
  if (more & 8) config.transmit_capacity = 0;
  if (more & 16) config.auth.user = "us";
  if (more & 32) {
    config.lcp.fcs = FrameCheck::fcs32;
    config.lcp.quality.report_interval = std::chrono::seconds(1);
    config.lcp.quality.close_when_bad = (choice & 32) != 0;
  }
  if (more & 64) {
    config.lcp.fcs = FrameCheck::none;
    config.lcp.identification = "fuzzed";
    config.lcp.session_limit = std::chrono::seconds(90);
  }
  if (more & 128) config.lcp.silent = true;
  return config;
}

class Sequence {
 public:
  explicit Sequence(Input input) : input_(input), link_(configuration(input_), entropy_) {}

  void run() {
    while (!input_.empty()) {
      step();
      check();
    }
    // Whatever it was: with nobody there any more a closed link ends.
    link_.close(now_);
    drain();
    now_ += std::chrono::seconds(60);
    for (int i = 0; i < 100 && link_.next_timeout(); ++i) {
      now_ = std::max(now_, *link_.next_timeout());
      link_.handle_timeout(now_);
      drain();
    }
    require(!link_.next_timeout(), "a closed link has no timers");
    require(link_.phase() == Phase::dead, "and is dead");
    require(!open_, "and has said so");
  }

 private:
  void step() {
    switch (input_.octet() % 16) {
      case 0: receive(input_.counted()); break;
      case 1:
      case 2: {
        const std::uint16_t number = protocol();
        receive(frame(number, input_.counted()));
        break;
      }
      case 3:
      case 4:
      case 5: {
        const std::uint16_t number = protocol();
        const unsigned code = input_.octet() % 14;
        const unsigned identifier = input_.octet();
        receive(frame(number, packet(code, identifier, input_.counted())));
        break;
      }
      case 6:  // the right Ack to the last request of a protocol
        acknowledge();
        break;
      case 7: {  // a Nak or Reject of it
        const Request& request = requests_[input_.octet() % 2];
        const unsigned code = 3 + input_.octet() % 2;
        receive(frame(request.protocol, packet(code, request.identifier, input_.counted())));
        break;
      }
      case 8: now_ += std::chrono::milliseconds(input_.number()); [[fallthrough]];
      case 9: handle_timeout(); break;
      case 10: {
        const std::vector<std::byte> data(input_.number() % 2000, std::byte{0x7e});
        send(data);
        break;
      }
      case 11:
        switch (input_.octet() % 5) {
          case 4: link_.renegotiate(now_); break;
          case 0:
            drain();
            link_.open(now_);
            open_ = true;
            break;
          case 1: link_.close(now_); break;
          case 2: link_.line_up(first_line, now_); break;
          default: link_.line_down(first_line, now_); break;
        }
        break;
      case 12: take(input_.number()); break;
      case 13:  // the line echoes
        echo();
        break;
      case 14: answer(); break;
      default: drain(); break;
    }
  }

  std::uint16_t protocol() { return protocols[input_.octet() % std::size(protocols)]; }

  void receive(Bytes octets) {
    const std::vector<std::byte> own(octets.begin(), octets.end());  // a load too far is seen
    Bytes rest = own;
    for (int stuck = 0; !rest.empty(); ++stuck) {
      require(stuck < 4, "receive() takes something once everything was polled");
      const std::size_t taken = link_.receive(first_line, now_, rest);
      require(taken <= rest.size(), "no more is taken than was given");
      rest = rest.subspan(taken);
      if (taken > 0) stuck = 0;
      drain();
    }
  }

  void handle_timeout() {
    link_.handle_timeout(now_);
    require(!link_.next_timeout() || *link_.next_timeout() > now_, "the next timeout lies ahead");
  }

  void send(Bytes data) {
    const bool promised = link_.can_send();
    const auto mtu = link_.mtu();
    const SendResult result = link_.send(now_, NetworkProtocol::ipv4, data);
    if (mtu == 0 || data.empty() || data.size() > mtu) {
      require(result == SendResult::closed, "what is too large or too early is refused");
    } else {
      require(!promised || result == SendResult::accepted, "can_send() is a promise");
    }
  }

  void acknowledge() {
    const Request& request = requests_[input_.octet() % 2];
    receive(frame(request.protocol, packet(2, request.identifier, Bytes(request.options))));
  }

  void echo() {
    const Bytes pending = link_.poll_transmit();
    const std::vector<std::byte> copy(pending.begin(), pending.end());
    link_.transmitted(copy.size());
    receive(copy);
  }

  void answer() {
    if (!question_) return;
    if (input_.octet() % 4 == 0) {
      link_.refuse_secret(now_, question_->token);
    } else {
      link_.provide_secret(now_, question_->token, Secret("secret"));
    }
    question_.reset();
  }

  void take(std::size_t count) {
    const std::size_t pending = link_.transmit_pending();
    require(link_.poll_transmit().size() == pending, "what waits can be polled");
    require(pending <= 16 * 1024, "no more waits than was allowed");
    link_.transmitted(std::min(count, pending));
  }

  void drain() {
    int events = 0;
    while (const auto event = link_.poll_event()) {
      require(++events < 300, "events come to an end");
      hear(*event);
    }
    while (const auto packet = link_.poll_packet()) {
      require(!packet->data.empty(), "no packet is empty");
      std::fill(packet->data.data() - 64, packet->data.data() + packet->data.size() + 64,
                std::byte{0xee});
    }
    // Requests of ours that wait for the line, so that they can be acknowledged.
    remember(link_.poll_transmit());
  }

  void hear(const Event& event) {
    require(open_, "nothing follows the end");
    if (std::holds_alternative<Ipv4Up>(event)) {
      require(!up_, "up only after down");
      up_ = true;
      const auto& told = std::get<Ipv4Up>(event);
      require(!told.local.is_unspecified() && told.local != told.remote, "two ends, two addresses");
      require(told.mtu >= 128, "and room for packets");
    } else if (std::holds_alternative<Ipv4Down>(event)) {
      require(up_, "down only after up");
      up_ = false;
    } else if (const auto* end = std::get_if<LinkEnded>(&event)) {
      require(!up_, "down before the end");
      require(!end->text.empty(), "an end has words");
      open_ = false;
    } else if (const auto* question = std::get_if<SecretWanted>(&event)) {
      question_ = *question;
    }
  }

  /// Finds Configure-Requests in what is sent; every LCP frame is escaped as by default.
  void remember(Bytes octets) {
    std::vector<std::byte> content;
    bool escaped = false;
    for (std::byte octet : octets) {
      if (octet == std::byte{0x7e}) {
        if (content.size() > 10) remember_frame(content);
        content.clear();
      } else if (octet == std::byte{0x7d}) {
        escaped = true;
      } else {
        content.push_back(escaped ? octet ^ std::byte{0x20} : octet);
        escaped = false;
      }
    }
  }
  void remember_frame(const std::vector<std::byte>& content) {
    const auto header = hdlc::parse_header(content);
    if (!header || content.size() < header->size + 6) return;  // the line took the front of it
    const Bytes information =
        Bytes(content).subspan(header->size, content.size() - header->size - 2);
    for (Request& request : requests_) {
      if (request.protocol != header->protocol || information.size() < 4) continue;
      if (information[0] != std::byte{1}) continue;
      request.identifier = std::to_integer<unsigned>(information[1]);
      request.options.assign(information.begin() + 4, information.end());
    }
  }

  void check() {
    require(link_.mtu() == 0 || link_.phase() == Phase::network, "packets pass in Network only");
    require(link_.pending().size() <= 1600, "what is pending is part of a frame");
  }

  struct Request {
    std::uint16_t protocol;
    unsigned identifier = 0;
    std::vector<std::byte> options{};
  };

  Input input_;
  CountingEntropy entropy_;
  Link link_;
  Instant now_{};
  bool open_ = false;
  bool up_ = false;
  std::optional<SecretWanted> question_;
  Request requests_[2] = {{0xc021}, {0x8021}};
};

}  // namespace
}  // namespace tunppp::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tunppp::fuzz;
  Sequence(Input(std::as_bytes(std::span(data, size)))).run();
  return 0;
}
