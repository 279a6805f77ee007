#include "auth/eap_tls_fragments.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/reader.h"

namespace tunppp::auth {
namespace {

// RFC 5216 section 3.1; the others are reserved, and ignored.
constexpr unsigned length_included = 0x80;
constexpr unsigned more_fragments = 0x40;
constexpr unsigned tls_start = 0x20;

}  // namespace

std::optional<EapTlsView> EapTlsView::parse(Bytes data) {
  Reader reader(data);
  const unsigned flags = reader.u8();
  EapTlsView view;
  view.start = (flags & tls_start) != 0;
  view.more = (flags & more_fragments) != 0;
  if ((flags & length_included) != 0) view.length = reader.u32();
  view.part = reader.rest();
  if (!reader.ok()) return std::nullopt;
  return view;
}

std::vector<std::byte> eap_tls_ack() { return {std::byte{0}}; }
std::vector<std::byte> eap_tls_start() { return {std::byte{tls_start}}; }

void EapTlsSender::take(std::vector<std::byte> message) {
  message_ = std::move(message);
  sent_ = 0;
}

/// "The L bit ... MUST be set for the first fragment of a fragmented TLS message", "the M bit ...
/// on all but the last fragment" (section 3.1).
std::vector<std::byte> EapTlsSender::next() {
  const std::size_t rest = message_.size() - sent_;
  const bool whole = sent_ == 0 && rest + 1 <= room_;
  const bool first = sent_ == 0 && !whole;
  const std::size_t head = first ? 5 : 1;
  const std::size_t count = std::min(rest, room_ - head);
  unsigned flags = 0;
  if (first) flags |= length_included;
  if (count < rest) flags |= more_fragments;

  std::vector<std::byte> data{static_cast<std::byte>(flags)};
  for (int shift = 24; first && shift >= 0; shift -= 8) {
    data.push_back(static_cast<std::byte>(message_.size() >> shift & 0xff));
  }
  const auto from = message_.begin() + static_cast<std::ptrdiff_t>(sent_);
  data.insert(data.end(), from, from + static_cast<std::ptrdiff_t>(count));
  sent_ += count;
  return data;
}

EapTlsReceiver::Result EapTlsReceiver::receive(const EapTlsView& view) {
  if (view.length) {
    if (length_ && *length_ != *view.length) return wrong("its length changes on the way");
    length_ = view.length;
  }
  if (view.more && view.part.empty()) return wrong("a fragment is empty");
  const std::size_t size = message_.size() + view.part.size();
  const std::size_t announced = std::max<std::size_t>(size, length_.value_or(0));
  if (announced > eap_tls_message_limit) {
    return wrong(fmt::format("it has {} octets, and {} is the limit", announced,
                             eap_tls_message_limit));
  }
  if (length_ && size > *length_) return wrong("it is longer than it said");
  message_.insert(message_.end(), view.part.begin(), view.part.end());
  if (view.more) return Result::more;
  if (length_ && size < *length_) return wrong("it is shorter than it said");
  return Result::complete;
}

std::vector<std::byte> EapTlsReceiver::take() {
  length_.reset();
  return std::exchange(message_, {});
}

EapTlsReceiver::Result EapTlsReceiver::wrong(std::string words) {
  words_ = "its TLS message is unusable: " + std::move(words);
  message_ = {};
  length_.reset();
  return Result::wrong;
}

}  // namespace tunppp::auth
