#pragma once

#include <cstddef>
#include <cstdint>

namespace tunppp::doctor {

/// All that can be found: one row each in the catalogue. What has different remedies is a cause of
/// its own, though it may share its id with others. In the order of importance: of what is found,
/// the first is likely to be why the others are there.
enum class Cause : std::uint8_t {
  // USB
  usb_host_not_built,
  usb_host_not_loaded,
  usb_no_controller,
  gadget_by_kernel,
  gadget_by_overlay,
  gadget_bound,
  power_undervoltage,
  power_over_current,
  usb_reset_loop,
  usb_enumeration_failed,
  no_modem,
  modem_storage_mode,
  modem_hilink,
  modem_not_serial_mode,
  // Drivers
  driver_not_built,
  driver_not_loaded,
  driver_unknown_id,
  driver_not_bound,
  // Ttys
  tty_named_missing,
  tty_interface_missing,
  tty_node_missing,
  wrong_tty,
  wrong_tty_nmea,   ///< it sends "$GP..." by itself
  wrong_tty_other,  ///< it belongs to something else, and a modem is there
  tty_permission,
  tty_busy,
  tty_busy_modem_manager,
  tty_busy_getty,
  tty_busy_tunppp,
  at_port_busy,  ///< which a session lends
  uart_console,
  // TUN
  tun_not_built,
  tun_not_loaded,
  tun_node_missing,
  tun_permission,
  tun_capability,
  // What the modem itself answers
  modem_silent,
  modem_in_data_mode,
  modem_in_cmux,
  sim_absent,
  sim_pin,
  sim_pin_last_try,  ///< fewer than two tries are left
  sim_puk,
  sim_locked,  ///< the modem takes the SIM of one network or device only
  no_signal,
  registration_denied,
  not_registered,
  apn_refused,
  // Notes
  tty_at_port,         ///< the port given speaks AT, but another is the one to dial on
  tty_lock_stale,      ///< the owner of a lock file is dead
  gadget_other_port,   ///< one port is in gadget mode, others are hosts
  uart_mini,           ///< a UART whose speed depends on the core clock
  ppp_not_needed,      ///< kernel PPP, /dev/ppp
  network_not_needed,  ///< wwan0, QMI, MBIM
  count,
};

}  // namespace tunppp::doctor
