#include "lcp/lcp.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <utility>

#include "base/protocol.h"
#include "base/reader.h"
#include "base/timer_table.h"

namespace tunppp::lcp {
namespace {

enum class Code : std::uint8_t {  // RFC 1661 sections 5.7 to 5.9, RFC 1570 section 1
  protocol_reject = 8,
  echo_request = 9,
  echo_reply = 10,
  discard_request = 11,
  identification = 12,
  time_remaining = 13,
};

constexpr std::uint16_t least_mru = 128;
/// Requests with our own magic number in a row before the line counts as looped back: twice may be
/// chance or an old frame.
constexpr unsigned loop_limit = 5;
/// "not exceeding the default MRU minus eight" (RFC 1570 section 1.1), and not so long that it
/// cannot be sent while the line is busy.
constexpr std::size_t identification_limit = 200;
constexpr std::uint32_t for_ever = 0xffffffff;  // RFC 1570 section 1.2

constexpr Duration report_unit = std::chrono::milliseconds(10);

ReportPeriod report_period(Duration interval) {
  const auto period = interval / report_unit;
  return static_cast<ReportPeriod>(std::clamp<decltype(period)>(period, 1, 0xffffffff));
}

std::uint8_t fcs_request(FrameCheck wanted) {
  switch (wanted) {
    // Null by itself says the same; with the default beside it nobody has to guess.
    case FrameCheck::none: return fcs_bit::null | fcs_bit::fcs16;
    case FrameCheck::fcs16: break;
    case FrameCheck::fcs32: return fcs_bit::fcs32;
  }
  return 0;
}

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
  if (config_.quality.report_interval > Duration{0}) {
    ours_.report_period = report_period(config_.quality.report_interval);
  }
  ours_.fcs = fcs_request(config_.fcs);
  ours_.mrru = config_.mrru;
  ours_.short_sequence_numbers = config_.mrru != 0 && config_.short_sequence_numbers;
  ours_.endpoint = config_.endpoint;
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
    case OptionType::quality_protocol: return judge_quality(option, nak);
    case OptionType::protocol_field_compression:
      return judge_flag(option, config_.protocol_field_compression,
                        peers_.protocol_field_compression);
    case OptionType::address_control_compression:
      return judge_flag(option, config_.address_control_compression,
                        peers_.address_control_compression);
    case OptionType::fcs_alternatives: return judge_fcs(option, nak);
    case OptionType::mrru: return judge_mrru(option, nak);
    case OptionType::short_sequence_numbers:
      return judge_flag(option, config_.mrru != 0 && config_.short_sequence_numbers,
                        peers_.short_sequence_numbers);
    case OptionType::endpoint_discriminator:
      peers_.endpoint = parse_endpoint(option);
      return peers_.endpoint ? cp::Verdict::ack : cp::Verdict::reject;
  }
  return cp::Verdict::reject;
}

cp::Verdict Lcp::judge_flag(const cp::Option& option, bool wanted, bool& agreed) {
  if (!option.value.empty() || !wanted) return cp::Verdict::reject;
  agreed = true;
  return cp::Verdict::ack;
}

cp::Verdict Lcp::judge_quality(const cp::Option& option, Writer& nak) {
  const QualityConfig& quality = config_.quality;
  if (!quality.accept || option.value.size() < 2) return cp::Verdict::reject;
  const auto period = parse_quality(option);
  const ReportPeriod least = report_period(std::max(quality.least_interval, report_unit));
  // Zero lets us answer only, which leads to nothing when the peer does the same (RFC 1989
  // section 2.5).
  const bool nobody_begins = period == ReportPeriod{0} && ours_.report_period == ReportPeriod{0};
  if (!period || nobody_begins || (*period != 0 && *period < least)) {
    write_quality(nak, least);
    return cp::Verdict::nak;
  }
  peers_.report_period = period;
  return cp::Verdict::ack;
}

cp::Verdict Lcp::judge_fcs(const cp::Option& option, Writer& nak) {
  const auto bits = parse_u8(option);
  if (!bits || !config_.accept_fcs_alternatives) return cp::Verdict::reject;
  const auto known = static_cast<std::uint8_t>(*bits & fcs_bit::all);
  if (known != *bits || known == 0) {
    write_fcs(nak, known != 0 ? known : fcs_bit::fcs16);
    return cp::Verdict::nak;
  }
  peers_.fcs = known;
  return cp::Verdict::ack;
}

cp::Verdict Lcp::judge_mrru(const cp::Option& option, Writer& nak) {
  const auto mrru = parse_u16(option);
  if (!mrru || config_.mrru == 0) return cp::Verdict::reject;
  if (*mrru < least_mru) {
    write_mrru(nak, default_mru);
    return cp::Verdict::nak;
  }
  peers_.mrru = *mrru;
  return cp::Verdict::ack;
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
    case OptionType::quality_protocol:
      // Another protocol than reports is none that we have.
      if (ours_.report_period) ours_.report_period = parse_quality(option);
      return;
    case OptionType::protocol_field_compression: ours_.protocol_field_compression = false; return;
    case OptionType::address_control_compression: ours_.address_control_compression = false; return;
    case OptionType::fcs_alternatives:
      if (const auto bits = parse_u8(option)) peer_nak_fcs(*bits);
      return;
    case OptionType::mrru:
      if (const auto mrru = parse_u16(option); mrru && ours_.mrru != 0) {
        ours_.mrru = std::clamp(*mrru, least_mru, config_.mrru);
      }
      return;
    case OptionType::short_sequence_numbers: ours_.short_sequence_numbers = false; return;
    case OptionType::endpoint_discriminator: ours_.endpoint.reset(); return;
  }
}

/// What both sides can do, else the default, which needs no option.
void Lcp::peer_nak_fcs(std::uint8_t suggested) {
  ours_.fcs &= suggested;
  if (ours_.fcs == fcs_bit::fcs16) ours_.fcs = 0;
}

void Lcp::drop_multilink() {
  ours_.mrru = 0;
  ours_.short_sequence_numbers = false;
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
    case OptionType::quality_protocol: ours_.report_period.reset(); return;
    case OptionType::protocol_field_compression: ours_.protocol_field_compression = false; return;
    case OptionType::address_control_compression: ours_.address_control_compression = false; return;
    case OptionType::fcs_alternatives: ours_.fcs = 0; return;
    case OptionType::mrru: return drop_multilink();
    case OptionType::short_sequence_numbers: ours_.short_sequence_numbers = false; return;
    case OptionType::endpoint_discriminator: ours_.endpoint.reset(); return;
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

bool Lcp::handle_code(Instant now, const cp::PacketView& packet) {
  switch (static_cast<Code>(packet.code)) {
    case Code::protocol_reject: receive_protocol_reject(packet); return true;
    case Code::echo_request: receive_echo_request(packet); return true;
    case Code::echo_reply: receive_echo_reply(now, packet); return true;
    case Code::discard_request: return true;
    case Code::identification: receive_identification(packet); return true;
    case Code::time_remaining: receive_time_remaining(packet); return true;
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

/// That it came is a sign of life, as any good frame. How long it took is worth knowing.
void Lcp::receive_echo_reply(Instant now, const cp::PacketView& packet) {
  if (!opened()) return host().count(Drop::not_open);
  if (packet.data.size() < 4) return host().count(Drop::malformed);
  if (!echo_ || echo_->identifier != packet.identifier) return host().count(Drop::unexpected);
  lcp_host_.echo_answered(now - std::exchange(echo_, std::nullopt)->sent);
}

void Lcp::receive_identification(const cp::PacketView& packet) {
  Reader data(packet.data);
  const std::uint32_t magic = data.u32();
  if (!data.ok()) return host().count(Drop::malformed);
  if (magic != 0 && magic == ours_.magic_number) return host().count(Drop::unexpected);  // our own
  std::string text = cp::printable(data.rest());
  if (text.empty() || text == identification_) return;
  identification_ = std::move(text);
  lcp_host_.identified(identification_);
}

void Lcp::receive_time_remaining(const cp::PacketView& packet) {
  // "may only be sent in the LCP Opened state" (RFC 1570 section 1.2)
  if (!opened()) return host().count(Drop::not_open);
  Reader data(packet.data);
  data.u32();  // magic number
  const std::uint32_t seconds = data.u32();
  if (!data.ok()) return host().count(Drop::malformed);
  const std::optional<Duration> remaining =
      seconds == for_ever ? std::nullopt : std::optional<Duration>(std::chrono::seconds(seconds));
  lcp_host_.time_remaining(remaining, cp::printable(data.rest()));
}

/// "Identification packets MAY be sent at any time, including before LCP has reached the Opened
/// state"; before, the magic number is zero (RFC 1570 section 1.1).
void Lcp::send_identification() {
  if (config_.identification.empty()) return;
  std::array<std::byte, 4 + identification_limit> storage;
  Writer data(storage);
  data.u32(opened() ? ours_.magic_number : 0);
  const auto words = std::as_bytes(std::span(config_.identification));
  data.bytes(words.first(std::min(words.size(), data.room())));
  send(static_cast<std::uint8_t>(Code::identification), new_identifier(), data.written());
}

void Lcp::send_time_remaining(Duration remaining) {
  if (!opened()) return;
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(remaining).count();
  std::array<std::byte, 8> storage;
  Writer data(storage);
  data.u32(ours_.magic_number);
  data.u32(static_cast<std::uint32_t>(std::clamp<std::int64_t>(seconds, 0, for_ever - 1)));
  send(static_cast<std::uint8_t>(Code::time_remaining), new_identifier(), data.written());
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
  echo_.reset();
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
  const bool alive = std::exchange(alive_, false);
  if (alive) echoes_unanswered_ = 0;
  if (config_.echo_failures > 0 && echoes_unanswered_ >= config_.echo_failures) {
    echo_deadline_.reset();
    return lcp_host_.peer_lost();
  }
  echo_deadline_ = now + config_.echo_interval;
  if (alive && config_.echo_adaptive) return;
  ++echoes_unanswered_;
  std::array<std::byte, 4> storage;
  Writer data(storage);
  data.u32(ours_.magic_number);
  echo_ = Echo{new_identifier(), now};
  send(static_cast<std::uint8_t>(Code::echo_request), echo_->identifier, data.written());
}

}  // namespace tunppp::lcp
