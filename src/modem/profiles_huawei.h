#pragma once

#include <array>

#include "modem/profile_common.h"

namespace tunppp::modem {

// MM: the roles stand in the descriptors.
inline constexpr auto huawei_usb = std::to_array<UsbIdentity>({
    {0x12d1, 0x1573, "ME909u", {}},
    {0x12d1, 0x1506, "E3372", {}},
    {0x12d1, 0x1442, "E3372", {}},
});
inline constexpr auto huawei_models =
    std::to_array<string_view>({"E3372", "E3272", "ME909", "ME906"});

// MM: ^CPIN: <state>,<tries>,<PUK>,<PIN>,<PUK2>,<PIN2>
inline constexpr PinRetries huawei_pin_retries{"AT^CPIN?", 3};
// <order of radios>,<bands>,<roaming>,<domain>,<LTE bands>: all bands, roaming, both domains.
inline constexpr RadioCommands huawei_radio{
    .automatic = R"(AT^SYSCFGEX="00",3FFFFFFF,1,2,7FFFFFFFFFFFFFFF,,)",
    .gsm = R"(AT^SYSCFGEX="01",3FFFFFFF,1,2,7FFFFFFFFFFFFFFF,,)",
    .umts = R"(AT^SYSCFGEX="02",3FFFFFFF,1,2,7FFFFFFFFFFFFFFF,,)",
    .lte = R"(AT^SYSCFGEX="03",3FFFFFFF,1,2,7FFFFFFFFFFFFFFF,,)"};
inline constexpr auto huawei_quirks = std::to_array<QuirkNote>({
    {Quirk::ports_not_listed,
     "Subclass and protocol tell the roles: xx/01 modem, xx/02 AT. AT^GETPORTMODE would tell them, "
     "too, but MU609 does not survive it.",
     source::modem_manager},
    {Quirk::authenticates_in_ppp_only, "AT^NDISDUP takes them, for its network interface only.",
     source::modem_manager},
    {Quirk::no_power_off, "The sticks have none.", "Huawei E3372 in stick mode"},
});

inline constexpr Profile huawei = [] {
  Profile profile = like(generic, "huawei", "Huawei E3372 (stick mode), ME909", huawei_usb,
                         huawei_models, seconds(5));
  profile.sim_number = {"AT^ICCID?", "^ICCID:"};
  profile.authenticate = {};  // ^NDISDUP is not for PPP
  profile.pin_retries = huawei_pin_retries;
  profile.radio = huawei_radio;
  profile.cell = "AT^HCSQ?";
  profile.quirks = huawei_quirks;
  return profile;
}();

}  // namespace tunppp::modem
