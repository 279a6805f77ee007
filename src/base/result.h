#pragma once

#include <tunppp/end_reason.h>

#include <cassert>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <variant>

namespace tunppp {

/// What the operating system refused, told in three ways: to the table of exit codes, to the
/// program, and to people.
struct Failure {
  EndReason reason = EndReason::internal_error;
  std::error_code code{};
  std::string text;  ///< one sentence, without a full stop: what was attempted, and why it failed
};

/// What an operation gives that yields nothing but can fail; empty when it went well.
using Status = std::optional<Failure>;

/// A value, or why there is none.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : outcome_(std::in_place_index<0>, std::move(value)) {}
  Result(Failure failure) : outcome_(std::in_place_index<1>, std::move(failure)) {}

  explicit operator bool() const { return outcome_.index() == 0; }
  T& operator*() { return *value(); }
  const T& operator*() const { return *value(); }
  T* operator->() { return value(); }
  const T* operator->() const { return value(); }
  const Failure& failure() const {
    assert(outcome_.index() == 1);
    return *std::get_if<1>(&outcome_);
  }

 private:
  T* value() {
    assert(outcome_.index() == 0);
    return std::get_if<0>(&outcome_);
  }
  const T* value() const {
    assert(outcome_.index() == 0);
    return std::get_if<0>(&outcome_);
  }

  std::variant<T, Failure> outcome_;
};

}  // namespace tunppp
