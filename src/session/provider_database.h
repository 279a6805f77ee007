#pragma once

#include <tunppp/dialer.h>

#include "modem/apn_source.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tunppp::session {

/// A provider that the database lists, and what it is called.
struct KnownProvider {
  std::string name;
  Provider provider;
};

/// Searches the file of mobile-broadband-provider-info for the network of one SIM, while it is read
/// piece by piece: nothing but what was found is kept. APNs for internet access only; where nothing
/// is said about its use, an APN counts as one.
class ProviderSearch {
 public:
  /// So many attempts are enough: many resellers share a network, and most of them its APNs.
  static constexpr std::size_t max_found = 8;

  explicit ProviderSearch(std::string_view imsi);
  ~ProviderSearch();
  ProviderSearch(const ProviderSearch&) = delete;
  ProviderSearch& operator=(const ProviderSearch&) = delete;

  /// False when this is no such file; nothing more is taken then.
  bool feed(std::string_view piece, bool last);
  /// In the order of the file. Where both a network of five digits and one of six fit, the six
  /// count.
  const std::vector<KnownProvider>& found() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The file, asked once a session at most.
class ProviderDatabase final : public modem::ApnSource {
 public:
  /// `path` may be empty, or name nothing: then nothing is installed.
  explicit ProviderDatabase(std::string path) : path_(std::move(path)) {}

  bool installed() const;
  std::optional<modem::NetworkAccess> access_of(std::string_view imsi) override;
  /// All that was found, in order; empty before it was asked.
  std::vector<Provider> found() const;

 private:
  std::string path_;
  std::vector<KnownProvider> found_;
};

}  // namespace tunppp::session
