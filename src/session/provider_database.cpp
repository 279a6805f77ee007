#include "session/provider_database.h"

#include <expat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>

namespace tunppp::session {
namespace {

using std::string_view;

/// No value in the file is longer; of a longer one the rest is left out.
constexpr std::size_t max_text = 128;

bool is_printable(char c) {
  return c > ' ' && c < 0x7f && c != '"';
}

/// What can stand in an AT command, between quotes.
bool is_usable(const Provider& provider) {
  const auto fits = [](string_view text) {
    return std::all_of(text.begin(), text.end(), is_printable);
  };
  return !provider.apn.empty() && fits(provider.apn) && fits(provider.user);
}

string_view attribute(const XML_Char** attributes, string_view name) {
  for (; *attributes; attributes += 2)
    if (attributes[0] == name) return attributes[1];
  return {};
}

string_view trimmed(string_view text) {
  constexpr string_view blanks = " \t\r\n";
  const std::size_t first = text.find_first_not_of(blanks);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

}  // namespace

// The file: provider > name, gsm > network-id, apn > name, usage, username, password.
struct ProviderSearch::State {
  explicit State(string_view wanted) : parser(XML_ParserCreate(nullptr)), imsi(wanted) {
    XML_SetUserData(parser, this);
    XML_SetElementHandler(parser, begin, end);
    XML_SetCharacterDataHandler(parser, characters);
    XML_SetEntityDeclHandler(parser, entity);
  }
  ~State() { XML_ParserFree(parser); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  static State& of(void* data) { return *static_cast<State*>(data); }

  static void XMLCALL begin(void* data, const XML_Char* name, const XML_Char** attributes) {
    State& state = of(data);
    const string_view element = name;
    state.text.clear();
    if (element == "provider") {
      state.provider = {};
    } else if (element == "network-id") {
      state.network(attribute(attributes, "mcc"), attribute(attributes, "mnc"));
    } else if (element == "apn") {
      state.in_apn = true;
      state.internet = true;
      state.access = {};
      state.access.apn = attribute(attributes, "value");
    } else if (element == "usage" && state.in_apn) {
      state.internet = attribute(attributes, "type") == "internet";
    }
  }

  static void XMLCALL end(void* data, const XML_Char* name) {
    State& state = of(data);
    const string_view element = name;
    const string_view text = trimmed(state.text);
    if (element == "name" && !state.in_apn) {
      // In several languages, perhaps; the first is the provider's own.
      if (state.provider.name.empty()) state.provider.name = text;
    } else if (element == "username" && state.in_apn) {
      state.access.user = text;
    } else if (element == "password" && state.in_apn) {
      state.access.password = Secret(text);
    } else if (element == "apn") {
      state.in_apn = false;
      if (state.internet) state.provider.add(std::move(state.access));
    } else if (element == "gsm" || element == "provider") {
      state.take_over();
    }
    state.text.clear();
  }

  static void XMLCALL characters(void* data, const XML_Char* text, int size) {
    State& state = of(data);
    const std::size_t room = max_text - std::min(max_text, state.text.size());
    state.text.append(text, std::min(room, static_cast<std::size_t>(size)));
  }

  /// The file has none, and entities of entities could fill the memory.
  static void XMLCALL entity(void* data, const XML_Char*, int, const XML_Char*, int,
                             const XML_Char*, const XML_Char*, const XML_Char*, const XML_Char*) {
    XML_StopParser(of(data).parser, XML_FALSE);
  }

  void network(string_view mcc, string_view mnc) {
    if (mcc.size() != 3 || mnc.size() < 2 || mnc.size() > 3) return;
    if (!imsi.starts_with(mcc) || !string_view(imsi).substr(3).starts_with(mnc)) return;
    provider.digits = std::max(provider.digits, mcc.size() + mnc.size());
  }

  void take_over() {
    if (provider.digits > digits) found.clear();
    if (provider.digits > 0 && provider.digits >= digits) {
      digits = provider.digits;
      for (Provider& it : provider.accesses) keep(std::move(it));
    }
    provider.accesses.clear();
    provider.digits = 0;
  }

  void keep(Provider it) {
    const bool known = std::any_of(found.begin(), found.end(), [&](const KnownProvider& other) {
      return other.provider.apn == it.apn && other.provider.user == it.user;
    });
    if (known || found.size() == max_found || !is_usable(it)) return;
    found.push_back({provider.name, std::move(it)});
  }

  XML_Parser parser;
  std::string imsi;
  std::string text;
  /// The one that is being read.
  struct {
    std::string name;
    std::size_t digits = 0;  ///< of the IMSI that are its network's; 0: another network
    std::vector<Provider> accesses;

    void add(Provider access) {
      if (accesses.size() < max_found) accesses.push_back(std::move(access));
    }
  } provider;
  Provider access;
  bool in_apn = false;
  bool internet = true;
  std::size_t digits = 0;  ///< of the IMSI, by which those in `found` were found
  std::vector<KnownProvider> found;
};

ProviderSearch::ProviderSearch(string_view imsi) : state_(std::make_unique<State>(imsi)) {}
ProviderSearch::~ProviderSearch() = default;

bool ProviderSearch::feed(string_view piece, bool last) {
  return XML_Parse(state_->parser, piece.data(), static_cast<int>(piece.size()), last) ==
         XML_STATUS_OK;
}

const std::vector<KnownProvider>& ProviderSearch::found() const {
  return state_->found;
}

bool ProviderDatabase::installed() const {
  return !path_.empty() && ::access(path_.c_str(), R_OK) == 0;
}

std::optional<modem::NetworkAccess> ProviderDatabase::access_of(string_view imsi) {
  std::ifstream file(path_, std::ios::binary);
  ProviderSearch search(imsi);
  std::array<char, 16 * 1024> piece;
  bool last = false;
  while (!last) {
    file.read(piece.data(), piece.size());
    last = !file;
    if (!search.feed({piece.data(), static_cast<std::size_t>(file.gcount())}, last)) break;
  }
  found_ = search.found();
  if (found_.empty()) return std::nullopt;
  const KnownProvider& first = found_.front();
  return modem::NetworkAccess{first.name, first.provider.apn, first.provider.user,
                              first.provider.password.value_or(Secret())};
}

std::vector<Provider> ProviderDatabase::found() const {
  std::vector<Provider> providers;
  for (const KnownProvider& it : found_) providers.push_back(it.provider);
  return providers;
}

}  // namespace tunppp::session
