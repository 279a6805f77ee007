#pragma once

#include <tunppp/bytes.h>

namespace tunppp::session {

/// Tells the ends that a queue has grown, instead of dropping (RFC 3168 section 5): sets Congestion
/// Experienced in an IPv4 or IPv6 packet whose sender can be told so. False for all others, which
/// are to be dropped.
bool mark_congestion(MutableBytes packet);

}  // namespace tunppp::session
