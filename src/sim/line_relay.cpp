#include "sim/line_relay.h"

#include "base/timer_table.h"

#include <algorithm>

namespace tunppp::sim {

namespace {

constexpr std::size_t piece = 4096;

}  // namespace

LineRelay::LineRelay(session::Loop& loop, Pipe& a, Pipe& b, const LineOptions& options,
                     std::uint64_t seed, Owner& owner)
    : line_(options, seed),
      // A paced line would have us wake up for every octet.
      granularity_(options.baud == 0 ? Duration{} : std::chrono::milliseconds(1)),
      owner_(owner),
      a_(*this, a, LineEnd::a),
      b_(*this, b, LineEnd::b),
      timer_(loop, [this] { settle(); }) {}

LineRelay::~LineRelay() {
  for (End* end : {&a_, &b_}) {
    end->pipe.listen(nullptr);
    end->pipe.watch_read(false);
  }
}

void LineRelay::start() {
  for (End* end : {&a_, &b_}) {
    end->pipe.listen(end);
    end->pipe.watch_read(true);
  }
}

void LineRelay::clear() {
  line_.clear();
  for (End* end : {&a_, &b_}) end->arrived.clear();
  settle();
}

void LineRelay::read(End& from) {
  std::array<std::byte, piece> buffer;
  std::size_t room = std::min(piece, line_.from(from.end).room());
  if (room > 0) {
    Pipe::Result result = from.pipe.read(MutableBytes(buffer).first(room));
    line_.push(session::boot_time(), from.end, Bytes(buffer).first(result.count));
    if (result.closed) close(from, result.error);
  }
  settle();
}

void LineRelay::writable(End& to) {
  to.write_blocked = false;
  settle();
}

void LineRelay::settle() {
  Instant now = session::boot_time();
  std::optional<Instant> next;
  for (End* end : {&a_, &b_}) {
    deliver(*end, now);
    watch(at(other(end->end)));
    if (!end->write_blocked && !end->closed)
      next = earliest(next, line_.to(end->end).next_arrival());
  }
  if (next) next = std::max(*next, now + granularity_);
  timer_.set(next);
}

void LineRelay::deliver(End& to, Instant now) {
  while (!to.write_blocked && !to.closed) {
    if (to.arrived.empty()) {
      to.arrived.resize(piece);
      to.arrived.resize(line_.pull(now, to.end, to.arrived));
      if (to.arrived.empty()) return;
    }
    Pipe::Result result = to.pipe.write(to.arrived);
    to.arrived.erase(to.arrived.begin(),
                     to.arrived.begin() + static_cast<std::ptrdiff_t>(result.count));
    if (result.closed) return close(to, result.error);
    if (result.count > 0) continue;
    to.write_blocked = true;
    to.pipe.watch_write();
  }
}

void LineRelay::close(End& end, std::error_code error) {
  if (end.closed) return;
  end.closed = true;
  end.arrived.clear();
  watch(end);
  owner_.relay_closed(end.end, error);
}

/// Reads on as long as the line takes something.
void LineRelay::watch(End& end) {
  bool reading = !end.closed && line_.from(end.end).room() > 0;
  if (reading == end.reading) return;
  end.reading = reading;
  end.pipe.watch_read(reading);
}

}  // namespace tunppp::sim
