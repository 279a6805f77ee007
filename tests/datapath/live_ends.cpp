#include "live_ends.h"

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include <stdexcept>

namespace tunppp::test {
namespace {

Ipv4Address ip(const char* text) {
  return *parse_ipv4(text);
}

LiveEnd::Options side(const LivePair::Options& options, const char* local, const char* remote,
                      FrameTap* tap) {
  return {ip(local), ip(remote), options.mtu, options.offload, tap};
}

}  // namespace

Inside::Inside(const NetworkNamespace& where)
    : home_(::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)) {
  const int there = ::open(("/run/netns/" + where.name()).c_str(), O_RDONLY | O_CLOEXEC);
  if (there < 0 || ::setns(there, CLONE_NEWNET) != 0) throw std::runtime_error("setns");
  ::close(there);
}

Inside::~Inside() {
  (void)!::setns(home_, CLONE_NEWNET);
  ::close(home_);
}

LiveEnd::LiveEnd(session::Loop& loop, int tty, const Options& options) {
  const Inside inside(where_);
  InterfaceOptions interface;
  interface.mtu = options.mtu;
  interface.default_route = false;
  Result<session::NetworkInterface> made =
      session::NetworkInterface::create(interface, options.offload);
  if (!made) throw std::runtime_error(made.failure().text);
  interface_.emplace(std::move(*made));
  pipe_ = std::make_unique<session::FdPipe>(loop, tty);
  LinkConfig config;
  config.auth.accept = {};
  config.ipcp.local = options.local;
  config.ipcp.remote = options.remote;
  link_.emplace(config, entropy_);
  link_->set_tap(options.tap);
  session::Pump::Options pump;
  pump.packet_size = options.mtu;
  pump_.emplace(loop, *pipe_, *link_, &interface_->device(), pump,
                static_cast<session::Pump::Owner&>(*this));
}

void LiveEnd::link_event(const Event& event) {
  if (const auto* ended = std::get_if<LinkEnded>(&event)) failure_ = ended->text;
  const auto* agreed = std::get_if<Ipv4Up>(&event);
  if (!agreed) return;
  const Inside inside(where_);
  if (Status status = interface_->configure(*agreed)) failure_ = status->text;
  up_ = true;
}

LivePair::LivePair(const Options& options)
    : slave_(::open(pty_.path().c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC)),
      a_(loop_, pty_.master(), side(options, address_a, address_b, options.tap_a)),
      b_(loop_, slave_, side(options, address_b, address_a, options.tap_b)) {
  a_.start();
  b_.start();
  if (!run_until([this] { return a_.up() && b_.up(); }, std::chrono::seconds(15)))
    throw std::runtime_error("not up: " + a_.failure() + b_.failure());
}

bool LivePair::run_until(const std::function<bool()>& condition, Duration patience) {
  const Instant end = session::boot_time() + patience;
  bool held = false;
  session::Timer timer(loop_, [&] {
    held = condition();
    if (held || session::boot_time() >= end) return loop_.stop();
    timer.set(session::boot_time() + std::chrono::milliseconds(20));
  });
  timer.set(session::boot_time());
  loop_.run();
  return held;
}

}  // namespace tunppp::test
