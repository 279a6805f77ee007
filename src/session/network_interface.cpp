#include "session/network_interface.h"

#include <algorithm>

namespace tunppp::session {
namespace {

Status failed(std::error_code code, std::string text) {
  return Failure{EndReason::interface_failed, code, std::move(text) + ": " + code.message()};
}

}  // namespace

Result<NetworkInterface> NetworkInterface::create(const InterfaceOptions& options, bool offload) {
  Result<tun::TunDevice> device =
      tun::TunDevice::create({.name = options.name, .offload = offload});
  if (!device) return device.failure();
  Result<tun::Interface> interface = tun::Interface::attach(device->name());
  if (!interface) return interface.failure();
  // Before it goes up for the first time: the kernel would invent an address and speak from it.
  if (Status status = interface->disable_ipv6_address_generation()) return *status;
  return NetworkInterface(options, std::move(*device), std::move(*interface));
}

Status NetworkInterface::configure(const Ipv4Up& agreed) {
  const AddressesSet wanted{.interface = name(),
                            .local = agreed.local,
                            .remote = agreed.remote,
                            .mtu = std::min(agreed.mtu, options_.mtu),
                            .default_route_metric = std::nullopt};
  if (Status status = change_addresses(wanted)) return status;
  if (Status status = bring_up(wanted.mtu)) return status;
  addresses_ = wanted;
  if (!options_.default_route) return {};

  // Does nothing when the route is there already; a change of addresses may have taken it along.
  if (Status status = interface_.add_default_route(options_.metric)) return status;
  addresses_->default_route_metric = options_.metric;
  return {};
}

Status NetworkInterface::change_addresses(const AddressesSet& wanted) {
  if (addresses_ && addresses_->local == wanted.local && addresses_->remote == wanted.remote)
    return {};
  if (addresses_)
    if (Status status = interface_.remove_address(addresses_->local, addresses_->remote))
      return status;
  addresses_.reset();
  return interface_.add_address(wanted.local, wanted.remote);
}

Status NetworkInterface::bring_up(std::uint16_t mtu) {
  Result<tun::InterfaceInfo> info = interface_.info();
  if (!info) return info.failure();
  if (info->mtu != mtu)
    if (Status status = interface_.set_mtu(mtu)) return status;
  if (!info->carrier)
    if (const std::error_code error = device_.set_carrier(true))
      return failed(error, "cannot set the link state of " + name());
  if (info->up) return {};
  return interface_.set_up(true);
}

std::uint64_t NetworkInterface::dropped() {
  Result<tun::InterfaceInfo> info = interface_.info();
  return info ? info->counters.tx_dropped : 0;
}

}  // namespace tunppp::session
