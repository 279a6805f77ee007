#include "ipv6cp/ipv6cp.h"

#include <fmt/format.h>

#include <utility>

#include "base/protocol.h"

namespace tunppp::ipv6cp {
namespace {

/// "the universal/local bit": set in identifiers that were made of a worldwide unique one
/// (RFC 5072 section 4.1, RFC 4291 section 2.5.1).
constexpr std::uint8_t universal = 0x02;

}  // namespace

Ipv6cp::Ipv6cp(const Ipv6cpConfig& config, Entropy& entropy, cp::Host& host)
    : ControlProtocol(protocol::ipv6cp, config.restart, host), config_(config), entropy_(entropy) {}

/// "an identifier ... that is not based on a universal one ... the u bit MUST be set to zero"
/// (RFC 5072 section 4.1, source 3)
InterfaceIdentifier Ipv6cp::invent() {
  InterfaceIdentifier identifier;
  entropy_.fill(std::as_writable_bytes(std::span(identifier.octets)));
  identifier.octets[0] &= static_cast<std::uint8_t>(~universal);
  while (identifier.is_zero() || identifier == local_ || identifier == remote_ ||
         identifier == suggested_) {
    ++identifier.octets[7];
  }
  return identifier;
}

void Ipv6cp::begin_negotiation() {
  local_ = remote_ = suggested_ = {};
  local_ = !config_.local.is_zero() ? config_.local : config_.ask ? local_ : invent();
  ask_local_ = true;
  named_option_ = false;
  failure_.clear();
}

void Ipv6cp::write_options(Writer& out) {
  if (ask_local_) write_identifier(out, local_);
}

InterfaceIdentifier Ipv6cp::suggestion() {
  const bool usable = !config_.remote.is_zero() && config_.remote != local_;
  suggested_ = usable ? config_.remote : invent();
  return suggested_;
}

/// The cases of RFC 5072 section 4.1, in its order. IPv6-Compression and all else is rejected.
cp::Verdict Ipv6cp::judge(const cp::Option& option, Writer& nak) {
  const auto identifier = parse_identifier(option);
  const auto type = static_cast<OptionType>(option.type);
  if (type != OptionType::interface_identifier || !identifier) return cp::Verdict::reject;
  if (!identifier->is_zero() && *identifier != local_) {
    remote_ = *identifier;
    return cp::Verdict::ack;
  }
  // "If the two interface identifiers are equal to zero, the interface identifier's negotiation
  // MUST be terminated by transmitting the Configure-Reject"
  if (identifier->is_zero() && local_.is_zero()) return cp::Verdict::reject;
  // "... equal and are not zero, a Configure-Nak MUST be sent specifying a different non-zero
  // Interface-Identifier", and so for one that is zero.
  write_identifier(nak, suggestion());
  return cp::Verdict::nak;
}

void Ipv6cp::peer_nak(const cp::Option& option) {
  const auto identifier = parse_identifier(option);
  const auto type = static_cast<OptionType>(option.type);
  if (type != OptionType::interface_identifier || !identifier) return;
  named_option_ = true;
  ask_local_ = true;
  if (!config_.accept_local && !config_.local.is_zero()) return;
  // "If the Interface-Identifier is different from the one that was sent in the last Configure-Nak
  // to the peer, a new Configure-Request SHOULD be sent with [it] ... If equal ... a Configure-
  // Request with a new one"
  const bool usable =
      !identifier->is_zero() && *identifier != suggested_ && *identifier != remote_;
  local_ = usable ? *identifier : invent();
}

/// Without the option each side has the identifier that it would have without IPV6CP.
void Ipv6cp::peer_reject(const cp::Option& option) {
  if (static_cast<OptionType>(option.type) != OptionType::interface_identifier) return;
  named_option_ = true;
  ask_local_ = false;
  if (local_.is_zero()) local_ = invent();
}

Duration Ipv6cp::pause_before_request() {
  // A modem whose bearer is not there yet may Nak without saying what it wants.
  return std::exchange(named_option_, false) ? Duration{0} : config_.not_ready_pause;
}

void Ipv6cp::on_up(Instant) {
  if (local_.is_zero()) return fail("the peer chose no interface identifier for us");
  if (local_ != remote_) return;
  fail(fmt::format("both ends would have the interface identifier {}", to_string(local_)));
}

void Ipv6cp::fail(std::string why) {
  failure_ = std::move(why);
  give_up(cp::Finish::no_agreement);
}

}  // namespace tunppp::ipv6cp
