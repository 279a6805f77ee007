#pragma once

#include "tty/uevent.h"

#include <optional>

namespace tunppp::tty {

/// Hears what the kernel tells about devices, in the network namespace in which it was opened. A
/// container may hear nothing: look from time to time as well.
class UeventSocket {
 public:
  /// nullopt: the system gives none.
  static std::optional<UeventSocket> open();
  ~UeventSocket();
  UeventSocket(UeventSocket&& other) noexcept;
  UeventSocket& operator=(UeventSocket&&) = delete;

  /// Readable when something was told. Non-blocking.
  int fd() const { return fd_; }

  struct Heard {
    std::optional<Uevent> event;
    bool lost = false;  ///< more was told than could wait: look at the devices themselves
  };
  /// The next that the kernel itself told; what anybody else sends is left out. Neither event nor
  /// loss: there is no more.
  Heard read();

 private:
  explicit UeventSocket(int fd) : fd_(fd) {}

  int fd_;
};

}  // namespace tunppp::tty
