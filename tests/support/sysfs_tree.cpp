#include "support/sysfs_tree.h"

#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <sstream>
#include <stdexcept>
#include <vector>

namespace tunppp::test {
namespace {

namespace fs = std::filesystem;
using Words = std::vector<std::string>;

Words words_of(const std::string& line) {
  std::istringstream in(line);
  return {std::istream_iterator<std::string>(in), {}};
}

std::string unescaped(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      plain += text[i];
      continue;
    }
    const char escape = text[++i];
    if (escape == '0')
      plain += '\0';
    else if (escape == 'n')
      plain += '\n';
    else if (escape == 'x' && i + 2 < text.size())
      plain += static_cast<char>(std::stoi(std::string(text.substr((i += 2) - 1, 2)), nullptr, 16));
    else
      plain += escape;
  }
  return plain;
}

std::string hexadecimal(unsigned value, int digits) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "%0*x", digits, value);
  return text.data();
}

class Expansion {
 public:
  explicit Expansion(const fs::path& root) : root_(root) {}

  void run(std::string_view text) {
    std::istringstream in{std::string(text)};
    int number = 0;
    for (std::string line; std::getline(in, line);) {
      ++number;
      try {
        take(line, in, number);
      } catch (const std::exception& error) {
        throw std::runtime_error("line " + std::to_string(number) + ": " + line + ": " +
                                 error.what());
      }
    }
  }

 private:
  // --- What makes files ---

  fs::path place(const std::string& name) const {
    return root_ / fs::path(name.starts_with('/') ? name : here_ + "/" + name).relative_path();
  }
  fs::path made(const std::string& name) const {
    const fs::path path = place(name);
    // A link out of the tree would let us write into this machine's files.
    const fs::path parent = fs::weakly_canonical(path.parent_path());
    if (!parent.string().starts_with(fs::canonical(root_).string()))
      throw std::runtime_error("a link leads out of the tree");
    fs::create_directories(path.parent_path());
    std::error_code none;
    if (!fs::is_directory(fs::symlink_status(path, none))) fs::remove(path, none);
    return path;
  }
  void file(const std::string& name, const std::string& content) const {
    std::ofstream out(made(name), std::ios::binary);
    out << content;
    out.close();
    if (!out) throw std::runtime_error("cannot write it");
  }
  void attribute(const std::string& name, const std::string& value) const {
    file(name, value + "\n");
  }
  /// As sysfs has them: relative, whatever way the target is written.
  void link(const std::string& name, const std::string& target) const {
    const fs::path path = made(name);
    fs::remove_all(path);
    fs::create_symlink(place(target).lexically_normal().lexically_relative(path.parent_path()),
                       path);
  }
  void directory(const std::string& name) const { fs::create_directories(place(name)); }
  void node(const std::string& name, const Words& words) const {
    const bool block = words.at(2) == "b";
    const auto mode = static_cast<mode_t>(std::stoi(words.at(5), nullptr, 8));
    const dev_t device = makedev(static_cast<unsigned>(std::stoi(words.at(3))),
                                 static_cast<unsigned>(std::stoi(words.at(4))));
    const fs::path path = made(name);
    // Twice the mode, for the first goes through the umask.
    if (::mknod(path.c_str(), (block ? S_IFBLK : S_IFCHR) | mode, device) != 0 ||
        ::chmod(path.c_str(), mode) != 0)
      throw std::runtime_error("cannot make the node");
  }

  // --- What is short for many files ---

  void bind(const std::string& device, const std::string& bus, const std::string& driver) const {
    const std::string drivers = "/sys/bus/" + bus + "/drivers/" + driver;
    directory(drivers);
    link(device + "/driver", drivers);
    link(device + "/subsystem", "/sys/bus/" + bus);
  }
  void tty(const std::string& device, const std::string& name) const {
    directory(device + "/tty/" + name);
    link(device + "/tty/" + name + "/device", device);
    link("/sys/class/tty/" + name, device + "/tty/" + name);
    file("/dev/" + name, "");
  }

  // usb DEVICE VID:PID MANUFACTURER | PRODUCT
  void usb(const std::string& line, const Words& words) {
    here_ = usb_ = words.at(1);
    vendor_ = words.at(2).substr(0, 4);
    product_ = words.at(2).substr(5);
    attribute("idVendor", vendor_);
    attribute("idProduct", product_);
    attribute("bDeviceClass", "00");
    const std::size_t bar = line.find(" | ");
    const std::size_t name = line.find(words.at(2)) + words.at(2).size() + 1;
    if (name < line.size()) attribute("manufacturer", line.substr(name, bar - name));
    if (bar != line.npos) attribute("product", line.substr(bar + 3));
    bind(usb_, "usb", "usb");
    link("/sys/bus/usb/devices/" + fs::path(usb_).filename().string(), usb_);
  }

  // interface NUMBER CLASS/SUBCLASS/PROTOCOL ENDPOINTS [DRIVER|- [TTY]]
  void interface(const Words& words) {
    if (usb_.empty()) throw std::runtime_error("there is no usb line before it");
    const unsigned number = static_cast<unsigned>(std::stoi(words.at(1)));
    const std::string name = fs::path(usb_).filename().string() + ":1." + std::to_string(number);
    const std::string descriptor = words.at(2);
    here_ = usb_ + "/" + name;
    attribute("bInterfaceNumber", hexadecimal(number, 2));
    attribute("bInterfaceClass", descriptor.substr(0, 2));
    attribute("bInterfaceSubClass", descriptor.substr(3, 2));
    attribute("bInterfaceProtocol", descriptor.substr(6, 2));
    attribute("modalias",
              "usb:v" + upper(vendor_) + "p" + upper(product_) + "d0318dc00dsc00dp00ic" +
                  upper(descriptor.substr(0, 2)) + "isc" + upper(descriptor.substr(3, 2)) + "ip" +
                  upper(descriptor.substr(6, 2)) + "in" + upper(hexadecimal(number, 2)));
    endpoints(words.at(3), number);
    link("/sys/bus/usb/devices/" + name, here_);
    if (words.size() > 4 && words[4] != "-") bind(here_, "usb", words[4]);
    if (words.size() <= 5) return;
    if (words[4] == "cdc_acm") return tty(here_, words[5]);
    const std::string port = here_ + "/" + words[5];
    directory(port);
    bind(port, "usb-serial", words[4] == "option" ? "option1" : words[4]);
    link("/sys/bus/usb-serial/devices/" + words[5], port);
    tty(port, words[5]);
  }
  // "2": two bulk endpoints; "2i": an interrupt endpoint besides; "i": that alone.
  void endpoints(std::string kind, unsigned number) const {
    unsigned count = 0;
    const auto endpoint = [&](unsigned address, const std::string& type) {
      const std::string path = "ep_" + hexadecimal(address, 2);
      attribute(path + "/type", type);
      attribute(path + "/bEndpointAddress", hexadecimal(address, 2));
      ++count;
    };
    if (kind.ends_with('i')) {
      kind.pop_back();
      endpoint(0x90 + number, "Interrupt");
    }
    const int bulk = kind.empty() ? 0 : std::stoi(kind);
    if (bulk > 0) endpoint(0x81 + number, "Bulk");
    if (bulk > 1) endpoint(0x01 + number, "Bulk");
    attribute("bNumEndpoints", hexadecimal(count, 2));
  }
  static std::string upper(std::string text) {
    for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return text;
  }

  // uart DEVICE DRIVER TTY [console]
  void uart(const Words& words) {
    here_ = words.at(1);
    const std::string bus = words.at(2) == "uart-pl011" ? "amba" : "platform";
    bind(here_, bus, words.at(2));
    const std::string name = words.at(3);
    tty(here_, name);
    attribute("tty/" + name + "/line", "0");
    attribute("tty/" + name + "/type", "32");
    attribute("tty/" + name + "/console", words.size() > 4 ? "Y" : "N");
  }

  // --- The lines ---

  void take(const std::string& line, std::istream& in, int& number) {
    const Words words = words_of(line);
    if (words.empty() || words[0].starts_with('#')) return;
    const std::string& first = words[0];
    if (first == "include") return run(SysfsTree::fixture(words.at(1)));
    if (first == "in") return void(here_ = words.at(1));
    if (first == "without") return void(fs::remove_all(made(words.at(1))));
    if (first == "usb") return usb(line, words);
    if (first == "interface") return interface(words);
    if (first == "uart") return uart(words);
    if (first == "<-") return link(words.at(1), here_);
    if (words.size() == 1) return directory(first);
    const std::string& how = words[1];
    const std::size_t behind = line.find(how, line.find(first) + first.size()) + how.size() + 1;
    const std::string rest = behind < line.size() ? line.substr(behind) : "";
    if (how == "=") return attribute(first, rest);
    if (how == ":=") return file(first, unescaped(rest));
    if (how == "->") return link(first, rest);
    if (how == "=>") return fs::create_symlink(rest, made(first));
    if (how == "node") return node(first, words);
    if (how == "<<") return file(first, lines_until(words.at(2), in, number));
    throw std::runtime_error("no such line is known");
  }
  static std::string lines_until(const std::string& end, std::istream& in, int& number) {
    std::string text;
    for (std::string line; std::getline(in, line);) {
      ++number;
      if (line == end) return text;
      text += line + "\n";
    }
    throw std::runtime_error("its end is missing");
  }

  fs::path root_;
  std::string here_;
  std::string usb_;
  std::string vendor_;
  std::string product_;
};

}  // namespace

void expand_tree(std::string_view text, const fs::path& root) {
  Expansion(root).run(text);
}

std::string SysfsTree::fixture(std::string_view name) {
  const fs::path file = fs::path(TUNPPP_FIXTURES_DIR) / "sysfs" / (std::string(name) + ".tree");
  if (!fs::exists(file)) throw std::runtime_error("there is no " + file.string());
  return read_file(file);
}

SysfsTree::SysfsTree(std::string_view name) {
  add(fixture(name));
}

SysfsTree& SysfsTree::add(std::string_view text) {
  expand_tree(text, path());
  return *this;
}

SysfsTree& SysfsTree::remove(std::string_view path_in_tree) {
  fs::remove_all(path() / fs::path(path_in_tree).relative_path());
  return *this;
}

}  // namespace tunppp::test
