#pragma once

#include <tunppp/bytes.h>

#include <string>

#include "cp/packet.h"

namespace tunppp::cp {

/// A peer's words for people: at most 200 characters, what is not printable ASCII as '.'.
std::string printable(Bytes text);

/// "ConfReq id=1" and the like for the codes 1 to 7; "code 14 id=1" for others.
std::string describe_header(const PacketView& packet);

/// A whole packet of the codes 1 to 7 with `describe_option` for each option.
std::string describe_packet(const PacketView& packet,
                            std::string (*describe_option)(const Option& option));

/// "<option 7 01 02>" for an option without a name.
std::string describe_unknown(const Option& option);

}  // namespace tunppp::cp
