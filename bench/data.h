#pragma once

#include "hdlc/accm.h"
#include "hdlc/kernel.h"

#include <tunppp/bytes.h>

#include <string>
#include <string_view>
#include <vector>

/// What the codec benchmarks work on. Everything is made from fixed seeds.
namespace tunppp::bench {

/// Predictors learn a few packets by heart; these are too many for that.
inline constexpr std::size_t packet_count = 4096;

struct Packets {
  std::vector<std::byte> octets;
  std::vector<Bytes> packets;
};

/// What is in the packets, and under which map they travel.
struct DataSet {
  std::string_view name;
  Packets (*make)(std::size_t size, std::size_t count);
  hdlc::Accm accm;
  bool sized;  // comes in the usual sizes; else it has its own mix of them
};

const std::vector<DataSet>& data_sets();

/// The packets as frames, one flag between them.
std::vector<std::byte> encode_all(const Packets& packets, hdlc::Accm accm);

}  // namespace tunppp::bench
