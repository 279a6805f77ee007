#include "cp/control_protocol.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "cp/text.h"

namespace tunppp::cp {
namespace {

/// Longest list of options of the peer that is looked at. All options there are together have less
/// than half of it.
constexpr std::size_t options_limit = 1496;

/// Copies of an acknowledged request that are taken for retransmissions while Opened.
constexpr unsigned repeat_limit = 3;

bool same(Bytes a, Bytes b) { return std::equal(a.begin(), a.end(), b.begin(), b.end()); }

}  // namespace

ControlProtocol::ControlProtocol(std::uint16_t protocol, const RestartConfig& restart, Host& host)
    : protocol_(protocol), restart_(restart), host_(host) {}

void ControlProtocol::close(Instant now) {
  if (!finish_) finish_ = Finish::closed;
  handle(now, Event::close);
}

/// The restart option of section 4.1: "the Open event ... followed by a Down event and an Up event".
void ControlProtocol::renegotiate(Instant now) {
  if (!opened()) return;
  handle(now, Event::down);
  run(now, step(state_, Event::up), Event::up, nullptr);  // whoever commands it is not silent
}

void ControlProtocol::handle_timeout(Instant now) {
  if (!restart_deadline_ || now < *restart_deadline_) return;
  restart_deadline_.reset();
  handle(now, restart_count_ > 0 ? Event::to_plus : Event::to_minus);
}

void ControlProtocol::rejected(Instant now) {
  if (!finish_) finish_ = Finish::rejected;
  handle(now, Event::rxj_minus);
}

void ControlProtocol::give_up(Finish finish) { giving_up_ = finish; }

void ControlProtocol::receive(Instant now, Bytes octets) {
  const auto packet = PacketView::parse(octets);
  if (!packet) return host_.count(Drop::malformed);
  if (state_ == State::initial || state_ == State::starting) return host_.count(Drop::not_open);
  heard_ = true;
  switch (static_cast<Code>(packet->code)) {
    case Code::configure_request: return receive_request(now, *packet);
    case Code::configure_ack: return receive_ack(now, *packet);
    case Code::configure_nak: return receive_nak(now, *packet);
    case Code::configure_reject: return receive_reject(now, *packet);
    case Code::terminate_request: return receive_terminate_request(now, *packet);
    case Code::terminate_ack: return handle(now, Event::rta);
    case Code::code_reject: return receive_code_reject(now, *packet);
  }
  if (!handle_code(now, *packet)) return handle(now, Event::ruc, &*packet);
  if (giving_up_) handle(now, Event::rxj_minus);
}

void ControlProtocol::handle(Instant now, Event event, const PacketView* cause) {
  if (giving_up_) {
    finish_ = *std::exchange(giving_up_, std::nullopt);
    event = Event::rxj_minus;
    disagreed();
  }
  Transition transition = step(state_, event);
  if (!transition.possible) return;
  // As if the negotiation had been tried and given up: Stopped is where the peer is waited for.
  if (waits_in_silence(transition, event)) transition = {State::stopped};
  run(now, transition, event, cause);
}

bool ControlProtocol::waits_in_silence(const Transition& transition, Event event) const {
  const bool begins = event == Event::up || event == Event::open;
  return silent() && begins && transition.next == State::req_sent && state_ != State::req_sent;
}

void ControlProtocol::run(Instant now, Transition transition, Event event,
                          const PacketView* cause) {
  using enum Action;
  const Action actions = transition.actions;
  const State former = std::exchange(state_, transition.next);

  if (former == State::closed || former == State::starting || former == State::stopped) {
    if (timer_runs(state_)) {  // a new negotiation begins
      finish_.reset();
      heard_ = event == Event::rcr_plus || event == Event::rcr_minus;
      rounds_ = naks_sent_ = naks_received_ = 0;
      terminate_text_.clear();
      begin_negotiation();
    }
  }
  if (has(actions, tld)) leave_opened(now);
  if (has(actions, irc)) {
    restart_count_ = has(actions, str) ? restart_.max_terminate : restart_.max_configure;
  }
  if (has(actions, zrc)) {
    // The peer closes: give its Terminate-Ack one restart period to arrive (section 4.4).
    restart_count_ = 0;
    restart_deadline_ = now + restart_.restart_timer;
  }
  if (has(actions, scr)) {
    request_pending_ = request_pending_ && event == Event::to_plus;
    const Duration pause = event == Event::rcn ? pause_before_request() : Duration{0};
    if (pause > Duration{0}) {
      restart_deadline_ = now + pause;
    } else {
      send_request(now);
    }
  }
  if (has(actions, sca | scn)) send(answer_.code, answer_.identifier, answer_.data);
  if (has(actions, scn) && answer_.code == Code::configure_reject) disagreed();
  if (has(actions, str)) send_terminate_request(now);
  if (has(actions, sta)) {
    const bool answers = cause != nullptr && event == Event::rtr;
    send(Code::terminate_ack, answers ? cause->identifier : new_identifier(), {});
  }
  if (has(actions, scj) && cause != nullptr) send_code_reject(*cause);
  if (!timer_runs(state_)) restart_deadline_.reset();
  if (has(actions, tlu)) enter_opened(now);

  const bool wait_for_peer = event == Event::to_minus && passive() && former != State::closing &&
                             former != State::stopping;
  if (has(actions, tlf) && !wait_for_peer) {
    const Finish unsaid = heard_ ? Finish::no_agreement : Finish::silent;
    host_.layer_finished(protocol_, finish_.value_or(unsaid));
  }

  if (giving_up_ && state_ != State::stopped && state_ != State::closed) {
    handle(now, Event::rxj_minus);
  }
  giving_up_.reset();
}

void ControlProtocol::enter_opened(Instant now) {
  opened_at_ = now;
  naks_sent_ = naks_received_ = 0;
  finish_.reset();
  on_up(now);
  if (giving_up_) return;
  told_up_ = true;
  host_.layer_up(protocol_);
}

void ControlProtocol::leave_opened(Instant now) {
  // Open long enough that this is a new negotiation and not the next round of an endless one.
  if (now - opened_at_ >= patience()) rounds_ = 0;
  on_down();
  if (std::exchange(told_up_, false)) host_.layer_down(protocol_);
}

void ControlProtocol::send_request(Instant now) {
  if (++rounds_ > restart_.max_rounds) return give_up(Finish::no_agreement);
  std::array<std::byte, sizeof request_> options;
  Writer writer(options);
  write_options(writer);
  assert(writer.ok());
  // A new identifier when the content changes or a valid reply has come (section 5.1).
  if (!request_pending_ || !same(writer.written(), Bytes(request_).first(request_size_))) {
    request_identifier_ = new_identifier();
    std::copy(writer.written().begin(), writer.written().end(), request_.begin());
    request_size_ = writer.size();
  }
  request_pending_ = true;
  if (restart_count_ > 0) --restart_count_;
  restart_deadline_ = now + restart_.restart_timer;
  send(Code::configure_request, request_identifier_, Bytes(request_).first(request_size_));
}

void ControlProtocol::send_terminate_request(Instant now) {
  if (restart_count_ > 0) --restart_count_;
  restart_deadline_ = now + restart_.restart_timer;
  send(Code::terminate_request, new_identifier(), {});
}

void ControlProtocol::send_code_reject(const PacketView& offending) {
  // "truncated to comply with the peer's established MRU" (section 5.6)
  const std::size_t limit = packet_limit() - packet_header_size;
  send(Code::code_reject, new_identifier(),
       offending.whole.first(std::min(offending.whole.size(), limit)));
}

void ControlProtocol::send(std::uint8_t code, std::uint8_t identifier, Bytes data) {
  std::array<std::byte, options_limit + packet_header_size> storage;
  Writer packet(storage);
  data = data.first(std::min(data.size(), options_limit));
  packet.u8(code);
  packet.u8(identifier);
  packet.u16(static_cast<std::uint16_t>(data.size() + packet_header_size));
  packet.bytes(data);
  host_.send_control(protocol_, packet.written());
}

void ControlProtocol::receive_request(Instant now, const PacketView& packet) {
  if (packet.data.size() > options_limit || !well_formed_options(packet.data)) {
    return host_.count(Drop::malformed);
  }
  if (state_ == State::closed || state_ == State::closing || state_ == State::stopping) {
    return handle(now, Event::rcr_plus);  // no answer to the options in these states
  }
  if (repeats_acknowledged(now, packet)) {
    return send(Code::configure_ack, packet.identifier, packet.data);
  }

  std::array<std::byte, options_limit> nak_storage;
  std::array<std::byte, options_limit> reject_storage;
  Writer nak(nak_storage);
  Writer reject(reject_storage);
  const bool may_nak = naks_sent_ < restart_.max_failure;

  begin_peer_request();
  OptionWalk walk(packet.data);
  while (const auto option = walk.next()) {
    Writer suggestion = nak;
    const Verdict verdict = judge(*option, suggestion);
    if (verdict == Verdict::ack) continue;
    if (verdict == Verdict::nak && may_nak) {
      if (suggestion.ok()) nak = suggestion;  // else there are whole ones enough in it
    } else {
      reject.bytes(option->whole);
    }
  }
  if (may_nak) {
    Writer suggestion = nak;
    judge_absent(suggestion);
    if (suggestion.ok()) nak = suggestion;
  }

  answer_ = {Code::configure_ack, packet.identifier, packet.data};
  if (reject.size() > 0) {
    answer_ = {Code::configure_reject, packet.identifier, reject.written()};
  } else if (nak.size() > 0) {
    answer_ = {Code::configure_nak, packet.identifier, nak.written()};
    ++naks_sent_;
  }
  const bool good = answer_.code == Code::configure_ack;
  if (good) remember_acknowledged(packet);
  handle(now, good ? Event::rcr_plus : Event::rcr_minus, &packet);
  answer_ = {};
}

void ControlProtocol::remember_acknowledged(const PacketView& packet) {
  acknowledged_size_ = packet.whole.size();
  if (acknowledged_size_ > acknowledged_.size()) acknowledged_size_ = 0;  // too long to be compared
  std::copy_n(packet.whole.begin(), acknowledged_size_, acknowledged_.begin());
  repeats_ = 0;
}

/// While Opened, the request that was acknowledged comes once more: the Ack got lost, or the copy
/// was under way when it arrived, as on any line whose round trip is longer than the peer's restart
/// timer. Another Ack is all that is missing. To negotiate anew, as RCR+ in Opened does, would
/// bring forth the next such copy, and so on without end. A peer that has in fact begun anew from
/// the same identifier goes on asking, and is heard.
bool ControlProtocol::repeats_acknowledged(Instant now, const PacketView& packet) {
  if (state_ != State::opened || now - opened_at_ >= patience() || repeats_ >= repeat_limit) {
    return false;
  }
  if (!same(packet.whole, Bytes(acknowledged_).first(acknowledged_size_))) return false;
  ++repeats_;
  return true;
}

bool ControlProtocol::answers_request(const PacketView& packet) {
  if (request_pending_ && packet.identifier == request_identifier_) return true;
  // "Stale Configure-Acks, Naks and Rejects ... are silently discarded" (section 5.2 to 5.4).
  host_.count(Drop::unexpected);
  return false;
}

void ControlProtocol::receive_ack(Instant now, const PacketView& packet) {
  if (state_ == State::closed || state_ == State::stopped) return handle(now, Event::rca);
  if (!answers_request(packet)) return;
  if (!same(packet.data, Bytes(request_).first(request_size_))) {
    return host_.count(Drop::unexpected);
  }
  request_pending_ = false;
  handle(now, Event::rca);
}

void ControlProtocol::receive_nak(Instant now, const PacketView& packet) {
  if (state_ == State::closed || state_ == State::stopped) return handle(now, Event::rcn);
  if (!well_formed_options(packet.data)) return host_.count(Drop::malformed);
  if (!answers_request(packet)) return;
  request_pending_ = false;
  const bool as_reject = ++naks_received_ > restart_.max_failure;
  bool leads_on = !as_reject;
  OptionWalk walk(packet.data);
  while (const auto option = walk.next()) {
    if (!as_reject) {
      peer_nak(*option);
    } else if (!is_part_of_request(option->whole)) {  // else it wants what we ask for
      peer_reject(*option);
      leads_on = true;
    }
  }
  if (!leads_on) give_up(Finish::no_agreement);
  handle(now, Event::rcn);
}

void ControlProtocol::receive_reject(Instant now, const PacketView& packet) {
  if (state_ == State::closed || state_ == State::stopped) return handle(now, Event::rcn);
  if (!well_formed_options(packet.data)) return host_.count(Drop::malformed);
  if (!answers_request(packet)) return;
  if (!is_part_of_request(packet.data)) return host_.count(Drop::unexpected);
  request_pending_ = false;
  OptionWalk walk(packet.data);
  while (const auto option = walk.next()) peer_reject(*option);
  disagreed();
  handle(now, Event::rcn);
}

/// "the Configuration Options field ... MUST be a proper subset of those in the last transmitted
/// Configure-Request", unchanged and in their order (section 5.4).
bool ControlProtocol::is_part_of_request(Bytes options) const {
  OptionWalk ours(Bytes(request_).first(request_size_));
  OptionWalk theirs(options);
  while (const auto option = theirs.next()) {
    auto mine = ours.next();
    while (mine && !same(mine->whole, option->whole)) mine = ours.next();
    if (!mine) return false;
  }
  return !options.empty();
}

void ControlProtocol::receive_terminate_request(Instant now, const PacketView& packet) {
  if (!finish_) {
    terminate_text_ = printable(packet.data);
    finish_ = Finish::terminated;
  }
  handle(now, Event::rtr, &packet);
}

void ControlProtocol::receive_code_reject(Instant now, const PacketView& packet) {
  if (packet.data.empty()) return host_.count(Drop::malformed);
  const auto code = std::to_integer<std::uint8_t>(packet.data[0]);
  const bool essential = code >= 1 && code <= 7;
  if (!essential) return handle(now, Event::rxj_plus);
  rejected(now);
}

}  // namespace tunppp::cp
