#include <zlib.h>

#include <algorithm>
#include <array>

#include "doctor/kernel_config.h"

namespace tunppp::doctor {
namespace {

class Inflater {
 public:
  Inflater() {
    constexpr int gzip_only = 16 + MAX_WBITS;
    ready_ = ::inflateInit2(&stream_, gzip_only) == Z_OK;
  }
  ~Inflater() {
    if (ready_) ::inflateEnd(&stream_);
  }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  std::optional<std::string> run(std::string_view packed, std::size_t limit) {
    if (!ready_) return std::nullopt;
    std::string input(packed);  // zlib takes no const
    stream_.next_in = reinterpret_cast<Bytef*>(input.data());
    stream_.avail_in = static_cast<uInt>(input.size());
    std::string text;
    std::array<char, 16384> part;
    while (text.size() < limit) {
      stream_.next_out = reinterpret_cast<Bytef*>(part.data());
      stream_.avail_out = part.size();
      const int result = ::inflate(&stream_, Z_NO_FLUSH);
      if (result != Z_OK && result != Z_STREAM_END) return std::nullopt;
      const std::size_t count = part.size() - stream_.avail_out;
      text.append(part.data(), std::min(count, limit - text.size()));
      if (result == Z_STREAM_END) break;
    }
    return text;
  }

 private:
  z_stream stream_{};
  bool ready_ = false;
};

}  // namespace

std::optional<std::string> gunzip(std::string_view packed, std::size_t limit) {
  return Inflater().run(packed, limit);
}

}  // namespace tunppp::doctor
