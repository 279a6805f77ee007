#include "session/pump.h"

#include "base/timer_table.h"
#include "tun/headers.h"

#include <algorithm>

namespace tunppp::session {
namespace {

constexpr std::size_t read_size = 16 * 1024;
/// Less room than this is not worth a call.
constexpr std::size_t least_read = 2048;
/// How much is done at one wake-up before the other side has its turn.
constexpr int fills_a_batch = 4;
constexpr int intakes_a_batch = 4;
/// After so many packets the line has its turn, that the queue does not overflow for its sake.
constexpr std::size_t packets_an_intake = 64;

}  // namespace

Pump::Pump(Loop& loop, Pipe& pipe, Link& link, tun::TunDevice* tun, const Options& options,
           Owner& owner)
    : pipe_(pipe),
      link_(link),
      tun_(tun),
      owner_(owner),
      timer_(loop, [this] { timeout(); }),
      pool_(options.queue.packets + 1, options.packet_size),
      queue_(pool_, options.queue),
      pacer_(options.line),
      read_buffer_(read_size) {
  queue_.set_line_rate(pacer_.rate().value_or(0));
  if (!tun_) return;
  tun_watch_.emplace(loop, tun_->fd(), static_cast<FdWatch::Listener&>(*this));
  intake_.emplace(*tun_, pool_, queue_, counters_);
  outlet_.emplace(*tun_, counters_);
}

Pump::~Pump() {
  stop();
}

void Pump::start(Bytes already_read) {
  running_ = true;
  pipe_.listen(this);
  pipe_.watch_read(true);
  const Instant now = boot_time();
  link_.line_up(first_line, now);
  link_.open(now);
  if (!already_read.empty()) receive(now, already_read);
  settle(now);
}

void Pump::close(EndReason reason) {
  const Instant now = boot_time();
  link_.close(now, reason);
  settle(now);
}

void Pump::stop() {
  if (!running_) return;
  running_ = false;
  pipe_.listen(nullptr);
  pipe_.watch_read(false);
  set_network_open(false);
  timer_.set(std::nullopt);
}

void Pump::provide_secret(std::uint64_t token, Secret secret, AllowedAddresses addresses) {
  link_.provide_secret(boot_time(), token, std::move(secret), std::move(addresses));
}

void Pump::refuse_secret(std::uint64_t token) {
  link_.refuse_secret(boot_time(), token);
}

void Pump::provide_address(std::uint64_t token, Ipv4Address remote) {
  link_.provide_address(boot_time(), token, remote);
}

void Pump::refuse_address(std::uint64_t token, std::string why) {
  link_.refuse_address(boot_time(), token, std::move(why));
}

Counters Pump::counters() const {
  Counters counters = counters_;
  counters.queue_dropped = queue_.counters().overflowed;
  counters.delay_dropped = queue_.counters().overstayed;
  counters.congestion_marked = queue_.counters().marked;
  counters.link = link_.statistics();
  return counters;
}

// --- Line to TUN ---

void Pump::pipe_readable() {
  const Instant now = boot_time();
  Pipe::Result result;
  for (int i = 0; i < fills_a_batch && running_; ++i) {
    // A tty gives little at a time. What is read before the link sees it can go to TUN together.
    std::size_t filled = 0;
    while (filled + least_read <= read_buffer_.size()) {
      result = pipe_.read(MutableBytes(read_buffer_).subspan(filled));
      if (result.count == 0) break;
      filled += result.count;
    }
    receive(now, Bytes(read_buffer_).first(filled));
    if (filled + least_read <= read_buffer_.size()) break;
  }
  if (result.closed) end_of_line(result.error);
  settle(now);
}

void Pump::receive(Instant now, Bytes octets) {
  while (!octets.empty() && running_) {
    const std::size_t taken = link_.receive(first_line, now, octets);
    octets = octets.subspan(taken);
    drain_events();
    drain_packets();
  }
  if (link_.pending().empty())
    quiet_deadline_.reset();
  else
    quiet_deadline_ = now + quiet_time;
}

void Pump::drain_packets() {
  while (const std::optional<Packet> packet = link_.poll_packet()) {
    if (outlet_)
      outlet_->write(packet->data);
    else
      ++counters_.write_failed;
  }
  if (outlet_) outlet_->flush();
}

void Pump::drain_events() {
  while (const std::optional<Event> event = link_.poll_event()) {
    if (std::holds_alternative<LinkEnded>(*event)) set_network_open(false);
    owner_.link_event(*event);
    // After the owner, who gives the interface its addresses first.
    follow_link();
  }
}

void Pump::follow_link() {
  const bool ipv4 = link_.is_open(NetworkProtocol::ipv4);
  const bool ipv6 = link_.is_open(NetworkProtocol::ipv6);
  if (intake_) intake_->set_open(ipv4, ipv6);
  const bool open = running_ && (ipv4 || ipv6);
  if (open != network_open_) set_network_open(open);
}

// --- TUN to line ---

void Pump::set_network_open(bool open) {
  network_open_ = open;
  if (tun_watch_) tun_watch_->watch_read(open);
}

void Pump::fd_readable() {
  read_tun();
  settle(boot_time());
}

/// Eagerly: what is not read in time, the kernel drops from the front of its ring without a word.
void Pump::read_tun() {
  for (int i = 0; i < intakes_a_batch && running_; ++i) {
    const Instant now = boot_time();
    const TunIntake::Batch batch = intake_->read(now, packets_an_intake);
    if (batch.error) owner_.tun_failed(batch.error);
    if (!batch.more) return;
    write_line(now);
  }
}

/// From the queue into the link, as much as the line may be ahead.
void Pump::fill_line(Instant now) {
  while (!queue_.empty() && network_open_ && pacer_.has_room(now, link_.transmit_pending()) &&
         link_.can_send()) {
    PooledPacket* packet = queue_.pop(now);
    if (!packet) return;  // none of them was worth sending any more
    const bool is_ipv6 = tun::ip_version(packet->data()) == 6;
    const SendResult result = link_.send(
        now, is_ipv6 ? NetworkProtocol::ipv6 : NetworkProtocol::ipv4, packet->data());
    if (result != SendResult::accepted) ++counters_.not_sent;
    pool_.give(packet);
  }
}

void Pump::pipe_writable() {
  write_blocked_ = false;
  settle(boot_time());
}

void Pump::write_line(Instant now) {
  if (pacer_.is_gauged()) look_at_line(now);
  for (;;) {
    fill_line(now);
    if (!running_ || write_blocked_ || link_.transmit_pending() == 0) break;
    write_octets(now);
  }
  if (queue_.empty() && link_.transmit_pending() == 0) pacer_.idle(now);
}

void Pump::write_octets(Instant now) {
  const Bytes pending = link_.poll_transmit();
  const Bytes octets = pending.first(std::min(pending.size(), LinePacer::write_size));
  const Pipe::Result result = pipe_.write(octets);
  link_.transmitted(result.count);
  if (result.closed) return end_of_line(result.error);
  pacer_.wrote(now, octets.size(), result.count);
  if (result.count > 0 && pacer_.wants_gauge()) look_at_line(now);
  if (result.count == octets.size()) return;
  write_blocked_ = true;
  pipe_.watch_write();
}

void Pump::look_at_line(Instant now) {
  if (const std::optional<std::size_t> unsent = pipe_.unsent()) pacer_.gauge(now, *unsent);
}

// --- Both ---

void Pump::timeout() {
  const Instant now = boot_time();
  if (quiet_deadline_ && *quiet_deadline_ <= now) {
    quiet_deadline_.reset();
    owner_.line_quiet(link_.pending());
  }
  link_.handle_timeout(now);
  settle(now);
}

void Pump::end_of_line(std::error_code error) {
  if (!running_) return;
  owner_.line_closed(error);
  link_.line_down(first_line, boot_time());
  drain_events();
  stop();
}

/// After every input and command: the link's outputs in their order, then the next deadline.
void Pump::settle(Instant now) {
  drain_events();
  drain_packets();
  write_line(now);
  if (!running_) return;
  queue_.set_line_rate(pacer_.rate().value_or(0));
  const bool waits_for_room = !queue_.empty() && network_open_ && !write_blocked_;
  timer_.set(earliest(earliest(quiet_deadline_, link_.next_timeout()),
                      waits_for_room ? pacer_.next_room() : std::nullopt));
}

}  // namespace tunppp::session
