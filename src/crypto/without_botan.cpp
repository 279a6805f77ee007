// The same names in a build without Botan (-DTUNPPP_BOTAN=OFF): PAP only.
#include <cstdlib>

#include "crypto/md5.h"

namespace tunppp::crypto {

bool available() { return false; }

Md5Digest md5(std::initializer_list<Bytes>) { std::abort(); }

bool equal_in_constant_time(Bytes, Bytes) { std::abort(); }

}  // namespace tunppp::crypto
