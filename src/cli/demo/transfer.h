#pragma once

#include <tunppp/address.h>

#include "crypto/sha256.h"

#include <cstdint>
#include <string>

#include "cli/demo/descriptor.h"
#include "cli/demo/patience.h"

namespace tunppp::cli::demo {

/// A TCP port in the network namespace in which it was made.
class TransferServer {
 public:
  /// Throws std::system_error.
  TransferServer();
  std::uint16_t port() const { return port_; }
  int fd() const { return socket_.get(); }

 private:
  Descriptor socket_;
  std::uint16_t port_ = 0;
};

enum class Way { to_server, from_server };

struct TransferOutcome {
  std::uint64_t sent = 0;
  std::uint64_t received = 0;
  crypto::Sha256Digest sent_digest{};
  crypto::Sha256Digest received_digest{};
  Clock::duration took{};
  std::string problem;  ///< what went wrong; empty: nothing

  bool whole() const {
    return problem.empty() && sent == received && sent_digest == received_digest;
  }
};

/// Moves so many random octets over one TCP connection, made from the network namespace of this
/// thread, and hashes them at either end.
TransferOutcome transfer(const TransferServer& server, Ipv4Address address, Way way,
                         std::uint64_t octets, const Patience& patience);

std::string to_text(Way way, const TransferOutcome& outcome);

}  // namespace tunppp::cli::demo
