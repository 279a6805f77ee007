#include "hdlc/kernel.h"

#include "hdlc/fcs.h"
#include "hdlc/kernels/sets.h"

#include <cstdlib>

namespace tunppp::hdlc {
namespace {

// clang-format off
constexpr std::array sets{
    &kernels::reference,
#if SIZE_MAX > 0xffffffff
    &kernels::swar32,
#endif
    &kernels::swar,
#if defined(__x86_64__)
    &kernels::ssse3,
    &kernels::avx2,
    &kernels::avx512,
#elif defined(__aarch64__)
    &kernels::neon,
    &kernels::neon_pmull,
#endif
};
// clang-format on

std::string usable_names() {
  std::string names;
  for (const Kernels* set : sets)
    if (set->usable()) names.append(names.empty() ? "" : ", ").append(set->name);
  return names;
}

const KernelSelection& chosen() {
  static const KernelSelection selection = [] {
    const char* name = std::getenv("TUNPPP_KERNEL");
    return select_kernels(name ? name : "");
  }();
  return selection;
}

}  // namespace

std::span<const Kernels* const> all_kernels() {
  return sets;
}

KernelSelection select_kernels(std::string_view name) {
  const Kernels* found = nullptr;
  for (const Kernels* set : sets)
    if ((name.empty() || set->name == name) && set->usable()) found = set;
  if (found) return {found};
  return {nullptr,
          "no kernel '" + std::string(name) + "' on this machine; there are: " + usable_names()};
}

const Kernels& active_kernels() {
  static const Kernels& set = chosen().kernels ? *chosen().kernels : *select_kernels("").kernels;
  return set;
}

std::string kernel_override_error() {
  return chosen().kernels ? "" : "TUNPPP_KERNEL: " + chosen().error;
}

std::uint16_t fcs16(std::uint16_t fcs, Bytes bytes) {
  return active_kernels().fcs16(fcs, bytes.data(), bytes.size());
}

std::uint32_t fcs32(std::uint32_t fcs, Bytes bytes) {
  return active_kernels().fcs32(fcs, bytes.data(), bytes.size());
}

}  // namespace tunppp::hdlc
