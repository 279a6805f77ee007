#include "crypto/md5.h"

#include <botan/hash.h>
#include <botan/mem_ops.h>

#include <algorithm>

namespace tunppp::crypto {
namespace {

const std::uint8_t* octets(Bytes bytes) {
  return reinterpret_cast<const std::uint8_t*>(bytes.data());
}

}  // namespace

bool available() { return true; }

Md5Digest md5(std::initializer_list<Bytes> parts) {
  const auto hash = Botan::HashFunction::create_or_throw("MD5");
  for (Bytes part : parts) hash->update(octets(part), part.size());
  Md5Digest digest;
  hash->final(reinterpret_cast<std::uint8_t*>(digest.data()));
  return digest;
}

bool equal_in_constant_time(Bytes a, Bytes b) {
  return a.size() == b.size() && Botan::constant_time_compare(octets(a), octets(b), a.size());
}

}  // namespace tunppp::crypto
