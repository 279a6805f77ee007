// What an upload adds to the round trip of a small packet, over a line that is paced, with the
// queue discipline off and on. Needs root. See latency --help.
#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "two_ends.h"

namespace tunppp::bench {
namespace {

using Clock = std::chrono::steady_clock;
double since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}
void pause(double seconds) {
  std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
}

sockaddr_in address(const char* host, std::uint16_t port) {
  sockaddr_in result{};
  result.sin_family = AF_INET;
  result.sin_port = htons(port);
  ::inet_pton(AF_INET, host, &result.sin_addr);
  return result;
}

Descriptor make_socket(const Namespace& where, int type, const char* bound_to, std::uint16_t port) {
  const Inside inside(where);
  Descriptor socket(::socket(AF_INET, type | SOCK_CLOEXEC, 0));
  const int yes = 1;
  ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  const sockaddr_in at = address(bound_to, port);
  if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&at), sizeof at) != 0) give_up("bind");
  return socket;
}

int connect_to(int socket, const char* host, std::uint16_t port) {
  const sockaddr_in to = address(host, port);
  return ::connect(socket, reinterpret_cast<const sockaddr*>(&to), sizeof to);
}

/// Small datagrams to the far side and back. Sends one each 50 ms or so, whether or not the one
/// before came back.
class Pings {
 public:
  explicit Pings(TwoEnds& ends)
      : near_(make_socket(ends.dial_side(), SOCK_DGRAM, "0.0.0.0", 0)),
        far_(make_socket(ends.serve_side(), SOCK_DGRAM, "0.0.0.0", port)) {
    if (connect_to(near_.get(), TwoEnds::serve_address, port) != 0) give_up("connect");
    answering_ = std::thread([this] { answer(); });
  }
  ~Pings() {
    ending_ = true;
    answering_.join();
  }

  /// Round trips in seconds, sorted; what was lost counts as endless.
  std::vector<double> run(double seconds) {
    constexpr double lost_after = 5;
    std::vector<double> trips;
    std::map<std::uint32_t, Clock::time_point> under_way;
    const auto begin = Clock::now();
    double next = 0;
    while (since(begin) < seconds || !under_way.empty()) {
      const double now = since(begin);
      if (now < seconds && now >= next) {
        // Not in step with anything.
        next = now + 0.040 + 0.020 * static_cast<double>(number_ * 7919 % 101) / 100;
        ++number_;
        under_way[number_] = Clock::now();
        (void)!::send(near_.get(), &number_, sizeof number_, 0);
      }
      pollfd wait{near_.get(), POLLIN, 0};
      if (::poll(&wait, 1, 1) == 1) {
        std::uint32_t number = 0;
        (void)!::recv(near_.get(), &number, sizeof number, 0);
        if (const auto found = under_way.find(number); found != under_way.end()) {
          trips.push_back(since(found->second));
          under_way.erase(found);
        }
      }
      while (!under_way.empty() && since(under_way.begin()->second) > lost_after) {
        trips.push_back(lost_after);
        under_way.erase(under_way.begin());
      }
    }
    std::sort(trips.begin(), trips.end());
    return trips;
  }

 private:
  static constexpr std::uint16_t port = 5007;
  void answer() {
    while (!ending_) {
      pollfd wait{far_.get(), POLLIN, 0};
      if (::poll(&wait, 1, 100) != 1) continue;
      sockaddr_in from{};
      socklen_t size = sizeof from;
      std::uint32_t number = 0;
      if (::recvfrom(far_.get(), &number, sizeof number, 0, reinterpret_cast<sockaddr*>(&from),
                     &size) > 0)
        (void)!::sendto(far_.get(), &number, sizeof number, 0, reinterpret_cast<sockaddr*>(&from),
                        size);
    }
  }
  Descriptor near_;
  Descriptor far_;
  std::uint32_t number_ = 0;
  std::atomic<bool> ending_{false};
  std::thread answering_;
};

/// One TCP connection that sends as much as it may.
class Upload {
 public:
  explicit Upload(TwoEnds& ends)
      : listener_(make_socket(ends.serve_side(), SOCK_STREAM, "0.0.0.0", port)),
        sender_(make_socket(ends.dial_side(), SOCK_STREAM, "0.0.0.0", 0)) {
    ::listen(listener_.get(), 1);
    if (connect_to(sender_.get(), TwoEnds::serve_address, port) != 0) give_up("connect");
    receiver_ = Descriptor(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    sending_ = std::thread([this] {
      const std::vector<char> text(64 * 1024, 'a');
      while (::send(sender_.get(), text.data(), text.size(), MSG_NOSIGNAL) > 0) continue;
    });
    receiving_ = std::thread([this] {
      std::vector<char> buffer(64 * 1024);
      for (;;) {
        const ssize_t count = ::recv(receiver_.get(), buffer.data(), buffer.size(), 0);
        if (count <= 0) return;
        received_ += static_cast<std::uint64_t>(count);
      }
    });
  }
  ~Upload() {
    ::shutdown(sender_.get(), SHUT_RDWR);
    ::shutdown(receiver_.get(), SHUT_RDWR);
    sending_.join();
    receiving_.join();
  }
  double received() const { return static_cast<double>(received_); }

 private:
  static constexpr std::uint16_t port = 5008;
  Descriptor listener_;
  Descriptor sender_;
  Descriptor receiver_;
  std::atomic<std::uint64_t> received_{0};
  std::thread sending_;
  std::thread receiving_;
};

double at(const std::vector<double>& sorted, double share) {
  if (sorted.empty()) return 0;
  return sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1))];
}

struct Mode {
  const char* name;
  bool discipline;
  bool offload;
  bool rate_known;
};
constexpr Mode modes[] = {
    {"off", false, true, false},
    {"off, no super-packets", false, false, false},
    {"on", true, true, false},
    {"on, no super-packets", true, false, false},
    {"on, with --baud", true, true, true},
};

struct Arguments {
  std::string tunppp;
  double seconds = 15;
  double warm_up = 12;
  std::vector<std::uint32_t> rates{115200, 921600, 10000000};
  std::string only;
};

void run_mode(const Arguments& arguments, std::uint32_t baud, const Mode& mode) {
  TwoEnds::Options options{.tunppp = arguments.tunppp};
  options.baud = baud;
  if (!mode.discipline) options.arguments.emplace_back("--no-queue-discipline");
  if (!mode.offload) options.arguments.emplace_back("--no-offload");
  if (mode.rate_known) {
    options.arguments.emplace_back("--baud");
    options.arguments.push_back(std::to_string(baud));
  }
  TwoEnds ends(options);
  Pings pings(ends);
  const std::vector<double> idle = pings.run(3);
  const Upload upload(ends);
  pause(arguments.warm_up);
  const double before = upload.received();
  const auto begin = Clock::now();
  const std::vector<double> loaded = pings.run(arguments.seconds);
  const double rate = (upload.received() - before) * 8 / since(begin);
  const double base = at(idle, 0.5);
  const double lost = static_cast<double>(
      std::count_if(loaded.begin(), loaded.end(), [](double trip) { return trip >= 5; }));
  fmt::print("| {} | {} | {:.1f} | {:.1f} | {:.1f} | {:.0f} | {:.1f} | {:.0f} % |\n", baud,
             mode.name, base * 1e3, (at(loaded, 0.5) - base) * 1e3, (at(loaded, 0.99) - base) * 1e3,
             lost, rate / 1e3, 100 * rate / (0.8 * baud));
  std::fflush(stdout);
}

int run(const Arguments& arguments) {
  fmt::print(
      "Round trips in ms, by a datagram of 32 octets each 50 ms, beside one TCP upload; payload of "
      "the upload in kbit/s and as a share of what 10 bits an octet leave of the rate.\n\n"
      "| baud | queue discipline | idle, median | added, median | added, 99th percentile | lost | "
      "upload | of the line |\n|---|---|---|---|---|---|---|---|\n");
  for (const std::uint32_t baud : arguments.rates)
    for (const Mode& mode : modes)
      if (arguments.only.empty() || arguments.only == mode.name) run_mode(arguments, baud, mode);
  return 0;
}

[[noreturn]] void usage(int code) {
  fmt::print(
      "latency TUNPPP [--seconds N] [--warm-up N] [--rate BAUD ...] [--only MODE]\n"
      "Without --rate: 115200, 921600 and 10000000 baud. Needs root.\n");
  std::exit(code);
}

Arguments parse(int argc, char** argv) {
  Arguments arguments;
  if (argc < 2) usage(2);
  arguments.tunppp = argv[1];
  if (arguments.tunppp == "--help") usage(0);
  bool rates_given = false;
  for (int i = 2; i + 1 < argc; i += 2) {
    const std::string option = argv[i];
    const std::string value = argv[i + 1];
    if (option == "--seconds") {
      arguments.seconds = std::stod(value);
    } else if (option == "--warm-up") {
      arguments.warm_up = std::stod(value);
    } else if (option == "--only") {
      arguments.only = value;
    } else if (option == "--rate") {
      if (!rates_given) arguments.rates.clear();
      rates_given = true;
      arguments.rates.push_back(static_cast<std::uint32_t>(std::stoul(value)));
    } else {
      usage(2);
    }
  }
  return arguments;
}

}  // namespace
}  // namespace tunppp::bench

int main(int argc, char** argv) {
  const auto arguments = tunppp::bench::parse(argc, argv);
  tunppp::bench::require_root();
  try {
    return tunppp::bench::run(arguments);
  } catch (const std::exception& error) {
    tunppp::bench::give_up(error.what());
  }
}
