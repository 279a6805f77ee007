#include "tty/manifest.h"
#include "tty/system_tree.h"

namespace tunppp::tty {

void load_manifest(SystemTree& system) {
  if (system.is_machine()) return;
  constexpr std::size_t largest = 1024 * 1024;
  if (const auto text = system.read(manifest_path, largest))
    system.set_manifest(parse_manifest(*text));
}

}  // namespace tunppp::tty
