#include "lcp/lcp.h"

#include <algorithm>
#include <utility>

#include "base/protocol.h"
#include "base/reader.h"
#include "base/timer_table.h"

namespace tunppp::lcp {
namespace {

enum class Code : std::uint8_t {  // RFC 1661 sections 5.7 to 5.9
  protocol_reject = 8,
  echo_request = 9,
  echo_reply = 10,
  discard_request = 11,
};

constexpr std::uint16_t least_mru = 128;
/// Requests with our own magic number in a row before the line counts as looped back: twice may be
/// chance or an old frame.
constexpr unsigned loop_limit = 5;

}  // namespace

Lcp::Lcp(const LcpConfig& config, std::vector<AuthProtocol> require, std::vector<AuthProtocol> accept,
         Entropy& entropy, Host& host)
    : ControlProtocol(protocol::lcp, config.restart, host),
      config_(config),
      require_(std::move(require)),
      accept_(std::move(accept)),
      entropy_(entropy),
      lcp_host_(host) {}

void Lcp::begin_negotiation() {
  ours_ = Options{};
  ours_.mru = config_.mru;
  ours_.accm = config_.accm;
  ours_.protocol_field_compression = config_.protocol_field_compression;
  ours_.address_control_compression = config_.address_control_compression;
  if (config_.magic_number) ours_.magic_number = new_magic_number();
  untried_ = require_;
  if (!untried_.empty()) ours_.authentication = untried_.front();
  loops_ = 0;
  failure_.reset();
}

void Lcp::write_options(Writer& out) { write(out, ours_); }

void Lcp::begin_peer_request() { peers_ = Options{}; }

cp::Verdict Lcp::judge(const cp::Option& option, Writer& nak) {
  switch (static_cast<OptionType>(option.type)) {
    case OptionType::mru: return judge_mru(option, nak);
    case OptionType::accm: {
      const auto accm = parse_u32(option);
      if (!accm) return cp::Verdict::reject;
      peers_.accm = *accm;
      return cp::Verdict::ack;
    }
    case OptionType::authentication_protocol: return judge_authentication(option, nak);
    case OptionType::magic_number: return judge_magic_number(option, nak);
    case OptionType::protocol_field_compression:
      if (!option.value.empty() || !config_.protocol_field_compression) return cp::Verdict::reject;
      peers_.protocol_field_compression = true;
      return cp::Verdict::ack;
    case OptionType::address_control_compression:
      if (!option.value.empty() || !config_.address_control_compression) return cp::Verdict::reject;
      peers_.address_control_compression = true;
      return cp::Verdict::ack;
  }
  return cp::Verdict::reject;
}

cp::Verdict Lcp::judge_mru(const cp::Option& option, Writer& nak) {
  const auto mru = parse_u16(option);
  if (!mru) return cp::Verdict::reject;
  if (*mru < least_mru) {
    write_mru(nak, least_mru);
    return cp::Verdict::nak;
  }
  peers_.mru = *mru;
  return cp::Verdict::ack;
}

cp::Verdict Lcp::judge_authentication(const cp::Option& option, Writer& nak) {
  const auto protocol = parse_authentication(option);
  if (protocol && std::find(accept_.begin(), accept_.end(), *protocol) != accept_.end()) {
    peers_.authentication = protocol;
    return cp::Verdict::ack;
  }
  if (accept_.empty()) return cp::Verdict::reject;
  write_authentication(nak, accept_.front());
  return cp::Verdict::nak;
}

cp::Verdict Lcp::judge_magic_number(const cp::Option& option, Writer& nak) {
  const auto magic = parse_u32(option);
  if (!magic) return cp::Verdict::reject;
  // "A Magic-Number of zero is illegal and MUST always be Nak'd" (section 6.4).
  if (*magic != 0 && *magic != ours_.magic_number) {
    loops_ = 0;
    peers_.magic_number = *magic;
    return cp::Verdict::ack;
  }
  if (*magic != 0 && ++loops_ >= loop_limit) fail(EndReason::loopback);
  write_magic_number(nak, new_magic_number());
  return cp::Verdict::nak;
}

void Lcp::judge_absent(Writer&) {}

void Lcp::peer_nak(const cp::Option& option) {
  switch (static_cast<OptionType>(option.type)) {
    case OptionType::mru:
      if (const auto mru = parse_u16(option)) {
        ours_.mru = std::clamp(*mru, least_mru, std::max(config_.mru, default_mru));
      }
      return;
    case OptionType::accm:
      // "the logical union of the peer's and the local map" (RFC 1662 section 7.1)
      if (const auto accm = parse_u32(option)) ours_.accm |= *accm;
      return;
    case OptionType::authentication_protocol:
      if (ours_.authentication) other_authentication(parse_authentication(option));
      return;
    case OptionType::magic_number:
      if (ours_.magic_number != 0) ours_.magic_number = new_magic_number();
      return;
    case OptionType::protocol_field_compression: ours_.protocol_field_compression = false; return;
    case OptionType::address_control_compression: ours_.address_control_compression = false; return;
  }
}

void Lcp::peer_reject(const cp::Option& option) {
  switch (static_cast<OptionType>(option.type)) {
    case OptionType::mru: ours_.mru = default_mru; return;
    case OptionType::accm: ours_.accm = default_accm; return;
    case OptionType::authentication_protocol:
      if (ours_.authentication) fail(EndReason::peer_auth_failed);
      return;
    case OptionType::magic_number:
      // Rejecting our own frames' options is what a loop would do as well.
      if (loops_ > 0) fail(EndReason::loopback);
      ours_.magic_number = 0;
      return;
    case OptionType::protocol_field_compression: ours_.protocol_field_compression = false; return;
    case OptionType::address_control_compression: ours_.address_control_compression = false; return;
  }
}

/// The peer does not want to prove itself the way that was asked for: the one it suggests if that
/// is among ours, else the next of ours.
void Lcp::other_authentication(std::optional<AuthProtocol> suggested) {
  std::erase(untried_, *ours_.authentication);
  if (untried_.empty()) return fail(EndReason::peer_auth_failed);
  const bool wanted =
      suggested && std::find(untried_.begin(), untried_.end(), *suggested) != untried_.end();
  ours_.authentication = wanted ? *suggested : untried_.front();
}

void Lcp::fail(EndReason reason) {
  if (!failure_) failure_ = reason;
  give_up(cp::Finish::no_agreement);
}

std::uint32_t Lcp::new_magic_number() {
  std::array<std::byte, 4> octets{};
  entropy_.fill(octets);
  const std::uint32_t magic = Reader(octets).u32();
  return magic != 0 ? magic : 0x7e7d0001;  // zero is no magic number
}

bool Lcp::handle_code(Instant, const cp::PacketView& packet) {
  switch (static_cast<Code>(packet.code)) {
    case Code::protocol_reject: receive_protocol_reject(packet); return true;
    case Code::echo_request: receive_echo_request(packet); return true;
    case Code::echo_reply:
    case Code::discard_request:
      // An Echo-Reply needs no look: as any good frame it has been taken for a sign of life.
      return true;
  }
  return false;
}

void Lcp::receive_echo_request(const cp::PacketView& packet) {
  if (!opened()) return host().count(Drop::not_open);
  if (packet.data.size() < 4) return host().count(Drop::malformed);
  const std::uint32_t magic = Reader(packet.data).u32();
  if (magic != 0 && magic == ours_.magic_number) {
    // Our own request came back: the modem has dropped to command mode and echoes (section 6.4).
    fail(EndReason::loopback);
    return;
  }
  std::array<std::byte, 1500> storage;
  Writer reply(storage);
  reply.u32(ours_.magic_number);
  const Bytes rest = packet.data.subspan(4);
  const std::size_t limit = packet_limit() - cp::packet_header_size - 4;
  reply.bytes(rest.first(std::min({rest.size(), limit, reply.room()})));
  send(static_cast<std::uint8_t>(Code::echo_reply), packet.identifier, reply.written());
}

void Lcp::receive_protocol_reject(const cp::PacketView& packet) {
  // "Upon reception of a Protocol-Reject ... in any state other than Opened ... silently discarded"
  if (!opened()) return host().count(Drop::not_open);
  if (packet.data.size() < 2) return host().count(Drop::malformed);
  lcp_host_.protocol_rejected(Reader(packet.data).u16());
}

void Lcp::reject_protocol(std::uint16_t protocol, Bytes information) {
  if (!opened()) return;
  std::array<std::byte, 1496> storage;
  Writer data(storage);
  data.u16(protocol);
  // "The Rejected-Information field MUST be truncated to comply with the peer's established MRU."
  const std::size_t limit = std::min(packet_limit() - cp::packet_header_size - 2, data.room());
  data.bytes(information.first(std::min(information.size(), limit)));
  send(static_cast<std::uint8_t>(Code::protocol_reject), new_identifier(), data.written());
}

std::size_t Lcp::packet_limit() const {
  return opened() ? std::min(peers_.mru, default_mru) : default_mru;
}

void Lcp::on_up(Instant now) {
  echoes_unanswered_ = 0;
  alive_ = true;
  if (config_.echo_interval > Duration{0}) echo_deadline_ = now + config_.echo_interval;
}

void Lcp::on_down() { echo_deadline_.reset(); }

std::optional<Instant> Lcp::next_timeout() const {
  return earliest(ControlProtocol::next_timeout(), echo_deadline_);
}

void Lcp::handle_timeout(Instant now) {
  ControlProtocol::handle_timeout(now);
  if (echo_deadline_ && now >= *echo_deadline_) echo_tick(now);
}

void Lcp::echo_tick(Instant now) {
  if (std::exchange(alive_, false)) echoes_unanswered_ = 0;
  if (config_.echo_failures > 0 && echoes_unanswered_ >= config_.echo_failures) {
    echo_deadline_.reset();
    return lcp_host_.peer_lost();
  }
  ++echoes_unanswered_;
  echo_deadline_ = now + config_.echo_interval;
  std::array<std::byte, 4> storage;
  Writer data(storage);
  data.u32(ours_.magic_number);
  send(static_cast<std::uint8_t>(Code::echo_request), new_identifier(), data.written());
}

}  // namespace tunppp::lcp
