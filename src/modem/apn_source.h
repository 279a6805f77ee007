#pragma once

#include <tunppp/secret.h>

#include <optional>
#include <string>
#include <string_view>

namespace tunppp::modem {

/// How the subscribers of one network get to the internet.
struct NetworkAccess {
  std::string name;  ///< of the provider, for people
  std::string apn;
  std::string user;
  Secret password;
};

/// Who knows the APN of a SIM when nobody has given one.
class ApnSource {
 public:
  /// `imsi`: 6 to 15 digits, of which the first five or six tell the network. They name a person,
  /// and are to be shown to nobody.
  virtual std::optional<NetworkAccess> access_of(std::string_view imsi) = 0;

 protected:
  ~ApnSource() = default;
};

}  // namespace tunppp::modem
