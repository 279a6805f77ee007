#include "cli/tls_options.h"

#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "crypto/tls_channel.h"
#include "session/loop.h"
#include "session/password_file.h"

namespace tunppp::cli {
namespace {

constexpr std::uintmax_t largest_file = 1024 * 1024;

Failure wrong(std::string text) {
  return {EndReason::usage, {}, std::move(text)};
}

/// A file that anybody may read, into `text`; an empty path leaves it alone.
Status read_text(const std::string& path, std::string_view what, std::string& text) {
  if (path.empty()) return {};
  std::error_code error;
  if (const auto size = std::filesystem::file_size(path, error); error || size > largest_file)
    return wrong(fmt::format("cannot read the {} {}: {}", what, path,
                             error ? error.message() : "it is too large"));
  std::ifstream in(path, std::ios::binary);
  text.assign(std::istreambuf_iterator<char>(in), {});
  if (!in) return wrong(fmt::format("cannot read the {} {}", what, path));
  return {};
}

Status read_key(const std::string& path, std::optional<Secret>& key) {
  if (path.empty()) return {};
  Result<std::string> text = session::read_private_file(path, "private key");
  if (!text) return text.failure();
  key = Secret(*text);
  std::fill(text->begin(), text->end(), '\0');
  asm volatile("" : : "r"(text->data()) : "memory");
  return {};
}

/// The wall clock, as seconds at which this machine started.
std::chrono::sys_seconds wall_time_of_boot() {
  const auto now = std::chrono::system_clock::now();
  return std::chrono::floor<std::chrono::seconds>(now - session::boot_time().time_since_epoch());
}

}  // namespace

void add_tls_options(CLI::App& command, TlsArguments& arguments) {
  constexpr const char* group = "EAP";
  command
      .add_option("--identity", arguments.identity,
                  "What we say when EAP asks for our identity; without it the user's name, or the "
                  "one in the certificate")
      ->type_name("NAME")
      ->group(group);
  command
      .add_option("--certificate", arguments.certificate,
                  "Ours for EAP-TLS in PEM, and behind it those between it and the CA (pppd: cert)")
      ->type_name("FILE")
      ->group(group);
  command
      .add_option("--private-key", arguments.private_key,
                  "The key of the certificate in PEM, for nobody else to read (pppd: key)")
      ->type_name("FILE")
      ->group(group);
  command
      .add_option("--passphrase-file", arguments.passphrase_file,
                  "A file with the passphrase of that key in its one line; - reads standard input")
      ->type_name("FILE")
      ->group(group);
  command
      .add_option("--ca", arguments.ca,
                  "The certificates of those who may have signed the peer's, in PEM (pppd: ca)")
      ->type_name("FILE")
      ->group(group);
  command
      .add_option(
          "--crl", arguments.crl,
          "Which certificates they have revoked, in PEM (pppd: crl); without it that is not "
          "checked")
      ->type_name("FILE")
      ->group(group);
  command
      .add_option(
          "--peer-name", arguments.peer_name,
          "The name that has to be in the peer's certificate (pppd: remotename); without it "
          "any name will do")
      ->type_name("NAME")
      ->group(group);
  command
      .add_flag(
          "--no-clock", arguments.no_clock,
          "This machine does not know the time: check the dates of certificates only as far as "
          "they contradict our own files")
      ->group(group);
}

Status read_tls_options(const TlsArguments& arguments, AuthConfig& auth) {
  auth.identity = arguments.identity;
  TlsConfig& tls = auth.tls;
  tls.peer_name = arguments.peer_name;
  if (!arguments.no_clock) tls.boot_time = wall_time_of_boot();
  if (Status status = read_text(arguments.certificate, "certificate", tls.certificate))
    return status;
  if (Status status = read_text(arguments.ca, "CA file", tls.ca)) return status;
  if (Status status = read_text(arguments.crl, "revocation list", tls.crl)) return status;
  if (Status status = read_key(arguments.private_key, tls.private_key)) return status;
  if (!arguments.passphrase_file.empty()) {
    Result<Secret> passphrase =
        session::read_secret_line(arguments.passphrase_file, "passphrase file");
    if (!passphrase) return passphrase.failure();
    tls.passphrase = std::move(*passphrase);
  }
  const int given = !arguments.certificate.empty() + !arguments.private_key.empty();
  const bool others = !arguments.ca.empty() || !arguments.crl.empty() ||
                      !arguments.peer_name.empty() || !arguments.passphrase_file.empty();
  if (given == 0 && !others) return {};
  if (given < 2 || arguments.ca.empty())
    return wrong("EAP-TLS needs all three of --certificate, --private-key and --ca");
  if (const std::string words = crypto::check(tls); !words.empty()) return wrong(words);
  return {};
}

Status check_certificates_for(const std::vector<AuthMethod>& methods, const AuthConfig& auth) {
  const bool wanted = std::find(methods.begin(), methods.end(), AuthMethod::eap_tls) !=
                      methods.end();
  if (!wanted || auth.tls.private_key) return {};
  return wrong("eap-tls needs --certificate, --private-key and --ca");
}

}  // namespace tunppp::cli
