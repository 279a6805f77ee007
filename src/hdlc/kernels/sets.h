#pragma once

#include "hdlc/kernel.h"

/// One variable for each set; which of them exist is the architecture's matter (kernel.cpp).
namespace tunppp::hdlc::kernels {

extern const Kernels reference;
/// `swar` works on words as wide as a pointer, `swar32` on 32 bits everywhere.
extern const Kernels swar;
extern const Kernels swar32;

#if defined(__x86_64__)
extern const Kernels ssse3;
extern const Kernels avx2;
extern const Kernels avx512;
#endif

}  // namespace tunppp::hdlc::kernels
