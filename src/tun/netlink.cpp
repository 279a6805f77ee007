#include "tun/netlink.h"

#include <fmt/format.h>
#include <linux/netlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>
#include <sys/socket.h>
#include <cerrno>
#include <cstdlib>
#include <new>

namespace tunppp::tun {
namespace {

// What libnl itself reports has numbers of its own; the kernel's verdicts are errno values.
Netlink::Answer library_failed(int error) {
  return {std::make_error_code(std::errc::io_error), ::nl_geterror(error)};
}

/// The verdict in an NLMSG_ERROR; 0 is the acknowledgement.
Netlink::Answer verdict(nlmsghdr* header) {
  const auto* error = static_cast<nlmsgerr*>(::nlmsg_data(header));
  if (error->error == 0) return {};
  Netlink::Answer answer{{-error->error, std::system_category()}, {}};
  if ((header->nlmsg_flags & NLM_F_ACK_TLVS) == 0) return answer;
  // The request is quoted before the attributes: all of it, or its header alone.
  const std::size_t quoted = (header->nlmsg_flags & NLM_F_CAPPED) != 0
                                 ? sizeof(nlmsghdr)
                                 : static_cast<std::size_t>(error->msg.nlmsg_len);
  const std::size_t before = sizeof(nlmsgerr) - sizeof(nlmsghdr) + NLMSG_ALIGN(quoted);
  nlattr* attributes[NLMSGERR_ATTR_MAX + 1] = {};
  if (::nlmsg_parse(header, static_cast<int>(before), attributes, NLMSGERR_ATTR_MAX, nullptr) ==
          0 &&
      attributes[NLMSGERR_ATTR_MSG] != nullptr)
    answer.explanation = ::nla_get_string(attributes[NLMSGERR_ATTR_MSG]);
  return answer;
}

struct FreeMemory {
  void operator()(unsigned char* memory) const { std::free(memory); }
};

}  // namespace

void Netlink::CloseSocket::operator()(nl_sock* socket) const {
  ::nl_socket_free(socket);
}
void Netlink::FreeMessage::operator()(nl_msg* message) const {
  ::nlmsg_free(message);
}

Result<Netlink> Netlink::open() {
  nl_sock* socket = ::nl_socket_alloc();
  if (socket == nullptr) throw std::bad_alloc();
  Netlink netlink(socket);
  if (const int error = ::nl_connect(socket, NETLINK_ROUTE); error < 0)
    return Failure{EndReason::interface_failed, std::make_error_code(std::errc::io_error),
                   fmt::format("cannot open a netlink socket: {}", ::nl_geterror(error))};
  const int on = 1;
  ::setsockopt(::nl_socket_get_fd(socket), SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof on);
  return netlink;
}

Netlink::Message Netlink::request(int type, int flags) {
  nl_msg* message = ::nlmsg_alloc_simple(type, flags);
  if (message == nullptr) throw std::bad_alloc();
  return Message(message);
}

Netlink::Answer Netlink::transact(Message message, const std::function<void(nlmsghdr*)>& on_reply) {
  if (const int error = ::nl_send_auto(socket_.get(), message.get()); error < 0)
    return library_failed(error);
  const std::uint32_t sequence = ::nlmsg_hdr(message.get())->nlmsg_seq;
  while (true) {
    sockaddr_nl from{};
    unsigned char* buffer = nullptr;
    const int received = ::nl_recv(socket_.get(), &from, &buffer, nullptr);
    const std::unique_ptr<unsigned char, FreeMemory> owner(buffer);
    if (received <= 0) return library_failed(received);
    int left = received;
    for (auto* header = static_cast<nlmsghdr*>(static_cast<void*>(buffer));
         ::nlmsg_ok(header, left) != 0; header = ::nlmsg_next(header, &left)) {
      if (header->nlmsg_seq != sequence) continue;
      if (header->nlmsg_type == NLMSG_ERROR) return verdict(header);
      if (header->nlmsg_type == NLMSG_DONE) return {};
      if (on_reply) on_reply(header);
    }
  }
}

}  // namespace tunppp::tun
