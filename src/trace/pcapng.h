#pragma once

#include <tunppp/bytes.h>

#include <chrono>
#include <string_view>
#include <vector>

namespace tunppp::trace {

/// Wall-clock time of a frame.
using WallTime = std::chrono::sys_time<std::chrono::nanoseconds>;

/// Where the blocks go: one call for each, in order.
class ByteSink {
 public:
  virtual void write(Bytes block) = 0;

 protected:
  ~ByteSink() = default;
};

enum class Direction : std::uint8_t { received, sent };

/// Writes PPP frames as a pcapng file (draft-ietf-opsawg-pcapng): one section, one interface of
/// link type PPP_WITH_DIR, one Enhanced Packet Block a frame. It opens nothing and reads no clock.
class PcapngWriter {
 public:
  /// The sink must outlive the writer.
  explicit PcapngWriter(ByteSink& sink) : sink_(sink) {}

  /// First and once: section header and interface description.
  void begin(std::string_view application, std::string_view interface_name);
  /// A frame without flags, escapes and FCS, from its address field (or its protocol) on.
  void frame(WallTime time, Direction direction, Bytes frame);

 private:
  ByteSink& sink_;
  std::vector<std::byte> block_;
};

}  // namespace tunppp::trace
