#include "crypto/tls_material.h"

#include <botan/data_src.h>
#include <botan/mem_ops.h>
#include <botan/pem.h>
#include <botan/pkcs8.h>
#include <botan/rsa.h>
#include <botan/x509_dn.h>
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <exception>
#include <string_view>

namespace tunppp::crypto {
namespace {

constexpr std::size_t readable_limit = 150;

/// The parts between "-----BEGIN <label>-----" and its end, each with both lines. What stands
/// around them, such as `openssl x509 -text` puts there, is for people.
std::vector<std::string_view> pem_parts(std::string_view text, std::string_view label) {
  const std::string begin = fmt::format("-----BEGIN {}-----", label);
  const std::string end = fmt::format("-----END {}-----", label);
  std::vector<std::string_view> parts;
  for (std::size_t from = 0;;) {
    const std::size_t first = text.find(begin, from);
    const std::size_t last = first == text.npos ? first : text.find(end, first);
    if (last == text.npos) return parts;
    from = last + end.size();
    parts.push_back(text.substr(first, from - first));
  }
}

const std::uint8_t* octets(std::string_view text) {
  return reinterpret_cast<const std::uint8_t*>(text.data());
}

std::vector<Botan::X509_Certificate> certificates(const std::string& text) {
  std::vector<Botan::X509_Certificate> found;
  for (const std::string_view part : pem_parts(text, "CERTIFICATE")) {
    Botan::DataSource_Memory source(octets(part), part.size());
    found.emplace_back(source);
  }
  return found;
}

std::string_view text_of(const Secret& secret) {
  const Bytes exposed = secret.expose();
  return {reinterpret_cast<const char*>(exposed.data()), exposed.size()};
}

std::unique_ptr<Botan::Private_Key> load_key(const TlsConfig& config) {
  const std::string_view text = text_of(*config.private_key);
  Botan::DataSource_Memory source(octets(text), text.size());
  if (!pem_parts(text, "RSA PRIVATE KEY").empty()) {
    std::string label;
    const auto bits = Botan::PEM_Code::decode(source, label);
    return std::make_unique<Botan::RSA_PrivateKey>(Botan::AlgorithmIdentifier(), bits);
  }
  if (pem_parts(text, "ENCRYPTED PRIVATE KEY").empty()) return Botan::PKCS8::load_key(source);
  // Botan takes it as a string, which nobody wipes but us.
  std::string passphrase(config.passphrase ? text_of(*config.passphrase) : std::string_view());
  struct Wipe {
    std::string& text;
    ~Wipe() { Botan::secure_scrub_memory(text.data(), text.size()); }
  } const wipe{passphrase};
  return Botan::PKCS8::load_key(source, passphrase);
}

/// Why a private key cannot be used as it is, as far as its first line tells.
std::string unusable_key(const TlsConfig& config) {
  const std::string_view text = text_of(*config.private_key);
  if (!pem_parts(text, "EC PRIVATE KEY").empty() ||
      text.find("Proc-Type: 4,ENCRYPTED") != text.npos) {
    return "the private key is in an old format; convert it: "
           "openssl pkcs8 -topk8 -in OLD -out NEW (with -nocrypt for one without a passphrase)";
  }
  const bool encrypted = !pem_parts(text, "ENCRYPTED PRIVATE KEY").empty();
  if (encrypted && !config.passphrase) return "the private key wants a passphrase";
  if (!encrypted && pem_parts(text, "PRIVATE KEY").empty() &&
      pem_parts(text, "RSA PRIVATE KEY").empty()) {
    return "there is no private key in the PEM text given for it";
  }
  return "";
}

bool same_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](unsigned char x, unsigned char y) {
    return std::tolower(x) == std::tolower(y);
  });
}

}  // namespace

std::string TlsMaterial::load(const TlsConfig& config) try {
  for (const auto& authority : certificates(config.ca)) {
    trusted.add_certificate(authority);
    earliest = std::max(earliest, authority.not_before().to_std_timepoint());
  }
  if (trusted.all_subjects().empty()) {
    return "there is no certificate of an authority (CA) to check the peer's certificate with";
  }
  for (const std::string_view part : pem_parts(config.crl, "X509 CRL")) {
    Botan::DataSource_Memory source(octets(part), part.size());
    const Botan::X509_CRL list(source);
    trusted.add_crl(list);
    has_crl = true;
    earliest = std::max(earliest, list.this_update().to_std_timepoint());
  }
  if (!config.crl.empty() && !has_crl) {
    return "there is no list of revoked certificates in the PEM text given for it";
  }
  chain = certificates(config.certificate);
  if (chain.empty()) return "there is no certificate of ours";
  earliest = std::max(earliest, chain.front().not_before().to_std_timepoint());
  if (!config.private_key) return "the private key of our certificate is missing";
  if (std::string words = unusable_key(config); !words.empty()) return words;
  try {
    key = load_key(config);
  } catch (const std::exception&) {
    return config.passphrase
               ? "the private key cannot be read: it is damaged, or its passphrase is "
                 "another one"
               : "the private key cannot be read: it is damaged";
  }
  if (key->public_key_bits() != chain.front().subject_public_key_bitstring()) {
    return fmt::format("the private key does not belong to the certificate of \"{}\"",
                       name_in(chain.front()));
  }
  return "";
} catch (const std::exception& exception) {
  return fmt::format("a certificate or list cannot be read: {}", readable(exception.what()));
}

std::string readable(const std::string& text) {
  std::string out = text.substr(0, readable_limit);
  for (char& c : out) {
    if (c < ' ' || c > '~') c = '.';
  }
  return out;
}

std::string name_in(const Botan::X509_Certificate& certificate) {
  for (const char* field : {"X520.CommonName", "DNS", "RFC822"}) {
    const auto names = certificate.subject_info(field);
    if (!names.empty()) return readable(names.front());
  }
  return readable(certificate.subject_dn().to_string());
}

bool has_name(const Botan::X509_Certificate& certificate, const std::string& name) {
  for (const char* field : {"X520.CommonName", "DNS", "RFC822"}) {
    for (const std::string& found : certificate.subject_info(field)) {
      if (same_ignoring_case(found, name)) return true;
    }
  }
  return certificate.matches_dns_name(name);  // knows wildcards
}

}  // namespace tunppp::crypto
