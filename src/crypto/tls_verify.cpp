#include "crypto/tls_verify.h"

#include <botan/x509path.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace tunppp::crypto {
namespace {

using Status = Botan::Certificate_Status_Code;

// RFC 5246 section 7.2
namespace alert {
constexpr int bad_certificate = 42;
constexpr int unsupported_certificate = 43;
constexpr int certificate_revoked = 44;
constexpr int certificate_expired = 45;
constexpr int certificate_unknown = 46;
constexpr int unknown_ca = 48;
constexpr int access_denied = 49;
}  // namespace alert

std::string date(const Botan::X509_Time& time) {
  return time.readable_string().substr(0, 10);  // 2026/11/22
}

/// Which certificate of the path the status belongs to: mostly the first, but an authority can be
/// expired as well.
const Botan::X509_Certificate& culprit(const Botan::Path_Validation_Result& result,
                                       const Botan::X509_Certificate& own) {
  const auto& statuses = result.all_statuses();
  for (std::size_t i = 0; i < statuses.size() && i < result.cert_path().size(); ++i) {
    if (statuses[i].contains(result.result())) return *result.cert_path()[i];
  }
  return own;
}

TlsRefusal refusal(const Botan::Path_Validation_Result& result,
                   const Botan::X509_Certificate& peer, Botan::Usage_Type usage) {
  const Botan::X509_Certificate& certificate = culprit(result, peer);
  const std::string name = name_in(certificate);
  switch (result.result()) {
    case Status::CERT_HAS_EXPIRED:
      return {alert::certificate_expired, fmt::format("the certificate of \"{}\" expired on {}",
                                                      name, date(certificate.not_after()))};
    case Status::CERT_NOT_YET_VALID:
      return {alert::certificate_expired,
              fmt::format("the certificate of \"{}\" is not valid before {}", name,
                          date(certificate.not_before()))};
    case Status::CERT_IS_REVOKED:
      return {alert::certificate_revoked,
              fmt::format("the certificate of \"{}\" has been revoked", name)};
    case Status::CERT_ISSUER_NOT_FOUND:
    case Status::CANNOT_ESTABLISH_TRUST:
    case Status::CHAIN_LACKS_TRUST_ROOT:
    case Status::SIGNATURE_ERROR:
      return {alert::unknown_ca,
              fmt::format("the certificate of \"{}\" was signed by \"{}\", which is none of the "
                          "authorities that we trust",
                          name_in(peer),
                          readable(fmt::format("{}", peer.issuer_info("X520.CommonName").empty()
                                                         ? peer.issuer_dn().to_string()
                                                         : peer.issuer_info("X520.CommonName")
                                                               .front())))};
    case Status::INVALID_USAGE:
      return {alert::unsupported_certificate,
              fmt::format("the certificate of \"{}\" is not made for a {}", name,
                          usage == Botan::Usage_Type::TLS_SERVER_AUTH ? "server" : "client")};
    case Status::NO_REVOCATION_DATA:
      return {
          alert::certificate_unknown,
          fmt::format("no list of revoked certificates covers the certificate of \"{}\"", name)};
    case Status::CRL_HAS_EXPIRED:
      return {alert::certificate_unknown, "the list of revoked certificates is out of date"};
    case Status::CRL_NOT_YET_VALID:
      return {alert::certificate_unknown,
              "the list of revoked certificates is dated in the future: is the clock right?"};
    default:
      return {alert::bad_certificate,
              fmt::format("the certificate of \"{}\" is not acceptable: {}", name,
                          readable(result.result_string()))};
  }
}

/// With an unknown clock: the first moment, not before what we know has passed, at which none of
/// these is too young. Whatever has expired by then has expired.
WallTime earliest_moment(const TlsMaterial& material,
                         const std::vector<Botan::X509_Certificate>& chain) {
  WallTime moment = material.earliest;
  for (const auto& certificate : chain) {
    moment = std::max(moment, certificate.not_before().to_std_timepoint());
  }
  return moment;
}

struct AlertWords {
  int alert;
  const char* name;
  const char* words;
};

constexpr std::array alert_table{
    AlertWords{0, "close_notify", "it gives no reason"},
    AlertWords{10, "unexpected_message", "our TLS messages confuse it"},
    AlertWords{20, "bad_record_mac", "a TLS message of ours reached it damaged"},
    AlertWords{40, "handshake_failure", "there is no cipher or key that both sides accept"},
    AlertWords{42, "bad_certificate", "it finds our certificate bad"},
    AlertWords{43, "unsupported_certificate", "our certificate is not made for this use"},
    AlertWords{44, "certificate_revoked", "our certificate has been revoked"},
    AlertWords{45, "certificate_expired", "our certificate has expired, or is not valid yet"},
    AlertWords{46, "certificate_unknown", "it does not accept our certificate"},
    AlertWords{47, "illegal_parameter", "it finds a TLS parameter of ours illegal"},
    AlertWords{48, "unknown_ca", "it does not know the authority that signed our certificate"},
    AlertWords{49, "access_denied", "it does not let in the name in our certificate"},
    AlertWords{50, "decode_error", "it cannot read a TLS message of ours"},
    AlertWords{51, "decrypt_error", "our proof that we have the private key does not hold"},
    AlertWords{70, "protocol_version", "there is no version of TLS that both sides accept"},
    AlertWords{71, "insufficient_security", "it wants stronger ciphers or keys"},
    AlertWords{80, "internal_error",
               "something in it failed, or (pppd) it expects another name than ours"},
    AlertWords{90, "user_canceled", "it was told to break off"},
    AlertWords{116, "certificate_required", "it wants a certificate of ours"},
};

}  // namespace

TlsVerdict verify(const TlsMaterial& material, const std::vector<Botan::X509_Certificate>& chain,
                  Botan::Usage_Type usage, const std::string& peer_name,
                  std::optional<WallTime> now) {
  const Botan::X509_Certificate& peer = chain.front();
  TlsVerdict verdict;
  const bool known = now && *now >= material.earliest;
  if (!known) {
    verdict.notice = fmt::format(
        "{}: whether the certificate of \"{}\"{} is still valid could only be checked against the "
        "dates of our own files",
        now ? "the clock is wrong" : "the time is unknown", name_in(peer),
        material.has_crl ? " (or the list of revoked ones)" : "");
  }
  // Revocation: of the peer's own certificate there must be news, of the authorities between there
  // may be.
  const Botan::Path_Validation_Restrictions restrictions(material.has_crl);
  // Botan takes what it only reads as not const.
  auto& trusted = const_cast<Botan::Certificate_Store_In_Memory&>(material.trusted);
  const auto result = Botan::x509_path_validate(
      chain, restrictions, std::vector<Botan::Certificate_Store*>{&trusted}, "", usage,
      known ? *now : earliest_moment(material, chain));
  if (!result.successful_validation()) {
    verdict.refusal = refusal(result, peer, usage);
  } else if (!peer_name.empty() && !has_name(peer, peer_name)) {
    verdict.refusal = {alert::access_denied,
                       fmt::format("the certificate belongs to \"{}\", not to \"{}\"",
                                   name_in(peer), readable(peer_name))};
  }
  return verdict;
}

std::string alert_words(int alert) {
  for (const AlertWords& row : alert_table) {
    if (row.alert == alert) return fmt::format("{} (TLS alert {})", row.words, row.name);
  }
  return fmt::format("it gives no reason that is known here (TLS alert {})", alert);
}

}  // namespace tunppp::crypto
