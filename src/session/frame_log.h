#pragma once

#include <tunppp/link.h>

#include "session/capture.h"
#include "session/reporter.h"

#include <memory>

namespace tunppp::session {

/// Sees each frame, for the capture and for people. Only a link that has one of the two is given
/// it.
class FrameLog final : public FrameTap {
 public:
  FrameLog(Reporter& reporter, bool dialogue, std::unique_ptr<Capture> capture)
      : reporter_(reporter), dialogue_(dialogue), capture_(std::move(capture)) {}

  bool wanted() const { return dialogue_ || capture_; }
  void frame(Instant now, LineId line, Direction direction, Bytes frame) override;

 private:
  Reporter& reporter_;
  bool dialogue_;
  std::unique_ptr<Capture> capture_;
};

}  // namespace tunppp::session
