#include "crypto/sha256.h"

#include <botan/hash.h>

namespace tunppp::crypto {

struct Sha256::Impl {
  std::unique_ptr<Botan::HashFunction> hash = Botan::HashFunction::create_or_throw("SHA-256");
};

Sha256::Sha256() : impl_(std::make_unique<Impl>()) {}
Sha256::~Sha256() = default;

void Sha256::update(Bytes octets) {
  impl_->hash->update(reinterpret_cast<const std::uint8_t*>(octets.data()), octets.size());
}

Sha256Digest Sha256::finish() {
  Sha256Digest digest;
  impl_->hash->final(reinterpret_cast<std::uint8_t*>(digest.data()));
  return digest;
}

}  // namespace tunppp::crypto
