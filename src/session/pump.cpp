#include "session/pump.h"

#include "base/timer_table.h"

namespace tunppp::session {
namespace {

constexpr std::size_t read_size = 16 * 1024;
/// How much is done at one wake-up before the other side has its turn.
constexpr int reads_a_batch = 4;
constexpr int packets_a_batch = 64;

bool is_ipv4(Bytes packet) {
  return !packet.empty() && std::to_integer<unsigned>(packet[0]) >> 4 == 4;
}

}  // namespace

Pump::Pump(Loop& loop, Pipe& pipe, Link& link, tun::TunDevice* tun, std::size_t packet_size,
           Owner& owner)
    : pipe_(pipe),
      link_(link),
      tun_(tun),
      owner_(owner),
      timer_(loop, [this] { timeout(); }),
      pool_(queue_packets, packet_size),
      read_buffer_(read_size) {
  if (tun_) tun_watch_.emplace(loop, tun_->fd(), static_cast<FdWatch::Listener&>(*this));
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

void Pump::provide_secret(std::uint64_t token, Secret secret) {
  link_.provide_secret(boot_time(), token, std::move(secret));
}

void Pump::refuse_secret(std::uint64_t token) {
  link_.refuse_secret(boot_time(), token);
}

Counters Pump::counters() const {
  Counters counters = counters_;
  counters.link = link_.statistics();
  return counters;
}

// --- Line to TUN ---------------------------------------------------------------------------------

void Pump::pipe_readable() {
  const Instant now = boot_time();
  Pipe::Result result;
  for (int i = 0; i < reads_a_batch && running_; ++i) {
    result = pipe_.read(read_buffer_);
    if (result.count == 0) break;
    receive(now, Bytes(read_buffer_).first(result.count));
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
    if (tun_ && tun_->write(packet->data).count > 0)
      ++counters_.interface_written;
    else
      ++counters_.write_failed;
  }
}

void Pump::drain_events() {
  while (const std::optional<Event> event = link_.poll_event()) {
    if (std::holds_alternative<Ipv4Down>(*event) || std::holds_alternative<LinkEnded>(*event))
      set_network_open(false);
    owner_.link_event(*event);
    if (std::holds_alternative<Ipv4Up>(*event)) set_network_open(running_);
  }
}

// --- TUN to line ---------------------------------------------------------------------------------

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
  for (int i = 0; i < packets_a_batch; ++i) {
    PooledPacket* packet = pool_.take();
    const MutableBytes room =
        packet ? MutableBytes(packet->storage(), pool_.packet_size()) : MutableBytes(read_buffer_);
    const tun::TunDevice::Transfer transfer = tun_->read(room);
    const Bytes octets = room.first(transfer.count);
    const bool wanted = is_ipv4(octets);
    if (!octets.empty()) ++counters_.interface_read;

    if (packet && wanted) {
      packet->set_size(transfer.count);
      queue_.push(packet);
      continue;
    }
    if (packet) pool_.give(packet);
    if (octets.empty()) {
      if (transfer.error) owner_.tun_failed(transfer.error);
      return;
    }
    ++(wanted ? counters_.queue_dropped : counters_.not_ipv4);
  }
}

/// From the queue into the link, as much as the line may be ahead.
void Pump::fill_line(Instant now) {
  while (!queue_.empty() && network_open_ && link_.can_send() &&
         occupancy_.has_room(link_.transmit_pending())) {
    const SendResult result = link_.send(now, NetworkProtocol::ipv4, queue_.front().data());
    if (result == SendResult::full) return;
    if (result == SendResult::closed) ++counters_.not_sent;
    pool_.give(queue_.pop());
  }
}

void Pump::pipe_writable() {
  write_blocked_ = false;
  settle(boot_time());
}

void Pump::write_line(Instant now) {
  for (;;) {
    fill_line(now);
    if (!running_ || write_blocked_ || link_.transmit_pending() == 0) return;

    const Pipe::Result result = pipe_.write(link_.poll_transmit());
    link_.transmitted(result.count);
    if (result.closed) return end_of_line(result.error);
    if (result.count > 0) continue;
    write_blocked_ = true;
    pipe_.watch_write();
  }
}

// --- Both ----------------------------------------------------------------------------------------

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
  timer_.set(earliest(quiet_deadline_, link_.next_timeout()));
}

}  // namespace tunppp::session
