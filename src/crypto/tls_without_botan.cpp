// The names of crypto/tls_channel.h in a build without Botan, where nobody agrees to EAP.
#include <cstdlib>

#include "crypto/tls_channel.h"

namespace tunppp::crypto {

struct TlsChannel::Impl {};
TlsChannel::TlsChannel(Role, const TlsConfig&, Instant, Entropy&) { std::abort(); }
TlsChannel::~TlsChannel() = default;
void TlsChannel::receive(Bytes) { std::abort(); }
std::vector<std::byte> TlsChannel::take_output() { std::abort(); }
TlsChannel::State TlsChannel::state() const { std::abort(); }
const std::string& TlsChannel::words() const { std::abort(); }
const std::string& TlsChannel::notice() const { std::abort(); }
const std::string& TlsChannel::peer_name() const { std::abort(); }
Secret TlsChannel::key() const { std::abort(); }

std::string check(const TlsConfig&) { return "this build has no TLS"; }
std::string own_name(const TlsConfig&) { return {}; }

}  // namespace tunppp::crypto
