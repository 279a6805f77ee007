#include "session/profile_toml.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include "session/password_file.h"
#include "session/profile_names.h"
#include "session/profile_values.h"

namespace tunppp::session {
namespace {

using modem::Profile;
using std::string_view;
using Node = ProfileValues::Node;

/// What one key does.
struct Key {
  string_view name;
  void (*set)(ProfileValues&, Profile&, Node);
};

std::string names_of(std::span<const Key> keys) {
  std::string names;
  for (const Key& key : keys)
    names += names.empty() ? std::string(key.name) : fmt::format(", {}", key.name);
  return names;
}

/// All keys of a table; `path` is what stands before their names, "cmux.".
void read_keys(ProfileValues& values, const toml::table& table, string_view path,
               std::span<const Key> keys) {
  for (const auto& [name, value] : table) {
    const string_view wanted = name.str();
    values.at(fmt::format("{}{}", path, wanted));
    const auto key = std::find_if(keys.begin(), keys.end(),
                                  [wanted](const Key& known) { return known.name == wanted; });
    if (key == keys.end())
      values.no_such_key(value, names_of(keys));
    else
      key->set(values, values.into().profile, value);
    if (values.failure()) return;
  }
}

// --- USB ---

std::optional<std::uint16_t> from_hex(string_view digits) {
  std::uint16_t number = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), number, 16);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return number;
}

void read_identity(ProfileValues& values, Node node, modem::UsbIdentity& usb) {
  const auto text = values.text(node);
  if (!text) return;
  const string_view pair = *text;
  const auto vendor =
      pair.size() == 9 && pair[4] == ':' ? from_hex(pair.substr(0, 4)) : std::nullopt;
  const auto product = vendor ? from_hex(pair.substr(5)) : std::nullopt;
  if (!product) return values.wrong(node, "a USB identity looks like 2c7c:0125");
  usb.vendor = *vendor;
  usb.product = *product;
}

void read_ports(ProfileValues& values, Node node, modem::UsbIdentity& usb) {
  const toml::table* const table = node.as_table();
  if (!table) return values.wrong(node, "roles by interface number, { 2 = 'at', 3 = 'modem' }");
  std::vector<modem::UsbPort>& ports = values.into().ports.emplace_back();
  for (const auto& [name, value] : *table) {
    unsigned number = 0;
    const string_view digits = name.str();
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), number, 10);
    if (error != std::errc() || end != digits.data() + digits.size() || number > 255)
      return values.wrong(value, "an interface has a number from 0 to 255");
    const auto text = values.text(value);
    if (!text) return;
    const auto role = std::find(port_role_names.begin(), port_role_names.end(), *text);
    if (role == port_role_names.end())
      return values.wrong(
          value, "a port is one of diagnostics, nmea, at, modem (for PPP), network or other");
    ports.push_back({static_cast<std::uint8_t>(number),
                     static_cast<modem::PortRole>(role - port_role_names.begin())});
  }
  std::sort(ports.begin(), ports.end(), [](const modem::UsbPort& a, const modem::UsbPort& b) {
    return a.interface_number < b.interface_number;
  });
  usb.ports = ports;
}

void read_usb_table(ProfileValues& values, const toml::table& table, modem::UsbIdentity& usb) {
  if (!table.contains("id")) {
    values.at("usb");
    return values.wrong(table, "id is missing, as in id = '2c7c:0125'");
  }
  for (const auto& [name, value] : table) {
    const string_view key = name.str();
    values.at(fmt::format("usb.{}", key));
    if (key == "id")
      read_identity(values, value, usb);
    else if (key == "name")
      values.plain(value, usb.name);
    else if (key == "ports")
      read_ports(values, value, usb);
    else
      values.no_such_key(value, "id, name, ports");
  }
}

void read_usb(ProfileValues& values, Profile& profile, Node node) {
  const toml::array* const array = node.as_array();
  if (!array) return values.wrong(node, "a list like [\"2c7c:0125\"] is wanted, or tables [[usb]]");
  for (const toml::node& item : *array) {
    modem::UsbIdentity usb{0, 0, profile.name, {}};
    if (const toml::table* const table = item.as_table())
      read_usb_table(values, *table, usb);
    else
      read_identity(values, item, usb);
    values.into().usb.push_back(usb);
  }
  profile.usb = values.into().usb;
}

// --- lists of tables ---

/// Calls `read` with the key and the value of each entry, once for each table of the list.
template <class Read, class Done>
void read_tables(ProfileValues& values, Node node, string_view name,
                 std::span<const string_view> all_of, Read read, Done done) {
  const toml::array* const array = node.as_array();
  const bool tables =
      array && std::all_of(array->begin(), array->end(), [](Node item) { return item.is_table(); });
  if (!tables) return values.wrong(node, fmt::format("tables [[{}]] are wanted", name));
  for (const toml::node& item : *array) {
    const toml::table& table = *item.as_table();
    for (const string_view key : all_of) {
      values.at(std::string(name));
      if (!table.contains(key)) values.wrong(table, fmt::format("{} is missing", key));
    }
    for (const auto& [key, value] : table) {
      values.at(fmt::format("{}.{}", name, key.str()));
      read(key.str(), value);
    }
    done();
  }
}

void read_registration(ProfileValues& values, Profile& profile, Node node) {
  static constexpr std::array<string_view, 2> needed{"query", "domain"};
  modem::RegistrationQuery query{"AT", {}, {}, true};
  read_tables(
      values, node, "registration", needed,
      [&](string_view key, Node value) {
        if (key == "enable") return values.command(value, query.enable);
        if (key == "query") return values.command(value, query.query);
        if (key == "domain") return values.plain(value, query.domain);
        if (key == "packet") return values.flag(value, query.packet);
        values.no_such_key(value, "enable, query, domain, packet");
      },
      [&] {
        values.into().registration.push_back(std::exchange(query, {"AT", {}, {}, true}));
      });
  profile.registration = values.into().registration;
}

void read_quirk_name(ProfileValues& values, Node node, modem::Quirk& quirk) {
  const auto name = values.text(node);
  if (!name) return;
  if (const auto known = modem::find_quirk(*name)) {
    quirk = *known;
    return;
  }
  std::string names;
  for (std::size_t i = 0; i < static_cast<std::size_t>(modem::Quirk::count); ++i)
    names +=
        fmt::format("{}{}", i == 0 ? "" : ", ", modem::info(static_cast<modem::Quirk>(i)).name);
  values.wrong(node, fmt::format("there is no quirk {}; there are {}", *name, names));
}

void read_quirks(ProfileValues& values, Profile& profile, Node node) {
  static constexpr std::array<string_view, 2> needed{"name", "source"};
  modem::QuirkNote note{};
  read_tables(
      values, node, "quirk", needed,
      [&](string_view key, Node value) {
        if (key == "name") return read_quirk_name(values, value, note.quirk);
        if (key == "what") return values.plain(value, note.what);
        if (key == "source") return values.plain(value, note.source);
        values.no_such_key(value, "name, what, source");
      },
      [&] { values.into().quirks.push_back(std::exchange(note, {})); });
  profile.quirks = values.into().quirks;
}

// --- tables ---

void read_radio(ProfileValues& values, Profile& profile, Node node) {
  const toml::table* const table = node.as_table();
  if (!table) return values.wrong(node, "a table is wanted");
  profile.radio = {};
  for (const auto& [name, value] : *table) {
    const string_view wanted = name.str();
    values.at(fmt::format("radio.{}", wanted));
    const auto found = std::find_if(radio_keys.begin(), radio_keys.end(),
                                    [&](const RadioKey& key) { return key.name == wanted; });
    if (found == radio_keys.end())
      return values.no_such_key(value, "auto, gsm, umts, lte, lte-m, nb-iot, nr");
    values.command(value, profile.radio.*found->command);
  }
}

constexpr auto cmux_keys = std::to_array<Key>({
    {"command", [](auto& v, auto& p, Node n) { v.command(n, p.cmux.command, v.of_cmux); }},
    {"frame_size", [](auto& v, auto& p, Node n) { v.number(n, 1, 32768, p.cmux.frame_size); }},
    {"settle", [](auto& v, auto& p, Node n) { v.milliseconds(n, p.cmux.settle); }},
    {"negotiate", [](auto& v, auto& p, Node n) { v.flag(n, p.cmux.negotiate); }},
    {"disconnect", [](auto& v, auto& p, Node n) { v.flag(n, p.cmux.disconnect); }},
});

void read_cmux(ProfileValues& values, Profile&, Node node) {
  const toml::table* const table = node.as_table();
  if (!table) return values.wrong(node, "a table is wanted");
  read_keys(values, *table, "cmux.", cmux_keys);
}

void read_identify(ProfileValues& values, Profile& profile, Node node) {
  values.commands(node, profile.identify);
  if (profile.identify.size() > 3) values.wrong(node, "at most maker, model and firmware");
}

constexpr auto keys = std::to_array<Key>({
    {"like", [](auto&, auto&, Node) {}},
    {"name", [](auto& v, auto& p, Node n) { v.plain(n, p.name); }},
    {"description", [](auto& v, auto& p, Node n) { v.plain(n, p.description); }},
    {"usb", &read_usb},
    {"models", [](auto& v, auto& p, Node n) { v.texts(n, p.models); }},
    {"boot_wait", [](auto& v, auto& p, Node n) { v.seconds(n, p.boot_wait); }},
    {"init", [](auto& v, auto& p, Node n) { v.commands(n, p.init); }},
    {"identify", &read_identify},
    {"set_up", [](auto& v, auto& p, Node n) { v.commands(n, p.set_up); }},
    {"pin_retries", [](auto& v, auto& p, Node n) { v.command(n, p.pin_retries.command); }},
    {"pin_retries_field",
     [](auto& v, auto& p, Node n) { v.number(n, 0, 20, p.pin_retries.field); }},
    {"sim_number", [](auto& v, auto& p, Node n) { v.command(n, p.sim_number.command); }},
    {"sim_number_prefix", [](auto& v, auto& p, Node n) { v.plain(n, p.sim_number.prefix); }},
    {"context", [](auto& v, auto& p, Node n) { v.command(n, p.context.command, v.of_context); }},
    {"context_pdp_words", [](auto& v, auto& p, Node n) { v.words(n, p.context.pdp_words); }},
    {"authenticate",
     [](auto& v, auto& p, Node n) { v.command(n, p.authenticate.command, v.of_context); }},
    {"authenticate_pdp_words",
     [](auto& v, auto& p, Node n) { v.words(n, p.authenticate.pdp_words); }},
    {"authenticate_auth_words",
     [](auto& v, auto& p, Node n) { v.words(n, p.authenticate.auth_words); }},
    {"radio", &read_radio},
    {"registration", &read_registration},
    {"cell", [](auto& v, auto& p, Node n) { v.command(n, p.cell); }},
    {"before_dial", [](auto& v, auto& p, Node n) { v.commands(n, p.before_dial, v.cid_only); }},
    {"dial", [](auto& v, auto& p, Node n) { v.command(n, p.dial, v.cid_only); }},
    {"hang_up", [](auto& v, auto& p, Node n) { v.command(n, p.hang_up); }},
    {"power_off", [](auto& v, auto& p, Node n) { v.command(n, p.power_off); }},
    {"cmux", &read_cmux},
    {"quirk", &read_quirks},
});

std::string names_of_profiles() {
  std::string names;
  for (const Profile& profile : modem::profiles())
    names += names.empty() ? std::string(profile.name) : fmt::format(", {}", profile.name);
  return names;
}

/// What the file does not say.
void begin_with(ProfileValues& values, const toml::table& table) {
  Profile& profile = values.into().profile;
  profile = *modem::find_profile("generic");
  if (const toml::node* const like = table.get("like")) {
    values.at("like");
    const auto name = values.text(*like);
    if (!name) return;
    const Profile* const base = modem::find_profile(*name);
    if (!base)
      return values.wrong(*like, fmt::format("there is no modem profile {}; there are {}", *name,
                                             names_of_profiles()));
    profile = *base;
  }
  profile.models = {};
  profile.usb = {};
  profile.name = "user";
  profile.description = "a profile of the user's own";
  // Identities bear the profile's name where they have none, in whatever order the keys stand.
  if (const toml::node* const name = table.get("name")) {
    values.at("name");
    values.plain(*name, profile.name);
  }
}

}  // namespace

Result<std::unique_ptr<UserProfile>> parse_profile(string_view text, string_view source) {
  const Result<toml::table> parsed = parse_toml(text, source);
  if (!parsed) return parsed.failure();
  auto user = std::make_unique<UserProfile>();
  ProfileValues values(source, *user);
  begin_with(values, *parsed);
  if (!values.failure()) read_keys(values, *parsed, "", keys);
  if (values.failure()) return *values.failure();
  const Profile& profile = user->profile;
  if (profile.dial.empty() || profile.hang_up.empty() || profile.context.command.empty())
    return Failure{
        EndReason::usage,
        {},
        fmt::format("{}: a profile cannot do without dial, hang_up and context", source)};
  return user;
}

Result<std::unique_ptr<UserProfile>> read_profile(const std::string& path) {
  const Result<std::string> text = read_open_file(path, "modem profile");
  if (!text) return text.failure();
  return parse_profile(*text, path);
}

}  // namespace tunppp::session
