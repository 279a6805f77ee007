#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "support/process.h"

namespace tunppp::doctor {

/// Unpacks with the machine's own tar.
inline void unpack(const std::string& archive, const std::filesystem::path& directory) {
  const std::filesystem::path file = directory.string() + ".tar";
  std::ofstream(file, std::ios::binary) << archive;
  std::filesystem::create_directories(directory);
  test::Process tar({"tar", "-x", "-f", file.string(), "-C", directory.string()});
  EXPECT_EQ(tar.wait(), test::exited(0)) << tar.err();
  EXPECT_EQ(tar.err(), "");
  std::filesystem::remove(file);
}

}  // namespace tunppp::doctor
