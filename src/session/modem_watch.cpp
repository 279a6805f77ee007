#include "session/modem_watch.h"

#include <fmt/format.h>

#include <filesystem>
#include <system_error>
#include <utility>

namespace tunppp::session {
namespace {

/// A modem's ttys come one after the other, within a few milliseconds.
constexpr Duration settling = std::chrono::milliseconds(200);

/// A path from here; a name without a slash is one of /dev.
std::string absolute(const std::string& device) {
  std::error_code error;
  if (device.find('/') == device.npos) return device;
  const std::filesystem::path path = std::filesystem::absolute(device, error);
  if (error) return device;
  return path.lexically_normal();
}

}  // namespace

ModemWatch::ModemWatch(Loop& loop, std::string device, std::function<void()> changed,
                       tty::SystemTree system, Duration interval)
    : device_(absolute(device)),
      changed_(std::move(changed)),
      system_(std::move(system)),
      interval_(interval),
      loop_(loop),
      settled_(loop, [this] { changed_(); }),
      next_look_(loop, [this] { tick(); }) {}

Result<std::string> ModemWatch::look() {
  if (!identity_) return look_for_name();
  const auto line = detect::find_again(detect::find_modems(system_, own_), *identity_);
  if (line) return line->device;
  return Failure{EndReason::no_modem, {}, fmt::format("{} is not here", wanted())};
}

Result<std::string> ModemWatch::look_for_name() {
  const detect::Inventory inventory = detect::find_modems(system_, own_);
  std::optional<detect::LineChoice> line;
  if (device_ == "auto") {
    Result<detect::LineChoice> choice = detect::choose_line(inventory);
    if (!choice) return choice.failure();
    line = std::move(*choice);
  } else {
    line = detect::find_line(system_, inventory, device_);
    if (!line)
      return Failure{EndReason::no_modem,
                     {},
                     fmt::format("no modem that could be dialled is at {} on USB", device_)};
  }
  if (!system_.exists(line->device))
    return Failure{EndReason::tty_missing, {}, fmt::format("there is no {}", line->device)};
  identity_ = line->identity;
  // A link is followed anew each time: what it leads to may change.
  return identity_ || device_.find('/') == device_.npos ? line->device : device_;
}

bool ModemWatch::try_next_port() {
  const bool is_port =
      device_ != "auto" && (!detect::is_usb_path(device_) || device_.find(':') != device_.npos);
  if (!identity_ || is_port) return false;
  const auto next = detect::next_guess(detect::find_modems(system_, own_), *identity_);
  if (!next) return false;
  if (!first_guess_) first_guess_ = identity_;
  identity_ = next;
  return *next != *first_guess_;
}

std::string ModemWatch::wanted() const {
  if (identity_)
    return fmt::format("the modem at USB {} ({:04x}:{:04x})", identity_->usb_path,
                       identity_->vendor, identity_->product);
  if (device_ == "auto") return "a modem";
  return detect::is_usb_path(device_) ? fmt::format("a modem at USB {}", device_) : device_;
}

void ModemWatch::watch(bool on) {
  uevent_watch_.reset();
  uevents_.reset();
  settled_.set(std::nullopt);
  next_look_.set(std::nullopt);
  if (!on) return;
  if (auto uevents = tty::UeventSocket::open()) {
    uevents_.emplace(std::move(*uevents));
    uevent_watch_.emplace(loop_, uevents_->fd(), static_cast<FdWatch::Listener&>(*this));
    uevent_watch_->watch_read(true);
  }
  next_look_.set(boot_time() + interval_);
}

void ModemWatch::tick() {
  next_look_.set(boot_time() + interval_);
  changed_();
}

/// Any device may be the one: a port of a modem hangs below others that come first.
void ModemWatch::fd_readable() {
  while (true) {
    const tty::UeventSocket::Heard heard = uevents_->read();
    if (!heard.event && !heard.lost) return;
    settled_.set(boot_time() + settling);
  }
}

}  // namespace tunppp::session
