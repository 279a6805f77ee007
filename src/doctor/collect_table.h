#pragma once

#include "doctor/collect_content.h"

#include <array>
#include <cstddef>
#include <string_view>

namespace tunppp::doctor {

/// Which modules' files are shown to be there, with all that they need.
inline constexpr auto collected_modules = std::to_array<std::string_view>(
    {"cdc_acm",       "cdc_ether", "cdc_wdm",  "dwc2",        "dwc3",           "ehci_hcd",
     "ehci_platform", "ftdi_sio",  "g_ether",  "g_serial",    "huawei_cdc_ncm", "libcomposite",
     "ohci_hcd",      "option",    "pl2303",   "ppp_async",   "ppp_generic",    "qcserial",
     "qmi_wwan",      "sierra",    "tun",      "usb_storage", "usb_wwan",       "usbcore",
     "usbnet",        "usbserial", "xhci_hcd", "xhci_pci"});

/// Which programs count though they have no tty open at the moment.
inline constexpr auto collected_programs = std::to_array<std::string_view>(
    {"ModemManager", "agetty", "getty", "login", "mgetty", "minicom", "ofonod", "picocom", "pppd",
     "screen", "tunppp", "wvdial"});

/// What is copied. `*` in a path stands for any part of a name, {release} for the kernel's; `names`
/// are below it, separated by blanks; without names it is the path itself. Directories come without
/// what is in them, devices as empty files, links as links with what they lead to.
struct CollectRow {
  std::string_view path;
  std::string_view names{};
  Content content = Content::text;
  std::size_t limit = 4096;
};

inline constexpr std::size_t megabyte = 1024 * 1024;

inline constexpr auto collect_table = std::to_array<CollectRow>({
    // USB
    {"/sys/bus/usb/devices/*",
     "idVendor idProduct bcdDevice bDeviceClass bDeviceSubClass bDeviceProtocol manufacturer "
     "product driver subsystem speed authorized maxchild bMaxPower bNumConfigurations "
     "bConfigurationValue bNumInterfaces bInterfaceNumber bAlternateSetting bInterfaceClass "
     "bInterfaceSubClass bInterfaceProtocol bNumEndpoints modalias interface"},
    {"/sys/bus/usb/devices/*/ep_*", "type bEndpointAddress direction"},
    {"/sys/bus/usb/devices/*/tty*", "driver subsystem"},
    {"/sys/bus/usb/devices/*/tty/*"},
    {"/sys/bus/usb/devices/*/tty*/tty/*"},
    {"/sys/bus/usb/devices/*/net/*"},
    {"/sys/bus/usb/devices/*/usbmisc/*"},
    {"/sys/bus/usb/drivers/*", "module"},
    {"/sys/bus/usb-serial/devices/*"},
    {"/sys/bus/usb-serial/drivers/*"},
    {"/sys/bus/platform/devices/*usb*", "driver modalias"},
    {"/sys/bus/platform/devices/*usb*/usb*"},
    {"/sys/bus/platform/drivers/dwc*/*"},
    {"/sys/bus/platform/drivers/xhci*/*"},
    {"/sys/bus/platform/drivers/ehci*/*"},
    // Gadgets
    {"/sys/class/udc/*", "state function current_speed maximum_speed is_otg"},
    {"/sys/class/udc/*/device", "driver"},
    {"/sys/kernel/config/usb_gadget/*", "UDC"},
    {"/proc/device-tree", "model compatible"},
    // Power
    {"/sys/class/hwmon/*", "name in0_lcrit_alarm"},
    {"/sys/devices/platform/soc/soc:firmware", "get_throttled"},
    // Ttys
    {"/sys/class/tty/*/device", "driver subsystem"},
    {"/sys/class/tty/*",
     "dev line type console port irq uartclk iomem_base io_type flags custom_divisor"},
    {"/sys/class/tty/console", "active"},
    {"/dev/serial/by-path/*"},
    {"/dev/serial*"},
    {"/dev/tty[A-Z]*"},
    {"/dev/console"},
    {"/dev/cdc-wdm*"},
    {"/dev/modem*"},
    {"/var/lock/LCK..*"},
    {"/run/lock/LCK..*"},
    {"/proc/tty/drivers"},
    // TUN, PPP and networks
    {"/dev/net/tun"},
    {"/dev/ppp"},
    {"/sys/class/misc/tun", "dev"},
    {"/sys/class/misc/ppp", "dev"},
    {"/sys/class/net/*", "type"},
    {"/sys/class/net/*/device", "driver"},
    // The kernel
    {"/proc/sys/kernel/osrelease"},
    {"/proc/version", {}, Content::kernel_version},
    {"/proc/cmdline", {}, Content::kernel_arguments},
    {"/proc/modules", {}, Content::modules, megabyte},
    {"/proc/config.gz", {}, Content::packed_config, megabyte},
    {"/proc/devices"},
    {"/proc/misc"},
    {"/dev/kmsg", {}, Content::kernel_log, 4 * megabyte},
    {"/lib/modules/{release}", "modules.builtin modules.dep modules.alias", Content::kernel_build,
     8 * megabyte},
    {"/lib/modules/{release}/kernel"},
    {"/sys/module/*", {}, Content::name_only},
    // How it boots
    {"/boot/config-{release}", {}, Content::kernel_config, megabyte},
    {"/boot/config.txt", {}, Content::boot_settings, 64 * 1024},
    {"/boot/firmware/config.txt", {}, Content::boot_settings, 64 * 1024},
    {"/boot/cmdline.txt", {}, Content::kernel_arguments},
    {"/boot/firmware/cmdline.txt", {}, Content::kernel_arguments},
    {"/etc/os-release"},
    {"/etc/rpi-issue"},
    {"/etc/group", {}, Content::groups, 64 * 1024},
});

}  // namespace tunppp::doctor
