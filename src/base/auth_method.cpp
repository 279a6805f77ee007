#include <tunppp/config.h>

#include <algorithm>
#include <array>

namespace tunppp {
namespace {

struct Named {
  std::string_view name;
  AuthMethod method;
};

using enum AuthMethod;
constexpr std::array<Named, 7> names{{
    {"pap", pap},
    {"chap-md5", chap_md5},
    {"mschap", mschap},
    {"mschap-v2", mschap_v2},
    {"eap-md5", eap_md5},
    {"eap-mschap-v2", eap_mschap_v2},
    {"eap-tls", eap_tls},
}};

}  // namespace

std::string_view to_string(AuthMethod method) {
  return names[static_cast<std::size_t>(method)].name;
}

std::optional<AuthMethod> parse_auth_method(std::string_view name) {
  if (name == "chap") return chap_md5;
  const auto found = std::find_if(names.begin(), names.end(),
                                  [=](const Named& one) { return one.name == name; });
  if (found == names.end()) return std::nullopt;
  return found->method;
}

}  // namespace tunppp
