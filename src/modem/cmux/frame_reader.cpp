#include "modem/cmux/frame_reader.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace tunppp::modem::cmux {
namespace {

constexpr std::size_t short_header = 3;  // address, control, length
constexpr std::size_t trailer = 2;       // FCS and flag

std::optional<FrameType> frame_type(std::byte control) {
  const auto type = static_cast<FrameType>(std::to_integer<unsigned>(control) & ~0x10U);
  switch (type) {
    case FrameType::sabm:
    case FrameType::ua:
    case FrameType::dm:
    case FrameType::disc:
    case FrameType::uih:
    case FrameType::ui:
      return type;
  }
  return std::nullopt;
}

bool last_of_field(std::byte octet) {
  return (octet & std::byte{1}) != std::byte{0};  // the EA bit
}

}  // namespace

FrameReader::FrameReader(Option option, std::size_t max_info)
    : option_(option), max_info_(max_info), octets_(max_info + 8) {}

void FrameReader::give_up() {
  if (!partial()) return;
  drop(std::exchange(used_, 0));
  resynchronize();
}

std::optional<Frame> FrameReader::next(Bytes& in) {
  drop(std::exchange(used_, 0));
  return option_ == Option::basic ? next_basic(in) : next_advanced(in);
}

// --- basic: flag, address, control, length, information, FCS, flag ---

std::optional<Frame> FrameReader::next_basic(Bytes& in) {
  while (true) {
    if (size_ == 1 && !in.empty() && in.front() == basic_flag) size_ = 0;  // flags in a row
    if (size_ == 0) {
      const auto flag = std::find(in.begin(), in.end(), basic_flag);
      in = in.subspan(static_cast<std::size_t>(flag - in.begin()));
      if (in.empty()) return std::nullopt;
      if (const auto frame = whole_frame(in)) return frame;
      take(in, 1);
      continue;
    }
    const Bytes octets = Bytes(octets_).first(size_);
    if (size_ > 1 && octets[1] == basic_flag) {
      drop(1);  // the last one's closing flag and this one's opening flag
      continue;
    }
    if (!sound(octets)) {
      resynchronize();
      continue;
    }
    const std::size_t total = wanted(octets);
    if (size_ < total) {
      take(in, std::min(total - size_, in.size()));
      if (size_ < total) return std::nullopt;
      continue;  // more of the header may tell of more to come
    }
    if (const auto frame = frame_of(octets.first(total))) {
      used_ = total - 1;
      return frame;
    }
    resynchronize();
  }
}

/// One that is all there at the front of `in` need not be copied.
std::optional<Frame> FrameReader::whole_frame(Bytes& in) {
  if (in.size() < 2 || in[1] == basic_flag || !sound(in)) return std::nullopt;
  const std::size_t total = wanted(in);
  if (in.size() < total) return std::nullopt;
  const auto frame = frame_of(in.first(total));
  if (frame) in = in.subspan(total - 1);  // its flag may be the next one's, too
  return frame;
}

/// From flag to flag, if they are.
std::optional<Frame> FrameReader::frame_of(Bytes octets) {
  if (octets.back() != basic_flag) return std::nullopt;
  const std::size_t header = last_of_field(octets[3]) ? short_header : short_header + 1;
  return parsed(octets.subspan(1, octets.size() - trailer), header);
}

/// How many octets it takes to see further; `octets` from the flag on.
std::size_t FrameReader::wanted(Bytes octets) {
  if (octets.size() < 2) return 2;
  if (octets.size() < 4) return 4;
  const std::size_t low = std::to_integer<std::size_t>(octets[3]) >> 1;
  if (last_of_field(octets[3])) return 1 + short_header + low + trailer;
  if (octets.size() < 5) return 5;
  return 1 + short_header + 1 + (low | std::to_integer<std::size_t>(octets[4]) << 7) + trailer;
}

/// Nothing speaks against a frame so far.
bool FrameReader::sound(Bytes octets) const {
  if (octets.size() > 1 && !last_of_field(octets[1])) return false;
  if (octets.size() > 2 && !frame_type(octets[2])) return false;
  return wanted(octets) <= octets_.size() - 1;
}

void FrameReader::resynchronize() {
  ++damaged_;
  const auto end = octets_.begin() + static_cast<std::ptrdiff_t>(size_);
  drop(static_cast<std::size_t>(std::find(octets_.begin() + 1, end, basic_flag) - octets_.begin()));
}

// --- advanced: flag, address, control, information, FCS, flag, escaped between the flags ---

std::optional<Frame> FrameReader::next_advanced(Bytes& in) {
  while (!in.empty()) {
    if (!hunting_ && !escaped_) take_plain(in);
    if (in.empty()) return std::nullopt;
    std::byte octet = in.front();
    in = in.subspan(1);
    if (octet == advanced_flag) {
      const std::size_t size = std::exchange(size_, 0);
      const bool whole = !std::exchange(escaped_, false) && !std::exchange(hunting_, false);
      if (size == 0 && whole) continue;
      if (whole && size > 2)
        if (const auto frame = parsed(Bytes(octets_).first(size), 2)) return frame;
      if (size > 0) ++damaged_;
      continue;
    }
    if (hunting_) continue;
    if (octet == advanced_escape) {
      escaped_ = true;
      continue;
    }
    if (std::exchange(escaped_, false)) octet ^= advanced_modifier;
    if (size_ < longest_advanced()) {
      octets_[size_++] = octet;
      continue;
    }
    ++damaged_;
    size_ = 0;
    hunting_ = true;
  }
  return std::nullopt;
}

/// As many octets as stand for themselves and have room.
void FrameReader::take_plain(Bytes& in) {
  const Bytes fitting = in.first(std::min(in.size(), longest_advanced() - size_));
  const auto end = std::find_if(fitting.begin(), fitting.end(), [](std::byte octet) {
    return octet == advanced_flag || octet == advanced_escape;
  });
  take(in, static_cast<std::size_t>(end - fitting.begin()));
}

// --- both ---

/// From address to FCS; `header` of them are header.
std::optional<Frame> FrameReader::parsed(Bytes octets, std::size_t header) {
  const auto type = frame_type(octets[1]);
  if (!type || !last_of_field(octets[0])) return std::nullopt;
  const Bytes info = octets.subspan(header, octets.size() - header - 1);
  std::uint8_t fcs = fcs_update(fcs_seed, octets.first(header));
  if (*type != FrameType::uih) fcs = fcs_update(fcs, info);
  if (fcs_update(fcs, octets.last(1)) != fcs_good) return std::nullopt;
  const auto address = std::to_integer<std::uint8_t>(octets[0]);
  return Frame{.dlci = static_cast<std::uint8_t>(address >> 2),
               .command_response = (address & 2) != 0,
               .type = *type,
               .poll_final = (std::to_integer<unsigned>(octets[1]) & poll_final_bit) != 0,
               .info = info};
}

void FrameReader::take(Bytes& in, std::size_t count) {
  if (count == 0) return;
  std::memcpy(octets_.data() + size_, in.data(), count);
  size_ += count;
  in = in.subspan(count);
}

void FrameReader::drop(std::size_t count) {
  if (count == 0) return;
  size_ -= count;
  std::memmove(octets_.data(), octets_.data() + count, size_);
}

}  // namespace tunppp::modem::cmux
