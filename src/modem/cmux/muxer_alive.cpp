// Whether the peer is still there, and whether it sleeps.
#include "modem/cmux/muxer.h"

#include <algorithm>

namespace tunppp::modem::cmux {
namespace {

/// For the answer to an echo request: what is already on a slow line goes first.
constexpr Duration echo_patience = std::chrono::milliseconds(500);
/// Nobody else is likely to send the same, so that our own words are known when they come back: a
/// modem that was reset echoes what it is told.
constexpr std::array echo_value{std::byte{0x75}, std::byte{0x70}, std::byte{0x3f}};

/// Clause 5.4.7: flags until one comes back.
constexpr Duration between_flags = std::chrono::milliseconds(100);
constexpr auto wake_up_flags = [](std::byte flag) {
  std::array<std::byte, 16> flags{};
  flags.fill(flag);
  return flags;
};
constexpr auto basic_flags = wake_up_flags(basic_flag);
constexpr auto advanced_flags = wake_up_flags(advanced_flag);
/// So many in a row are more than what stands between frames.
constexpr std::size_t flags_that_ask = 4;

}  // namespace

// --- is it there? ---

void Muxer::ask_whether_alive(Instant now, Duration patience) {
  ask_due_.reset();
  if (asleep_ || is_pending(ControlType::test, 0)) return;
  asked_ = now;
  ask(now, ControlType::test, 0, echo_value, {patience, options_.retries});
}

/// The first time in any case: see opened().
void Muxer::handle_quiet(Instant now) {
  if (!ask_due_ || *ask_due_ > now) return;
  const Instant quiet_since = asleep_ ? now : heard_;
  if (answers_echoes_ && quiet_since + options_.quiet > now)
    ask_due_ = quiet_since + options_.quiet;
  else
    ask_whether_alive(now, echo_patience);
}

void Muxer::echoed(Instant now) {
  ++echoes_;
  answers_echoes_ = true;
  heard_ = now;
  if (options_.initiator && options_.quiet > Duration::zero()) ask_due_ = now + options_.quiet;
}

void Muxer::echo_given_up(Instant now) {
  if (!answers_echoes_ || options_.quiet <= Duration::zero()) return;  // it never did
  if (heard_ < asked_) return end(End::silent);
  ask_due_ = now + options_.quiet;
}

bool Muxer::is_own_echo(const ControlMessage& message) const {
  return static_cast<ControlType>(message.type) == ControlType::test &&
         is_pending(ControlType::test, 0) && std::ranges::equal(message.value, echo_value);
}

/// What came since the last frame, without the flag that ended it.
void Muxer::keep_stray(Bytes rest) {
  while (!rest.empty() && rest.front() == flag_of(options_.option)) rest = rest.subspan(1);
  rest = rest.last(std::min(rest.size(), stray_.capacity()));
  stray_.pop(rest.size() - std::min(rest.size(), stray_.room()));
  stray_.push(rest);
}

bool Muxer::stray_is_text() const {
  const auto is_letter = [](std::byte octet) { return octet >= std::byte{'A'}; };
  const auto is_text = [](std::byte octet) {
    return (octet >= std::byte{' '} && octet < std::byte{0x7f}) || octet == std::byte{'\r'} ||
           octet == std::byte{'\n'};
  };
  const Bytes stray = stray_.front();
  return std::ranges::all_of(stray, is_text) && std::ranges::count_if(stray, is_letter) > 1;
}

// --- does it sleep? ---

/// Clause 5.2.5: who sends nothing but flags wants to hear one. Fewer are answered than are heard,
/// so that two who do this come to rest.
void Muxer::hear_flags(Bytes in) {
  const std::byte flag = flag_of(options_.option);
  const bool only_flags =
      std::ranges::all_of(in, [flag](std::byte octet) { return octet == flag; });
  flags_heard_ = only_flags ? flags_heard_ + in.size() : 0;
  if (flags_heard_ < flags_that_ask || line_.room() == 0) return;
  flags_heard_ = 0;
  line_.push(Bytes(&flag, 1));
}

void Muxer::wake(Instant now) {
  asleep_ = false;
  heard_ = now;
  flags_left_ = 0;
  flags_due_.reset();
  wake_deadline_.reset();
}

bool Muxer::has_to_say() const {
  if (!line_.empty()) return true;
  for (std::size_t i = 1; i < channels_.size(); ++i)
    if (!channels_[i].out.empty() && may_send(static_cast<std::uint8_t>(i))) return true;
  return false;
}

Bytes Muxer::flags() const {
  return Bytes(options_.option == Option::basic ? basic_flags : advanced_flags).first(flags_left_);
}

void Muxer::handle_sleep(Instant now) {
  if (!asleep_ || !has_to_say()) return;
  if (!wake_deadline_) wake_deadline_ = now + options_.t3;
  if (*wake_deadline_ <= now) return end(End::silent);
  if (flags_due_ && *flags_due_ > now) return;
  flags_left_ = basic_flags.size();
  flags_due_ = now + between_flags;
}

/// At once, when there is something to say and nobody was woken for it.
std::optional<Instant> Muxer::next_wake_up() const {
  if (!asleep_ || !has_to_say()) return std::nullopt;
  if (!wake_deadline_) return Instant();
  return std::min(*wake_deadline_, *flags_due_);
}

}  // namespace tunppp::modem::cmux
