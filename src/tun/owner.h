#pragma once

#include <string>

namespace tunppp::tun {

/// What the interface is and whose, in words: "a tun interface of openvpn (process 812)". Who
/// holds a TUN is seen as far as /proc lets us see; empty when there is no such interface.
std::string describe_owner(const std::string& interface);

}  // namespace tunppp::tun
