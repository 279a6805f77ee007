#pragma once

// The kernel's own header, since only it knows arbitrary rates (termios2). It cannot be read
// together with the C library's <termios.h>.
#include <asm/termbits.h>

#include "tty/serial_port.h"

#include <cstdint>
#include <system_error>

namespace tunppp::tty {

std::error_code read_settings(int fd, termios2& settings);
/// At once: what was written before is neither waited for nor discarded.
std::error_code apply_settings(int fd, const termios2& settings);

/// Eight bits, no parity, nothing interpreted, modem control lines ignored.
void make_raw(termios2& settings);
void set_baud(termios2& settings, std::uint32_t baud);
void set_flow(termios2& settings, FlowControl flow);
FlowControl flow_of(const termios2& settings);

}  // namespace tunppp::tty
