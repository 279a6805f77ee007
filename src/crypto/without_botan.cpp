// The same names in a build without Botan (-DTUNPPP_BOTAN=OFF): PAP only.
#include <cstdlib>

#include "crypto/legacy.h"
#include "crypto/md5.h"
#include "crypto/sha256.h"

namespace tunppp::crypto {

bool available() { return false; }

Md5Digest md5(std::initializer_list<Bytes>) { std::abort(); }

bool legacy_available() { return false; }
Md4Digest md4(std::initializer_list<Bytes>) { std::abort(); }
Sha1Digest sha1(std::initializer_list<Bytes>) { std::abort(); }
DesBlock des(const DesKey&, const DesBlock&) { std::abort(); }

bool equal_in_constant_time(Bytes, Bytes) { std::abort(); }

struct Sha256::Impl {};
Sha256::Sha256() { std::abort(); }
Sha256::~Sha256() = default;
void Sha256::update(Bytes) { std::abort(); }
Sha256Digest Sha256::finish() { std::abort(); }

}  // namespace tunppp::crypto
