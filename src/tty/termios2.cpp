#include "tty/termios2.h"

#include <sys/ioctl.h>
#include <algorithm>
#include <array>
#include <cerrno>

namespace tunppp::tty {
namespace {

struct StandardRate {
  std::uint32_t baud;
  tcflag_t code;
};

constexpr auto standard_rates = std::to_array<StandardRate>({
    {50, B50},           {75, B75},           {110, B110},         {134, B134},
    {150, B150},         {200, B200},         {300, B300},         {600, B600},
    {1200, B1200},       {1800, B1800},       {2400, B2400},       {4800, B4800},
    {9600, B9600},       {19200, B19200},     {38400, B38400},     {57600, B57600},
    {115200, B115200},   {230400, B230400},   {460800, B460800},   {500000, B500000},
    {576000, B576000},   {921600, B921600},   {1000000, B1000000}, {1152000, B1152000},
    {1500000, B1500000}, {2000000, B2000000}, {2500000, B2500000}, {3000000, B3000000},
    {3500000, B3500000}, {4000000, B4000000},
});

// A standard rate goes by its code, so that programs which know nothing else can read it.
tcflag_t code_of(std::uint32_t baud) {
  const auto found = std::find_if(standard_rates.begin(), standard_rates.end(),
                                  [&](const StandardRate& rate) { return rate.baud == baud; });
  return found == standard_rates.end() ? tcflag_t{BOTHER} : found->code;
}

std::error_code outcome(int result) {
  return result == 0 ? std::error_code() : std::error_code(errno, std::system_category());
}

}  // namespace

std::error_code read_settings(int fd, termios2& settings) {
  return outcome(::ioctl(fd, TCGETS2, &settings));
}

std::error_code apply_settings(int fd, const termios2& settings) {
  return outcome(::ioctl(fd, TCSETS2, &settings));
}

void make_raw(termios2& settings) {
  settings.c_iflag = IGNBRK;
  settings.c_oflag = 0;
  settings.c_lflag = 0;
  settings.c_cflag &= ~static_cast<tcflag_t>(CSIZE | CSTOPB | PARENB | PARODD | CMSPAR);
  settings.c_cflag |= CS8 | CREAD | CLOCAL;
  settings.c_cc[VMIN] = 1;
  settings.c_cc[VTIME] = 0;
}

void set_baud(termios2& settings, std::uint32_t baud) {
  // The input rate's code 0 means: the same as the output's.
  settings.c_cflag &= ~static_cast<tcflag_t>(CBAUD | CIBAUD);
  settings.c_cflag |= code_of(baud);
  settings.c_ospeed = baud;
  settings.c_ispeed = baud;
}

void set_flow(termios2& settings, FlowControl flow) {
  settings.c_cflag &= ~static_cast<tcflag_t>(CRTSCTS);
  if (flow == FlowControl::rtscts) settings.c_cflag |= static_cast<tcflag_t>(CRTSCTS);
}

FlowControl flow_of(const termios2& settings) {
  return (settings.c_cflag & CRTSCTS) != 0 ? FlowControl::rtscts : FlowControl::none;
}

}  // namespace tunppp::tty
