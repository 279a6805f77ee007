#pragma once

#include "hdlc/kernel.h"

/// One variable for each set; which of them exist is the architecture's matter (kernel.cpp).
namespace tunppp::hdlc::kernels {

extern const Kernels reference;

}  // namespace tunppp::hdlc::kernels
