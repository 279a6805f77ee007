// The automaton against the table of RFC 1661 section 4.1, which tests/data/rfc1661.vec holds as
// the standard prints it.
#include "cp/automaton.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace tunppp::cp {
namespace {

const std::map<std::string, Event> event_names{
    {"Up", Event::up},         {"Down", Event::down},      {"Open", Event::open},
    {"Close", Event::close},   {"TO+", Event::to_plus},    {"TO-", Event::to_minus},
    {"RCR+", Event::rcr_plus}, {"RCR-", Event::rcr_minus}, {"RCA", Event::rca},
    {"RCN", Event::rcn},       {"RTR", Event::rtr},        {"RTA", Event::rta},
    {"RUC", Event::ruc},       {"RXJ+", Event::rxj_plus},  {"RXJ-", Event::rxj_minus},
    {"RXR", Event::rxr}};

const std::map<std::string, State> state_names{
    {"Initial", State::initial},   {"Starting", State::starting},  {"Closed", State::closed},
    {"Stopped", State::stopped},   {"Closing", State::closing},    {"Stopping", State::stopping},
    {"Req-Sent", State::req_sent}, {"Ack-Rcvd", State::ack_rcvd},  {"Ack-Sent", State::ack_sent},
    {"Opened", State::opened}};

const std::map<std::string, Action> action_names{
    {"tlu", Action::tlu}, {"tld", Action::tld}, {"tls", Action::tls}, {"tlf", Action::tlf},
    {"irc", Action::irc}, {"zrc", Action::zrc}, {"scr", Action::scr}, {"sca", Action::sca},
    {"scn", Action::scn}, {"str", Action::str}, {"sta", Action::sta}, {"scj", Action::scj},
    {"ser", Action::ser}};

struct Cell {
  std::string event;
  std::string state;
  std::string text;
};

std::vector<std::string> words(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> out;
  for (std::string word; in >> word;) out.push_back(word);
  return out;
}

/// All cells, in the order in which they are printed.
std::vector<Cell> read_table() {
  std::ifstream in(TUNPPP_SOURCE_DIR "/tests/data/rfc1661.vec");
  EXPECT_TRUE(in) << "tests/data/rfc1661.vec is not there";
  std::vector<Cell> cells;
  std::vector<std::string> numbers;
  std::vector<std::string> columns;
  std::set<std::string> seen;
  for (std::string line; std::getline(in, line);) {
    const auto bar = line.find('|');
    if (line.empty() || line[0] == '#' || bar == std::string::npos) continue;
    const auto head = words(line.substr(0, bar));
    const auto rest = words(line.substr(bar + 1));
    if (rest.empty() || rest.front() == "State") continue;
    if (head.empty()) {
      numbers = rest;
    } else if (head.front() == "Events") {
      columns = rest;
      EXPECT_EQ(columns.size(), numbers.size()) << line;
      for (std::size_t i = 0; i < columns.size(); ++i) {
        // The numbers in the cells are those above the names of the states.
        EXPECT_EQ(std::stoul(numbers.at(i)), static_cast<unsigned>(state_names.at(columns[i])));
      }
    } else {
      EXPECT_EQ(rest.size(), columns.size()) << line;
      for (std::size_t i = 0; i < std::min(rest.size(), columns.size()); ++i) {
        EXPECT_TRUE(seen.insert(head.front() + " in " + columns[i]).second) << line;
        cells.push_back({head.front(), columns[i], rest[i]});
      }
    }
  }
  return cells;
}

struct Expected {
  bool possible = true;
  State next{};
  Action actions = Action::none;
  char footnote = ' ';
};

Expected parse_cell(std::string text) {
  Expected cell;
  if (text == "-") {
    cell.possible = false;
    return cell;
  }
  if (const auto slash = text.find('/'); slash != std::string::npos) {
    std::istringstream names(text.substr(0, slash));
    for (std::string name; std::getline(names, name, ',');) {
      cell.actions = cell.actions | action_names.at(name);
    }
    text = text.substr(slash + 1);
  }
  EXPECT_TRUE(text.size() == 1 || text.size() == 2) << text;
  cell.next = static_cast<State>(text.at(0) - '0');
  if (text.size() == 2) cell.footnote = text[1];
  return cell;
}

TEST(Automaton, AgreesWithTheTableOfTheStandardInAllCells) {
  const auto cells = read_table();
  ASSERT_EQ(cells.size(), std::size_t{160});
  for (const Cell& cell : cells) {
    SCOPED_TRACE(cell.event + " in " + cell.state + ": " + cell.text);
    const Expected expected = parse_cell(cell.text);
    const Transition ours = step(state_names.at(cell.state), event_names.at(cell.event));
    EXPECT_EQ(ours.possible, expected.possible);
    if (!expected.possible) continue;
    EXPECT_EQ(ours.next, expected.next);
    EXPECT_EQ(ours.actions, expected.actions);
  }
}

/// Guards the transcription: the footnotes stand where their explanations put them.
TEST(Automaton, FootnotesStandWhereTheStandardHasThem) {
  std::map<char, std::set<std::string>> where;
  for (const Cell& cell : read_table()) {
    const Expected expected = parse_cell(cell.text);
    if (expected.footnote != ' ') where[expected.footnote].insert(cell.event + " " + cell.state);
  }
  const std::map<char, std::set<std::string>> expected{
      {'p', {"TO- Req-Sent", "TO- Ack-Rcvd", "TO- Ack-Sent"}},
      {'r', {"Open Stopped", "Open Closing", "Open Stopping", "Open Opened"}},
      {'x', {"RCA Ack-Rcvd", "RCA Opened", "RCN Ack-Rcvd", "RCN Opened"}}};
  EXPECT_EQ(where, expected);
}

/// "The states in which the Restart timer is running are identifiable by the presence of TO
/// events" (section 4.1).
TEST(Automaton, TimerRunsWhereATimeoutIsPossible) {
  for (std::size_t i = 0; i < state_count; ++i) {
    const auto state = static_cast<State>(i);
    EXPECT_EQ(timer_runs(state), step(state, Event::to_plus).possible) << i;
    EXPECT_EQ(timer_runs(state), step(state, Event::to_minus).possible) << i;
  }
}

/// "Only the Send-Configure-Request, Send-Terminate-Request and Zero-Restart-Count actions start or
/// re-start the Restart timer" (section 4.1): whoever comes into such a state from another has one.
TEST(Automaton, NoStateIsEnteredThatWaitsForATimerThatNobodyStarted) {
  const Action starts = Action::scr | Action::str | Action::zrc;
  for (std::size_t s = 0; s < state_count; ++s) {
    for (std::size_t e = 0; e < event_count; ++e) {
      const auto state = static_cast<State>(s);
      const Transition transition = step(state, static_cast<Event>(e));
      if (!transition.possible || timer_runs(state) || !timer_runs(transition.next)) continue;
      EXPECT_TRUE(has(transition.actions, starts)) << "state " << s << ", event " << e;
    }
  }
}

}  // namespace
}  // namespace tunppp::cp
