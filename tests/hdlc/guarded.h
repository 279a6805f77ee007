#pragma once

#include <tunppp/bytes.h>

#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>

namespace tunppp::hdlc::test {

/// Memory that ends where the process must not read or write: who goes past the end is killed.
class Guarded {
 public:
  explicit Guarded(std::size_t most) {
    const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    usable_ = (most + page - 1) / page * page;
    mapped_ = usable_ + page;
    void* map = mmap(nullptr, mapped_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (map == MAP_FAILED) std::abort();
    begin_ = static_cast<std::byte*>(map);
    if (mprotect(begin_ + usable_, page, PROT_NONE) != 0) std::abort();
  }
  ~Guarded() { munmap(begin_, mapped_); }
  Guarded(const Guarded&) = delete;
  Guarded& operator=(const Guarded&) = delete;

  MutableBytes last(std::size_t size) { return {begin_ + usable_ - size, size}; }
  /// A copy that ends at the end.
  Bytes holding(Bytes content) {
    const MutableBytes room = last(content.size());
    if (!content.empty()) std::memcpy(room.data(), content.data(), content.size());
    return room;
  }

 private:
  std::byte* begin_ = nullptr;
  std::size_t usable_ = 0;
  std::size_t mapped_ = 0;
};

}  // namespace tunppp::hdlc::test
