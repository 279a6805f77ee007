#pragma once

#include "detect/modems.h"
#include "detect/usb.h"

#include <cstdint>
#include <string>
#include <vector>

namespace tunppp::detect {

/// The profile that has this identity, and its row in there; nullptr: none has. `own` is a user's,
/// which counts before the built-in ones.
struct KnownModem {
  const modem::Profile* profile = nullptr;
  const modem::UsbIdentity* usb = nullptr;
};
KnownModem known_modem(std::uint16_t vendor, std::uint16_t product,
                       const modem::Profile* own = nullptr);

/// RNDIS, ECM, NCM, MBIM by the descriptor, or what a network driver has taken.
bool is_network(const UsbInterface& interface);

/// Whether a tty of it could be that of a modem, or an interface without a driver could become one:
/// vendor-specific, or CDC ACM that says it speaks AT.
bool is_serial(const UsbInterface& interface);

/// Tells each interface what it is for. Known modems: by the table of the profile; Huawei's: by
/// subclass and protocol; CDC ACM: by its order; all others: the lowest tty whose interface has an
/// interrupt endpoint is taken for the modem port, and that is a guess.
void assign_roles(std::uint16_t vendor, std::uint16_t product,
                  std::vector<UsbInterface>& interfaces, const modem::Profile* own = nullptr);

/// "4 serial ports, QMI network".
std::string composition_of(const std::vector<UsbInterface>& interfaces);

}  // namespace tunppp::detect
