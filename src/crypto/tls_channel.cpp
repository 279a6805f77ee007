// Botan's TLS, wrapped. Botan 2 hands references about where Botan 3 wants shared pointers, and
// some signatures differ: all of that is in this file, behind BOTAN_VERSION_MAJOR. The branches for
// Botan 3 are written by its documentation.
#include "crypto/tls_channel.h"

#include <botan/build.h>
#include <botan/credentials_manager.h>
#include <botan/rng.h>
#include <botan/tls_callbacks.h>
#include <botan/tls_client.h>
#include <botan/tls_exceptn.h>
#include <botan/tls_policy.h>
#include <botan/tls_server.h>
#include <fmt/format.h>

#if BOTAN_VERSION_MAJOR >= 3
#include <botan/tls_session_manager_noop.h>
#else
#include <botan/tls_session_manager.h>
#endif

#include <algorithm>
#include <exception>
#include <optional>
#include <span>
#include <utility>

#include "crypto/tls_material.h"
#include "crypto/tls_verify.h"

namespace tunppp::crypto {
namespace {

#if BOTAN_VERSION_MAJOR >= 3
using OctetVector = std::vector<std::uint8_t>;

/// From TLS 1.3 on the server shows by a record with this one octet that it takes the client's
/// certificate, which the client cannot know before (RFC 9190 section 2.1.1).
constexpr std::uint8_t commitment = 0;
#endif

/// tunppp's entropy, as Botan wants it.
class Random final : public Botan::RandomNumberGenerator {
 public:
  explicit Random(Entropy& entropy) : entropy_(entropy) {}

  std::string name() const override { return "tunppp"; }
  void clear() override {}
  bool accepts_input() const override { return false; }
  bool is_seeded() const override { return true; }
#if BOTAN_VERSION_MAJOR < 3
  void randomize(std::uint8_t output[], std::size_t size) override { fill({output, size}); }
  void add_entropy(const std::uint8_t[], std::size_t) override {}
#endif

 private:
#if BOTAN_VERSION_MAJOR >= 3
  void fill_bytes_with_input(std::span<std::uint8_t> output,
                             std::span<const std::uint8_t>) override {
    fill(output);
  }
#endif
  void fill(std::span<std::uint8_t> output) { entropy_.fill(std::as_writable_bytes(output)); }

  Entropy& entropy_;
};

/// TLS 1.2 and later, certificates on both sides, nothing resumed, and no clock read.
class Rules final : public Botan::TLS::Policy {
 public:
#if BOTAN_VERSION_MAJOR >= 3
  bool allow_tls12() const override { return true; }
  bool allow_tls13() const override { return true; }
  std::size_t new_session_tickets_upon_handshake_success() const override { return 0; }
#else
  bool allow_tls10() const override { return false; }
  bool allow_tls11() const override { return false; }
  bool allow_tls12() const override { return true; }
  /// Botan 2 would begin with CECPQ1, which nobody else speaks and whose 2,000 octets a side cost
  /// two round trips in fragments.
  std::vector<std::string> allowed_key_exchange_methods() const override { return {"ECDH", "DH"}; }
#endif
  bool include_time_in_hello_random() const override { return false; }
  bool require_client_certificate_authentication() const override { return true; }
  bool support_cert_status_message() const override { return false; }
  /// The same limit as for a message of EAP-TLS.
  std::size_t maximum_certificate_chain_size() const override { return 64 * 1024; }
};

class Credentials final : public Botan::Credentials_Manager {
 public:
  explicit Credentials(TlsMaterial& material) : material_(material) {}

  std::vector<Botan::Certificate_Store*> trusted_certificate_authorities(
      const std::string&, const std::string&) override {
    return {&material_.trusted};
  }
#if BOTAN_VERSION_MAJOR >= 3
  std::vector<Botan::X509_Certificate> find_cert_chain(
      const std::vector<std::string>& key_types, const std::vector<Botan::AlgorithmIdentifier>&,
      const std::vector<Botan::X509_DN>&, const std::string&, const std::string&) override {
    return chain_for(key_types);
  }
  std::shared_ptr<Botan::Private_Key> private_key_for(const Botan::X509_Certificate&,
                                                      const std::string&,
                                                      const std::string&) override {
    return material_.key;
  }
#else
  std::vector<Botan::X509_Certificate> cert_chain(const std::vector<std::string>& key_types,
                                                  const std::string&,
                                                  const std::string&) override {
    return chain_for(key_types);
  }
  Botan::Private_Key* private_key_for(const Botan::X509_Certificate&, const std::string&,
                                      const std::string&) override {
    return material_.key.get();
  }
#endif

 private:
  std::vector<Botan::X509_Certificate> chain_for(const std::vector<std::string>& key_types) const {
    const std::string own = material_.key->algo_name();
    const bool fits = key_types.empty() ||
                      std::find(key_types.begin(), key_types.end(), own) != key_types.end();
    return fits ? material_.chain : std::vector<Botan::X509_Certificate>();
  }

  TlsMaterial& material_;
};

}  // namespace

struct TlsChannel::Impl final {
  struct Hooks;

  Impl(Role role, const TlsConfig& config, Instant now, Entropy& entropy);
  void make_channel();
  void refuse(std::string why);
  template <class Action>
  void guarded(Action action);

  const Role role;
  const std::string wanted_name;
  std::optional<WallTime> wall_time;
  TlsMaterial material;

  State state = State::handshaking;
  std::string words;
  std::string notice;
  std::string peer_name;
  bool tls13 = false;
  std::vector<std::byte> output;

  std::shared_ptr<Random> random;
  std::shared_ptr<Rules> rules = std::make_shared<Rules>();
  std::shared_ptr<Credentials> credentials;
  std::shared_ptr<Hooks> hooks;
  std::shared_ptr<Botan::TLS::Session_Manager_Noop> sessions =
      std::make_shared<Botan::TLS::Session_Manager_Noop>();
  std::unique_ptr<Botan::TLS::Channel> channel;
};

/// What Botan asks and tells. It never calls back into the channel.
struct TlsChannel::Impl::Hooks final : public Botan::TLS::Callbacks {
  explicit Hooks(Impl& owner) : impl(owner) {}

  void emit(std::span<const std::uint8_t> data) {
    const Bytes octets = std::as_bytes(data);
    impl.output.insert(impl.output.end(), octets.begin(), octets.end());
  }
  void tls_alert(Botan::TLS::Alert alert) override {
    const bool matters = alert.is_fatal() || impl.state == State::handshaking;
    if (!matters || impl.state == State::distrusted) return;
    impl.state = State::refused;
    impl.words = alert_words(static_cast<int>(alert.type()));
  }
  void judge(const std::vector<Botan::X509_Certificate>& chain) {
    const auto usage = impl.role == Role::client ? Botan::Usage_Type::TLS_SERVER_AUTH
                                                 : Botan::Usage_Type::TLS_CLIENT_AUTH;
    TlsVerdict verdict = verify(impl.material, chain, usage, impl.wanted_name, impl.wall_time);
    if (verdict.refusal) {
      impl.refuse(verdict.refusal->words);
      alert_wanted = verdict.refusal->alert;
      // Botan's server makes bad_certificate of whatever is thrown here: it is told a moment later.
      if (impl.role == Role::client) break_off();
      return;
    }
    impl.notice = std::move(verdict.notice);
    impl.peer_name = impl.wanted_name.empty() ? name_in(chain.front()) : impl.wanted_name;
  }
  /// Before our Finished, by which we would accept the peer.
  void before_finished() const {
    if (alert_wanted) break_off();
  }
  [[noreturn]] void break_off() const {
    throw Botan::TLS::TLS_Exception(static_cast<Botan::TLS::Alert::Type>(*alert_wanted),
                                    impl.words);
  }
  void tls_session_activated() override {
    // Certificates on both sides or nothing: without one there was nothing to verify.
    if (impl.peer_name.empty()) return impl.refuse("the peer has shown no certificate");
    const bool waits_for_commitment = impl.tls13 && impl.role == Role::client;
    if (!waits_for_commitment) become_established();
  }
  void become_established() {
    if (impl.state == State::handshaking) impl.state = State::established;
  }

#if BOTAN_VERSION_MAJOR >= 3
  void tls_emit_data(std::span<const std::uint8_t> data) override { emit(data); }
  void tls_record_received(std::uint64_t, std::span<const std::uint8_t> data) override {
    if (impl.tls13 && data.size() == 1 && data[0] == commitment) become_established();
  }
  void tls_session_established(const Botan::TLS::Session_Summary& session) override {
    before_finished();
    impl.tls13 =
        session.version() == Botan::TLS::Protocol_Version(Botan::TLS::Version_Code::TLS_V13);
  }
  bool tls_should_persist_resumption_information(const Botan::TLS::Session&) override {
    return false;
  }
  void tls_verify_cert_chain(const std::vector<Botan::X509_Certificate>& chain,
                             const std::vector<std::optional<Botan::OCSP::Response>>&,
                             const std::vector<Botan::Certificate_Store*>&, Botan::Usage_Type,
                             std::string_view, const Botan::TLS::Policy&) override {
    judge(chain);
  }
  std::chrono::system_clock::time_point tls_current_timestamp() override {
    return impl.wall_time.value_or(impl.material.earliest);
  }
#else
  void tls_emit_data(const std::uint8_t data[], std::size_t size) override { emit({data, size}); }
  void tls_record_received(std::uint64_t, const std::uint8_t[], std::size_t) override {}
  bool tls_session_established(const Botan::TLS::Session&) override {
    before_finished();
    return false;
  }
  void tls_verify_cert_chain(const std::vector<Botan::X509_Certificate>& chain,
                             const std::vector<std::shared_ptr<const Botan::OCSP::Response>>&,
                             const std::vector<Botan::Certificate_Store*>&, Botan::Usage_Type,
                             const std::string&, const Botan::TLS::Policy&) override {
    judge(chain);
  }
#endif

  Impl& impl;
  std::optional<int> alert_wanted;
};

TlsChannel::Impl::Impl(Role role_, const TlsConfig& config, Instant now, Entropy& entropy)
    : role(role_), wanted_name(config.peer_name) {
  if (config.boot_time) {
    wall_time = *config.boot_time +
                std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch());
  }
  if (std::string wrong = material.load(config); !wrong.empty()) {
    refuse(std::move(wrong));
    return;
  }
  random = std::make_shared<Random>(entropy);
  credentials = std::make_shared<Credentials>(material);
  hooks = std::make_shared<Hooks>(*this);
  guarded([this] { make_channel(); });
}

void TlsChannel::Impl::make_channel() {
#if BOTAN_VERSION_MAJOR >= 3
  if (role == Role::client) {
    channel = std::make_unique<Botan::TLS::Client>(hooks, sessions, credentials, rules, random);
    return;
  }
  channel = std::make_unique<Botan::TLS::Server>(hooks, sessions, credentials, rules, random);
#else
  if (role == Role::client) {
    channel = std::make_unique<Botan::TLS::Client>(*hooks, *sessions, *credentials, *rules, *random,
                                                   Botan::TLS::Server_Information(),
                                                   Botan::TLS::Protocol_Version::TLS_V12);
    return;
  }
  channel = std::make_unique<Botan::TLS::Server>(*hooks, *sessions, *credentials, *rules, *random);
#endif
}

void TlsChannel::Impl::refuse(std::string why) {
  if (state == State::distrusted || state == State::refused) return;
  state = State::distrusted;
  words = std::move(why);
}

/// Here Botan's exceptions end. When one comes, the alert that belongs to it is in the output.
template <class Action>
void TlsChannel::Impl::guarded(Action action) {
  try {
    action();
  } catch (const std::exception& exception) {
    refuse(fmt::format("the TLS handshake failed: {}", readable(exception.what())));
  }
}

TlsChannel::TlsChannel(Role role, const TlsConfig& config, Instant now, Entropy& entropy)
    : impl_(std::make_unique<Impl>(role, config, now, entropy)) {}
TlsChannel::~TlsChannel() = default;

void TlsChannel::receive(Bytes octets) {
  const bool at_end = state() == State::distrusted || state() == State::refused;
  if (at_end || octets.empty()) return;
  impl_->guarded([&] {
    const State before = state();
    impl_->channel->received_data(reinterpret_cast<const std::uint8_t*>(octets.data()),
                                  octets.size());
#if BOTAN_VERSION_MAJOR >= 3
    const bool is_new = before != State::established && state() == State::established;
    const bool commits = is_new && impl_->tls13 && impl_->role == Role::server;
    if (commits) impl_->channel->send(OctetVector{commitment});
#else
    static_cast<void>(before);
#endif
  });
}

std::vector<std::byte> TlsChannel::take_output() { return std::exchange(impl_->output, {}); }
TlsChannel::State TlsChannel::state() const { return impl_->state; }
const std::string& TlsChannel::words() const { return impl_->words; }
const std::string& TlsChannel::notice() const { return impl_->notice; }
const std::string& TlsChannel::peer_name() const { return impl_->peer_name; }

Secret TlsChannel::key() const {
  constexpr std::size_t msk_size = 64;
  if (state() != State::established) return {};
  Secret key;
  impl_->guarded([&] {
    // RFC 5216 section 2.3; RFC 9190 section 2.3 has another label, and the type as context.
    const auto material =
        impl_->tls13 ? impl_->channel->key_material_export("EXPORTER_EAP_TLS_Key_Material",
                                                           std::string(1, '\x0d'), 2 * msk_size)
                     : impl_->channel->key_material_export("client EAP encryption", "",
                                                           2 * msk_size);
    const auto bits = material.bits_of();
    key = Secret(std::as_bytes(std::span(bits.data(), bits.size())).first(msk_size));
  });
  return key;
}

std::string check(const TlsConfig& config) { return TlsMaterial().load(config); }

std::string own_name(const TlsConfig& config) {
  TlsMaterial material;
  static_cast<void>(material.load(config));  // what is wrong is told when it is used
  return material.chain.empty() ? std::string() : name_in(material.chain.front());
}

}  // namespace tunppp::crypto
