#pragma once

#include <tunppp/bytes.h>
#include <tunppp/drop.h>

namespace tunppp::cp {

/// How a control protocol came to its end.
enum class Finish {
  closed,           ///< on our own request
  silent,           ///< no valid answer to max_configure requests
  no_agreement,     ///< answers, but no end of the argument
  terminated,       ///< Terminate-Request of the peer
  rejected,         ///< the peer does not know the protocol or a code that it needs
};

/// What a control protocol needs of its owner. Called from within the protocol's own inputs and
/// commands; an owner must not call back into the protocol from there, but for getters.
class Host {
 public:
  virtual void send_control(std::uint16_t protocol, Bytes packet) = 0;
  virtual void layer_up(std::uint16_t protocol) = 0;
  virtual void layer_down(std::uint16_t protocol) = 0;
  virtual void layer_finished(std::uint16_t protocol, Finish finish) = 0;
  virtual void count(Drop drop) = 0;

 protected:
  ~Host() = default;
};

}  // namespace tunppp::cp
