#pragma once

#include "interop/matrix_options.h"
#include "interop/pppd_test.h"

namespace tunppp::test {

/// A guest that has certificates of each kind under /tls, and 200,000 octets in /tmp/data.
class MatrixPeer : public PppdTest {
 protected:
  static void SetUpTestSuite();
  static void TearDownTestSuite();

  /// The same files here: "client-expired.pem", "data".
  static std::string file(const std::string& name) { return folder_->path() / name; }

  /// Which proof each end has.
  struct Proof {
    std::string password = "s3cret";   ///< of the one that dials
    std::string our_certificate = "";  ///< server or client, as we are, if empty
    std::string pppd_certificate = "";
    std::vector<std::string> more_arguments{};  ///< for tunppp
  };
  /// Starts both ends, the one that serves first.
  void start(const MatrixRow& row, const Proof& proof);

 private:
  inline static std::unique_ptr<TempDirectory> folder_;
};

}  // namespace tunppp::test
