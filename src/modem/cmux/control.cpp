#include "modem/cmux/control.h"

#include <algorithm>
#include <cassert>

namespace tunppp::modem::cmux {
namespace {

constexpr std::uint8_t extension = 0x01;
constexpr std::uint8_t command_bit = 0x02;

std::uint8_t number(std::byte octet) {
  return std::to_integer<std::uint8_t>(octet);
}

}  // namespace

std::optional<ControlMessage> next_message(Bytes& in) {
  if (in.size() < 2 || (number(in[0]) & extension) == 0) return std::nullopt;
  std::size_t length = number(in[1]) >> 1;
  std::size_t header = 2;
  if ((number(in[1]) & extension) == 0) {
    if (in.size() < 3) return std::nullopt;
    length |= std::size_t{number(in[2])} << 7;
    header = 3;
  }
  if (in.size() - header < length) return std::nullopt;
  const ControlMessage message{.type = static_cast<std::uint8_t>(number(in[0]) >> 2),
                               .command = (number(in[0]) & command_bit) != 0,
                               .value = in.subspan(header, length)};
  in = in.subspan(header + length);
  return message;
}

std::size_t write_message(const ControlMessage& message, MutableBytes out) {
  const std::size_t length = message.value.size();
  assert(out.size() >= length + 4);
  std::size_t size = 0;
  out[size++] =
      static_cast<std::byte>(message.type << 2 | (message.command ? command_bit : 0) | extension);
  out[size++] = static_cast<std::byte>((length << 1 | (length <= 127 ? 1 : 0)) & 0xff);
  if (length > 127) out[size++] = static_cast<std::byte>(length >> 7);
  std::copy(message.value.begin(), message.value.end(),
            out.begin() + static_cast<std::ptrdiff_t>(size));
  return size + length;
}

std::optional<ChannelParameters> parse_parameters(Bytes value) {
  if (value.size() != channel_parameters_size) return std::nullopt;
  return ChannelParameters{
      .dlci = static_cast<std::uint8_t>(number(value[0]) & 0x3f),
      .frame_type = static_cast<std::uint8_t>(number(value[1]) & 0x0f),
      .priority = static_cast<std::uint8_t>(number(value[2]) & 0x3f),
      .t1 = number(value[3]),
      .frame_size = static_cast<std::uint16_t>(number(value[4]) | number(value[5]) << 8),
      .retries = number(value[6]),
      .window = static_cast<std::uint8_t>(number(value[7]) & 0x07)};
}

void write_parameters(const ChannelParameters& parameters, MutableBytes out) {
  assert(out.size() >= channel_parameters_size);
  out[0] = static_cast<std::byte>(parameters.dlci);
  out[1] = static_cast<std::byte>(parameters.frame_type);
  out[2] = static_cast<std::byte>(parameters.priority);
  out[3] = static_cast<std::byte>(parameters.t1);
  out[4] = static_cast<std::byte>(parameters.frame_size & 0xff);
  out[5] = static_cast<std::byte>(parameters.frame_size >> 8);
  out[6] = static_cast<std::byte>(parameters.retries);
  out[7] = static_cast<std::byte>(parameters.window);
}

}  // namespace tunppp::modem::cmux
