#include "modem/cmux/muxer.h"

#include <algorithm>
#include <cassert>

namespace tunppp::modem::cmux {
namespace {

/// The most information of a frame that is taken, whatever was agreed: modems have been seen to
/// send more than N1.
constexpr std::size_t max_received = 2048;
/// A length field has 15 bits.
constexpr std::size_t max_sent = 32767;
/// For frames that wait for the line; data leaves this much to what is more urgent.
constexpr std::size_t control_room = 2048;
/// Frames of data are gathered to this for one write; what is more urgent waits behind it.
constexpr std::size_t batch = 512;
/// Told to stop here, and to go on there. The rest of the room is for what is under way by then.
constexpr std::size_t throttle_at = Muxer::receive_capacity / 4;
constexpr std::size_t release_at = Muxer::receive_capacity / 8;
/// Of what is no frame.
constexpr std::size_t stray_capacity = 128;

}  // namespace

Muxer::Muxer(MuxerOptions options)
    : options_(options),
      reader_(options.option, std::max(max_received, options.frame_size)),
      line_(control_room + batch + max_frame_octets(options.option, options.frame_size)),
      stray_(stray_capacity) {
  assert(options_.channels >= 1 && options_.channels <= last_dlci);
  assert(options_.frame_size >= 1 && options_.frame_size <= 32768);
  channels_.reserve(options_.channels + 1);
  const std::size_t receive_room = receive_capacity + std::max(max_received, options_.frame_size);
  channels_.emplace_back(0, 0);  // the control channel
  for (std::size_t i = 1; i <= options_.channels; ++i) {
    channels_.emplace_back(receive_room, send_capacity);
    channels_.back().frame_size = std::min(options_.frame_size, max_sent);
  }
  pending_.resize(2 * channels_.size() + 2);
}

Muxer::State Muxer::state(std::uint8_t dlci) const {
  return known(dlci) ? at(dlci).state : State::closed;
}

bool Muxer::may_send(std::uint8_t dlci) const {
  const Channel& channel = at(dlci);
  return channel.state == State::open && !held_ && (channel.peer_signals & signal::flow) == 0;
}

// --- commands ---

void Muxer::start(Instant now) {
  assert(options_.initiator);
  begin_open(now, 0);
}

void Muxer::open(Instant now, std::uint8_t dlci) {
  assert(dlci > 0 && known(dlci));
  at(dlci).wanted = true;
  if (at(0).state == State::open) begin_open(now, dlci);
}

void Muxer::begin_open(Instant now, std::uint8_t dlci) {
  Channel& channel = at(dlci);
  if (channel.state == State::open) return;
  channel.state = State::opening;
  if (dlci > 0 && options_.negotiate && !channel.negotiated)
    return ask_parameters(now, dlci, options_.retries);
  channel.tries_left = options_.retries;
  channel.deadline = now + options_.t1;
  send_frame(dlci, FrameType::sabm, true);
}

void Muxer::close(Instant now, std::uint8_t dlci) {
  Channel& channel = at(dlci);
  channel.wanted = false;
  if (channel.state == State::opening) return became_closed(dlci, State::closed);
  if (channel.state != State::open) return;
  channel.state = State::closing;
  channel.tries_left = options_.retries;
  channel.deadline = now + options_.t1;
  send_frame(dlci, FrameType::disc, true);
}

void Muxer::stop(Instant now) {
  if (ended_ || stopping_) return;
  stopping_ = true;
  for (std::size_t dlci = 1; options_.disconnect && dlci < channels_.size(); ++dlci)
    close(now, static_cast<std::uint8_t>(dlci));
  ask(now, ControlType::close_down, 0, {});
}

void Muxer::set_signals(Instant now, std::uint8_t dlci, std::uint8_t signals) {
  at(dlci).signals = static_cast<std::uint8_t>(signals & ~signal::flow);
  if (at(dlci).state == State::open) send_signals(now, dlci);
}

void Muxer::test(Instant now, Bytes value) {
  ask(now, ControlType::test, 0, value);
}

// --- data ---

std::size_t Muxer::write(std::uint8_t dlci, Bytes in) {
  return at(dlci).state == State::open ? at(dlci).out.push(in) : 0;
}

void Muxer::consumed(Instant now, std::uint8_t dlci, std::size_t count) {
  Channel& channel = at(dlci);
  channel.in.pop(count);
  if (!channel.throttled || channel.in.size() > release_at) return;
  channel.throttled = false;
  if (channel.state == State::open) send_signals(now, dlci);
}

// --- outputs ---

Bytes Muxer::poll_transmit() {
  if (asleep_ && !ended_) return flags();
  if (!line_.empty() || ended_ || held_) return line_.front();
  while (line_.size() < batch && fill()) {
  }
  return line_.front();
}

void Muxer::transmitted(std::size_t count) {
  if (asleep_ && !ended_) {
    flags_left_ -= count;
    return;
  }
  line_.pop(count);
  if (!line_.empty() || !falls_asleep_) return;
  falls_asleep_ = false;
  asleep_ = true;
}

/// One frame from the next channel that has something to say.
bool Muxer::fill() {
  for (std::size_t i = 1; i < channels_.size(); ++i) {
    const std::uint8_t dlci = next_;
    next_ = static_cast<std::uint8_t>(next_ % (channels_.size() - 1) + 1);
    if (fill_from(dlci)) return true;
  }
  return false;
}

/// One frame from the channel, if it has something to say and may.
bool Muxer::fill_from(std::uint8_t dlci) {
  Channel& channel = at(dlci);
  if (channel.out.empty() || !may_send(dlci)) return false;
  const Bytes waiting = channel.out.front();
  const Bytes info = waiting.first(std::min(waiting.size(), channel.frame_size));
  send_frame(dlci, FrameType::uih, true, info);
  channel.out.pop(info.size());
  return true;
}

std::optional<Instant> Muxer::next_timeout() const {
  std::optional<Instant> next;
  const auto consider = [&next](const std::optional<Instant>& deadline) {
    if (deadline && (!next || *deadline < *next)) next = deadline;
  };
  if (!ended_) {
    consider(frame_deadline_);
    consider(ask_due_);
    consider(next_wake_up());
  }
  for (const Channel& channel : channels_) consider(channel.deadline);
  for (const Pending& pending : pending_) consider(pending.deadline);
  return next;
}

// --- inputs ---

void Muxer::receive(Instant now, Bytes in) {
  if (in.empty()) return;
  if (asleep_) wake(now);
  hear_flags(in);
  look_for_frames(now, in);
  frame_deadline_.reset();
  // Before the peer repeats what got lost: that must not disappear in a frame of a wrong length.
  if (reader_.partial() || (answers_echoes_ && stray_is_text()))
    frame_deadline_ = now + options_.t1 / 2;
}

void Muxer::look_for_frames(Instant now, Bytes in) {
  while (!ended_) {
    const Bytes before = in;
    const auto frame = reader_.next(in);
    if (!frame) return keep_stray(before);
    stray_.clear();
    frame_in(now, *frame);
  }
}

void Muxer::handle_timeout(Instant now) {
  if (frame_deadline_ && *frame_deadline_ <= now) {
    frame_deadline_.reset();
    while (reader_.partial() && !ended_) {
      reader_.give_up();
      look_for_frames(now, {});
    }
    if (answers_echoes_ && stray_is_text()) ask_whether_alive(now, options_.t2);
  }
  handle_channel_timeouts(now);
  handle_answer_timeouts(now);
  if (!ended_) handle_quiet(now);
  if (!ended_) handle_sleep(now);
}

void Muxer::handle_channel_timeouts(Instant now) {
  for (std::size_t i = 0; i < channels_.size() && !ended_; ++i) {
    Channel& channel = channels_[i];
    const auto dlci = static_cast<std::uint8_t>(i);
    if (!channel.deadline || *channel.deadline > now) continue;
    channel.deadline.reset();
    const bool opening = channel.state == State::opening;
    if (channel.tries_left-- > 0) {
      channel.deadline = now + options_.t1;
      send_frame(dlci, opening ? FrameType::sabm : FrameType::disc, true);
    } else {
      became_closed(dlci, opening ? State::silent : State::closed);
      if (dlci == 0) end(End::no_answer);
    }
  }
}

void Muxer::handle_answer_timeouts(Instant now) {
  for (Pending& pending : pending_) {
    if (ended_ || !pending.deadline || *pending.deadline > now) continue;
    pending.deadline.reset();
    if (pending.tries_left-- > 0)
      send_pending(now, pending);
    else
      given_up(now, pending);
  }
}

// --- frames ---

void Muxer::frame_in(Instant now, const Frame& frame) {
  heard_ = now;
  switch (frame.type) {
    case FrameType::sabm:
      return sabm_in(now, frame);
    case FrameType::ua:
      if (known(frame.dlci)) ua_in(now, frame.dlci);
      return;
    case FrameType::dm:
      if (known(frame.dlci)) dm_in(now, frame.dlci);
      return;
    case FrameType::disc:
      return disc_in(frame);
    case FrameType::uih:
    case FrameType::ui:
      return data_in(now, frame);
  }
}

void Muxer::sabm_in(Instant now, const Frame& frame) {
  if (!frame.poll_final) return;  // clause 5.4.4.1
  // The control channel is the initiator's to open: this is the echo of a modem in command mode.
  if (frame.dlci == 0 && options_.initiator) return;
  const bool in_order = frame.dlci == 0 || at(0).state == State::open;
  if (!known(frame.dlci) || !in_order || stopping_)
    return send_frame(frame.dlci, FrameType::dm, false);
  send_frame(frame.dlci, FrameType::ua, false);
  if (at(frame.dlci).state != State::open) opened(now, frame.dlci);
}

void Muxer::ua_in(Instant now, std::uint8_t dlci) {
  if (at(dlci).state == State::closing) return became_closed(dlci, State::closed);
  if (at(dlci).state == State::opening) opened(now, dlci);
}

void Muxer::dm_in(Instant now, std::uint8_t dlci) {
  Channel& channel = at(dlci);
  const State before = channel.state;
  if (before == State::closed || before == State::silent) return;
  const bool was_told = channel.negotiated || is_pending(ControlType::parameters, dlci);
  if (before == State::opening && dlci > 0 && options_.initiator && !was_told) {
    channel.deadline.reset();
    return ask_parameters(now, dlci, 1);  // it may want to be told of them first
  }
  became_closed(dlci, before == State::opening ? State::refused : State::closed);
  if (dlci == 0) end(End::refused);
}

void Muxer::disc_in(const Frame& frame) {
  if (!frame.poll_final) return;  // clause 5.4.4.1
  // Clause 5.4.2: UA, or DM where nothing was open.
  const bool was_open = known(frame.dlci) && at(frame.dlci).state != State::closed;
  send_frame(frame.dlci, was_open ? FrameType::ua : FrameType::dm, false);
  if (!was_open) return;
  became_closed(frame.dlci, State::closed);
  if (frame.dlci == 0) end(End::by_peer);
}

void Muxer::data_in(Instant now, const Frame& frame) {
  if (frame.dlci == 0) {
    Bytes rest = frame.info;
    while (!ended_) {
      const auto message = next_message(rest);
      if (!message) return;
      message_in(now, *message);
    }
    return;
  }
  if (state(frame.dlci) == State::opening) return;  // UA was lost, and comes again
  if (state(frame.dlci) != State::open) return send_frame(frame.dlci, FrameType::dm, false);
  Channel& channel = at(frame.dlci);
  dropped_ += frame.info.size() - channel.in.push(frame.info);
  if (channel.throttled || channel.in.size() < throttle_at) return;
  channel.throttled = true;
  send_signals(now, frame.dlci);
}

void Muxer::opened(Instant now, std::uint8_t dlci) {
  Channel& channel = at(dlci);
  channel.state = State::open;
  channel.deadline.reset();
  channel.throttled = false;
  channel.in.clear();
  channel.out.clear();
  if (dlci > 0) return send_signals(now, dlci);
  heard_ = now;
  // Soon, to learn whether it answers such questions at all.
  if (options_.initiator && options_.quiet > Duration::zero()) ask_due_ = now + options_.quiet / 5;
  for (std::size_t i = 1; i < channels_.size(); ++i)
    if (channels_[i].wanted) begin_open(now, static_cast<std::uint8_t>(i));
}

void Muxer::became_closed(std::uint8_t dlci, State state) {
  Channel& channel = at(dlci);
  channel.state = state;
  channel.deadline.reset();
  channel.out.clear();
  channel.peer_signals = 0;  // not in opened(): MSC may come before UA
  for (Pending& pending : pending_)
    if (dlci > 0 && pending.dlci == dlci) pending.deadline.reset();
}

void Muxer::end(End how) {
  if (ended_) return;
  ended_ = how;
  for (std::size_t i = 0; i < channels_.size(); ++i)
    if (channels_[i].state == State::open || channels_[i].state == State::opening ||
        channels_[i].state == State::closing)
      became_closed(static_cast<std::uint8_t>(i), State::closed);
  for (Channel& channel : channels_) channel.deadline.reset();
  for (Pending& pending : pending_) pending.deadline.reset();
}

/// Clause 5.2.1.2: in commands the initiator's C/R bit is 1, in responses the responder's.
void Muxer::send_frame(std::uint8_t dlci, FrameType type, bool command, Bytes info) {
  const std::size_t most = max_frame_octets(options_.option, info.size());
  if (line_.room() < most) {
    ++dropped_;  // a peer that asks faster than it listens
    return;
  }
  const Frame frame{.dlci = dlci,
                    .command_response = command == options_.initiator,
                    .type = type,
                    .poll_final = type != FrameType::uih,
                    .info = info};
  line_.commit(write_frame(options_.option, frame, line_.reserve(most)));
}

}  // namespace tunppp::modem::cmux
