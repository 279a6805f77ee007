#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "modem/registration.h"

namespace tunppp::modem {

/// What a modem tells by itself and what matters to a connection under way.
struct NetworkNews {
  enum class Kind {
    none,
    registration,  ///< +CREG and its like: `state`, `cell`, `radio`
    bearer_lost,   ///< +CGEV: NW DEACT and its like, NO CARRIER
    rebooted,      ///< RDY, POWERED DOWN and their like
  };
  Kind kind = Kind::none;
  std::string_view command{};  ///< of registration: "+CEREG"; a part of the line
  RegistrationState state = RegistrationState::unknown;
  std::string cell{};        ///< area and cell: "5A1E/0B28C9EC"
  std::string_view radio{};  ///< "LTE"; empty: not told
};

/// `cid` is the context whose bearer matters; another one may come and go.
NetworkNews read_news(std::string_view line, unsigned cid);

/// The same fields of an answer: "<n>,<stat>[,<area>,<cell>[,<AcT>...]]".
NetworkNews read_registration(std::string_view answer);

/// <AcT> of TS 27.007 section 7.2: 7 is "LTE". Empty for what nobody has described.
std::string_view radio_words(int access_technology);

/// Whether "<cid>,<state>", an answer's line to AT+CGACT?, tells of this context, and whether it is
/// active; nullopt: of another one.
std::optional<bool> read_activation(std::string_view answer, unsigned cid);

/// dBm of "<rssi>,<ber>", the answer to AT+CSQ (TS 27.007 section 8.5); nullopt: not known.
std::optional<int> read_rssi(std::string_view answer);

}  // namespace tunppp::modem
