#include "sim/line.h"

#include "base/timer_table.h"

#include <algorithm>

namespace tunppp::sim {

namespace {

constexpr std::byte flag{0x7e};
constexpr std::size_t longest_copy = 8192;

Duration octet_time(std::uint32_t baud) {
  return baud == 0 ? Duration{} : Duration{std::chrono::seconds(10)} / baud;
}

}  // namespace

LineChannel::LineChannel(const LineOptions& options, std::uint64_t seed)
    : options_(options),
      octet_time_(octet_time(options.baud)),
      random_(seed),
      octet_losses_(options.octet_loss, random_),
      bit_errors_(options.bit_errors, random_) {}

std::size_t LineChannel::room() const {
  return options_.capacity - std::min(options_.capacity, octets_.size());
}

std::size_t LineChannel::push(Instant now, Bytes octets) {
  std::size_t taken = 0;
  idle_from_ = std::max(idle_from_, now);
  while (taken < octets.size() && room() > 0) send(octets[taken++]);
  statistics_.octets_sent += taken;
  return taken;
}

void LineChannel::send(std::byte octet) {
  if (octet == flag) {
    if (noise_ == Noise::from_next_flag) noise_ = Noise::on;
    if (in_frame_) end_frame();
    flag_seen_ = true;
    transmit(octet);
    return;
  }
  if (flag_seen_ && !in_frame_) begin_frame();
  if (in_frame_)
    send_frame_octet(octet);
  else
    transmit(octet);
}

void LineChannel::begin_frame() {
  in_frame_ = true;
  fate_ = {};
  ++statistics_.frames;
  if (noise_ != Noise::on) return;
  if (random_.chance(options_.frame_loss)) {
    fate_.lost = true;
    ++statistics_.frames_lost;
    return;
  }
  fate_.duplicated = random_.chance(options_.frame_duplication);
  if (random_.chance(options_.frame_damage)) {
    ++statistics_.frames_damaged;
    fate_.wounds = 1 + static_cast<unsigned>(random_.below(3));
    // How long the frame is will only be known at its end, so short distances are as likely as
    // long ones: 0 to 3, 0 to 7, ... 0 to 1023.
    fate_.next_wound = random_.below(std::uint64_t{4} << random_.below(9));
  }
}

void LineChannel::send_frame_octet(std::byte octet) {
  if (fate_.lost) {
    take_slot();
    return;
  }
  if (fate_.duplicated && copy_.size() < longest_copy) copy_.push_back(octet);
  if (fate_.wounds == 0 || fate_.next_wound-- > 0) {
    transmit(octet);
    return;
  }
  --fate_.wounds;
  fate_.wounded = true;
  fate_.next_wound = random_.below(16);
  if (random_.chance(0.5)) {
    transmit(flip_a_bit(octet));
    return;
  }
  take_slot();
  ++statistics_.octets_lost;
}

void LineChannel::end_frame() {
  in_frame_ = false;
  // Ended before its wound came: then noise stands in front of the flag.
  if (fate_.wounds > 0 && !fate_.wounded)
    transmit(static_cast<std::byte>(0x80 + random_.below(0x80)));
  if (fate_.duplicated && copy_.size() < longest_copy) {
    ++statistics_.frames_duplicated;
    transmit(flag);
    for (std::byte octet : copy_) transmit(octet);
  }
  copy_.clear();
}

std::byte LineChannel::flip_a_bit(std::byte octet) {
  ++statistics_.bits_flipped;
  return octet ^ (std::byte{1} << static_cast<int>(random_.below(8)));
}

// A lost octet takes its time on the line, too.
Instant LineChannel::take_slot() {
  idle_from_ += octet_time_;
  return idle_from_ + options_.latency;
}

void LineChannel::transmit(std::byte octet) {
  Instant arrival = take_slot();
  if (noise_ == Noise::on) {
    if (octet_losses_.next()) {
      ++statistics_.octets_lost;
      return;
    }
    if (options_.bit_errors > 0) {
      for (int bit = 0; bit < 8; ++bit) {
        if (!bit_errors_.next()) continue;
        octet ^= std::byte{1} << bit;
        ++statistics_.bits_flipped;
      }
    }
  }
  arrive(arrival, octet);
}

void LineChannel::arrive(Instant arrival, std::byte octet) {
  octets_.push_back(octet);
  if (!runs_.empty()) {
    Run& last = runs_.back();
    Instant next = last.first_arrival + octet_time_ * static_cast<Duration::rep>(last.length);
    if (next == arrival) {
      ++last.length;
      return;
    }
  }
  runs_.push_back({arrival, 1});
}

std::size_t LineChannel::pull(Instant now, MutableBytes out) {
  std::size_t count = 0;
  while (!runs_.empty() && runs_.front().first_arrival <= now && count < out.size()) {
    Run& run = runs_.front();
    std::size_t arrived = run.length;
    if (octet_time_ > Duration{}) {
      auto since = static_cast<std::size_t>((now - run.first_arrival) / octet_time_);
      arrived = std::min(arrived, since + 1);
    }
    arrived = std::min(arrived, out.size() - count);
    auto end = octets_.begin() + static_cast<std::ptrdiff_t>(arrived);
    std::copy(octets_.begin(), end, out.begin() + static_cast<std::ptrdiff_t>(count));
    octets_.erase(octets_.begin(), end);
    count += arrived;
    run.length -= arrived;
    run.first_arrival += octet_time_ * static_cast<Duration::rep>(arrived);
    if (run.length == 0) runs_.pop_front();
  }
  statistics_.octets_arrived += count;
  return count;
}

std::optional<Instant> LineChannel::next_arrival() const {
  if (runs_.empty()) return std::nullopt;
  return runs_.front().first_arrival;
}

void LineChannel::set_noise(Noise noise) {
  noise_ = noise;
  if (noise == Noise::on) return;
  // What comes now is text.
  flag_seen_ = false;
  in_frame_ = false;
}

void LineChannel::clear() {
  runs_.clear();
  octets_.clear();
  idle_from_ = {};
  flag_seen_ = false;
  in_frame_ = false;
  fate_ = {};
  copy_.clear();
}

std::optional<Instant> Line::next_timeout() const {
  return earliest(from_a_.next_arrival(), from_b_.next_arrival());
}

void Line::set_noise(LineChannel::Noise noise) {
  from_a_.set_noise(noise);
  from_b_.set_noise(noise);
}

void Line::clear() {
  from_a_.clear();
  from_b_.clear();
}

}  // namespace tunppp::sim
