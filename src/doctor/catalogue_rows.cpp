#include "doctor/catalogue.h"

#include <algorithm>
#include <cassert>

// The facts behind the rows: Linux drivers/usb/serial/option.c and drivers/usb/dwc2,
// usb_modeswitch's data, the documentation of Raspberry Pi's config.txt, 3GPP TS 27.007.
namespace tunppp::doctor {
namespace {

using enum Severity;

constexpr std::string_view rebuild_nerves =
    "Add to the kernel's configuration of your system (nerves_system_*: linux-*.defconfig; "
    "Buildroot: make linux-menuconfig): {config}\n"
    "Build the system anew, and the firmware with it";

// One row a cause, in the order of the causes.
constexpr auto rows = std::to_array<CatalogueRow>({
    // --- USB ---
    {.cause = Cause::usb_host_not_built,
     .id = "no-usb-host",
     .severity = error,
     .title = "The kernel has no USB host support",
     .meaning = "This kernel was built without CONFIG_USB, so no modem on USB can be seen.",
     .raspberry_pi_os = "The kernel of Raspberry Pi OS has it: sudo apt full-upgrade\nsudo reboot",
     .nerves = "On a Raspberry Pi Zero use nerves_system_rpi in place of nerves_system_rpi0, whose "
               "kernel is for gadget mode only\n"
               "Or add to the kernel's configuration: CONFIG_USB=y CONFIG_USB_DWC2=y "
               "CONFIG_USB_DWC2_DUAL_ROLE=y CONFIG_USB_SERIAL=m CONFIG_USB_SERIAL_OPTION=m",
     .linux = "Build the kernel with CONFIG_USB and the driver of the host controller "
              "(CONFIG_USB_XHCI_HCD, CONFIG_USB_EHCI_HCD, CONFIG_USB_DWC2 ...)"},
    {.cause = Cause::usb_host_not_loaded,
     .id = "no-usb-host",
     .severity = error,
     .title = "USB is not running",
     .meaning = "The kernel shows no USB at all, though it may have it as a module.",
     .linux = "modprobe usbcore\nmodprobe -a xhci_pci xhci_plat_hcd ehci_pci dwc2\n"
              "In a container: USB must be passed on to it (/sys/bus/usb, /dev/bus/usb)"},
    {.cause = Cause::usb_no_controller,
     .id = "no-usb-host",
     .severity = error,
     .title = "There is no USB host controller",
     .meaning = "USB is there but no controller has started as a host, so nothing plugged in can "
                "be seen.",
     .raspberry_pi_os = "In /boot/firmware/config.txt (before Debian 12 /boot/config.txt): "
                        "dtoverlay=dwc2,dr_mode=host\nsudo reboot",
     .nerves = "In config.txt of the boot partition: dtoverlay=dwc2,dr_mode=host\n"
               "Add to the kernel's configuration: CONFIG_USB_DWC2=y CONFIG_USB_DWC2_DUAL_ROLE=y",
     .linux = "modprobe -a xhci_pci xhci_plat_hcd ehci_pci dwc2\n"
              "A virtual machine needs a USB controller, and the modem passed on to it"},
    {.cause = Cause::gadget_by_kernel,
     .id = "usb-gadget-mode",
     .severity = error,
     .title = "The kernel is built for USB gadget mode only",
     .meaning = "This kernel's dwc2 driver can only be a USB device, whatever config.txt says, so "
                "a modem plugged in is never seen.",
     .raspberry_pi_os = "The kernel of Raspberry Pi OS has both roles: sudo apt full-upgrade\n"
                        "In /boot/firmware/config.txt (before Debian 12 /boot/config.txt): "
                        "dtoverlay=dwc2,dr_mode=host\nsudo reboot",
     .nerves = "Use nerves_system_rpi in place of nerves_system_rpi0\n"
               "Or build your own system with: CONFIG_USB=y CONFIG_USB_DWC2=y "
               "CONFIG_USB_DWC2_DUAL_ROLE=y CONFIG_USB_SERIAL=m CONFIG_USB_SERIAL_OPTION=m and "
               "without CONFIG_USB_DWC2_PERIPHERAL",
     .linux = "Build the kernel with CONFIG_USB_DWC2_DUAL_ROLE (or CONFIG_USB_DWC2_HOST) in place "
              "of CONFIG_USB_DWC2_PERIPHERAL"},
    {.cause = Cause::gadget_by_overlay,
     .id = "usb-gadget-mode",
     .severity = error,
     .title = "The USB port is set to gadget mode",
     .meaning = "The USB controller was told to be a device (as for g_ether) and not a host, so a "
                "modem plugged in is never seen.",
     .raspberry_pi_os =
         "In /boot/firmware/config.txt (before Debian 12 /boot/config.txt), in place "
         "of the other dtoverlay=dwc2 line: dtoverlay=dwc2,dr_mode=host\n"
         "In cmdline.txt beside it remove: modules-load=dwc2,g_ether\n"
         "Use an OTG cable or adapter\nsudo reboot",
     .nerves = "In config.txt of your system (fwup.conf takes it into the firmware): "
               "dtoverlay=dwc2,dr_mode=host\n"
               "In cmdline.txt remove: modules-load=dwc2,g_ether\n"
               "Remove what sets up a gadget: usb0 of VintageNet, :vintage_net_direct",
     .linux = "In the device tree: dr_mode = \"host\" for the USB controller\n"
              "rmmod g_ether g_serial g_multi; remove them from modules-load.d\n"
              "Use an OTG cable or adapter"},
    {.cause = Cause::gadget_bound,
     .id = "usb-gadget-mode",
     .severity = warning,
     .title = "A USB gadget is running on a port of both roles",
     .meaning = "The controller can be host or device and has a gadget driver, so without an OTG "
                "cable it stays a device and no modem is seen.",
     .raspberry_pi_os = "In /boot/firmware/config.txt (before Debian 12 /boot/config.txt): "
                        "dtoverlay=dwc2,dr_mode=host\n"
                        "In cmdline.txt beside it remove: modules-load=dwc2,g_ether\nsudo reboot",
     .nerves = "In config.txt: dtoverlay=dwc2,dr_mode=host\n"
               "In cmdline.txt remove: modules-load=dwc2,g_ether",
     .linux = "Use an OTG cable or adapter\nrmmod g_ether g_serial g_multi, or for a gadget of "
              "configfs: echo '' > /sys/kernel/config/usb_gadget/NAME/UDC"},
    {.cause = Cause::power_undervoltage,
     .id = "power",
     .severity = warning,
     .title = "The supply voltage is too low",
     .meaning = "The board saw too low a voltage; a modem draws up to 2 A for moments and then "
                "resets or leaves the bus.",
     .raspberry_pi_os = "Use a supply of 5.1 V and 3 A (5 A for a Pi 5) and a short cable\n"
                        "Give the modem a supply of its own, or put a powered hub between\n"
                        "vcgencmd get_throttled: 0x0 is well",
     .linux = "Use a stronger supply and a shorter cable\n"
              "Give the modem a supply of its own, or put a powered hub between"},
    {.cause = Cause::power_over_current,
     .id = "power",
     .severity = warning,
     .title = "A USB port was switched off: over-current",
     .meaning = "What is plugged in draws more than the port gives, so the port was switched off.",
     .raspberry_pi_os = "Put a powered hub between\n"
                        "On a Pi 5 with a supply of 5 A, in /boot/firmware/config.txt: "
                        "usb_max_current_enable=1",
     .linux = "Put a powered hub between, or give the modem a supply of its own\n"
              "Unplug it and plug it in again: the port stays off until then"},
    {.cause = Cause::usb_reset_loop,
     .id = "usb-reset-loop",
     .severity = warning,
     .title = "A USB device comes and goes",
     .meaning =
         "The device on USB port {port}{identity} came and went {times} times, which is mostly a "
         "supply that breaks down when the modem sends, or a bad cable.",
     .linux = "Use a stronger supply, a powered hub, and a shorter cable\n"
              "Connect the antenna: without one the modem sends at its highest power\n"
              "Look at it happening: dmesg --follow"},
    {.cause = Cause::usb_enumeration_failed,
     .id = "usb-reset-loop",
     .severity = warning,
     .title = "A USB device does not answer",
     .meaning =
         "Something is plugged into USB port {port} but does not answer the kernel, which is "
         "mostly power, cable or plug.",
     .linux =
         "Use another cable and a powered hub\nUnplug the modem, wait ten seconds, plug it in"},
    {.cause = Cause::no_modem,
     .id = "no-modem",
     .severity = error,
     .title = "No modem was found",
     .meaning = "USB works, but nothing on it is known as a modem{instead}.",
     .raspberry_pi_os =
         "Is the modem powered and switched on (PWRKEY, a GPIO of the HAT)? Its own "
         "LED tells\nlsusb, before and after plugging it in\n"
         "On a Compute Module 4 carrier board the slot may need GPIO6: in config.txt "
         "gpio=6=op,dh\n"
         "Use a data cable (many only charge) and a powered hub\n"
         "A modem wired to the pins is asked by: tunppp doctor --device /dev/serial0",
     .nerves = "Is the modem powered and switched on? Many HATs need a GPIO: Circuits.GPIO on "
               "PWRKEY\n"
               "Use a data cable (many only charge) and a powered hub\n"
               "A modem wired to the pins is asked by: tunppp doctor --device /dev/ttyAMA0",
     .linux = "Is the modem powered and switched on (PWRKEY)? Most boot for 5 to 20 seconds\n"
              "lsusb, before and after plugging it in\n"
              "Use a data cable (many only charge) and a powered hub\n"
              "A modem on a serial line is asked by: tunppp doctor --device /dev/ttyS0"},
    {.cause = Cause::modem_storage_mode,
     .id = "modem-storage-mode",
     .severity = error,
     .title = "The modem shows itself as a disk",
     .meaning = "{modem} still offers the disk with its drivers for other systems; it becomes a "
                "modem when it is told so.",
     .raspberry_pi_os = "sudo apt install usb-modeswitch\nUnplug the modem and plug it in again",
     .nerves = "Add usb_modeswitch to the system: BR2_PACKAGE_USB_MODESWITCH=y "
               "BR2_PACKAGE_USB_MODESWITCH_DATA=y\n{switch}",
     .linux = "{switch}\nThen wait some seconds: it comes again under another number"},
    {.cause = Cause::modem_hilink,
     .id = "modem-hilink",
     .severity = error,
     .title = "The modem is a router of its own (HiLink)",
     .meaning = "{modem} dials by itself and shows only a network interface, so there is no PPP "
                "and nothing for tunppp to do.",
     .raspberry_pi_os = "Use its network interface: sudo dhclient usb0 (or eth1)\n"
                        "APN and PIN are set in its web page: http://192.168.8.1",
     .nerves = "Use its network interface: VintageNet.configure(\"usb0\", %{type: "
               "VintageNetEthernet, ipv4: %{method: :dhcp}})\n"
               "Kernel: CONFIG_USB_NET_CDCETHER=m",
     .linux = "Use its network interface: udhcpc -i usb0 (or dhclient)\n"
              "APN and PIN are set in its web page: http://192.168.8.1\n"
              "For PPP take one with the firmware for sticks (12d1:1506)"},
    {.cause = Cause::modem_not_serial_mode,
     .id = "modem-not-serial-mode",
     .severity = error,
     .title = "The modem's USB composition has no serial port",
     .meaning = "{modem} shows only {composition}; PPP needs one of its compositions with ttys.",
     .linux = "{how}\nThen restart the modem: it comes again with other interfaces"},
    // --- Drivers ---
    {.cause = Cause::driver_not_built,
     .id = "driver-missing",
     .severity = error,
     .title = "The modem's serial driver is not installed",
     .meaning = "{modem} is on USB, but this kernel does not have what makes its ttys: {module}.",
     .raspberry_pi_os = "sudo apt full-upgrade, and reboot: the modules "
                        "must be those of the running kernel ({release})\n"
                        "A kernel of your own needs: {config}",
     .nerves = rebuild_nerves,
     .linux = "Install the modules of the running kernel ({release}); some distributions have them "
              "in a package linux-modules-extra\n"
              "A kernel of your own needs: {config}"},
    {.cause = Cause::driver_not_loaded,
     .id = "driver-missing",
     .severity = error,
     .title = "The modem's serial driver is not loaded",
     .meaning = "{modem} is on USB, but the module {module} that makes its ttys is not loaded.",
     .raspberry_pi_os = "sudo modprobe {module}\n"
                        "At each start: echo {module} | sudo tee /etc/modules-load.d/modem.conf",
     .nerves = "modprobe {module}\n"
               "At each start, early in the application: System.cmd(\"modprobe\", [\"{module}\"])\n"
               "If there is no such module, add to the kernel's configuration: {config}",
     .linux = "modprobe {module}\nAt each start: echo {module} > /etc/modules-load.d/modem.conf\n"
              "If there is no such module, the kernel needs: {config}"},
    {.cause = Cause::driver_unknown_id,
     .id = "driver-missing",
     .severity = error,
     .title = "The driver does not know this modem",
     .meaning = "The driver {module} is there, but {modem} is not in its list of identities, so it "
                "left that modem alone.",
     .linux = "echo \"{vendor} {product}\" > /sys/bus/usb-serial/drivers/{bus_driver}/new_id\n"
              "At each plugging-in, in /etc/udev/rules.d/99-modem.rules: ACTION==\"add\", "
              "SUBSYSTEM==\"usb\", ATTR{idVendor}==\"{vendor}\", ATTR{idProduct}==\"{product}\", "
              "RUN+=\"/bin/sh -c 'modprobe {module}; echo {vendor} {product} > "
              "/sys/bus/usb-serial/drivers/{bus_driver}/new_id'\"\n"
              "A newer kernel may know it"},
    {.cause = Cause::driver_not_bound,
     .id = "driver-not-bound",
     .severity = error,
     .title = "The driver did not take the modem",
     .meaning = "The driver {module} is there and knows {modem}, but no interface of that is bound "
                "to it.",
     .linux = "Unplug the modem and plug it in again\n"
              "echo {interface} > /sys/bus/usb/drivers/{module}/bind\n"
              "Is another driver forced on it (new_id, a udev rule, driver_override)?"},
    // --- Ttys ---
    {.cause = Cause::tty_named_missing,
     .id = "tty-missing",
     .severity = error,
     .title = "There is no such tty",
     .meaning = "{tty} is no serial port of this system{instead}.",
     .linux = "tunppp detect lists what is there\n"
              "Use a name that lasts, from /dev/serial/by-path, in place of a number"},
    {.cause = Cause::tty_interface_missing,
     .id = "tty-missing",
     .severity = error,
     .title = "The modem's PPP port has no tty",
     .meaning = "Other interfaces of {modem} have ttys, but its port for PPP, interface "
                "{number}, has none: kernels from 5.4.66 and 5.10 leave ports out that have fewer "
                "endpoints than they expect.",
     .raspberry_pi_os = "sudo apt full-upgrade\nUpdate the modem's firmware\n"
                        "Until then dial on the AT port: tunppp dial --device {other}",
     .linux = "Update the kernel, and the modem's firmware\n"
              "Until then dial on the AT port: tunppp dial --device {other}"},
    {.cause = Cause::tty_node_missing,
     .id = "tty-missing",
     .severity = error,
     .title = "A tty has no node in /dev",
     .meaning = "The kernel has {name}, but nothing made {tty}.",
     .nerves = "CONFIG_DEVTMPFS=y CONFIG_DEVTMPFS_MOUNT=y",
     .linux = "mknod {tty} c {major} {minor}\n"
              "Mount devtmpfs: mount -t devtmpfs none /dev\n"
              "In a container pass it on: docker run --device {tty}"},
    {.cause = Cause::wrong_tty,
     .id = "wrong-tty",
     .severity = error,
     .title = "This is not the modem's port for PPP",
     .meaning = "{tty} is the {role} port of {modem} (interface {number}); its port for PPP is "
                "{port}.",
     .linux = "Use {port}\nOr its name that lasts when numbers change: {by_path}\n"
              "Or no --device at all: tunppp finds the port by itself"},
    {.cause = Cause::wrong_tty_nmea,
     .id = "wrong-tty",
     .severity = error,
     .title = "This is the modem's GNSS port",
     .meaning = "{tty} sends positions (NMEA) and takes no commands.",
     .linux = "Use another tty of the same modem: tunppp detect tells which"},
    {.cause = Cause::wrong_tty_other,
     .id = "wrong-tty",
     .severity = warning,
     .title = "This tty is not the modem's",
     .meaning = "{tty} belongs to {what}; the port for PPP of {modem} is {port}.",
     .linux = "Use {port}\nOr its name that lasts when numbers change: {by_path}\n"
              "Or no --device at all: tunppp finds the port by itself"},
    {.cause = Cause::tty_permission,
     .id = "tty-permission",
     .severity = error,
     .title = "The tty may not be opened",
     .meaning = "This user has no right to open {tty}.",
     .raspberry_pi_os = "sudo usermod -aG dialout $USER, then log in again\nOr run with sudo",
     .nerves = "Run as root",
     .linux = "{grant}\nOr run as root"},
    {.cause = Cause::tty_busy,
     .id = "tty-busy",
     .severity = error,
     .title = "Another program has the tty",
     .meaning = "{tty} is in use by {holder}.",
     .linux = "Stop that program, or use another port of the modem: tunppp detect"},
    {.cause = Cause::tty_busy_modem_manager,
     .id = "tty-busy",
     .severity = error,
     .title = "ModemManager has the tty",
     .meaning = "{tty} is in use by {holder}, which takes every modem it finds.",
     .raspberry_pi_os = "sudo systemctl disable --now ModemManager",
     .linux = "systemctl disable --now ModemManager\n"
              "Or let it leave this modem alone, in /etc/udev/rules.d/77-tunppp.rules: "
              "ATTRS{idVendor}==\"{vendor}\", ATTRS{idProduct}==\"{product}\", "
              "ENV{ID_MM_DEVICE_IGNORE}=\"1\"\n"
              "udevadm control --reload; udevadm trigger; systemctl restart ModemManager"},
    {.cause = Cause::tty_busy_getty,
     .id = "tty-busy",
     .severity = error,
     .title = "A login prompt runs on the tty",
     .meaning = "{tty} is in use by {holder}, which reads what the modem says as a login.",
     .raspberry_pi_os = "sudo raspi-config: Interface Options, Serial Port: login shell no, "
                        "hardware yes\n"
                        "Or: sudo systemctl disable --now serial-getty@{name}",
     .nerves = "In erlinit.config take another tty for the console: -c tty1\n"
               "Buildroot: remove the line of {name} in /etc/inittab",
     .linux = "systemctl disable --now serial-getty@{name}\nOr remove its line in /etc/inittab"},
    {.cause = Cause::tty_busy_tunppp,
     .id = "tty-busy",
     .severity = note,
     .title = "tunppp itself has the tty",
     .meaning = "{tty} is in use by {holder}: a session is running on it.",
     .linux = "Nothing, or stop that session first"},
    {.cause = Cause::at_port_busy,
     .id = "tty-busy",
     .severity = note,
     .title = "The session's AT port does not answer",
     .meaning = "The session that holds {tty} lends its AT port, but no answer came through it: "
                "another program's command may be under way.",
     .linux = "Nothing, or ask again later"},
    {.cause = Cause::uart_console,
     .id = "uart-console",
     .severity = warning,
     .title = "The kernel's console is on the UART",
     .meaning = "{tty} is the kernel's console, so its messages and a login prompt go to a modem "
                "that is wired to it.",
     .raspberry_pi_os =
         "sudo raspi-config: Interface Options, Serial Port: login shell no, "
         "hardware yes\n"
         "Or by hand: in /boot/firmware/cmdline.txt remove {argument}, in config.txt "
         "set enable_uart=1, and sudo systemctl disable --now serial-getty@{name}",
     .nerves = "In cmdline.txt remove {argument}, in config.txt set enable_uart=1\n"
               "In erlinit.config: -c tty1",
     .linux = "Remove {argument} from the kernel's command line\n"
              "systemctl disable --now serial-getty@{name}"},
    // --- TUN ---
    {.cause = Cause::tun_not_built,
     .id = "tun-missing",
     .severity = error,
     .title = "The kernel has no TUN",
     .meaning = "tunppp hands its packets to the kernel through TUN, and this kernel was built "
                "without it.",
     .raspberry_pi_os = "The kernel of Raspberry Pi OS has it: sudo apt full-upgrade\nsudo reboot",
     .nerves = "Add to the kernel's configuration: CONFIG_TUN=m, build the system anew",
     .linux = "Install the modules of the running kernel ({release})\n"
              "A kernel of your own needs: CONFIG_TUN=m"},
    {.cause = Cause::tun_not_loaded,
     .id = "tun-missing",
     .severity = error,
     .title = "TUN is not loaded",
     .meaning = "tunppp hands its packets to the kernel through TUN, whose module is there but not "
                "loaded.",
     .raspberry_pi_os = "sudo modprobe tun\n"
                        "At each start: echo tun | sudo tee /etc/modules-load.d/tun.conf",
     .nerves = "System.cmd(\"modprobe\", [\"tun\"])",
     .linux = "modprobe tun\nAt each start: echo tun > /etc/modules-load.d/tun.conf"},
    {.cause = Cause::tun_node_missing,
     .id = "tun-missing",
     .severity = error,
     .title = "There is no /dev/net/tun",
     .meaning = "The kernel has TUN, but there is no node by which to use it.",
     .linux = "mkdir -p /dev/net; mknod /dev/net/tun c 10 200; chmod 600 /dev/net/tun\n"
              "In a container: docker run --device /dev/net/tun --cap-add NET_ADMIN"},
    {.cause = Cause::tun_permission,
     .id = "tun-permission",
     .severity = error,
     .title = "/dev/net/tun may not be opened",
     .meaning = "This user, or this container, has no right to open /dev/net/tun.",
     .nerves = "Run as root",
     .linux = "Run as root, or: chmod 666 /dev/net/tun (as udev does)\n"
              "In a container: docker run --device /dev/net/tun --cap-add NET_ADMIN"},
    {.cause = Cause::tun_capability,
     .id = "tun-permission",
     .severity = error,
     .title = "The right to create network interfaces is missing",
     .meaning = "Creating an interface and giving it addresses needs CAP_NET_ADMIN, which this "
                "process has not.",
     .nerves = "Run as root",
     .linux = "sudo tunppp ...\nOr once: sudo setcap cap_net_admin+ep $(command -v tunppp)\n"
              "In a container: --cap-add NET_ADMIN"},
    // --- What the modem itself answers ---
    {.cause = Cause::modem_silent,
     .id = "modem-silent",
     .severity = error,
     .title = "The modem does not answer",
     .meaning = "{tty} can be opened, but nothing answers to AT there.",
     .raspberry_pi_os = "On the pins: enable_uart=1 in config.txt, TX to RX and RX to TX, ground\n"
                        "Another port or speed: tunppp detect, --baud\n"
                        "Is the modem switched on (PWRKEY) and booted?",
     .linux =
         "Another port of the modem: tunppp detect tells which speaks AT\n"
         "On a serial line: another --baud, RX and TX crossed, the modem switched on (PWRKEY)\n"
         "Take its power away for ten seconds"},
    {.cause = Cause::modem_in_data_mode,
     .id = "modem-in-data-mode",
     .severity = warning,
     .title = "The modem is still in data mode",
     .meaning = "A connection was left open on {tty}, so the modem takes commands for data{ended}.",
     .linux =
         "Nothing: tunppp dial ends it by itself before it dials\n"
         "By hand: one second of silence, +++ without return, one second of silence, then ATH"},
    {.cause = Cause::modem_in_cmux,
     .id = "modem-in-cmux",
     .severity = warning,
     .title = "The modem is still multiplexing (CMUX)",
     .meaning = "A program left {tty} in 3GPP 27.010 multiplexing, so plain AT commands are not "
                "understood{ended}.",
     .linux = "Nothing: tunppp dial ends it by itself before it dials\n"
              "Where that does not help: restart the modem"},
    {.cause = Cause::sim_absent,
     .id = "sim-absent",
     .severity = error,
     .title = "No SIM",
     .meaning = "The modem finds no SIM, or cannot read it.",
     .linux = "Insert the SIM, the right way round; clean its contacts\nRestart the modem"},
    {.cause = Cause::sim_pin,
     .id = "sim-pin",
     .severity = error,
     .title = "The SIM wants its PIN",
     .meaning = "Until the SIM has its PIN the modem does not register{tries}.",
     .linux =
         "tunppp dial --pin-file FILE, the PIN alone in that file, readable by its owner only\n"
         "Or remove the PIN from the SIM, in a telephone"},
    {.cause = Cause::sim_pin_last_try,
     .id = "sim-pin",
     .severity = error,
     .title = "The SIM wants its PIN and has hardly any try left",
     .meaning = "Wrong PINs were sent before{tries}: tunppp sends none while fewer than two are "
                "left, for after the last the SIM is blocked.",
     .linux = "Put the SIM into a telephone and give the right PIN there: then there are three "
              "tries again"},
    {.cause = Cause::sim_puk,
     .id = "sim-puk",
     .severity = error,
     .title = "The SIM is blocked",
     .meaning = "The PIN was wrong too often; the SIM wants its PUK, which tunppp never sends.",
     .linux = "Put the SIM into a telephone and give the PUK there, and a new PIN\n"
              "The operator has the PUK"},
    {.cause = Cause::sim_locked,
     .id = "registration-denied",
     .severity = error,
     .title = "The modem is locked to other SIMs",
     .meaning = "It takes no SIM but that of one network or device, and registers with no other.",
     .linux = "Use a SIM of the operator who sold the modem\n"
              "Or have it unlocked by who sold it; a PIN does not help"},
    {.cause = Cause::no_signal,
     .id = "no-signal",
     .severity = error,
     .title = "No signal",
     .meaning = "The modem hears no network.",
     .linux = "Connect the antenna, to the main connector (MAIN, not DIV or GNSS)\n"
              "Another place; are the modem's bands those of the country?"},
    {.cause = Cause::registration_denied,
     .id = "registration-denied",
     .severity = error,
     .title = "The network refuses this SIM or modem",
     .meaning = "The modem asked for registration and the network denied it{domains}.",
     .linux = "Ask the operator: is the SIM activated, roaming allowed, the device (IMEI) known?\n"
              "Another radio: tunppp dial --radio lte"},
    {.cause = Cause::not_registered,
     .id = "not-registered",
     .severity = error,
     .title = "The modem is not registered",
     .meaning = "The modem is in no network yet{state}.",
     .linux = "Wait: the first registration can take minutes\n"
              "Antenna and coverage; another radio: tunppp dial --radio lte"},
    {.cause = Cause::apn_refused,
     .id = "apn-refused",
     .severity = error,
     .title = "The network refuses the data connection",
     .meaning = "Registration is well, but the network gave no data connection{reason}.",
     .linux =
         "tunppp dial --apn NAME, as the operator says; user and password where it wants them\n"
         "Does the subscription include data?"},
    // --- Notes ---
    {.cause = Cause::tty_at_port,
     .id = "wrong-tty",
     .severity = warning,
     .title = "This port is for AT commands",
     .meaning = "{tty} is the AT port of {modem} (interface {number}); tunppp dials on {port} and "
                "keeps this one for talking to the modem meanwhile.",
     .linux = "To dial use {port}\nOr its name that lasts when numbers change: {by_path}\n"
              "Or no --device at all: tunppp finds both by itself"},
    {.cause = Cause::tty_lock_stale,
     .id = "tty-busy",
     .severity = note,
     .title = "A lock file was left behind",
     .meaning = "The program that locked {tty} does not run any more.",
     .linux = "tunppp removes it by itself; for other programs: rm {lock}"},
    {.cause = Cause::gadget_other_port,
     .id = "usb-gadget-mode",
     .severity = note,
     .title = "One USB port is in gadget mode, the others are hosts",
     .meaning =
         "The port of {controller} (USB-C on a Pi 4) is a device; the other ports are hosts, "
         "and there a modem is seen.",
     .linux = "Plug the modem into one of the other ports"},
    {.cause = Cause::uart_mini,
     .id = "uart-console",
     .severity = note,
     .title = "This is the mini UART",
     .meaning =
         "The speed of {tty} hangs on the core clock and drifts with it; the PL011 is better "
         "for a modem.",
     .raspberry_pi_os =
         "In config.txt: dtoverlay=disable-bt (or miniuart-bt), then the PL011 is on "
         "the pins\nOr core_freq=250",
     .nerves = "In config.txt: dtoverlay=miniuart-bt\nOr core_freq=250",
     .linux = "Use another UART"},
    {.cause = Cause::ppp_not_needed,
     .id = "not-needed",
     .severity = note,
     .title = "Kernel PPP is not here, and not needed",
     .meaning = "tunppp speaks PPP itself: CONFIG_PPP, /dev/ppp and pppd need not be there.",
     .linux = "Nothing"},
    {.cause = Cause::network_not_needed,
     .id = "not-needed",
     .severity = note,
     .title = "QMI, MBIM and wwan0 are not needed",
     .meaning = "tunppp dials on a serial port: whether there is a wwan0, cdc-wdm0 or a driver for "
                "the modem's network interface does not matter.",
     .linux = "Nothing"},
});

static_assert(rows.size() == static_cast<std::size_t>(Cause::count));
static_assert([] {
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (static_cast<std::size_t>(rows[i].cause) != i) return false;
  return true;
}());

}  // namespace

std::span<const CatalogueRow> catalogue() {
  return rows;
}

const CatalogueRow& row(Cause cause) {
  assert(cause < Cause::count);
  return rows[static_cast<std::size_t>(cause)];
}

}  // namespace tunppp::doctor
