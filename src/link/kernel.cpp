#include <tunppp/kernel.h>

#include "hdlc/kernel.h"

namespace tunppp {

std::string_view kernel_name() {
  return hdlc::active_kernels().name;
}

std::string kernel_override_error() {
  return hdlc::kernel_override_error();
}

}  // namespace tunppp
