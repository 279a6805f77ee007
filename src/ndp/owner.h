#pragma once

#include <tunppp/bytes.h>
#include <tunppp/event.h>

namespace tunppp::ndp {

/// What both roles need of the link they belong to. Must not call back.
class Owner {
 public:
  virtual void send_ipv6(Bytes packet) = 0;
  virtual void tell(Event event) = 0;

 protected:
  ~Owner() = default;
};

}  // namespace tunppp::ndp
