#pragma once

#include <tunppp/bytes.h>

#include <algorithm>
#include <cstring>
#include <vector>

namespace tunppp::modem::cmux {

/// Octets in order, in room that is allocated once.
class ByteQueue {
 public:
  explicit ByteQueue(std::size_t capacity) : octets_(capacity) {}

  std::size_t size() const { return end_ - begin_; }
  bool empty() const { return begin_ == end_; }
  std::size_t room() const { return octets_.size() - size(); }
  std::size_t capacity() const { return octets_.size(); }
  Bytes front() const { return Bytes(octets_).subspan(begin_, size()); }
  void clear() { begin_ = end_ = 0; }

  /// Returns how many found room.
  std::size_t push(Bytes in) {
    const std::size_t count = std::min(in.size(), room());
    if (count == 0) return 0;
    const MutableBytes free = reserve(count);
    std::memcpy(free.data(), in.data(), count);
    commit(count);
    return count;
  }

  /// Room for `count` octets, of which commit() then takes up to that many. `count` must fit.
  MutableBytes reserve(std::size_t count) {
    if (octets_.size() - end_ < count) {
      std::memmove(octets_.data(), octets_.data() + begin_, size());
      end_ -= begin_;
      begin_ = 0;
    }
    return MutableBytes(octets_).subspan(end_, count);
  }
  void commit(std::size_t count) { end_ += count; }

  void pop(std::size_t count) {
    begin_ += count;
    if (begin_ == end_) clear();
  }

 private:
  std::vector<std::byte> octets_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace tunppp::modem::cmux
