#include "crypto/legacy.h"

#include <botan/block_cipher.h>
#include <botan/hash.h>
#include <botan/mem_ops.h>

namespace tunppp::crypto {
namespace {

template <class Digest>
Digest digest_of(const char* name, std::initializer_list<Bytes> parts) {
  const auto hash = Botan::HashFunction::create_or_throw(name);
  for (Bytes part : parts) {
    hash->update(reinterpret_cast<const std::uint8_t*>(part.data()), part.size());
  }
  Digest digest;
  hash->final(reinterpret_cast<std::uint8_t*>(digest.data()));
  return digest;
}

/// Seven bits an octet; the lowest is for parity, which nobody looks at.
std::array<std::uint8_t, 8> with_parity_bits(const DesKey& key) {
  std::array<std::uint8_t, 8> spread{};
  std::uint64_t bits = 0;
  for (std::byte octet : key) bits = bits << 8 | std::to_integer<std::uint64_t>(octet);
  for (std::size_t i = 0; i < spread.size(); ++i) {
    spread[i] = static_cast<std::uint8_t>((bits >> (49 - 7 * i) & 0x7f) << 1);
  }
  return spread;
}

}  // namespace

bool legacy_available() {
  static const bool both =
      Botan::HashFunction::create("MD4") != nullptr && Botan::BlockCipher::create("DES") != nullptr;
  return both;
}

Md4Digest md4(std::initializer_list<Bytes> parts) { return digest_of<Md4Digest>("MD4", parts); }
Sha1Digest sha1(std::initializer_list<Bytes> parts) {
  return digest_of<Sha1Digest>("SHA-1", parts);
}

DesBlock des(const DesKey& key, const DesBlock& clear) {
  auto spread = with_parity_bits(key);
  const auto cipher = Botan::BlockCipher::create_or_throw("DES");
  cipher->set_key(spread.data(), spread.size());
  Botan::secure_scrub_memory(spread.data(), spread.size());
  DesBlock block;
  cipher->encrypt(reinterpret_cast<const std::uint8_t*>(clear.data()),
                  reinterpret_cast<std::uint8_t*>(block.data()));
  return block;
}

}  // namespace tunppp::crypto
