#pragma once

#include <tunppp/bytes.h>

#include "base/result.h"

#include <functional>
#include <memory>
#include <string>

struct nl_msg;
struct nl_sock;
struct nlmsghdr;

namespace tunppp::tun {

/// A route netlink socket: one request, one answer.
class Netlink {
 public:
  static Result<Netlink> open();

  /// A request under construction. The payload and the attributes are appended to it with libnl.
  struct FreeMessage {
    void operator()(nl_msg* message) const;
  };
  using Message = std::unique_ptr<nl_msg, FreeMessage>;
  static Message request(int type, int flags);

  struct Answer {
    std::error_code code{};
    std::string explanation;  ///< the kernel's own words, if it has any
  };
  /// Sends the request and waits for the kernel's verdict. `on_reply` sees each message that
  /// carries data; may be empty.
  Answer transact(Message message, const std::function<void(nlmsghdr*)>& on_reply = {});

 private:
  struct CloseSocket {
    void operator()(nl_sock* socket) const;
  };
  explicit Netlink(nl_sock* socket) : socket_(socket) {}
  std::unique_ptr<nl_sock, CloseSocket> socket_;
};

}  // namespace tunppp::tun
