#include "session/profile_writer.h"

#include <fmt/format.h>

#include <chrono>
#include <span>
#include <string_view>

#include "session/profile_names.h"

namespace tunppp::session {
namespace {

using std::string_view;

/// Literal, since commands are full of quotes; a basic string where an apostrophe forbids that.
std::string quoted(string_view text) {
  if (text.find('\'') == text.npos) return fmt::format("'{}'", text);
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

std::string list(std::span<const string_view> texts) {
  std::string out;
  for (const string_view text : texts) {
    if (!out.empty()) out += ", ";
    out += quoted(text);
  }
  return "[" + out + "]";
}

class Writer {
 public:
  void text(string_view key, string_view value) { line(key, quoted(value)); }
  void texts(string_view key, std::span<const string_view> values) { line(key, list(values)); }
  void line(string_view key, string_view value) { out += fmt::format("{} = {}\n", key, value); }
  void number(string_view key, long long value) { line(key, std::to_string(value)); }
  void flag(string_view key, bool value) { line(key, value ? "true" : "false"); }
  void table(string_view name) { out += fmt::format("\n[{}]\n", name); }
  void item(string_view name) { out += fmt::format("\n[[{}]]\n", name); }

  std::string out;
};

std::string ports_of(const modem::UsbIdentity& usb) {
  std::string ports;
  for (const modem::UsbPort& port : usb.ports)
    ports += fmt::format("{}{} = '{}'", ports.empty() ? "" : ", ", port.interface_number,
                         port_role_names[static_cast<std::size_t>(port.role)]);
  return "{ " + ports + " }";
}

void write_commands(Writer& to, const modem::Profile& profile) {
  to.texts("init", profile.init);
  to.texts("identify", profile.identify);
  to.texts("set_up", profile.set_up);
  to.text("pin_retries", profile.pin_retries.command);
  to.number("pin_retries_field", static_cast<long long>(profile.pin_retries.field));
  to.text("sim_number", profile.sim_number.command);
  to.text("sim_number_prefix", profile.sim_number.prefix);
  to.text("context", profile.context.command);
  to.texts("context_pdp_words", profile.context.pdp_words);
  to.text("authenticate", profile.authenticate.command);
  to.texts("authenticate_pdp_words", profile.authenticate.pdp_words);
  to.texts("authenticate_auth_words", profile.authenticate.auth_words);
  to.text("cell", profile.cell);
  to.texts("before_dial", profile.before_dial);
  to.text("dial", profile.dial);
  to.text("hang_up", profile.hang_up);
  to.text("power_off", profile.power_off);
}

void write_cmux(Writer& to, const modem::CmuxParameters& cmux) {
  to.table("cmux");
  to.text("command", cmux.command);
  to.number("frame_size", static_cast<long long>(cmux.frame_size));
  to.number("settle", std::chrono::duration_cast<std::chrono::milliseconds>(cmux.settle).count());
  to.flag("negotiate", cmux.negotiate);
  to.flag("disconnect", cmux.disconnect);
}

void write_lists(Writer& to, const modem::Profile& profile) {
  for (const modem::UsbIdentity& usb : profile.usb) {
    to.item("usb");
    to.text("id", fmt::format("{:04x}:{:04x}", usb.vendor, usb.product));
    to.text("name", usb.name);
    if (!usb.ports.empty()) to.line("ports", ports_of(usb));
  }
  for (const modem::RegistrationQuery& query : profile.registration) {
    to.item("registration");
    to.text("enable", query.enable);
    to.text("query", query.query);
    to.text("domain", query.domain);
    to.flag("packet", query.packet);
  }
  for (const modem::QuirkNote& note : profile.quirks) {
    to.item("quirk");
    to.text("name", modem::info(note.quirk).name);
    to.text("what", note.what);
    to.text("source", note.source);
  }
}

}  // namespace

std::string write_profile(const modem::Profile& profile) {
  Writer to;
  to.text("name", profile.name);
  to.text("description", profile.description);
  to.texts("models", profile.models);
  to.line("boot_wait", fmt::format("{}", std::chrono::duration<double>(profile.boot_wait).count()));
  write_commands(to, profile);
  to.table("radio");
  for (const RadioKey& key : radio_keys)
    if (const string_view command = profile.radio.*key.command; !command.empty())
      to.text(key.name, command);
  write_cmux(to, profile.cmux);
  write_lists(to, profile);
  return to.out;
}

}  // namespace tunppp::session
