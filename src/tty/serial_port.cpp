#include "tty/serial_port.h"

#include "tty/holders.h"
#include "tty/termios2.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <cerrno>

namespace tunppp::tty {
namespace fs = std::filesystem;

struct SerialPort::State {
  int fd = -1;
  fs::path device;
  LockFile lock;
  bool ours = false;  // the locks are held, and the settings may have been changed
  termios2 former{};
  termios2 current{};
  std::vector<std::string> warnings;

  ~State() { close(); }

  Status open(const Options& options);
  Status lock_out_others(const Options& options);
  Status set_up(const Options& options);
  std::error_code apply(const termios2& wanted);
  void close();
};

namespace {

std::error_code last_error() {
  return {errno, std::system_category()};
}

std::error_code outcome(int result) {
  return result == 0 ? std::error_code() : last_error();
}

/// Who it is: those that have the tty open as far as we may see it, else whom the lock file names.
Failure busy(const fs::path& device, const SerialPort::Options& options) {
  std::vector<Holder> holders = holders_of(device);
  if (holders.empty())
    if (const auto owner = lock_owner(device, options.lock_directory)) holders.push_back(*owner);
  const std::string who = holders.empty() ? "another program" : describe(holders);
  return {EndReason::tty_busy, std::make_error_code(std::errc::device_or_resource_busy),
          fmt::format("{} is in use by {}", device.string(), who)};
}

Failure not_opened(const fs::path& device, std::error_code error) {
  // ENXIO and ENODEV: the node is there, the device behind it is not.
  const bool missing =
      error == std::errc::no_such_file_or_directory || error == std::errc::not_a_directory ||
      error == std::errc::no_such_device_or_address || error == std::errc::no_such_device;
  return {missing ? EndReason::tty_missing : EndReason::tty_failed, error,
          fmt::format("cannot open {}: {}", device.string(), error.message())};
}

Failure failed(const fs::path& device, std::string_view what, std::error_code error) {
  return {EndReason::tty_failed, error,
          fmt::format("cannot {} {}: {}", what, device.string(), error.message())};
}

}  // namespace

Status SerialPort::State::open(const Options& options) {
  // O_NONBLOCK also keeps open() from waiting for a carrier.
  fd = ::open(device.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0 && errno == EBUSY) return busy(device, options);  // TIOCEXCL, and we are not root
  if (fd < 0) return not_opened(device, last_error());
  if (::isatty(fd) == 0) {
    const std::error_code error = last_error();
    if (error == std::errc::inappropriate_io_control_operation)
      return Failure{EndReason::tty_failed, error, device.string() + " is not a tty"};
    return Failure{
        EndReason::tty_missing, error,
        fmt::format("there is no device behind {}: {}", device.string(), error.message())};
  }
  if (Status failure = lock_out_others(options)) return failure;
  return set_up(options);
}

// Three locks, since no single one is respected by all: flock() by systemd, tio and other tunppps,
// the lock file by pppd, minicom and their kin, TIOCEXCL by every process that is not root.
Status SerialPort::State::lock_out_others(const Options& options) {
  const std::vector<Holder> holders = holders_of(device);
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) return busy(device, options);

  Result<LockFile> taken = LockFile::take(device, options.lock_directory);
  if (!taken) return taken.failure();
  lock = std::move(*taken);
  if (!lock.problem().empty()) warnings.push_back(lock.problem());

  // TIOCEXCL did not stop us if we are root. Without anybody who has the tty open it is a left-over
  // of a program that was killed, as can be on a pty.
  int exclusive = 0;
  if (::ioctl(fd, TIOCGEXCL, &exclusive) == 0 && exclusive != 0 && !holders.empty())
    return busy(device, options);
  if (!holders.empty())
    warnings.push_back(fmt::format("{} has {} open too and may take octets away from us",
                                   describe(holders), device.string()));
  if (const std::error_code error = read_settings(fd, former))
    return failed(device, "read the settings of", error);
  ::ioctl(fd, TIOCEXCL);
  ours = true;
  return {};
}

Status SerialPort::State::set_up(const Options& options) {
  termios2 wanted = former;
  make_raw(wanted);
  tty::set_baud(wanted, options.baud);
  tty::set_flow(wanted, options.flow);
  if (const std::error_code error = apply(wanted)) return failed(device, "set up", error);
  if (options.flow == FlowControl::rtscts && flow_of(current) != FlowControl::rtscts)
    warnings.push_back(device.string() + " has no RTS/CTS flow control");
  if (options.discard_input) ::ioctl(fd, TCFLSH, TCIFLUSH);
  return {};
}

/// A driver takes what it can of the settings: what it took is read back.
std::error_code SerialPort::State::apply(const termios2& wanted) {
  if (const std::error_code error = apply_settings(fd, wanted)) return error;
  return read_settings(fd, current);
}

void SerialPort::State::close() {
  if (fd < 0) return;
  if (ours) {
    // A line that takes nothing would hold up the close for half a minute. Where nothing is queued
    // nothing is discarded: on a pty that would take away what the far end has yet to read.
    int queued = 0;
    if (::ioctl(fd, TIOCOUTQ, &queued) == 0 && queued > 0) ::ioctl(fd, TCFLSH, TCOFLUSH);
    apply_settings(fd, former);
    ::ioctl(fd, TIOCNXCL);
  }
  lock.release();
  ::close(fd);
  fd = -1;
}

Result<SerialPort> SerialPort::open(const fs::path& path, const Options& options) {
  std::error_code error;
  auto state = std::make_unique<State>();
  state->device = fs::canonical(path, error);
  if (error) return not_opened(path, error);
  if (Status failure = state->open(options)) return *std::move(failure);
  return SerialPort(std::move(state));
}

SerialPort::SerialPort(std::unique_ptr<State> state) : state_(std::move(state)) {}
SerialPort::SerialPort(SerialPort&&) noexcept = default;
SerialPort& SerialPort::operator=(SerialPort&&) noexcept = default;
SerialPort::~SerialPort() = default;

void SerialPort::close() {
  if (state_) state_->close();
}

int SerialPort::fd() const {
  return state_->fd;
}
const fs::path& SerialPort::device() const {
  return state_->device;
}
const std::vector<std::string>& SerialPort::warnings() const {
  return state_->warnings;
}

std::error_code SerialPort::set_baud(std::uint32_t baud) {
  termios2 wanted = state_->current;
  tty::set_baud(wanted, baud);
  return state_->apply(wanted);
}

std::uint32_t SerialPort::baud() const {
  return state_->current.c_ospeed;
}

std::error_code SerialPort::set_flow(FlowControl flow) {
  termios2 wanted = state_->current;
  tty::set_flow(wanted, flow);
  return state_->apply(wanted);
}

void SerialPort::discard_input() {
  ::ioctl(state_->fd, TCFLSH, TCIFLUSH);
}
void SerialPort::discard_output() {
  ::ioctl(state_->fd, TCFLSH, TCOFLUSH);
}

bool SerialPort::has_modem_lines() const {
  int lines = 0;
  return ::ioctl(state_->fd, TIOCMGET, &lines) == 0;
}

std::error_code SerialPort::set_dtr(bool on) {
  if (!has_modem_lines()) return {};
  const int lines = TIOCM_DTR;
  return outcome(::ioctl(state_->fd, on ? TIOCMBIS : TIOCMBIC, &lines));
}

std::optional<bool> SerialPort::carrier() const {
  int lines = 0;
  if (::ioctl(state_->fd, TIOCMGET, &lines) != 0) return std::nullopt;
  return (lines & TIOCM_CAR) != 0;
}

std::size_t SerialPort::output_queued() const {
  int octets = 0;
  if (::ioctl(state_->fd, TIOCOUTQ, &octets) != 0 || octets < 0) return 0;
  return static_cast<std::size_t>(octets);
}

}  // namespace tunppp::tty
