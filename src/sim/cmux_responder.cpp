#include "sim/cmux_responder.h"

#include <algorithm>
#include <array>
#include <utility>

namespace tunppp::sim {

using modem::cmux::Frame;
using modem::cmux::FrameType;
using modem::cmux::Muxer;
using modem::cmux::MuxerOptions;
using modem::cmux::Option;

namespace {

/// What may wait for a side that does not read.
constexpr std::size_t capacity = 16 * 1024;
constexpr std::size_t longest_frame = 32768;
/// CLD as a command: type C3 and no value (TS 27.010 clause 5.4.6.3.3).
constexpr std::string_view close_down = "\xc3\x01";
/// PN without its C/R bit (clause 5.4.6.3.1).
constexpr int parameter_negotiation = 0x20;

Bytes octets_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

std::string_view text_of(Bytes octets) {
  return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}

}  // namespace

CmuxResponder::CmuxResponder(MuxerOptions options, CmuxHabits habits,
                             std::vector<ModemEmulator*> ports)
    : habits_(habits),
      option_(options.option),
      muxer_(options),
      heard_(options.option, longest_frame),
      saying_(options.option, longest_frame),
      ports_(std::move(ports)),
      open_(ports_.size() + 1),
      known_(ports_.size() + 1) {
  ports_.resize(std::min(ports_.size(), options.channels));
}

// --- inputs ---

void CmuxResponder::receive(Instant now, Bytes in) {
  if (habits_.silent) return leave_if_told(in);
  const std::string octets = damaged(text_of(in));
  if (habits_.most_info > 0 || habits_.wants_parameters || habits_.ignores_disconnect)
    filter(now, octets_of(octets));
  else
    muxer_.receive(now, octets_of(octets));
  exchange(now);
}

void CmuxResponder::handle_timeout(Instant now) {
  muxer_.handle_timeout(now);
  exchange(now);
}

void CmuxResponder::exchange(Instant now) {
  for (std::uint8_t dlci = 1; dlci <= ports_.size(); ++dlci) {
    follow(now, dlci);
    ModemEmulator& at = port(dlci);
    at.written_to_host(muxer_.write(dlci, at.poll_to_host()));
  }
  say_what_the_muxer_says();
}

void CmuxResponder::close_channel(Instant now, std::uint8_t dlci) {
  muxer_.close(now, dlci);
  say_what_the_muxer_says();
}

/// Deaf to all but CLD, in whatever frame it comes.
void CmuxResponder::leave_if_told(Bytes in) {
  close_down_ += text_of(in);
  left_ = left_ || close_down_.find(close_down) != std::string::npos;
  if (close_down_.size() > 1) close_down_.erase(0, close_down_.size() - 1);
}

void CmuxResponder::filter(Instant now, Bytes in) {
  while (const auto frame = heard_.next(in))
    if (lets_pass(*frame)) muxer_.receive(now, octets_of(written(*frame)));
}

bool CmuxResponder::lets_pass(const Frame& frame) {
  if (habits_.most_info > 0 && frame.info.size() > habits_.most_info) return false;
  if (habits_.ignores_disconnect && frame.type == FrameType::disc && frame.dlci > 0) return false;
  const bool is_parameters = frame.dlci == 0 && !frame.info.empty() &&
                             std::to_integer<int>(frame.info[0]) >> 2 == parameter_negotiation;
  told_parameters_ = told_parameters_ || is_parameters;
  if (!habits_.wants_parameters || told_parameters_) return true;
  if (frame.type != FrameType::sabm || frame.dlci == 0) return true;
  said_ += written(
      {.dlci = frame.dlci, .command_response = true, .type = FrameType::dm, .poll_final = true});
  return false;
}

/// From a channel to its port, as far as that has room. A call ends with its channel, or when the
/// host lowers its signal (MSC).
void CmuxResponder::follow(Instant now, std::uint8_t dlci) {
  if (muxer_.state(dlci) != Muxer::State::open) {
    if (open_[dlci]) port(dlci).set_dtr(now, false);
    open_[dlci] = known_[dlci] = false;
    return;
  }
  if (!known_[dlci] && dlci > 1) port(dlci).forget_output();  // what was said to nobody
  known_[dlci] = true;
  const bool ready = (muxer_.peer_signals(dlci) & modem::cmux::signal::ready) != 0;
  if (open_[dlci] != ready) port(dlci).set_dtr(now, ready);
  open_[dlci] = ready;
  while (true) {
    const std::size_t waiting = port(dlci).poll_to_network().size();
    const Bytes in = muxer_.received(dlci);
    const Bytes taken = in.first(std::min(in.size(), capacity - std::min(capacity, waiting)));
    if (taken.empty()) return;
    port(dlci).receive_from_host(now, taken);
    muxer_.consumed(now, dlci, taken.size());
  }
}

// --- outputs ---

void CmuxResponder::say_what_the_muxer_says() {
  while (said_.size() < capacity) {
    const Bytes out = muxer_.poll_transmit();
    if (out.empty()) return;
    if (!habits_.silent) said_ += damaged(in_its_ways(out));
    muxer_.transmitted(out.size());
  }
}

std::string CmuxResponder::in_its_ways(Bytes out) {
  if (!habits_.status_first && !habits_.long_lengths) return std::string(text_of(out));
  std::string said;
  while (const auto frame = saying_.next(out)) {
    if (habits_.status_first && frame->type == FrameType::ua && frame->dlci > 0) {
      const std::array status{std::byte{0xe3}, std::byte{0x05},
                              static_cast<std::byte>(frame->dlci << 2 | 3), std::byte{0x0d}};
      said += written({.dlci = 0, .info = status});
    }
    const bool is_long = habits_.long_lengths && option_ == Option::basic;
    said += is_long ? with_long_length(*frame) : written(*frame);
  }
  return said;
}

/// Address and control are as in the short form; the FCS covers both octets of the length.
std::string CmuxResponder::with_long_length(const Frame& frame) const {
  const std::string usual = written(frame);
  const std::size_t size = frame.info.size();
  const std::string header{usual[1], usual[2], static_cast<char>(size << 1 & 0xfe),
                           static_cast<char>(size >> 7)};
  std::uint8_t fcs = modem::cmux::fcs_update(modem::cmux::fcs_seed, octets_of(header));
  if (frame.type == FrameType::ui) fcs = modem::cmux::fcs_update(fcs, frame.info);
  return "\xf9" + header + std::string(text_of(frame.info)) + static_cast<char>(0xff - fcs) +
         "\xf9";
}

std::string CmuxResponder::written(const Frame& frame) const {
  std::string out(modem::cmux::max_frame_octets(option_, frame.info.size()), '\0');
  out.resize(modem::cmux::write_frame(option_, frame, std::as_writable_bytes(std::span(out))));
  return out;
}

std::string CmuxResponder::damaged(std::string_view octets) {
  std::string result(octets);
  if (!result.empty() && habits_.damage > 0 &&
      std::uniform_real_distribution<>(0, 1)(random_) < habits_.damage)
    result[random_() % result.size()] ^= 0x10;
  return result;
}

}  // namespace tunppp::sim
