#pragma once

#include <tunppp/bytes.h>

#include <optional>
#include <string>

namespace tunppp::tty {

/// What the kernel tells about a device that came, went or changed.
struct Uevent {
  std::string action;       ///< "add", "remove", "bind", "unbind", "change" ...
  std::string device_path;  ///< below /sys: "/devices/.../1-1.3:1.2/ttyUSB2/tty/ttyUSB2"
  std::string subsystem;    ///< "tty", "usb", "net"; may be empty
  std::string device_name;  ///< below /dev: "ttyUSB2"; may be empty

  friend bool operator==(const Uevent&, const Uevent&) = default;
};

/// A message of NETLINK_KOBJECT_UEVENT: "ACTION@DEVPATH", then KEY=VALUE, each ended by NUL.
/// nullopt: not of that form; udev's own messages, which begin with "libudev", are not.
std::optional<Uevent> parse_uevent(Bytes message);

}  // namespace tunppp::tty
