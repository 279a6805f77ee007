// A session inside another program: here one that cannot succeed, and says why.
#include <tunppp/dialer.h>

#include <cstdio>

struct Quiet : tunppp::DialerObserver {
  void event(tunppp::Duration, const tunppp::DialerEvent&) override {}
};

int main() {
  for (const auto& profile : tunppp::modem_profiles()) {
    std::printf("%.*s\n", static_cast<int>(profile.name.size()), profile.name.data());
  }
  tunppp::DialerOptions options;
  options.line.device = "/dev/no-such-tty";
  Quiet observer;
  auto ended = tunppp::Dialer(options, observer).run();
  std::printf("ended: %s\n", tunppp::info(ended.reason).name.data());
  return ended.reason == tunppp::EndReason::tty_missing ? 0 : 1;
}
