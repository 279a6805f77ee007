#pragma once

#include "doctor/cause.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

/// What is in the way of a connection, from what a system shows of itself and what its modem
/// answers: named, explained, with what to do. The texts are in the catalogue, so that people, JSON
/// and docs/DOCTOR.md read the same.
namespace tunppp::doctor {

enum class Severity : std::uint8_t {
  error,    ///< nothing will work until it is done away with
  warning,  ///< may be in the way
  note,     ///< good to know; nothing to be done
};

/// "error", "warning" or "note".
std::string_view name_of(Severity severity);

/// What was seen, and where.
struct Evidence {
  std::string path;     ///< "/proc/cmdline"; of what a modem answered the command: "AT+CPIN?"
  std::string content;  ///< what stands there; "is not there"

  friend bool operator==(const Evidence&, const Evidence&) = default;
};

/// What to do on one kind of system.
struct Remedy {
  std::string system;              ///< "Raspberry Pi OS", "Nerves/Buildroot" or "Linux": any other
  std::vector<std::string> steps;  ///< each a command, a line for a file, or a sentence

  friend bool operator==(const Remedy&, const Remedy&) = default;
};

struct Finding {
  Cause cause;
  std::string id;  ///< "driver-missing"; several causes may share one
  Severity severity = Severity::error;
  std::string tty;             ///< which it is about: "/dev/ttyUSB3"; empty: none in particular
  std::string title;           ///< a few words
  std::vector<Evidence> seen;  ///< at least one
  std::string meaning;         ///< one sentence
  std::vector<Remedy> remedies;
};

/// What the placeholders of a row in the catalogue stand for: {"tty", "/dev/ttyUSB3"}.
using Values = std::map<std::string_view, std::string>;

/// The row of the catalogue with its placeholders filled in. Octets that cannot be shown become '?'
/// in evidence and values, and long evidence is cut.
Finding make_finding(Cause cause, std::vector<Evidence> seen, const Values& values = {});
/// The same with another severity than the catalogue's.
Finding make_finding(Cause cause, Severity severity, std::vector<Evidence> seen,
                     const Values& values = {});

}  // namespace tunppp::doctor
