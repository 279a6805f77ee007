#pragma once

#include <tunppp/bytes.h>

#include <array>
#include <initializer_list>

/// Broken by today's measure, but what MS-CHAP is made of. As in crypto/md5.h, not to be called in
/// a build without Botan.
namespace tunppp::crypto {

/// False where Botan was built without MD4 or DES; then md4() and des() may not be called.
bool legacy_available();

using Md4Digest = std::array<std::byte, 16>;
using Sha1Digest = std::array<std::byte, 20>;
using DesKey = std::array<std::byte, 7>;  ///< 56 bits, without parity
using DesBlock = std::array<std::byte, 8>;

/// MD4 (RFC 1320) and SHA-1 (FIPS 180-4) of the parts one after the other.
Md4Digest md4(std::initializer_list<Bytes> parts);
Sha1Digest sha1(std::initializer_list<Bytes> parts);
/// One block by DES (FIPS 46-3).
DesBlock des(const DesKey& key, const DesBlock& clear);

}  // namespace tunppp::crypto
