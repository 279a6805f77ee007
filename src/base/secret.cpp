#include <tunppp/secret.h>

#include <algorithm>
#include <cstring>

namespace tunppp {

Secret::Secret(std::string_view text) : Secret(std::as_bytes(std::span(text))) {}

Secret::Secret(Bytes octets) : octets_(octets.begin(), octets.end()) {}

Secret::Secret(const Secret& other) = default;

Secret::Secret(Secret&& other) noexcept : octets_(std::move(other.octets_)) {
  other.octets_.clear();
}

Secret& Secret::operator=(const Secret& other) {
  if (this == &other) return *this;
  Secret copy(other);
  *this = std::move(copy);
  return *this;
}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this == &other) return *this;
  wipe();
  octets_ = std::move(other.octets_);
  other.octets_.clear();
  return *this;
}

Secret::~Secret() { wipe(); }

void Secret::wipe() {
  std::fill(octets_.begin(), octets_.end(), std::byte{0});
  // The compiler must not drop the stores to memory that is about to be freed.
  asm volatile("" : : "r"(octets_.data()) : "memory");
}

bool Secret::equals(Bytes other) const {
  if (octets_.size() != other.size()) return false;
  std::byte difference{0};
  for (std::size_t i = 0; i < octets_.size(); ++i) {
    difference |= octets_[i] ^ other[i];
    asm volatile("" : "+r"(difference));
  }
  return difference == std::byte{0};
}

}  // namespace tunppp
