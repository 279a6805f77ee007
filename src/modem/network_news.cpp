#include "modem/network_news.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "modem/at_fields.h"

namespace tunppp::modem {
namespace {

/// Only what no modem says except when it starts or stops; "SMS DONE" may come a minute later.
constexpr auto reboot_codes = std::to_array<std::string_view>({
    "RDY",                // Quectel, SIMCom
    "APP RDY",            // Quectel BG95
    "^BOOT",              // Huawei
    "POWERED DOWN",       // Quectel
    "NORMAL POWER DOWN",  // SIMCom
});

/// What the network or the modem do to a bearer (TS 27.007 section 10.1.19).
constexpr auto detach_codes =
    std::to_array<std::string_view>({"NW DETACH", "ME DETACH"});
constexpr auto own_deactivation_codes =
    std::to_array<std::string_view>({"NW PDN DEACT", "ME PDN DEACT"});
constexpr auto deactivation_codes = std::to_array<std::string_view>({"NW DEACT", "ME DEACT"});

template <class Codes>
std::optional<std::string_view> after(std::string_view text, const Codes& codes) {
  for (const std::string_view code : codes)
    if (starts_with_ignoring_case(text, code)) return trim(text.substr(code.size()));
  return std::nullopt;
}

bool is(std::optional<int> number, unsigned cid) {
  return number && *number >= 0 && static_cast<unsigned>(*number) == cid;
}

/// "<PDP_type>,<PDP_addr>[,<cid>]", or since Release 8 "<p_cid>,<cid>,<event_type>". One that is not
/// named can only be ours.
bool is_our_deactivation(std::string_view list, unsigned cid) {
  const std::size_t count = field_count(list);
  if (to_int(field(list, 0))) return is(to_int(field(list, count > 1 ? 1 : 0)), cid);
  return count < 3 || is(to_int(field(list, 2)), cid);
}

bool is_bearer_loss(std::string_view event, unsigned cid) {
  if (after(event, detach_codes)) return true;
  if (const auto list = after(event, own_deactivation_codes))
    return is(to_int(field(*list, 0)), cid);
  if (const auto list = after(event, deactivation_codes)) return is_our_deactivation(*list, cid);
  return false;
}

bool is_reboot(std::string_view line) {
  return std::any_of(reboot_codes.begin(), reboot_codes.end(), [line](std::string_view code) {
    return equal_ignoring_case(line, code);
  });
}

/// One or two digits are a state; an area code has four, in quotes or not.
bool is_state(std::string_view text) { return text.size() <= 2 && to_int(text).has_value(); }

}  // namespace

NetworkNews read_registration(std::string_view answer) {
  NetworkNews news{.kind = NetworkNews::Kind::registration, .state = parse_registration(answer)};
  const std::string_view area = field(answer, 2);
  const std::string_view cell = field(answer, 3);
  if (!area.empty() && !cell.empty()) news.cell = fmt::format("{}/{}", area, cell);
  if (const auto technology = to_int(field(answer, 4))) news.radio = radio_words(*technology);
  return news;
}

NetworkNews read_news(std::string_view line, unsigned cid) {
  line = trim(line);
  if (equal_ignoring_case(line, "NO CARRIER")) return {.kind = NetworkNews::Kind::bearer_lost};
  if (is_reboot(line)) return {.kind = NetworkNews::Kind::rebooted};
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return {};
  const std::string_view code = line.substr(0, colon);
  const std::string_view rest = trim(line.substr(colon + 1));
  if (equal_ignoring_case(code, "+CGEV") && is_bearer_loss(rest, cid))
    return {.kind = NetworkNews::Kind::bearer_lost};
  if (!is_registration_code(code) || !is_state(field(rest, 0))) return {};
  // An answer that came too late has <n> before it.
  NetworkNews news = is_state(field(rest, 1)) ? read_registration(rest)
                                              : read_registration(fmt::format("0,{}", rest));
  news.command = code;
  return news;
}

std::string_view radio_words(int access_technology) {
  constexpr auto words = std::to_array<std::string_view>(
      {"GSM", "GSM", "UMTS", "EDGE", "HSDPA", "HSUPA", "HSPA", "LTE", "EC-GSM", "NB-IoT", "LTE",
       "NR", "NR", "LTE+NR"});
  if (access_technology < 0 || static_cast<std::size_t>(access_technology) >= words.size())
    return {};
  return words[static_cast<std::size_t>(access_technology)];
}

std::optional<bool> read_activation(std::string_view answer, unsigned cid) {
  if (!is(to_int(field(answer, 0)), cid)) return std::nullopt;
  const auto state = to_int(field(answer, 1));
  if (!state) return std::nullopt;
  return *state == 1;
}

std::optional<int> read_rssi(std::string_view answer) {
  const auto value = to_int(field(answer, 0));
  if (!value || *value < 0 || *value > 31) return std::nullopt;
  return -113 + 2 * *value;
}

}  // namespace tunppp::modem
