#pragma once

#include <tunppp/bytes.h>

#include <array>
#include <initializer_list>

namespace tunppp::crypto {

/// False in a build without Botan; then nothing below may be called.
bool available();

using Md5Digest = std::array<std::byte, 16>;

/// MD5 (RFC 1321) of the parts one after the other.
Md5Digest md5(std::initializer_list<Bytes> parts);

/// Takes the same time wherever the two differ; false if the lengths do.
bool equal_in_constant_time(Bytes a, Bytes b);

}  // namespace tunppp::crypto
