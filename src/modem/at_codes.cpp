#include "modem/at_codes.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>

#include "modem/at_fields.h"

namespace tunppp::modem {
namespace {

struct Word {
  std::string_view line;
  FinalCode code;
};

constexpr auto words = std::to_array<Word>({
    {"OK", FinalCode::ok},
    {"ERROR", FinalCode::error},
    {"NO CARRIER", FinalCode::no_carrier},
    {"NO ANSWER", FinalCode::no_answer},
    {"NO DIALTONE", FinalCode::no_dialtone},
    {"NO DIAL TONE", FinalCode::no_dialtone},
    {"BUSY", FinalCode::busy},
    {">", FinalCode::prompt},
});

// What follows these does not change what they mean.
constexpr auto beginnings = std::to_array<Word>({
    {"CONNECT", FinalCode::connect},
    {"+CME ERROR", FinalCode::cme_error},
    {"+CMS ERROR", FinalCode::cms_error},
    {"MODEM ERROR:", FinalCode::error},
    {"COMMAND NOT SUPPORT", FinalCode::not_supported},
    {"DELAYED", FinalCode::delayed},
});

// V.250 section 5.7.1, the numeric form.
constexpr auto digits = std::to_array<Word>({
    {"0", FinalCode::ok},
    {"1", FinalCode::connect},
    {"3", FinalCode::no_carrier},
    {"4", FinalCode::error},
    {"6", FinalCode::no_dialtone},
    {"7", FinalCode::busy},
    {"8", FinalCode::no_answer},
});

struct Meaning {
  int number;
  std::string_view words;
};

// 3GPP TS 27.007 section 9.2. The words are the standard's where modems print them (AT+CMEE=2), so
// that the text form can be turned into the number.
constexpr auto cme_meanings = std::to_array<Meaning>({
    {0, "phone failure"},
    {1, "no connection to phone"},
    {2, "phone-adaptor link reserved"},
    {3, "operation not allowed"},
    {4, "operation not supported"},
    {5, "PH-SIM PIN required"},
    {6, "PH-FSIM PIN required"},
    {7, "PH-FSIM PUK required"},
    {10, "SIM not inserted"},
    {11, "SIM PIN required"},
    {12, "SIM PUK required"},
    {13, "SIM failure"},
    {14, "SIM busy"},
    {15, "SIM wrong"},
    {16, "incorrect password"},
    {17, "SIM PIN2 required"},
    {18, "SIM PUK2 required"},
    {20, "memory full"},
    {21, "invalid index"},
    {22, "not found"},
    {23, "memory failure"},
    {24, "text string too long"},
    {25, "invalid characters in text string"},
    {26, "dial string too long"},
    {27, "invalid characters in dial string"},
    {30, "no network service"},
    {31, "network timeout"},
    {32, "network not allowed - emergency calls only"},
    {40, "network personalization PIN required"},
    {41, "network personalization PUK required"},
    {42, "network subset personalization PIN required"},
    {43, "network subset personalization PUK required"},
    {44, "service provider personalization PIN required"},
    {45, "service provider personalization PUK required"},
    {46, "corporate personalization PIN required"},
    {47, "corporate personalization PUK required"},
    {48, "hidden key required"},
    {50, "incorrect parameters"},
    {51, "command implemented but currently disabled"},
    {52, "command aborted by user"},
    {53, "not attached to network"},
    {54, "not allowed - emergency calls only"},
    {55, "not allowed - restricted"},
    {57, "temporarily out of service"},
    {60, "system failure"},
    {62, "barred"},
    {100, "unknown"},
    {103, "illegal UE: the network refuses this SIM"},
    {105, "the network refuses this IMEI"},
    {106, "illegal ME: the network refuses this device"},
    {107, "packet service not allowed"},
    {111, "this operator's network is not allowed"},
    {112, "location area not allowed"},
    {113, "roaming not allowed in this location area"},
    {114, "packet service not allowed in this operator's network"},
    {115, "no suitable cells in this location area"},
    {122, "congestion"},
    {126, "insufficient resources"},
    {127, "APN missing or unknown"},
    {128, "PDP type unknown"},
    {129, "user authentication failed"},
    {130, "activation rejected by the gateway"},
    {131, "activation rejected, unspecified"},
    {132, "service option not supported"},
    {133, "service option not subscribed: wrong APN or plan"},
    {134, "service option temporarily out of order"},
    {148, "unspecified packet service error"},
    {149, "PDP authentication failure"},
    {150, "invalid mobile class"},
    {177, "barred by the operator"},
    {179, "APN not supported in this network"},
    {192, "only IPv4 is allowed"},
    {193, "only IPv6 is allowed"},
});

// 3GPP TS 27.005 section 3.2.5.
constexpr auto cms_meanings = std::to_array<Meaning>({
    {300, "ME failure"},
    {301, "SMS service of ME reserved"},
    {302, "operation not allowed"},
    {303, "operation not supported"},
    {304, "invalid PDU mode parameter"},
    {305, "invalid text mode parameter"},
    {310, "SIM not inserted"},
    {311, "SIM PIN required"},
    {312, "PH-SIM PIN required"},
    {313, "SIM failure"},
    {314, "SIM busy"},
    {315, "SIM wrong"},
    {316, "SIM PUK required"},
    {317, "SIM PIN2 required"},
    {318, "SIM PUK2 required"},
    {320, "memory failure"},
    {321, "invalid memory index"},
    {322, "memory full"},
    {330, "SMSC address unknown"},
    {331, "no network service"},
    {332, "network timeout"},
    {340, "no +CNMA acknowledgement expected"},
    {500, "unknown error"},
});

std::string_view words_of(std::span<const Meaning> meanings, int number) {
  for (const Meaning& meaning : meanings)
    if (meaning.number == number) return meaning.words;
  return {};
}

/// The number after the colon, or of the text that stands there.
std::optional<int> number_of(std::string_view line, std::span<const Meaning> meanings) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const std::string_view rest = trim(line.substr(colon + 1));
  if (auto number = to_int(rest)) return number;
  for (const Meaning& meaning : meanings)
    if (equal_ignoring_case(meaning.words, rest)) return meaning.number;
  return std::nullopt;
}

/// "CONNECTED" is another word than CONNECT.
bool goes_on(std::string_view line, std::string_view word) {
  if (word != "CONNECT" || line.size() == word.size()) return false;
  const char next = line[word.size()];
  return (next >= 'A' && next <= 'Z') || (next >= 'a' && next <= 'z');
}

std::string_view plain_words(FinalCode code) {
  switch (code) {
    case FinalCode::ok:
      return "OK";
    case FinalCode::connect:
      return "connected";
    case FinalCode::error:
      return "refused";
    case FinalCode::cme_error:
      return "refused by the modem";
    case FinalCode::cms_error:
      return "refused by the message service";
    case FinalCode::not_supported:
      return "not supported";
    case FinalCode::no_carrier:
      return "no connection";
    case FinalCode::no_answer:
      return "no answer";
    case FinalCode::no_dialtone:
      return "no dial tone";
    case FinalCode::busy:
      return "busy";
    case FinalCode::delayed:
      return "delayed: the modem must wait before it dials again";
    case FinalCode::prompt:
      return "the modem waits for text";
    case FinalCode::timeout:
      return "no answer in time";
  }
  return {};
}

constexpr auto spontaneous = std::to_array<std::string_view>({
    "RDY",
    "RING",
    "READY",
    "APP RDY",
    "Call Ready",
    "SMS Ready",
    "SMS READY",
    "SMS DONE",
    "PB DONE",
    "POWERED DOWN",
    "NORMAL POWER DOWN",
    "UNDER-VOLTAGE WARNING",
    "OVER-VOLTAGE WARNING",
});

}  // namespace

bool is_call_result(FinalCode code) {
  switch (code) {
    case FinalCode::connect:
    case FinalCode::no_carrier:
    case FinalCode::no_answer:
    case FinalCode::no_dialtone:
    case FinalCode::busy:
    case FinalCode::delayed:
      return true;
    default:
      return false;
  }
}

std::optional<FinalResult> parse_final(std::string_view line, ResultForm form) {
  line = trim(line);
  for (const Word& word : words)
    if (line == word.line) return FinalResult{word.code, std::nullopt, std::string(line)};
  for (const Word& word : beginnings) {
    if (!line.starts_with(word.line) || goes_on(line, word.line)) continue;
    FinalResult result{word.code, std::nullopt, std::string(line)};
    if (word.code == FinalCode::cme_error) result.number = number_of(line, cme_meanings);
    if (word.code == FinalCode::cms_error) result.number = number_of(line, cms_meanings);
    return result;
  }
  if (form == ResultForm::words) return std::nullopt;
  for (const Word& digit : digits)
    if (line == digit.line) return FinalResult{digit.code, std::nullopt, std::string(line)};
  return std::nullopt;
}

std::string in_words(const FinalResult& result) {
  std::string_view meaning;
  if (result.number && result.code == FinalCode::cme_error) meaning = cme_words(*result.number);
  if (result.number && result.code == FinalCode::cms_error) meaning = cms_words(*result.number);
  if (meaning.empty()) meaning = plain_words(result.code);
  if (result.text.empty()) return std::string(meaning);
  return fmt::format("{} ({})", meaning, result.text);
}

std::string_view cme_words(int number) {
  return words_of(cme_meanings, number);
}
std::string_view cms_words(int number) {
  return words_of(cms_meanings, number);
}

bool looks_unsolicited(std::string_view line) {
  line = trim(line);
  if (line.empty()) return false;
  // Every vendor's own codes begin with one of these; names and serial numbers do not.
  if (std::string_view("+^*#$%!&").find(line.front()) != std::string_view::npos) return true;
  return std::find(spontaneous.begin(), spontaneous.end(), line) != spontaneous.end() ||
         line.starts_with("NO CARRIER") || line.starts_with("DST:");
}

}  // namespace tunppp::modem
