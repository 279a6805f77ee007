#pragma once

#include <fmt/format.h>
#include <netlink/attr.h>
#include <netlink/msg.h>

#include <string_view>

#include "base/result.h"
#include "tun/netlink.h"

namespace tunppp::tun {

/// A request whose fixed part is `payload`; attributes are put behind it.
template <typename Payload>
Netlink::Message request(int type, int flags, Payload payload) {
  Netlink::Message message = Netlink::request(type, flags);
  ::nlmsg_append(message.get(), &payload, sizeof payload, NLMSG_ALIGNTO);
  return message;
}

template <typename Address>
void put(const Netlink::Message& message, int attribute, const Address& address) {
  ::nla_put(message.get(), attribute, static_cast<int>(address.octets.size()),
            address.octets.data());
}

inline Failure failure(std::string_view attempted, const Netlink::Answer& answer) {
  const bool forbidden = answer.code == std::errc::operation_not_permitted ||
                         answer.code == std::errc::permission_denied;
  std::string text = fmt::format("cannot {}: {}", attempted, answer.code.message());
  if (!answer.explanation.empty()) text += fmt::format(" ({})", answer.explanation);
  return {forbidden ? EndReason::no_privilege : EndReason::interface_failed, answer.code, text};
}

}  // namespace tunppp::tun
