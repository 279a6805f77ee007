#include "session/provider_list.h"

#include <fmt/format.h>

#include <algorithm>

#include "session/toml_file.h"

namespace tunppp::session {
namespace {

using std::string_view;

class Reader {
 public:
  explicit Reader(string_view file) : file_(file) {}

  Result<std::vector<ListedProvider>> read(const toml::table& table) {
    std::vector<ListedProvider> providers;
    for (const auto& [key, node] : table)
      if (key.str() != "provider")
        return wrong(node, fmt::format("there is no key {}; a file of providers has [[provider]] "
                                       "tables only",
                                       key.str()));
    const toml::array* const list = table["provider"].as_array();
    if (!list || list->empty())
      return wrong(table, "a file of providers has at least one [[provider]]");
    for (const toml::node& node : *list) {
      ListedProvider provider;
      if (Status status = entry(node, provider)) return *status;
      providers.push_back(std::move(provider));
    }
    return providers;
  }

 private:
  Status entry(const toml::node& node, ListedProvider& into) const {
    const toml::table* const table = node.as_table();
    if (!table) return wrong(node, "provider wants to be a table: [[provider]]");
    const std::pair<string_view, std::string*> keys[] = {
        {"apn", &into.provider.apn},
        {"user", &into.provider.user},
        {"password_file", &into.password_file},
        {"dial", &into.provider.dial_string},
    };
    for (const auto& [key, value] : *table) {
      const string_view name = key.str();
      const auto known = std::find_if(std::begin(keys), std::end(keys),
                                      [&](const auto& it) { return it.first == name; });
      if (known == std::end(keys))
        return wrong(value, fmt::format("there is no key {}; a provider has apn, user, "
                                        "password_file and dial",
                                        name));
      const auto text = value.value_exact<std::string>();
      if (!text) return wrong(value, fmt::format("{} wants a text in quotes", name));
      *known->second = *text;
    }
    if (!into.password_file.empty() && into.provider.user.empty())
      return wrong(node, "a password_file belongs to a user");
    if (into.provider.apn.empty() && into.provider.dial_string.empty())
      return wrong(node, "a provider has an apn, or at least a dial string");
    return {};
  }

  Failure wrong(const toml::node& node, string_view what) const {
    return {EndReason::usage, {}, fmt::format("{}:{}: {}", file_, node.source().begin.line, what)};
  }

  string_view file_;
};

}  // namespace

Result<std::vector<ListedProvider>> parse_provider_list(string_view text, string_view file) {
  const Result<toml::table> table = parse_toml(text, file);
  if (!table) return table.failure();
  return Reader(file).read(*table);
}

}  // namespace tunppp::session
