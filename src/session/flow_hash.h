#pragma once

#include <tunppp/bytes.h>

namespace tunppp::session {

/// Which flow an IP packet belongs to: addresses and protocol, and of whole TCP and UDP packets the
/// ports. `seed` is secret, so that nobody outside can make flows meet. Never fails: what is no IP
/// packet is a flow, too.
std::uint32_t flow_hash(Bytes packet, std::uint32_t seed);

}  // namespace tunppp::session
