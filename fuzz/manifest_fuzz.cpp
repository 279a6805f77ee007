// A manifest that came with somebody's copy of files: what is read of it is bounded, and comes back
// when it is written.
#include "tty/manifest.h"

#include <cstdint>

#include "link_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tunppp;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const tty::Manifest manifest = tty::parse_manifest(text);
  fuzz::require(manifest.size() <= tty::manifest_limit, "a manifest is bounded");
  for (const auto& [path, facts] : manifest) {
    fuzz::require(path.starts_with('/'), "paths are whole");
    fuzz::require(text.find(path) != text.npos, "a path comes from the text");
    fuzz::require(facts.mode.value_or(0) <= 07777, "a mode is one");
    fuzz::require(facts.opening.value_or(0) >= 0, "a result is 0 or an errno");
  }
  fuzz::require(tty::parse_manifest(tty::write_manifest(manifest)) == manifest,
                "what was read can be written");
  return 0;
}
