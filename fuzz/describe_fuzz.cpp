// Frames in words, and frames without their passwords: printable, bounded, and the mask holds.
#include "link_fuzz.h"

namespace tunppp::fuzz {
namespace {

void run(Bytes frame) {
  const std::string words = describe(frame);
  for (char c : words) require(c >= ' ' && c <= '~', "words are printable");
  require(words.size() <= 64 + 32 * frame.size(), "and not without end");
  const auto masked = mask_secrets(frame);
  require(masked.size() <= frame.size() + 16, "a mask adds eight octets at most, and a header");
  require(mask_secrets(masked) == masked, "a masked frame is masked");
  if (words.find("malformed") == std::string::npos) {
    require(describe(masked) == words, "a mask changes no word");
  }
}

}  // namespace
}  // namespace tunppp::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  tunppp::fuzz::run(std::as_bytes(std::span(data, size)));
  return 0;
}
