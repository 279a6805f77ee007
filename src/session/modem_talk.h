#pragma once

#include "base/pipe.h"
#include "modem/modem_event.h"
#include "session/loop.h"

#include <array>
#include <functional>
#include <system_error>
#include <vector>

namespace tunppp::session {

/// Carries octets between a pipe and a conversation with a modem (Dial or HangUp) until it has an
/// outcome or the line is gone.
template <class Conversation>
class ModemTalk final : private Pipe::Listener {
 public:
  using Event = std::function<void(const modem::ModemEvent&)>;

  /// `event` is told what the conversation says, `finished` once that it is over.
  ModemTalk(Loop& loop, Pipe& pipe, Conversation& conversation, Event event,
            std::function<void()> finished)
      : pipe_(pipe),
        conversation_(conversation),
        event_(std::move(event)),
        finished_(std::move(finished)),
        timer_(loop, [this] {
          conversation_.handle_timeout(boot_time());
          settle();
        }) {}
  ~ModemTalk() { leave(); }
  ModemTalk(const ModemTalk&) = delete;
  ModemTalk& operator=(const ModemTalk&) = delete;

  void start() {
    pipe_.listen(this);
    pipe_.watch_read(true);
    conversation_.start(boot_time());
    settle();
  }

  bool over() const { return closed_ || conversation_.outcome().has_value(); }
  bool line_closed() const { return closed_; }
  /// What came after the conversation's last line: PPP.
  Bytes rest() const { return rest_; }

 private:
  void pipe_readable() override {
    std::array<std::byte, 4096> buffer;
    const Pipe::Result result = pipe_.read(buffer);
    const Bytes octets = Bytes(buffer).first(result.count);
    const std::size_t used = conversation_.receive(boot_time(), octets);
    rest_.assign(octets.begin() + static_cast<std::ptrdiff_t>(used), octets.end());
    closed_ = closed_ || result.closed;
    settle();
  }

  void pipe_writable() override { settle(); }

  void settle() {
    write();
    while (const auto event = conversation_.poll_event()) event_(*event);
    if (!over()) return timer_.set(conversation_.next_timeout());
    leave();
    finished_();
  }

  void write() {
    while (!closed_ && !conversation_.poll_transmit().empty()) {
      const Pipe::Result result = pipe_.write(conversation_.poll_transmit());
      conversation_.transmitted(result.count);
      closed_ = result.closed;
      if (result.count > 0 || result.closed) continue;
      pipe_.watch_write();
      return;
    }
  }

  void leave() {
    pipe_.listen(nullptr);
    pipe_.watch_read(false);
    timer_.set(std::nullopt);
  }

  Pipe& pipe_;
  Conversation& conversation_;
  Event event_;
  std::function<void()> finished_;
  Timer timer_;
  std::vector<std::byte> rest_;
  bool closed_ = false;
};

}  // namespace tunppp::session
