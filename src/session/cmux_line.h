#pragma once

#include "base/pipe.h"
#include "modem/cmux/muxer.h"
#include "session/loop.h"

#include <functional>
#include <memory>
#include <optional>
#include <system_error>
#include <vector>

namespace tunppp::session {

/// A line that is multiplexed after TS 27.010: each of its channels is a pipe again. Octets are
/// copied once from the line into a channel and once from a channel into frames; nothing is
/// allocated for them.
class CmuxLine final : private Pipe::Listener {
 public:
  /// The modem has heard AT+CMUX and waits for the first frame. `changed` is told from the loop
  /// whenever opened(), is_open() or over() may have changed. `line` must outlive it. Who listens
  /// to a channel may not destroy it from there.
  CmuxLine(Loop& loop, Pipe& line, const modem::cmux::MuxerOptions& options,
           std::function<void()> changed);
  ~CmuxLine();
  CmuxLine(const CmuxLine&) = delete;
  CmuxLine& operator=(const CmuxLine&) = delete;

  /// Opens the control channel and all the others.
  void start();
  /// Each channel is open, or will never be.
  bool opened() const;
  bool is_open(std::uint8_t dlci) const {
    return muxer_.state(dlci) == modem::cmux::Muxer::State::open;
  }
  /// Why it is not: never asked, refused, no answer.
  modem::cmux::Muxer::State state(std::uint8_t dlci) const { return muxer_.state(dlci); }
  std::size_t frame_size(std::uint8_t dlci) const { return muxer_.frame_size(dlci); }
  /// A channel as a pipe, closed as long as it is not open. DLCI 1 to that of the options.
  Pipe& channel(std::uint8_t dlci) { return *channels_[dlci - 1]; }
  /// The V.24 signals of a channel: DTR and RTS.
  void set_dtr(std::uint8_t dlci, bool on);
  /// DISC for each channel, and CLD. over() follows in `patience`.
  void stop(Duration patience);
  bool over() const { return line_closed_ || given_up_ || muxer_.ended().has_value(); }
  bool line_closed() const { return line_closed_; }
  /// How the multiplexer ended, if it did and not the line.
  std::optional<modem::cmux::Muxer::End> ended() const { return muxer_.ended(); }
  /// What the modem said since the last frame.
  Bytes stray() const { return muxer_.stray(); }

  /// What part of the line's octets the payload of full frames can have.
  double share() const;

 private:
  class Channel final : public Pipe {
   public:
    Channel(CmuxLine& line, Loop& loop, std::uint8_t dlci)
        : line_(line), dlci_(dlci), wakeup_(loop, [this] { wake(); }) {}

    Result read(MutableBytes out) override;
    Result write(Bytes in) override;
    std::optional<std::size_t> unsent() const override;
    void listen(Pipe::Listener* listener) override;
    void watch_read(bool on) override;
    void watch_write() override;
    /// Something may have changed; what there is to tell is told from the loop.
    void poke();
    /// The same, where that may be done at once.
    void wake();
    /// What the line would bring next may find no room, and there is somebody to make some.
    bool full() const;

   private:
    bool closed() const { return !line_.is_open(dlci_); }
    bool readable() const;
    bool writable() const;

    CmuxLine& line_;
    const std::uint8_t dlci_;
    Pipe::Listener* listener_ = nullptr;
    bool watching_read_ = false;
    bool watching_write_ = false;
    Wakeup wakeup_;
  };

  void pipe_readable() override;
  void pipe_writable() override;
  void timeout();
  void read_line();
  void flush();
  void schedule();
  void note_changes();
  void tell_channels();
  void hold_line();
  void end_of_line(std::error_code error);
  std::optional<std::size_t> unsent(std::uint8_t dlci) const;

  Pipe& line_;
  const modem::cmux::MuxerOptions options_;
  modem::cmux::Muxer muxer_;
  Wakeup changed_;
  Timer timer_;
  std::vector<std::unique_ptr<Channel>> channels_;
  std::vector<modem::cmux::Muxer::State> states_;  // of each DLCI, when changed_ was told last
  std::optional<Instant> stop_deadline_;
  std::error_code error_;
  bool line_closed_ = false;
  bool line_blocked_ = false;
  bool line_held_ = false;
  bool given_up_ = false;
  bool was_over_ = false;
};

}  // namespace tunppp::session
