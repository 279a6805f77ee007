#pragma once

#include "hdlc/kernel.h"

/// One variable for each set; which of them exist is the architecture's matter (kernel.cpp).
namespace tunppp::hdlc::kernels {

extern const Kernels reference;
/// `swar` works on words as wide as a pointer, `swar32` on 32 bits where that is
/// not the same.
extern const Kernels swar;
#if SIZE_MAX > 0xffffffff
extern const Kernels swar32;
#endif

#if defined(__x86_64__)
extern const Kernels ssse3;
extern const Kernels avx2;
extern const Kernels avx512;
#elif defined(__aarch64__)
extern const Kernels neon;
extern const Kernels neon_pmull;
#endif

}  // namespace tunppp::hdlc::kernels
