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

/// 3GPP TS 23.003 section 2.2: at most 15 digits, of which five or six tell the network.
bool is_imsi(std::string_view text) {
  return text.size() >= 6 && text.size() <= 15 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// Who gives access to the internet with this SIM, where somebody knows.
Task<Failure> find_apn(DialContext& dial) {
  AtCommand command = at_command("AT+CIMI", AnswerForm::bare);
  command.secret = true;  // the answer names a person
  const Answer answer = co_await send_when_sim_is_free(dial.talk, std::move(command));
  if (answer.timed_out()) co_return failed_at("AT+CIMI", answer.final);
  const std::string_view imsi = answer.ok() ? unquote(answer.first()) : std::string_view{};
  std::optional<NetworkAccess> access;
  if (is_imsi(imsi)) access = dial.options.apn_source->access_of(imsi);
  if (!access) {
    dial.talk.progress("context: nothing is known about the SIM's network, its APN stays as it is");
    co_return std::nullopt;
  }
  dial.talk.progress(fmt::format("context: the SIM is of {}", access->name));
  dial.options.apn = std::move(access->apn);
  if (!dial.options.user.empty()) co_return std::nullopt;
  dial.options.user = std::move(access->user);
  dial.options.password = std::move(access->password);
  co_return std::nullopt;
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
  if (dial.options.apn.empty() && dial.options.apn_source)
    if (Failure failure = co_await find_apn(dial)) co_return failure;
  if (!dial.options.apn.empty())
    if (Failure failure = co_await define_apn(dial)) co_return failure;
  if (dial.options.context_auth == ContextAuth::none) co_return std::nullopt;

  const ContextCommand& command = dial.profile->authenticate;
  if (command.command.empty())
    co_return failed(EndReason::usage,
                     fmt::format("{} takes user and password in PPP only: leave --at-auth out",
                                 dial.profile->name));
  const Answer answer =
      co_await send_when_sim_is_free(dial.talk, context_command(command, dial.options));
  if (!answer.ok()) co_return failed_at("user and password", answer.final);
  dial.talk.progress("context: user and password");
  co_return std::nullopt;
}

}  // namespace tunppp::modem
