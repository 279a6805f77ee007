#pragma once

#include "session/pump.h"
#include "session/system_entropy.h"
#include "session/world.h"

namespace tunppp::session {

/// A PPP peer that has no interface.
class BarePeer : private Pump::Owner {
 public:
  BarePeer(World& world, Pipe& pipe, LinkConfig config)
      : link_(std::move(config), entropy_),
        pump_(world.loop(), pipe, link_, nullptr, {}, *this),
        world_(world) {
    pump_.start();
  }
  virtual ~BarePeer() = default;

  int ups = 0;

 protected:
  void link_event(const Event& event) override {
    if (std::holds_alternative<Ipv4Up>(event)) ++ups;
    world_.changed();
  }
  void line_closed(std::error_code) override {}
  void line_quiet(Bytes) override {}
  void tun_failed(std::error_code) override {}

  SystemEntropy entropy_;
  Link link_;
  Pump pump_;
  World& world_;
};

}  // namespace tunppp::session
