#include <array>

#include "modem/profile_common.h"
#include "modem/profiles_huawei.h"
#include "modem/profiles_quectel.h"
#include "modem/profiles_sierra.h"
#include "modem/profiles_simcom.h"
#include "modem/profiles_telit.h"
#include "modem/profiles_ublox.h"

namespace tunppp::modem {
namespace {

constexpr auto all = std::to_array<Profile>({
    generic,        quectel_ec25,   quectel_ec200,  quectel_bg95,  quectel_rm500q,
    simcom_sim7600, simcom_sim7080, simcom_sim7000, simcom_sim800, huawei,
    ublox_toby_l2,  ublox_sara_u2,  ublox_sara_r4,  ublox_sara_r5, ublox_lara_r6,
    telit_le910,    telit_me910,    sierra_mc74xx,  sierra_hl78,
});

}  // namespace

std::span<const Profile> profiles() {
  return all;
}

}  // namespace tunppp::modem
