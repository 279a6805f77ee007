// TCP and small packets through two tunppp over a pty, each in a network namespace of its own, and
// a raw copy through a pty beside them. Needs root. See bench/throughput --help.
#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>
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

sockaddr_in address(const char* host, std::uint16_t port) {
  sockaddr_in result{};
  result.sin_family = AF_INET;
  result.sin_port = htons(port);
  ::inet_pton(AF_INET, host, &result.sin_addr);
  return result;
}

int connect_to(int socket, sockaddr_in to) {
  return ::connect(socket, reinterpret_cast<sockaddr*>(&to), sizeof to);
}
int bind_to(int socket, sockaddr_in to) {
  return ::bind(socket, reinterpret_cast<sockaddr*>(&to), sizeof to);
}

struct Direction {
  const Namespace* from;
  const Namespace* to;
  const char* to_address;
};

/// A TCP connection through the link.
struct Connection {
  Connection(const Direction& direction, std::uint16_t port) {
    Descriptor listener;
    {
      const Inside inside(*direction.to);
      listener = Descriptor(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
      if (bind_to(listener.get(), address("0.0.0.0", port)) != 0) give_up("bind");
      ::listen(listener.get(), 1);
    }
    {
      const Inside inside(*direction.from);
      sender = Descriptor(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
      if (connect_to(sender.get(), address(direction.to_address, port)) != 0) give_up("connect");
    }
    receiver = Descriptor(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
  }
  Descriptor sender;
  Descriptor receiver;
};

/// Sends as fast as it goes, in threads of its own.
class Bulk {
 public:
  explicit Bulk(Connection& connection)
      : sender_([&connection, this] { send(connection.sender.get()); }),
        receiver_([&connection, this] { receive(connection.receiver.get()); }),
        connection_(connection) {}
  ~Bulk() {
    ending_ = true;
    ::shutdown(connection_.sender.get(), SHUT_RDWR);
    ::shutdown(connection_.receiver.get(), SHUT_RDWR);
    sender_.join();
    receiver_.join();
  }
  std::uint64_t received() const { return received_; }

 private:
  void send(int socket) {
    // No octet of it needs to be escaped; see --data.
    static const std::vector<char> text(128 * 1024, 'a');
    while (!ending_ && ::send(socket, text.data(), text.size(), MSG_NOSIGNAL) > 0) continue;
  }
  void receive(int socket) {
    std::vector<char> buffer(256 * 1024);
    for (;;) {
      const ssize_t count = ::recv(socket, buffer.data(), buffer.size(), 0);
      if (count <= 0) return;
      received_ += static_cast<std::uint64_t>(count);
    }
  }
  std::atomic<bool> ending_{false};
  std::atomic<std::uint64_t> received_{0};
  std::thread sender_;
  std::thread receiver_;
  Connection& connection_;
};

/// Datagrams, never more under way than fit everywhere, so that none is lost for being too many.
class Datagrams {
 public:
  Datagrams(const Direction& direction, std::size_t payload) : payload_(payload) {
    {
      const Inside inside(*direction.to);
      receiver_ = Descriptor(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
      const int size = 8 << 20;
      ::setsockopt(receiver_.get(), SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size);
      if (bind_to(receiver_.get(), address("0.0.0.0", port)) != 0) give_up("bind");
    }
    const Inside inside(*direction.from);
    sender_ = Descriptor(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    const int no_checksum = 1;  // a constant header: nothing to escape, whatever the codec
    ::setsockopt(sender_.get(), SOL_SOCKET, SO_NO_CHECK, &no_checksum, sizeof no_checksum);
    // Not connected, and never fragmented: then the identification is always 0.
    const int discover = IP_PMTUDISC_DO;
    ::setsockopt(sender_.get(), IPPROTO_IP, IP_MTU_DISCOVER, &discover, sizeof discover);
    if (bind_to(sender_.get(), address("0.0.0.0", port)) != 0) give_up("bind");
    to_ = address(direction.to_address, port);
    sending_ = std::thread([this] { send(); });
    receiving_ = std::thread([this] { receive(); });
  }
  ~Datagrams() {
    ending_ = true;
    sending_.join();
    ::shutdown(receiver_.get(), SHUT_RDWR);
    receiving_.join();
  }
  std::uint64_t received() const { return received_; }

 private:
  static constexpr std::uint16_t port = 5001;
  static constexpr std::size_t batch = 32;
  static constexpr std::uint64_t window = 192;

  using Messages = std::array<mmsghdr, batch>;
  static void lay_out(Messages& messages, std::array<iovec, batch>& pieces,
                      std::vector<char>& memory, std::size_t size) {
    for (std::size_t i = 0; i < batch; ++i) {
      pieces[i] = {memory.data() + i * size, size};
      messages[i] = {};
      messages[i].msg_hdr.msg_iov = &pieces[i];
      messages[i].msg_hdr.msg_iovlen = 1;
    }
  }
  void send() {
    std::vector<char> memory(batch * payload_, 'a');
    Messages messages;
    std::array<iovec, batch> pieces;
    lay_out(messages, pieces, memory, payload_);
    for (mmsghdr& message : messages) {
      message.msg_hdr.msg_name = &to_;
      message.msg_hdr.msg_namelen = sizeof to_;
    }
    std::uint64_t sent = 0;
    std::uint64_t lost = 0;
    auto progress = Clock::now();
    std::uint64_t seen = 0;
    while (!ending_) {
      if (received_ != seen) {
        seen = received_;
        progress = Clock::now();
      }
      if (sent - lost - seen + batch > window) {
        // What does not come within a while does not come.
        if (since(progress) > 0.05) lost = sent - seen;
        std::this_thread::sleep_for(std::chrono::microseconds(20));
        continue;
      }
      const int count = ::sendmmsg(sender_.get(), messages.data(), batch, 0);
      if (count > 0) sent += static_cast<std::uint64_t>(count);
    }
  }
  void receive() {
    std::vector<char> memory(batch * 2048);
    Messages messages;
    std::array<iovec, batch> pieces;
    lay_out(messages, pieces, memory, 2048);
    while (!ending_) {
      pollfd wait{receiver_.get(), POLLIN, 0};
      if (::poll(&wait, 1, 100) != 1) continue;
      const int count = ::recvmmsg(receiver_.get(), messages.data(), batch, MSG_DONTWAIT, nullptr);
      if (count > 0) received_ += static_cast<std::uint64_t>(count);
    }
  }

  std::size_t payload_;
  sockaddr_in to_{};
  Descriptor sender_;
  Descriptor receiver_;
  std::atomic<bool> ending_{false};
  std::atomic<std::uint64_t> received_{0};
  std::thread sending_;
  std::thread receiving_;
};

struct Measured {
  double seconds = 0;
  double octets = 0;  // of payload, or packets
  double dial_cpu = 0;
  double serve_cpu = 0;
};

/// Lets `received` count for a while, after a moment in which things settle.
Measured measure(TwoEnds& ends, double seconds, const std::function<std::uint64_t()>& received) {
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  const auto begin = Clock::now();
  const std::uint64_t before = received();
  const double dial = ends.dial().cpu_seconds();
  const double serve = ends.serve().cpu_seconds();
  std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
  Measured result;
  result.octets = static_cast<double>(received() - before);
  result.seconds = since(begin);
  result.dial_cpu = ends.dial().cpu_seconds() - dial;
  result.serve_cpu = ends.serve().cpu_seconds() - serve;
  return result;
}

void print_row(const std::string& what, const std::string& kernel, const Measured& it) {
  const double gigabytes = it.octets / 1e9;
  fmt::print("| {} | {} | {:.0f} | {:.2f} | {:.2f} |\n", what, kernel,
             it.octets * 8 / it.seconds / 1e6, it.dial_cpu / gigabytes, it.serve_cpu / gigabytes);
  std::fflush(stdout);
}

struct Arguments {
  TwoEnds::Options ends{};
  double seconds = 5;
  std::vector<std::string> kernels{""};
  std::vector<std::string> runs{"up", "down", "both", "packets", "copying", "raw"};
};

bool wants(const Arguments& arguments, const std::string& run) {
  for (const std::string& wanted : arguments.runs)
    if (wanted == run) return true;
  return false;
}

/// Datagrams of 1500 octets with nothing to escape, so that a codec that only copies can carry
/// them; each codec in turn, several times, since the machine is not the same from one second to
/// the next.
void compare_with_copying(const Arguments& arguments, const std::string& kernel) {
  constexpr int rounds = 5;
  std::array<std::vector<double>, 2> rates;
  for (int round = 0; round < rounds; ++round) {
    for (std::size_t which = 0; which < 2; ++which) {
      TwoEnds::Options options = arguments.ends;
      if (which == 1) {
        options.tunppp += "_copying";
      } else if (!kernel.empty()) {
        options.environment.push_back("TUNPPP_KERNEL=" + kernel);
      }
      options.arguments.insert(options.arguments.end(), {"--echo-interval", "0"});
      TwoEnds ends(options);
      const Direction up{&ends.dial_side(), &ends.serve_side(), TwoEnds::serve_address};
      const Datagrams datagrams(up, 1472);
      const Measured it =
          measure(ends, arguments.seconds, [&] { return datagrams.received() * 1472; });
      rates[which].push_back(it.octets * 8 / it.seconds / 1e6);
    }
  }
  for (std::vector<double>& rate : rates) std::sort(rate.begin(), rate.end());
  const double codec = rates[0][rounds / 2];
  const double copying = rates[1][rounds / 2];
  fmt::print("| UDP up, 1500 octets, medians | {} | {:.0f}; copying {:.0f}; share {:.0f} % | | |\n",
             kernel.empty() ? "best" : kernel, codec, copying, 100 * codec / copying);
  std::fflush(stdout);
}

/// A line of /proc/PID/FILE, "Name:   123 kB".
long read_number(pid_t pid, const char* file, const std::string& name) {
  std::ifstream lines(fmt::format("/proc/{}/{}", pid, file));
  std::string word;
  while (lines >> word)
    if (word == name + ":") {
      long number = 0;
      lines >> number;
      return number;
    }
  return 0;
}

void print_memory(const char* what, pid_t pid) {
  const auto kilobytes = [pid](const char* name) { return read_number(pid, "smaps_rollup", name); };
  fmt::print("| {} | {} | {} | {} |\n", what, kilobytes("Rss"), kilobytes("Pss"),
             kilobytes("Private_Clean") + kilobytes("Private_Dirty"));
  std::fflush(stdout);
}

/// What `tunppp dial` takes of a machine when it has nothing to do, and when it has.
void measure_footprint(const Arguments& arguments) {
  fmt::print(
      "| tunppp dial | resident, kB | proportional, kB | private, kB |\n|---|---|---|---|\n");
  TwoEnds ends(arguments.ends);
  const pid_t pid = ends.dial().pid();
  const auto wait = [&] {
    std::this_thread::sleep_for(std::chrono::duration<double>(arguments.seconds));
  };
  std::this_thread::sleep_for(std::chrono::seconds(2));
  const long before = read_number(pid, "status", "voluntary_ctxt_switches");
  wait();
  const long wake_ups = read_number(pid, "status", "voluntary_ctxt_switches") - before;
  print_memory("idle", pid);
  const Direction up{&ends.dial_side(), &ends.serve_side(), TwoEnds::serve_address};
  const Direction down{&ends.serve_side(), &ends.dial_side(), TwoEnds::dial_address};
  Connection first(up, 5201);
  Connection second(down, 5202);
  const Bulk a(first);
  const Bulk b(second);
  wait();
  print_memory("busy", pid);
  fmt::print("\nWake-ups when idle: {} in {:.0f} s. Size of {}: {} octets.\n", wake_ups,
             arguments.seconds, arguments.ends.tunppp,
             std::filesystem::file_size(arguments.ends.tunppp));
}

void run_kernel(const Arguments& arguments, const std::string& kernel) {
  if (wants(arguments, "copying")) compare_with_copying(arguments, kernel);
  TwoEnds::Options options = arguments.ends;
  if (!kernel.empty()) options.environment.push_back("TUNPPP_KERNEL=" + kernel);
  TwoEnds ends(options);
  const std::string name = kernel.empty() ? "best" : kernel;
  const Direction up{&ends.dial_side(), &ends.serve_side(), TwoEnds::serve_address};
  const Direction down{&ends.serve_side(), &ends.dial_side(), TwoEnds::dial_address};
  std::uint16_t port = 5100;
  const auto one_way = [&](const char* what, const Direction& direction) {
    Connection connection(direction, port++);
    const Bulk bulk(connection);
    print_row(what, name, measure(ends, arguments.seconds, [&] { return bulk.received(); }));
  };
  if (wants(arguments, "up")) one_way("TCP up", up);
  if (wants(arguments, "down")) one_way("TCP down", down);
  if (wants(arguments, "both")) {
    Connection first(up, port++);
    Connection second(down, port++);
    const Bulk a(first);
    const Bulk b(second);
    print_row("TCP both ways", name,
              measure(ends, arguments.seconds, [&] { return a.received() + b.received(); }));
  }
  if (wants(arguments, "udp")) {
    const Datagrams datagrams(up, 1472);
    print_row("UDP up, 1500 octets", name,
              measure(ends, arguments.seconds, [&] { return datagrams.received() * 1472; }));
  }
  if (wants(arguments, "packets")) {
    const Datagrams datagrams(up, 36);
    const Measured it = measure(ends, arguments.seconds, [&] { return datagrams.received(); });
    fmt::print("| UDP up, 64 octets | {} | {:.0f} packets/ms | {:.2f} us | {:.2f} us |\n", name,
               it.octets / it.seconds / 1e3, it.dial_cpu / it.octets * 1e6,
               it.serve_cpu / it.octets * 1e6);
  }
}

/// What a pty moves with nobody looking at the octets.
void run_raw(double seconds) {
  Pty pty;
  std::atomic<bool> ending{false};
  std::uint64_t received = 0;
  std::thread writer([&] {
    const std::vector<char> text(2048, 'a');
    while (!ending && ::write(pty.slave.get(), text.data(), text.size()) > 0) continue;
  });
  std::vector<char> buffer(16 * 1024);
  const auto begin = Clock::now();
  while (since(begin) < seconds) {
    pollfd wait{pty.master.get(), POLLIN, 0};
    if (::poll(&wait, 1, 100) != 1) continue;
    const ssize_t count = ::read(pty.master.get(), buffer.data(), buffer.size());
    if (count > 0) received += static_cast<std::uint64_t>(count);
  }
  fmt::print("| raw copy through a pty | none | {:.0f} | | |\n",
             static_cast<double>(received) * 8 / since(begin) / 1e6);
  ending = true;
  while (true) {  // until the writer is no longer held up
    pollfd wait{pty.master.get(), POLLIN, 0};
    if (::poll(&wait, 1, 100) != 1) break;
    (void)!::read(pty.master.get(), buffer.data(), buffer.size());
  }
  writer.join();
}

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> parts{""};
  for (const char c : text) {
    if (c == ',')
      parts.emplace_back();
    else
      parts.back() += c;
  }
  return parts;
}

[[noreturn]] void usage(int code) {
  fmt::print(
      "throughput TUNPPP [--seconds N] [--kernels best,reference,...] [--runs up,down,...] "
      "[-- ARGUMENTS]\n"
      "Runs: up, down, both (TCP), udp (1500 octets), packets (64 octets),\n"
      "copying (beside TUNPPP_copying, the same with a codec that only copies), raw (a pty "
      "alone).\n"
      "ARGUMENTS go to both tunppp, such as --no-offload. Needs root.\n");
  std::exit(code);
}

Arguments parse(int argc, char** argv) {
  Arguments arguments;
  if (argc < 2) usage(2);
  arguments.ends.tunppp = argv[1];
  for (int i = 2; i < argc; ++i) {
    const std::string option = argv[i];
    if (option == "--") {
      arguments.ends.arguments.assign(argv + i + 1, argv + argc);
      break;
    }
    if (i + 1 == argc) usage(2);
    const std::string value = argv[++i];
    if (option == "--seconds")
      arguments.seconds = std::stod(value);
    else if (option == "--kernels")
      arguments.kernels = split(value);
    else if (option == "--runs")
      arguments.runs = split(value);
    else
      usage(2);
  }
  for (std::string& kernel : arguments.kernels)
    if (kernel == "best") kernel.clear();
  if (arguments.ends.tunppp == "--help") usage(0);
  return arguments;
}

int run(const Arguments& arguments) {
  if (wants(arguments, "footprint")) {
    measure_footprint(arguments);
    return 0;
  }
  fmt::print(
      "| run | kernel | Mbit/s | CPU s/GB, dial | CPU s/GB, serve |\n|---|---|---|---|---|\n");
  for (const std::string& kernel : arguments.kernels) run_kernel(arguments, kernel);
  if (wants(arguments, "raw")) run_raw(arguments.seconds);
  return 0;
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
