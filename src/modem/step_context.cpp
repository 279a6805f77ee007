#include <algorithm>

#include "modem/at_fields.h"
#include "modem/step.h"

namespace tunppp::modem {
namespace {

std::string_view text_of(const Secret& secret) {
  return {reinterpret_cast<const char*>(secret.expose().data()), secret.size()};
}

/// Whether the modem has this context already. Writing it again wears its memory, and lets some
/// detach from the network.
bool is_defined(const Answer& contexts, const DialOptions& options, const ContextCommand& command) {
  const auto type = command.pdp_words[static_cast<std::size_t>(options.pdp_type)];
  return std::any_of(contexts.lines.begin(), contexts.lines.end(), [&](const std::string& line) {
    return to_int(field(line, 0)) == static_cast<int>(options.cid) &&
           equal_ignoring_case(field(line, 1), type) &&
           equal_ignoring_case(field(line, 2), options.apn);
  });
}

ContextValues values_of(const DialOptions& options) {
  return {.cid = options.cid,
          .pdp_type = options.pdp_type,
          .apn = options.apn,
          .auth = options.context_auth,
          .user = options.user,
          .password = text_of(options.password)};
}

AtCommand context_command(const ContextCommand& command, const DialOptions& options) {
  const Secret text = fill_in(command, values_of(options));
  return at_command(text_of(text));
}

Task<Failure> define_apn(DialContext& dial) {
  AtEngine& at = dial.talk.at;
  const ContextCommand& command = dial.profile->context;
  const Answer contexts = co_await at.send(at_command("AT+CGDCONT?", AnswerForm::prefixed));
  if (contexts.ok() && is_defined(contexts, dial.options, command)) {
    dial.talk.progress(fmt::format("context: APN {} is set", dial.options.apn));
    co_return std::nullopt;
  }
  Answer answer = co_await send_when_sim_is_free(dial.talk, context_command(command, dial.options));
  if (!answer.ok() && !answer.timed_out()) {
    // Refused while the context is active.
    for (const std::string_view before : dial.profile->before_dial)
      co_await at.send(at_command(fill_in(before, dial.options.cid)));
    answer = co_await at.send(context_command(command, dial.options));
  }
  if (!answer.ok()) co_return failed_at("the APN", answer.final);
  dial.talk.progress(fmt::format("context: APN {}", dial.options.apn));
  co_return std::nullopt;
}

}  // namespace

Task<Failure> define_context(DialContext& dial) {
  dial.talk.enter(Phase::context);
  if (!dial.options.apn.empty())
    if (Failure failure = co_await define_apn(dial)) co_return failure;
  if (dial.options.context_auth == ContextAuth::none) co_return std::nullopt;

  const ContextCommand& command = dial.profile->authenticate;
  if (command.command.empty())
    co_return failed(EndReason::usage, "this modem takes user and password in PPP only");
  const Answer answer =
      co_await send_when_sim_is_free(dial.talk, context_command(command, dial.options));
  if (!answer.ok()) co_return failed_at("user and password", answer.final);
  dial.talk.progress("context: user and password");
  co_return std::nullopt;
}

}  // namespace tunppp::modem
