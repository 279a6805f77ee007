#pragma once

#include <tunppp/link.h>

#include "base/result.h"
#include "session/loop.h"
#include "trace/pcapng.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace tunppp::session {

/// Writes every good frame of a link to a pcapng file that only its owner can read. Passwords in
/// PAP are masked unless asked for.
class Capture final : private trace::ByteSink {
 public:
  struct Options {
    std::string path;
    std::string interface;  ///< its name, for the reader of the file
    bool secrets = false;
    bool go_on = false;  ///< behind what is there already, as a section of its own
  };

  /// `failed` is told once when the file can take no more; the session goes on without it.
  static Result<std::unique_ptr<Capture>> open(Loop& loop, const Options& options,
                                               std::function<void(std::error_code)> failed);
  ~Capture();
  Capture(const Capture&) = delete;
  Capture& operator=(const Capture&) = delete;

  void frame(Direction direction, Bytes frame);
  void flush();

 private:
  Capture(Loop& loop, int fd, const Options& options, std::function<void(std::error_code)> failed);
  void write(Bytes block) override;

  int fd_;
  bool secrets_;
  std::function<void(std::error_code)> failed_;
  Wakeup flush_soon_;
  std::vector<std::byte> buffer_;
  trace::PcapngWriter writer_;
};

}  // namespace tunppp::session
