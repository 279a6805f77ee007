#include "auth/eap_mschap_v2.h"

namespace tunppp::auth {

EapAnswer EapMsChapV2Peer::receive(Instant, std::uint8_t, Bytes) { return {}; }
EapAnswer EapMsChapV2Peer::provide_secret(const Secret&) { return {}; }
EapAnswer EapMsChapV2Server::start(Instant, std::uint8_t) { return {EapAnswer::Kind::finished}; }
EapAnswer EapMsChapV2Server::receive(Instant, std::uint8_t, Bytes) { return {}; }
EapAnswer EapMsChapV2Server::provide_secret(const Secret&) { return {}; }
bool EapMsChapV2Server::asks_the_same(Bytes) const { return false; }
std::string describe_eap_mschap_v2(Bytes) { return ""; }

}  // namespace tunppp::auth
