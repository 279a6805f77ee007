#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace tunppp::tty {

enum class NodeKind : std::uint8_t {
  missing,
  file,
  directory,
  character_device,
  block_device,
  other,  ///< a FIFO, a socket ...
};

/// What something in a tree of files is. What a copy of a machine's files cannot tell is nullopt.
struct NodeFacts {
  NodeKind kind = NodeKind::missing;
  std::optional<unsigned> mode{};  ///< the permission bits, 0 to 07777
  std::optional<std::uint32_t> owner{};
  std::optional<std::uint32_t> group{};
  std::optional<unsigned> major{};  ///< of devices
  std::optional<unsigned> minor{};
  /// What opening it for reading and writing gives: 0 or an errno such as EACCES or EBUSY. On the
  /// machine itself it is not opened, only asked whether permissions allow it.
  std::optional<int> opening{};

  bool is_there() const { return kind != NodeKind::missing; }
  bool is_device() const {
    return kind == NodeKind::character_device || kind == NodeKind::block_device;
  }
  friend bool operator==(const NodeFacts&, const NodeFacts&) = default;
};

/// Facts by path ("/dev/ttyUSB2") that a copy of files cannot hold; what stands here goes before
/// what the copy shows. SystemTree::set_manifest() takes it; how it is written and parsed has a
/// file of its own.
using Manifest = std::map<std::string, NodeFacts, std::less<>>;

}  // namespace tunppp::tty
