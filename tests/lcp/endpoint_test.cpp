// Endpoint discriminators by class (RFC 1990 section 5.1.3), and how people write them.
#include <gtest/gtest.h>
#include <tunppp/config.h>

#include "base/octets.h"

namespace tunppp::test {
namespace {

using Class = EndpointDiscriminator::Class;

EndpointDiscriminator endpoint(unsigned kind, std::size_t size) {
  return {static_cast<Class>(kind), Octets(size, std::byte{'7'})};
}

TEST(Endpoint, IsValidAsItsClassSays) {
  // From the RFC: null has length 0, local at most 20, IP 4, MAC 6, magic numbers at most 20 in
  // blocks of 4, a telephone number at most 15.
  for (std::size_t size = 0; size <= 24; ++size) {
    SCOPED_TRACE(size);
    EXPECT_EQ(is_valid(endpoint(0, size)), size == 0);
    EXPECT_EQ(is_valid(endpoint(1, size)), size >= 1 && size <= 20);
    EXPECT_EQ(is_valid(endpoint(2, size)), size == 4);
    EXPECT_EQ(is_valid(endpoint(3, size)), size == 6);
    EXPECT_EQ(is_valid(endpoint(4, size)),
              size == 4 || size == 8 || size == 12 || size == 16 || size == 20);
    EXPECT_EQ(is_valid(endpoint(5, size)), size >= 1 && size <= 15);
    EXPECT_FALSE(is_valid(endpoint(6, size)));
    EXPECT_FALSE(is_valid(endpoint(255, size)));
  }
}

TEST(Endpoint, ReadsBackWhatItWrites) {
  for (const char* text : {"null", "local:61.62", "IP:192.0.2.1", "MAC:00:00:5e:00:53:01",
                           "magic:01.02.03.04", "phone:15551234"}) {
    const auto parsed = parse_endpoint(text);
    ASSERT_TRUE(parsed) << text;
    EXPECT_TRUE(is_valid(*parsed));
    EXPECT_EQ(to_string(*parsed), text);
  }
  EXPECT_EQ(parse_endpoint("MAC:00:00:5e:00:53:01")->address, octets({0, 0, 0x5e, 0, 0x53, 1}));
  EXPECT_EQ(parse_endpoint("phone:155")->address, octets("155"));
}

TEST(Endpoint, RefusesWhatIsNone) {
  for (const char* text :
       {"", "nul", "null:", "null:1", "IP", "IP:", "IP:1.2.3", "IP:1.2.3.4.5", "IP:1.2.3.256",
        "IP:1.2.3.x", "IP:1..2.3", "MAC:1:2:3:4:5", "MAC:00:00:5e:00:53:100", "magic:1.2.3",
        "phone:", "phone:12a", "phone:1234567890123456", "local:", "local:61.", "tel:1",
        "local:1.2.3.4.5.6.7.8.9.a.b.c.d.e.f.1.2.3.4.5.6"}) {
    EXPECT_FALSE(parse_endpoint(text)) << text;
  }
}

}  // namespace
}  // namespace tunppp::test
