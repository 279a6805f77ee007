#include "modem/cmux/start.h"

#include <algorithm>
#include <array>
#include <utility>

#include "modem/step.h"

namespace tunppp::modem::cmux {
namespace {

using std::chrono::milliseconds;

/// What every modem that multiplexes understands, whatever else it wants said; N1 is 31 then
/// (TS 27.007 section 5.7).
constexpr std::string_view shortest_form = "AT+CMUX={mode}";
constexpr std::size_t default_frame_size = 31;

/// Ours, whatever the modem's are: some take seconds to hear the first SABM (ubxlib waits five),
/// most of them none (Zephyr repeats after 330 ms).
constexpr Duration open_patience = milliseconds(330);
constexpr Duration answer_patience = milliseconds(300);
constexpr int repetitions = 9;
/// Without a frame for so long, the modem is asked whether it is there. Where a line has no carrier
/// signal, nothing else tells that it lost its power.
constexpr Duration quiet = std::chrono::seconds(5);

/// <port_speed> of TS 27.007 section 5.7, and two more that Quectel has. What has no number is left
/// to the modem, which keeps the speed that it has.
std::string_view speed_code(std::uint32_t baud) {
  constexpr auto codes = std::to_array<std::pair<std::uint32_t, std::string_view>>({
      {9600, "1"},
      {19200, "2"},
      {38400, "3"},
      {57600, "4"},
      {115200, "5"},
      {230400, "6"},
      {460800, "7"},
      {921600, "8"},
  });
  const auto found = std::find_if(codes.begin(), codes.end(),
                                  [baud](const auto& code) { return code.first == baud; });
  return found == codes.end() ? std::string_view{} : found->second;
}

void replace(std::string& text, std::string_view placeholder, std::string_view value) {
  const std::size_t at = text.find(placeholder);
  if (at != text.npos) text.replace(at, placeholder.size(), value);
}

struct Context {
  DialContext dial;
  StartOptions options;
  bool asked = false;
};

StartOutcome failure_of(const DialOutcome& outcome) {
  return {outcome.failure, outcome.text, {}};
}

MuxerOptions muxer_options(const Context& context) {
  const CmuxParameters& parameters = context.dial.profile->cmux;
  return {.option = context.options.option,
          .initiator = true,
          .frame_size = context.options.frame_size,
          .t1 = open_patience,
          .t2 = answer_patience,
          .retries = repetitions,
          .channels = command_channel,
          .negotiate = parameters.negotiate,
          .disconnect = parameters.disconnect,
          .quiet = quiet};
}

/// The profile's form; when that is refused, the shortest.
Task<StartOutcome> multiplex(Context& context) {
  Conversation& talk = context.dial.talk;
  talk.enter(Phase::modem);
  const CmuxParameters& parameters = context.dial.profile->cmux;
  if (parameters.command.empty())
    co_return StartOutcome{EndReason::cmux_failed, "this modem has no multiplexer", {}};

  const bool size_is_free = context.options.frame_size == 0;
  if (const std::uint32_t baud = context.dial.options.line.baud) context.options.baud = baud;
  if (size_is_free) context.options.frame_size = parameters.frame_size;
  context.asked = true;
  std::string command = cmux_command(parameters.command, context.options);
  Answer answer = co_await talk.at.send(at_command(command));
  if (!answer.ok() && !answer.timed_out() && size_is_free) {
    context.options.frame_size = default_frame_size;
    command = cmux_command(shortest_form, context.options);
    answer = co_await talk.at.send(at_command(command));
  }
  if (answer.timed_out()) co_return failure_of(failed_at(command, answer.final));
  if (!answer.ok())
    co_return StartOutcome{
        EndReason::cmux_failed,
        fmt::format("the modem refused to multiplex: {} to {}", in_words(answer.final), command),
        {}};
  talk.progress(fmt::format("multiplexer: {}", command));
  // Some lock up for good when the first frame comes too early (Zephyr).
  co_await talk.at.pause(parameters.settle);
  co_return StartOutcome{std::nullopt, command, muxer_options(context)};
}

Task<StartOutcome> run(Context& context) {
  if (Failure failure = co_await reach_command_mode(context.dial)) co_return failure_of(*failure);
  if (Failure failure = co_await set_up(context.dial)) co_return failure_of(*failure);
  if (Failure failure = co_await change_baud(context.dial)) co_return failure_of(*failure);
  if (Failure failure = co_await identify(context.dial)) co_return failure_of(*failure);
  co_return co_await multiplex(context);
}

}  // namespace

std::string cmux_command(std::string_view form, const StartOptions& options) {
  std::string command(form);
  replace(command, "{mode}", options.option == Option::basic ? "0" : "1");
  replace(command, "{speed}", speed_code(options.baud));
  replace(command, "{frame_size}", std::to_string(options.frame_size));
  return command;
}

class MultiplexStart::Sequence {
 public:
  Sequence(const Profile& profile, DialOptions dial, StartOptions options)
      : context_{.dial = {.talk = {}, .profile = &profile, .options = std::move(dial)},
                 .options = options},
        task_(run(context_)) {}

  void note_outcome() {
    if (task_.done() && !outcome_) outcome_ = task_.result();
  }

  Context context_;
  Task<StartOutcome> task_;  // refers to context_
  std::optional<StartOutcome> outcome_;
};

MultiplexStart::MultiplexStart(const Profile& profile, DialOptions dial, StartOptions options)
    : sequence_(std::make_unique<Sequence>(profile, std::move(dial), options)) {}
MultiplexStart::~MultiplexStart() = default;

const std::optional<StartOutcome>& MultiplexStart::outcome() const {
  return sequence_->outcome_;
}
const Profile& MultiplexStart::profile() const {
  return *sequence_->context_.dial.profile;
}
bool MultiplexStart::asked() const {
  return sequence_->context_.asked;
}

std::uint32_t MultiplexStart::baud_before() const {
  return sequence_->context_.dial.baud_before;
}

void MultiplexStart::start(Instant now) {
  sequence_->context_.dial.talk.at.set_time(now);
  sequence_->task_.start();
  sequence_->note_outcome();
}

std::size_t MultiplexStart::receive(Instant now, Bytes in) {
  if (outcome()) return 0;
  const std::size_t used = sequence_->context_.dial.talk.at.receive(now, in);
  sequence_->note_outcome();
  return used;
}

void MultiplexStart::handle_timeout(Instant now) {
  if (outcome()) return;
  sequence_->context_.dial.talk.at.handle_timeout(now);
  sequence_->note_outcome();
}

Bytes MultiplexStart::poll_transmit() const {
  return sequence_->context_.dial.talk.at.poll_transmit();
}
void MultiplexStart::transmitted(std::size_t count) {
  sequence_->context_.dial.talk.at.transmitted(count);
}
std::optional<ModemEvent> MultiplexStart::poll_event() {
  return sequence_->context_.dial.talk.events.poll();
}

std::optional<Instant> MultiplexStart::next_timeout() const {
  return outcome() ? std::nullopt : sequence_->context_.dial.talk.at.next_timeout();
}

}  // namespace tunppp::modem::cmux
