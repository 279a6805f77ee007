#pragma once

#include "hdlc/accm.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace tunppp::hdlc {

inline constexpr std::byte flag{0x7e};
inline constexpr std::byte escape{0x7d};
/// An escaped octet travels with this bit complemented (RFC 1662 4.2).
inline constexpr std::byte transparency{0x20};

/// How far past the end of what they produce the kernels may store.
inline constexpr std::size_t slack = 64;

/// Each kernel comes in three forms, for the map 0, for the map ffffffff and for any other.
enum class MapKind : std::uint8_t { none, all, general };

constexpr MapKind map_kind(Accm accm) {
  return accm == Accm::none()  ? MapKind::none
         : accm == Accm::all() ? MapKind::all
                               : MapKind::general;
}

/// What unstuff did: octets taken from the input and octets put into the output.
struct Unstuffed {
  std::size_t consumed;
  std::size_t produced;
};

/// What encode did: octets put into the output, and the check carried on.
struct Encoded {
  std::size_t produced;
  std::uint16_t fcs;
};

/// One implementation of everything that touches each octet. A kernel reads not one octet more
/// than its input has and stores at most `slack` octets past what it produces.
struct Kernels {
  /// Carries the check on over `size` octets.
  using Fcs16 = std::uint16_t (*)(std::uint16_t fcs, const std::byte* in, std::size_t size);
  using Fcs32 = std::uint32_t (*)(std::uint32_t fcs, const std::byte* in, std::size_t size);

  /// Escapes 7d, 7e and what the map says. Returns octets written.
  using Stuff = std::size_t (*)(const std::byte* in, std::size_t size, std::byte* out,
                                std::uint32_t accm);

  /// The same, and carries FCS-16 on over the input in the same pass.
  using Encode = Encoded (*)(std::uint16_t fcs, const std::byte* in, std::size_t size,
                             std::byte* out, std::uint32_t accm);

  /// Takes escapes out and drops raw control characters of the map, up to the first flag, which is
  /// not consumed, or to the end. `escaped` says whether the octet before was 7d; a dropped
  /// character leaves it alone.
  using Unstuff = Unstuffed (*)(const std::byte* in, std::size_t size, std::byte* out,
                                std::uint32_t accm, bool& escaped);

  std::string_view name;
  /// Whether this CPU can run them.
  bool (*usable)();
  Fcs16 fcs16;
  Fcs32 fcs32;
  std::array<Stuff, 3> stuff;      // by MapKind
  std::array<Encode, 3> encode;    // by MapKind
  std::array<Unstuff, 3> unstuff;  // by MapKind

  Stuff stuff_for(Accm accm) const { return stuff[static_cast<std::size_t>(map_kind(accm))]; }
  Encode encode_for(Accm accm) const { return encode[static_cast<std::size_t>(map_kind(accm))]; }
  Unstuff unstuff_for(Accm accm) const { return unstuff[static_cast<std::size_t>(map_kind(accm))]; }
};

/// Every set that was built for this architecture, slowest first; not all need be usable.
std::span<const Kernels* const> all_kernels();

/// A set by its name, or by no name ("") the fastest that this CPU can run. If there is none of
/// that name, or this CPU cannot run it, `kernels` is null and `error` lists the names that go.
struct KernelSelection {
  const Kernels* kernels = nullptr;
  std::string error{};
};
KernelSelection select_kernels(std::string_view name);

/// Chosen once in the process: what the environment's TUNPPP_KERNEL names, else the fastest. A
/// library cannot end its process for a misspelt name, so a program asks kernel_override_error()
/// first; who does not ask gets the fastest.
const Kernels& active_kernels();
std::string kernel_override_error();

}  // namespace tunppp::hdlc
