// The control channel: messages, their answers, and what waits for one.
#include "modem/cmux/muxer.h"

#include <algorithm>

namespace tunppp::modem::cmux {
namespace {

constexpr std::size_t longest_message = 256;

std::uint8_t number(std::byte octet) {
  return std::to_integer<std::uint8_t>(octet);
}

/// As MSC, RPN and RLS name a channel.
std::byte address_octet(std::uint8_t dlci) {
  return static_cast<std::byte>(dlci << 2 | 3);
}

}  // namespace

void Muxer::message_in(Instant now, const ControlMessage& message) {
  if (!message.command) return answer_in(now, message);
  if (is_own_echo(message)) return end(End::silent);  // only a modem in command mode says so
  if (static_cast<ControlType>(message.type) == ControlType::parameters)
    return parameters_in(now, message);
  command_in(message);
}

void Muxer::command_in(const ControlMessage& message) {
  switch (static_cast<ControlType>(message.type)) {
    case ControlType::close_down:
      answer(message);
      return end(End::by_peer);
    case ControlType::flow_on:
    case ControlType::flow_off:
      held_ = static_cast<ControlType>(message.type) == ControlType::flow_off;
      return answer(message);
    case ControlType::modem_status: {
      if (message.value.size() < 2) return;
      const auto dlci = static_cast<std::uint8_t>(number(message.value[0]) >> 2);
      if (known(dlci)) at(dlci).peer_signals = number(message.value[1]) & ~1U & 0xff;
      return answer(message);
    }
    case ControlType::port:
      return port_in(message);
    case ControlType::power_saving:
      falls_asleep_ = true;
      return answer(message);
    case ControlType::test:
    case ControlType::line_status:
      return answer(message);
    case ControlType::not_supported:
      return;
    case ControlType::parameters:
      return;                   // see parameters_in()
    case ControlType::service:  // there is none but data, and nothing to choose
    default:
      return answer_not_supported(message.type);
  }
}

/// Clause 5.4.6.3.8: the type that is not supported, with its C/R bit.
void Muxer::answer_not_supported(std::uint8_t type) {
  const std::array value{static_cast<std::byte>(type << 2 | 3)};
  answer(static_cast<std::uint8_t>(ControlType::not_supported), value);
}

void Muxer::parameters_in(Instant, const ControlMessage& message) {
  auto parameters = parse_parameters(message.value);
  if (!parameters || parameters->dlci == 0) return;
  if (!known(parameters->dlci)) return send_frame(parameters->dlci, FrameType::dm, false);
  // Clause 5.4.6.3.1: the answer may ask for less, never for more; we have nothing but UIH.
  parameters->frame_type = 0;
  parameters->window = 0;
  const std::size_t asked = std::max<std::size_t>(parameters->frame_size, 1);
  at(parameters->dlci).frame_size = std::min(asked, options_.frame_size);
  parameters->frame_size = static_cast<std::uint16_t>(at(parameters->dlci).frame_size);
  std::array<std::byte, channel_parameters_size> value{};
  write_parameters(*parameters, value);
  answer(message.type, value);
}

/// There is no port behind a channel that could be set to another speed: whatever the peer wants is
/// as good; to a question the answer is 115200 8N1 (clause 5.4.6.3.9).
void Muxer::port_in(const ControlMessage& message) {
  if (message.value.size() != 1) return answer(message);
  const std::array value{message.value[0], std::byte{0x07}, std::byte{0x03}, std::byte{0},
                         std::byte{0x11},  std::byte{0x13}, std::byte{0},    std::byte{0}};
  answer(message.type, value);
}

void Muxer::answer_in(Instant now, const ControlMessage& message) {
  const auto type = static_cast<ControlType>(message.type);
  if (type == ControlType::not_supported) {
    if (message.value.empty()) return;
    const auto refused = static_cast<ControlType>(number(message.value[0]) >> 2);
    for (Pending& pending : pending_)
      if (pending.deadline && pending.type == refused) {
        pending.deadline.reset();
        if (refused == ControlType::test)
          echoed(now);  // in its way
        else
          given_up(now, pending);
      }
    return;
  }
  for (Pending& pending : pending_) {
    if (!pending.deadline || pending.type != type) continue;
    if (pending.dlci != 0) {
      if (message.value.empty()) continue;
      const std::uint8_t first = number(message.value[0]);
      const unsigned dlci = type == ControlType::parameters ? first & 0x3fU : first >> 2;
      if (dlci != pending.dlci) continue;
    }
    pending.deadline.reset();
    if (type == ControlType::close_down) return end(End::by_us);
    if (type == ControlType::test) echoed(now);
    if (type != ControlType::parameters) return;
    if (const auto agreed = parse_parameters(message.value)) {
      const std::size_t size = std::max<std::size_t>(agreed->frame_size, 1);
      at(pending.dlci).frame_size = std::min(size, options_.frame_size);
    }
    return given_up(now, pending);  // goes on with SABM
  }
}

void Muxer::send_signals(Instant now, std::uint8_t dlci) {
  const Channel& channel = at(dlci);
  const std::array value{
      address_octet(dlci),
      static_cast<std::byte>(channel.signals | (channel.throttled ? signal::flow : 0) | 1)};
  ask(now, ControlType::modem_status, dlci, value);
}

/// One message of each type is under way for a channel; a newer one takes its place.
void Muxer::ask(Instant now, ControlType type, std::uint8_t dlci, Bytes value, Patience patience) {
  const auto same = [&](const Pending& pending) {
    return pending.deadline && pending.type == type && pending.dlci == dlci;
  };
  auto place = std::find_if(pending_.begin(), pending_.end(), same);
  if (place == pending_.end())
    place = std::find_if(pending_.begin(), pending_.end(),
                         [](const Pending& pending) { return !pending.deadline; });
  if (place == pending_.end() || value.size() > place->value.size()) {
    ++dropped_;
    return;
  }
  place->type = type;
  place->dlci = dlci;
  place->size = value.size();
  place->tries_left = patience.retries;
  place->patience = patience.each;
  std::copy(value.begin(), value.end(), place->value.begin());
  send_pending(now, *place);
}

void Muxer::send_pending(Instant now, Pending& pending) {
  pending.deadline = now + pending.patience;
  send_message({.type = static_cast<std::uint8_t>(pending.type),
                .command = true,
                .value = Bytes(pending.value).first(pending.size)});
}

void Muxer::answer(std::uint8_t type, Bytes value) {
  send_message({.type = type, .command = false, .value = value});
}

void Muxer::send_message(const ControlMessage& message) {
  std::array<std::byte, longest_message + 4> octets{};
  if (message.value.size() > longest_message) {
    ++dropped_;
    return;
  }
  const std::size_t size = write_message(message, octets);
  send_frame(0, FrameType::uih, true, Bytes(octets).first(size));
}

void Muxer::given_up(Instant now, Pending& pending) {
  if (pending.type == ControlType::close_down) return end(End::by_us);
  if (pending.type == ControlType::test) return echo_given_up(now);
  if (pending.type != ControlType::parameters) return;
  at(pending.dlci).negotiated = true;  // it does not know PN: our own have to do
  if (at(pending.dlci).state == State::opening) begin_open(now, pending.dlci);
}

void Muxer::ask_parameters(Instant now, std::uint8_t dlci, int retries) {
  std::array<std::byte, channel_parameters_size> value{};
  write_parameters({.dlci = dlci,
                    .t1 = static_cast<std::uint8_t>(options_.t1 / std::chrono::milliseconds(10)),
                    .frame_size = static_cast<std::uint16_t>(options_.frame_size),
                    .retries = static_cast<std::uint8_t>(options_.retries)},
                   value);
  ask(now, ControlType::parameters, dlci, value, {options_.t2, retries});
}

bool Muxer::is_pending(ControlType type, std::uint8_t dlci) const {
  return std::any_of(pending_.begin(), pending_.end(), [=](const Pending& pending) {
    return pending.deadline && pending.type == type && pending.dlci == dlci;
  });
}

}  // namespace tunppp::modem::cmux
