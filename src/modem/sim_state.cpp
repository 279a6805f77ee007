#include "modem/sim_state.h"

#include <array>
#include <string_view>

#include "modem/at_fields.h"

namespace tunppp::modem {
namespace {

constexpr Duration poll_period = std::chrono::seconds(1);

struct SimWord {
  std::string_view word;  ///< after "+CPIN: "
  SimState state;
};

// 27.007 section 8.3. PIN2 guards settings of the SIM, no service.
constexpr auto sim_words = std::to_array<SimWord>({
    {"READY", SimState::ready},
    {"SIM PIN", SimState::pin},
    {"SIM PUK", SimState::puk},
    {"SIM PIN2", SimState::ready},
    {"SIM PUK2", SimState::ready},
    {"NOT INSERTED", SimState::absent},
    {"NOT READY", SimState::busy},
});

struct SimError {
  int cme;
  SimState state;
};

constexpr auto sim_errors = std::to_array<SimError>({
    {10, SimState::absent},
    {11, SimState::pin},
    {12, SimState::puk},
    {13, SimState::absent},  // failure: dirty contacts, a broken card
    {14, SimState::busy},
    {15, SimState::absent},  // wrong
    // Personalization, whichever code is wanted: 27.007 section 9.2.1.
    {40, SimState::locked},
    {41, SimState::locked},
    {42, SimState::locked},
    {43, SimState::locked},
    {44, SimState::locked},
    {45, SimState::locked},
    {46, SimState::locked},
    {47, SimState::locked},
    {48, SimState::locked},
});

}  // namespace

SimState sim_state_of(const Answer& answer) {
  if (answer.timed_out()) return SimState::silent;
  if (answer.ok()) {
    const std::string_view word = unquote(answer.first());
    for (const SimWord& entry : sim_words)
      if (equal_ignoring_case(word, entry.word)) return entry.state;
    return word.starts_with("PH-") ? SimState::locked : SimState::unknown;
  }
  if (answer.final.code == FinalCode::cme_error && answer.final.number)
    for (const SimError& entry : sim_errors)
      if (*answer.final.number == entry.cme) return entry.state;
  return SimState::unknown;
}

Task<SimState> settled_sim_state(Conversation& talk, SimPatience patience) {
  const Instant began = talk.at.now();
  for (;;) {
    const Answer answer = co_await talk.at.send(at_command("AT+CPIN?", AnswerForm::prefixed));
    const SimState state = sim_state_of(answer);
    const Duration waited = talk.at.now() - began;
    const bool wait = (state == SimState::busy && waited < patience.busy) ||
                      (state == SimState::absent && waited < patience.absent);
    if (!wait) co_return state;
    co_await talk.at.pause(poll_period);
  }
}

Task<std::optional<int>> pin_tries_left(Conversation& talk, const Profile& profile) {
  const PinRetries& query = profile.pin_retries;
  if (!query.command.empty()) {
    const Answer answer = co_await talk.at.send(at_command(query.command, AnswerForm::prefixed));
    const auto left = answer.ok() ? to_int(field(answer.first(), query.field)) : std::nullopt;
    if (left) co_return left;
  }
  // The SIM itself: VERIFY without a PIN uses up no try, and is answered 63 Cx with x left
  // (3GPP TS 31.101 section 11.1.9).
  const Answer answer =
      co_await talk.at.send(at_command(R"(AT+CSIM=10,"0020000100")", AnswerForm::prefixed));
  const std::string_view status = answer.ok() ? field(answer.first(), 1) : std::string_view{};
  if (status.size() != 4 || !starts_with_ignoring_case(status, "63C")) co_return std::nullopt;
  co_return to_int(status.substr(3));
}

}  // namespace tunppp::modem
