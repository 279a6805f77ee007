#pragma once

#include "base/result.h"
#include "tty/lock.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

namespace tunppp::tty {

enum class FlowControl { none, rtscts };

/// A tty that is ours alone: locked, raw, at the given rate, with modem control lines ignored
/// (CLOCAL), non-blocking. A pty slave is a tty like any other; it merely has no modem lines.
/// Octets are read and written on fd(): a read of 0 octets or EIO means that the line was hung up
/// or the device is gone.
class SerialPort {
 public:
  struct Options {
    std::uint32_t baud = 115200;
    FlowControl flow = FlowControl::none;
    /// Throw away what arrived before we came. Off by default: it can be the peer's first frame.
    bool discard_input = false;
    std::filesystem::path lock_directory = default_lock_directory;
  };

  /// Fails with tty_missing, tty_busy (the text names who holds it) or tty_failed.
  static Result<SerialPort> open(const std::filesystem::path& path, const Options& options);

  SerialPort(SerialPort&&) noexcept;
  SerialPort& operator=(SerialPort&&) noexcept;
  /// Closes.
  ~SerialPort();

  /// Restores the settings the tty had and gives up the locks. Never waits for a line that takes
  /// nothing: what output_queued() still counts is discarded, so who wants it sent waits before.
  /// May be called again.
  void close();

  int fd() const;
  /// Where the given path led to: /dev/ttyUSB2 for a name in /dev/serial/by-path.
  const std::filesystem::path& device() const;
  /// Sentences for people: somebody else has the tty open, there is no lock directory ...
  const std::vector<std::string>& warnings() const;

  /// Any rate; one that the table of standard rates does not have is asked for by number.
  /// A driver may come close only, and USB modems ignore the rate: baud() tells what is set.
  std::error_code set_baud(std::uint32_t baud);
  std::uint32_t baud() const;
  std::error_code set_flow(FlowControl flow);

  void discard_input();
  void discard_output();

  /// False on a pty: then set_dtr() does nothing, successfully.
  bool has_modem_lines() const;
  /// Dropping DTR for a second makes a modem with AT&D2 hang up.
  std::error_code set_dtr(bool on);
  /// Data Carrier Detect; nullopt where there are no modem lines.
  std::optional<bool> carrier() const;
  /// Octets written that the driver still holds (TIOCOUTQ); always 0 on a pty.
  std::size_t output_queued() const;

 private:
  struct State;
  explicit SerialPort(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace tunppp::tty
