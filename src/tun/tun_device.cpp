#include "tun/tun_device.h"

#include "tun/owner.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <cstring>

namespace tunppp::tun {
namespace {

std::error_code last_error() {
  return {errno, std::system_category()};
}

bool is_one_of(std::error_code error, std::initializer_list<std::errc> conditions) {
  return std::any_of(conditions.begin(), conditions.end(),
                     [&](std::errc condition) { return error == condition; });
}

/// What the kernel takes: at most 15 octets, no slash, colon or white space, and of patterns
/// only %d, once.
bool is_possible_name(const std::string& name) {
  if (name.empty() || name.size() >= IFNAMSIZ || name == "." || name == "..") return false;
  if (name.find_first_of("/: \t\n\v\f\r") != std::string::npos) return false;
  const std::size_t percent = name.find('%');
  return percent == std::string::npos ||
         (name.compare(percent, 2, "%d") == 0 && name.find('%', percent + 1) == std::string::npos);
}

Failure not_opened(const std::filesystem::path& device, std::error_code error) {
  EndReason reason = EndReason::interface_failed;
  if (is_one_of(error, {std::errc::no_such_file_or_directory, std::errc::not_a_directory,
                        std::errc::no_such_device, std::errc::no_such_device_or_address}))
    reason = EndReason::tun_missing;
  if (is_one_of(error, {std::errc::permission_denied, std::errc::operation_not_permitted}))
    reason = EndReason::no_privilege;
  return {reason, error, fmt::format("cannot open {}: {}", device.string(), error.message())};
}

Failure not_created(const TunDevice::Options& options, std::error_code error) {
  const std::string& name = options.name;
  if (is_one_of(error, {std::errc::operation_not_permitted, std::errc::permission_denied}))
    return {EndReason::no_privilege, error,
            fmt::format("cannot create the interface {}: that takes root or CAP_NET_ADMIN", name)};
  if (is_one_of(error,
                {std::errc::inappropriate_io_control_operation, std::errc::bad_file_descriptor}))
    return {EndReason::tun_missing, error, options.device.string() + " is not the TUN device"};
  if (error == std::errc::device_or_resource_busy) {
    const std::string owner = describe_owner(name);
    return {EndReason::interface_taken, error,
            owner.empty() ? fmt::format("the interface {} was taken just now", name)
                          : fmt::format("the interface {} exists already: {}", name, owner)};
  }
  return {EndReason::interface_failed, error,
          fmt::format("cannot create the interface {}: {}", name, error.message())};
}

TunDevice::Transfer outcome(ssize_t count) {
  if (count >= 0) return {static_cast<std::size_t>(count), {}};
  if (errno == EAGAIN || errno == EINTR) return {};
  return {0, last_error()};
}

}  // namespace

Result<TunDevice> TunDevice::create(const Options& options) {
  if (!is_possible_name(options.name))
    return Failure{EndReason::usage, std::make_error_code(std::errc::invalid_argument),
                   fmt::format("no interface can be named \"{}\"", options.name)};
  const int fd = ::open(options.device.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) return not_opened(options.device, last_error());
  TunDevice tun(fd, options.name);

  // IFF_TUN_EXCL: never the interface of somebody else that happens to be persistent.
  ifreq request{};
  request.ifr_flags =
      static_cast<short>(IFF_TUN | IFF_NO_PI | IFF_TUN_EXCL | (options.offload ? IFF_VNET_HDR : 0));
  std::memcpy(request.ifr_name, options.name.data(), options.name.size());
  if (::ioctl(fd, TUNSETIFF, &request) != 0) return not_created(options, last_error());
  tun.name_ = request.ifr_name;
  if (options.offload) tun.agree_on_offloads();
  if (const std::error_code error = tun.set_carrier(false))
    return Failure{EndReason::interface_failed, error,
                   fmt::format("cannot set the link state of {}: {}", tun.name_, error.message())};
  return tun;
}

TunDevice::TunDevice(TunDevice&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      name_(std::move(other.name_)),
      offloads_(other.offloads_) {}

TunDevice& TunDevice::operator=(TunDevice&& other) noexcept {
  if (this == &other) return *this;
  close();
  fd_ = std::exchange(other.fd_, -1);
  name_ = std::move(other.name_);
  offloads_ = other.offloads_;
  return *this;
}

TunDevice::~TunDevice() {
  close();
}

void TunDevice::close() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

TunDevice::Transfer TunDevice::read(MutableBytes packet) {
  return outcome(::read(fd_, packet.data(), packet.size()));
}

TunDevice::Transfer TunDevice::read(std::span<const iovec> pieces) {
  return outcome(::readv(fd_, pieces.data(), static_cast<int>(pieces.size())));
}

TunDevice::Transfer TunDevice::write(std::span<const iovec> pieces) {
  return outcome(::writev(fd_, pieces.data(), static_cast<int>(pieces.size())));
}

TunDevice::Transfer TunDevice::write(Bytes packet) {
  return outcome(::write(fd_, packet.data(), packet.size()));
}

/// The kernel refuses a set in which it does not know one thing, so the most is asked for first.
void TunDevice::agree_on_offloads() {
  constexpr unsigned udp = 0x20 | 0x40;  // TUN_F_USO4 and 6, not in the headers before Linux 6.2
  constexpr unsigned tcp = TUN_F_TSO4 | TUN_F_TSO6 | TUN_F_TSO_ECN;
  offloads_.vnet_header = true;
  for (const unsigned wanted : {tcp | udp, tcp, 0u}) {
    if (::ioctl(fd_, TUNSETOFFLOAD, wanted == 0 ? 0UL : TUN_F_CSUM | wanted) != 0) continue;
    offloads_.tcp = wanted & tcp;
    offloads_.udp = wanted & udp;
    return;
  }
}

std::error_code TunDevice::set_carrier(bool on) {
  int carrier = on ? 1 : 0;
  // Linux before 5.0 does not know the request: there a TUN always has carrier.
  if (::ioctl(fd_, TUNSETCARRIER, &carrier) == 0 || errno == EINVAL) return {};
  return last_error();
}

}  // namespace tunppp::tun
