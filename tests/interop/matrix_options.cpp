#include "interop/matrix_options.h"

#include <stdexcept>

namespace tunppp::test {
namespace {

using Words = std::vector<std::string>;

void add(Words& words, const Words& more) {
  words.insert(words.end(), more.begin(), more.end());
}

bool is_tls(const std::string& method) {
  return method == "EAP-TLS";
}

}  // namespace

const MethodNames& method_names(const std::string& name) {
  static const std::vector<MethodNames> all = {
      {"PAP", "pap", "require-pap", "<auth pap>"},
      {"CHAP-MD5", "chap-md5", "require-chap", "<auth chap MD5>"},
      {"MS-CHAP", "mschap", "require-mschap", "<auth chap MS>"},
      {"MS-CHAPv2", "mschap-v2", "require-mschap-v2", "<auth chap MS-v2>"},
      {"EAP-MD5", "eap-md5", "require-eap", "<auth eap>"},
      {"EAP-MSCHAPv2", "eap-mschap-v2", "require-eap", "<auth eap>"},
      {"EAP-TLS", "eap-tls", "require-eap", "<auth eap>"},
  };
  for (const auto& method : all) {
    if (method.name == name) return method;
  }
  throw std::runtime_error("no method " + name);
}

Words pppd_options(const MatrixRow& row) {
  Words words = {"asyncmap", row.value(pppd_accm), "mru", row.value(pppd_mru), "noipdefault"};
  if (!row.on(pppd_accomp)) words.push_back("noaccomp");
  if (!row.on(pppd_pcomp)) words.push_back("nopcomp");
  if (!row.on(pppd_vj)) words.push_back("novj");
  if (!row.has_ipv4()) words.push_back("noip");
  if (row.has_ipv6()) words.push_back("+ipv6");
  if (!row.we_serve() && row.has_ipv4()) words.push_back("10.64.64.1:10.64.64.77");
  return words;
}

Words pppd_secrets(const MatrixRow& row, const std::string& password) {
  // With a secret at hand pppd asks for MD5, and for TLS only without one.
  if (row.value(method) == "none" || is_tls(row.value(method))) return {};
  return {"alice * " + password + " *"};
}

Words pppd_proof(bool we_serve, const std::string& method, const std::string& certificate) {
  Words words;
  if (we_serve) {
    words = {"noauth", "user", "alice", "remotename", "lns.example"};
    if (is_tls(method)) {
      add(words, {"ca", "/tls/ca.pem", "cert", "/tls/" + certificate + ".pem", "key",
                  "/tls/" + certificate + ".key", "crl", "/tls/crl.pem"});
    }
    return words;
  }
  if (method == "none") return {"noauth"};
  words = {"auth", method_names(method).pppd_requires, "name", "lns"};
  if (is_tls(method)) add(words, {"crl", "/tls/crl.pem"});
  return words;
}

Words our_proof(bool we_serve, const std::string& method, const ProofFiles& files) {
  if (method == "none") return {};
  Words words;
  if (we_serve) {
    words = {"--require", method_names(method).ours};
  } else {
    words = {"--user", "alice", "--auth", method_names(method).ours};
  }
  if (is_tls(method)) {
    add(words, {"--certificate", files.certificate + ".pem", "--private-key",
                files.certificate + ".key", "--ca", files.ca, "--crl", files.crl});
  } else if (we_serve) {
    add(words, {"--secrets", files.secrets});
  } else {
    add(words, {"--password-file", files.password});
  }
  return words;
}

Words our_arguments(const MatrixRow& row, const std::string& device) {
  Words words = {row.value(role), "--device",        device, "--accm", row.value(our_accm),
                 "--mru",         row.value(our_mru)};
  if (!row.on(our_accomp)) words.push_back("--no-accomp");
  if (!row.on(our_pcomp)) words.push_back("--no-pcomp");
  words.push_back(row.on(our_vj) ? "--vj" : "--no-vj");
  words.push_back(row.has_ipv6() ? "--ipv6" : "--no-ipv6");
  if (!row.has_ipv4()) words.push_back("--no-ipv4");
  if (!row.we_serve()) {
    add(words, {"--modem", "none", "--dns", "none"});
    return words;
  }
  // pppd starts later: what we would say before is lost, and said again after three seconds only.
  words.push_back("--silent");
  if (row.has_ipv4()) add(words, {"--local", "10.64.64.1", "--remote", "10.64.64.77"});
  return words;
}

}  // namespace tunppp::test
