#include "session/cmux_line.h"

#include "base/timer_table.h"

#include <algorithm>
#include <array>
#include <utility>

namespace tunppp::session {
namespace {

using modem::cmux::Muxer;
using modem::cmux::MuxerOptions;
using modem::cmux::Option;

constexpr std::size_t read_size = 4096;  // what a tty gives at once

}  // namespace

CmuxLine::CmuxLine(Loop& loop, Pipe& line, const MuxerOptions& options,
                   std::function<void()> changed)
    : line_(line),
      options_(options),
      muxer_(options),
      changed_(loop, std::move(changed)),
      timer_(loop, [this] { timeout(); }),
      states_(options.channels + 1, Muxer::State::closed) {
  for (std::size_t i = 1; i <= options.channels; ++i)
    channels_.push_back(std::make_unique<Channel>(*this, loop, static_cast<std::uint8_t>(i)));
}

CmuxLine::~CmuxLine() {
  line_.listen(nullptr);
  line_.watch_read(false);
}

void CmuxLine::start() {
  line_.listen(this);
  line_.watch_read(true);
  const Instant now = boot_time();
  muxer_.start(now);
  for (std::size_t i = 1; i <= channels_.size(); ++i)
    muxer_.open(now, static_cast<std::uint8_t>(i));
  flush();
  note_changes();
}

bool CmuxLine::opened() const {
  if (over()) return true;
  for (std::size_t dlci = 0; dlci <= channels_.size(); ++dlci)
    if (muxer_.state(static_cast<std::uint8_t>(dlci)) == Muxer::State::opening) return false;
  return is_open(0);
}

void CmuxLine::set_dtr(std::uint8_t dlci, bool on) {
  namespace signal = modem::cmux::signal;
  constexpr std::uint8_t both = signal::ready | signal::clear;
  muxer_.set_signals(boot_time(), dlci, on ? both : std::uint8_t{0});
  flush();
  schedule();
}

void CmuxLine::stop(Duration patience) {
  const Instant now = boot_time();
  stop_deadline_ = now + patience;
  muxer_.stop(now);
  flush();
  note_changes();
}

double CmuxLine::share() const {
  const double info = static_cast<double>(options_.frame_size);
  // Flags, address, control and FCS; then the length, or the octets of random data that are
  // escaped, two of 256. Frames end where a write ends, too: a little more is lost.
  const double length = options_.frame_size > 127 ? 2 : 1;
  if (options_.option == Option::basic) return info / (info + 5 + length);
  return info / (info * 258 / 256 + 5);
}

// --- The line ---

void CmuxLine::pipe_readable() {
  read_line();
  flush();
  tell_channels();
  hold_line();
}

void CmuxLine::read_line() {
  std::array<std::byte, read_size> buffer;
  const Pipe::Result result = line_held_ ? Pipe::Result() : line_.read(buffer);
  muxer_.receive(boot_time(), Bytes(buffer).first(result.count));
  if (result.closed) end_of_line(result.error);
}

void CmuxLine::pipe_writable() {
  line_blocked_ = false;
  flush();
  tell_channels();
}

void CmuxLine::timeout() {
  const Instant now = boot_time();
  if (stop_deadline_ && *stop_deadline_ <= now) given_up_ = true;
  read_line();  // what has come is not late, only we are
  if (line_held_) muxer_.excuse(now);
  muxer_.handle_timeout(now);
  flush();
  tell_channels();
  hold_line();
}

void CmuxLine::flush() {
  while (!line_closed_ && !line_blocked_) {
    const Bytes out = muxer_.poll_transmit();
    if (out.empty()) return;
    const Pipe::Result result = line_.write(out);
    muxer_.transmitted(result.count);
    if (result.closed) return end_of_line(result.error);
    if (result.count == out.size()) continue;
    line_blocked_ = true;
    line_.watch_write();
  }
}

void CmuxLine::end_of_line(std::error_code error) {
  line_closed_ = true;
  error_ = error;
  line_.watch_read(false);
  note_changes();
}

void CmuxLine::schedule() {
  timer_.set(over() ? std::nullopt : earliest(muxer_.next_timeout(), stop_deadline_));
}

/// Tells the owner, and the channels, from the loop.
void CmuxLine::note_changes() {
  schedule();
  bool changed = std::exchange(was_over_, over()) != over();
  for (std::size_t dlci = 0; dlci < states_.size(); ++dlci) {
    const Muxer::State now = muxer_.state(static_cast<std::uint8_t>(dlci));
    changed = std::exchange(states_[dlci], now) != now || changed;
  }
  if (!changed) return;
  changed_.notify();
  for (const auto& channel : channels_) channel->poke();
}

/// More may be under way than a channel has room for when its peer is told to stop; then all of
/// them wait for its reader. Where nobody reads, what finds no room is dropped.
void CmuxLine::hold_line() {
  const bool hold = std::any_of(channels_.begin(), channels_.end(),
                                [](const auto& channel) { return channel->full(); });
  if (hold == line_held_ || line_closed_) return;
  line_held_ = hold;
  line_.watch_read(!hold);
}

/// From the loop, at once.
void CmuxLine::tell_channels() {
  note_changes();
  for (const auto& channel : channels_) channel->wake();
}

/// A line that tells 0 while it takes no more does not tell at all, as a pty: then nobody knows.
std::optional<std::size_t> CmuxLine::unsent(std::uint8_t dlci) const {
  const std::optional<std::size_t> below = line_.unsent();
  if (!below) return std::nullopt;
  const std::size_t ours = muxer_.unsent(dlci) + muxer_.line_pending();
  if (ours > 0 && *below == 0) return std::nullopt;
  return ours + *below;
}

// --- The channels ---

Pipe::Result CmuxLine::Channel::read(MutableBytes out) {
  const Bytes waiting = line_.muxer_.received(dlci_);
  const std::size_t count = std::min(waiting.size(), out.size());
  std::copy_n(waiting.begin(), count, out.begin());
  if (count == 0) return {.closed = line_.line_closed_ || closed(), .error = line_.error_};
  line_.muxer_.consumed(boot_time(), dlci_, count);
  line_.flush();  // the peer may be told to go on
  line_.schedule();
  line_.hold_line();
  return {.count = count};
}

Pipe::Result CmuxLine::Channel::write(Bytes in) {
  if (line_.line_closed_ || closed()) return {.closed = true, .error = line_.error_};
  Result result;
  while (result.count < in.size()) {
    const std::size_t taken = line_.muxer_.write(dlci_, in.subspan(result.count));
    if (taken == 0) break;
    result.count += taken;
    line_.flush();
  }
  line_.schedule();  // a peer that sleeps is woken first
  return result;
}

std::optional<std::size_t> CmuxLine::Channel::unsent() const {
  return line_.unsent(dlci_);
}

void CmuxLine::Channel::listen(Pipe::Listener* listener) {
  listener_ = listener;
  line_.hold_line();
  poke();
}

void CmuxLine::Channel::watch_read(bool on) {
  watching_read_ = on;
  poke();
}

void CmuxLine::Channel::watch_write() {
  watching_write_ = true;
  poke();
}

bool CmuxLine::Channel::readable() const {
  return listener_ && watching_read_ &&
         (!line_.muxer_.received(dlci_).empty() || closed() || line_.line_closed_);
}

// Half of the room, so that a slow line is not fed octet by octet.
bool CmuxLine::Channel::writable() const {
  return listener_ && watching_write_ &&
         (line_.muxer_.room(dlci_) >= Muxer::send_capacity / 2 || closed() || line_.line_closed_);
}

bool CmuxLine::Channel::full() const {
  return listener_ && line_.muxer_.received(dlci_).size() + read_size > Muxer::receive_capacity;
}

void CmuxLine::Channel::poke() {
  if (readable() || writable()) wakeup_.notify();
}

void CmuxLine::Channel::wake() {
  if (readable()) listener_->pipe_readable();
  if (writable()) {
    watching_write_ = false;
    listener_->pipe_writable();
  }
  poke();
}

}  // namespace tunppp::session
