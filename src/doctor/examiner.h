#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "doctor/examine.h"
#include "doctor/heard.h"
#include "doctor/live.h"
#include "modem/step.h"

namespace tunppp::doctor {

/// What the parts of a live examination share.
struct Examiner {
  /// After so long nothing more is asked, so that the last command still ends in time.
  static constexpr Duration asking_time = std::chrono::seconds(20);
  /// Through a session: others' commands come first.
  static constexpr Duration lent_patience = std::chrono::seconds(6);

  modem::DialContext dial;
  LiveOptions options;
  HeardOctets heard;
  LiveOutcome outcome;
  Instant began{};
  bool gave_up = false;                ///< it answers no more
  std::vector<std::string> restoring;  ///< what puts back the settings that were changed

  void find(Cause cause, std::vector<Evidence> seen, Values values = {}) {
    values.emplace("tty", options.tty);
    outcome.findings.push_back(make_finding(cause, std::move(seen), values));
  }
  void tell(std::string name, std::string value) {
    if (!value.empty()) outcome.facts.push_back({std::move(name), std::move(value)});
  }
  bool may_ask() { return !gave_up && dial.talk.at.now() - began < asking_time; }
};

struct Asked {
  modem::Answer answer;
  Evidence seen;  ///< {"AT+CPIN?", "+CPIN: SIM PIN"}
};
modem::Task<Asked> ask(Examiner& examiner, std::string_view text, modem::AnswerForm form);

/// Whether the modem answers AT, in the end; why not is found.
modem::Task<bool> reach(Examiner& examiner);
/// It answered at first.
void find_no_more_answers(Examiner& examiner);
/// Signal, registration, and the data connection.
modem::Task<bool> examine_network(Examiner& examiner);

}  // namespace tunppp::doctor
