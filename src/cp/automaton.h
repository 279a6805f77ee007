#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

/// The option negotiation automaton of RFC 1661 section 4, as data.
namespace tunppp::cp {

enum class State : std::uint8_t {
  initial, starting, closed, stopped, closing, stopping, req_sent, ack_rcvd, ack_sent, opened,
};
inline constexpr std::size_t state_count = 10;

enum class Event : std::uint8_t {
  up, down, open, close, to_plus, to_minus, rcr_plus, rcr_minus, rca, rcn, rtr, rta, ruc, rxj_plus,
  rxj_minus, rxr,
};
inline constexpr std::size_t event_count = 16;

enum class Action : std::uint16_t {
  none = 0,
  tlu = 1 << 0,  ///< This-Layer-Up
  tld = 1 << 1,  ///< This-Layer-Down
  tls = 1 << 2,  ///< This-Layer-Started
  tlf = 1 << 3,  ///< This-Layer-Finished
  irc = 1 << 4,  ///< Initialize-Restart-Count
  zrc = 1 << 5,  ///< Zero-Restart-Count
  scr = 1 << 6,  ///< Send-Configure-Request
  sca = 1 << 7,  ///< Send-Configure-Ack
  scn = 1 << 8,  ///< Send-Configure-Nak/Rej
  str = 1 << 9,  ///< Send-Terminate-Request
  sta = 1 << 10,  ///< Send-Terminate-Ack
  scj = 1 << 11,  ///< Send-Code-Reject
  ser = 1 << 12,  ///< Send-Echo-Reply
};
constexpr Action operator|(Action a, Action b) {
  return static_cast<Action>(static_cast<unsigned>(a) | static_cast<unsigned>(b));
}
constexpr bool has(Action set, Action one) {
  return (static_cast<unsigned>(set) & static_cast<unsigned>(one)) != 0;
}

struct Transition {
  State next;
  Action actions = Action::none;
  bool possible = true;  ///< false: "-", the event cannot occur in this state; nothing changes
};

namespace table {

using enum State;
using enum Action;

inline constexpr Transition impossible{initial, none, false};

// One row an event, one column a state, as RFC 1661 section 4.1 prints it.
// clang-format off
inline constexpr std::array<std::array<Transition, state_count>, event_count> transitions{{
    //  0 Initial           1 Starting                2 Closed                  3 Stopped
    //  4 Closing           5 Stopping                6 Req-Sent                7 Ack-Rcvd
    //  8 Ack-Sent          9 Opened
    /* Up */ {{
        {closed},           {req_sent, irc | scr},    impossible,               impossible,
        impossible,         impossible,               impossible,               impossible,
        impossible,         impossible}},
    /* Down */ {{
        impossible,         impossible,               {initial},                {starting, tls},
        {initial},          {starting},               {starting},               {starting},
        {starting},         {starting, tld}}},
    /* Open */ {{
        {starting, tls},    {starting},               {req_sent, irc | scr},    {stopped},
        {stopping},         {stopping},               {req_sent},               {ack_rcvd},
        {ack_sent},         {opened}}},
    /* Close */ {{
        {initial},          {initial, tlf},           {closed},                 {closed},
        {closing},          {closing},                {closing, irc | str},     {closing, irc | str},
        {closing, irc | str}, {closing, tld | irc | str}}},
    /* TO+ */ {{
        impossible,         impossible,               impossible,               impossible,
        {closing, str},     {stopping, str},          {req_sent, scr},          {req_sent, scr},
        {ack_sent, scr},    impossible}},
    /* TO- */ {{
        impossible,         impossible,               impossible,               impossible,
        {closed, tlf},      {stopped, tlf},           {stopped, tlf},           {stopped, tlf},
        {stopped, tlf},     impossible}},
    /* RCR+ */ {{
        impossible,         impossible,               {closed, sta},            {ack_sent, irc | scr | sca},
        {closing},          {stopping},               {ack_sent, sca},          {opened, sca | tlu},
        {ack_sent, sca},    {ack_sent, tld | scr | sca}}},
    /* RCR- */ {{
        impossible,         impossible,               {closed, sta},            {req_sent, irc | scr | scn},
        {closing},          {stopping},               {req_sent, scn},          {ack_rcvd, scn},
        {req_sent, scn},    {req_sent, tld | scr | scn}}},
    /* RCA */ {{
        impossible,         impossible,               {closed, sta},            {stopped, sta},
        {closing},          {stopping},               {ack_rcvd, irc},          {req_sent, scr},
        {opened, irc | tlu}, {req_sent, tld | scr}}},
    /* RCN */ {{
        impossible,         impossible,               {closed, sta},            {stopped, sta},
        {closing},          {stopping},               {req_sent, irc | scr},    {req_sent, scr},
        {ack_sent, irc | scr}, {req_sent, tld | scr}}},
    /* RTR */ {{
        impossible,         impossible,               {closed, sta},            {stopped, sta},
        {closing, sta},     {stopping, sta},          {req_sent, sta},          {req_sent, sta},
        {req_sent, sta},    {stopping, tld | zrc | sta}}},
    /* RTA */ {{
        impossible,         impossible,               {closed},                 {stopped},
        {closed, tlf},      {stopped, tlf},           {req_sent},               {req_sent},
        {ack_sent},         {req_sent, tld | scr}}},
    /* RUC */ {{
        impossible,         impossible,               {closed, scj},            {stopped, scj},
        {closing, scj},     {stopping, scj},          {req_sent, scj},          {ack_rcvd, scj},
        {ack_sent, scj},    {opened, scj}}},
    /* RXJ+ */ {{
        impossible,         impossible,               {closed},                 {stopped},
        {closing},          {stopping},               {req_sent},               {req_sent},
        {ack_sent},         {opened}}},
    /* RXJ- */ {{
        impossible,         impossible,               {closed, tlf},            {stopped, tlf},
        {closed, tlf},      {stopped, tlf},           {stopped, tlf},           {stopped, tlf},
        {stopped, tlf},     {stopping, tld | irc | str}}},
    /* RXR */ {{
        impossible,         impossible,               {closed},                 {stopped},
        {closing},          {stopping},               {req_sent},               {ack_rcvd},
        {ack_sent},         {opened, ser}}},
}};
// clang-format on

}  // namespace table

/// What happens to `event` in `state`. The only place from which a state changes.
constexpr Transition step(State state, Event event) {
  return table::transitions[static_cast<std::size_t>(event)][static_cast<std::size_t>(state)];
}

/// States 4 to 8, in which the restart timer runs (RFC 1661 section 4.1).
constexpr bool timer_runs(State state) { return state >= State::closing && state <= State::ack_sent; }

}  // namespace tunppp::cp
