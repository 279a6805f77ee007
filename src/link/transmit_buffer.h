#pragma once

#include <tunppp/bytes.h>

#include <cassert>
#include <cstring>
#include <vector>

namespace tunppp::link {

/// Encoded frames on their way to the line: written at the end, taken from the front, contiguous.
class TransmitBuffer {
 public:
  explicit TransmitBuffer(std::size_t capacity) : storage_(capacity) {}

  Bytes pending() const { return Bytes(storage_).subspan(begin_, end_ - begin_); }
  std::size_t size() const { return end_ - begin_; }
  std::size_t capacity() const { return storage_.size(); }
  bool empty() const { return begin_ == end_; }
  /// Octets that fit, after moving what waits to the front.
  std::size_t room() const { return storage_.size() - size(); }

  /// Contiguous memory for `count` octets, which must not exceed room().
  MutableBytes prepare(std::size_t count) {
    assert(count <= room());
    if (storage_.size() - end_ < count) {
      std::memmove(storage_.data(), storage_.data() + begin_, size());
      end_ -= begin_;
      begin_ = 0;
    }
    return MutableBytes(storage_).subspan(end_);
  }
  void commit(std::size_t count) { end_ += count; }

  void consume(std::size_t count) {
    assert(count <= size());
    begin_ += count;
    if (begin_ == end_) begin_ = end_ = 0;
  }
  void clear() { begin_ = end_ = 0; }

 private:
  std::vector<std::byte> storage_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace tunppp::link
