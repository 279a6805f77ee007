#pragma once

#include <cstdint>

/// PPP protocol numbers (RFC 1661 section 2).
namespace tunppp::protocol {

inline constexpr std::uint16_t ipv4 = 0x0021;
inline constexpr std::uint16_t vj_compressed = 0x002d;
inline constexpr std::uint16_t vj_uncompressed = 0x002f;
inline constexpr std::uint16_t ipv6 = 0x0057;
inline constexpr std::uint16_t ipcp = 0x8021;
inline constexpr std::uint16_t ipv6cp = 0x8057;
inline constexpr std::uint16_t ccp = 0x80fd;
inline constexpr std::uint16_t lcp = 0xc021;
inline constexpr std::uint16_t pap = 0xc023;
inline constexpr std::uint16_t lqr = 0xc025;
inline constexpr std::uint16_t chap = 0xc223;
inline constexpr std::uint16_t eap = 0xc227;

}  // namespace tunppp::protocol
