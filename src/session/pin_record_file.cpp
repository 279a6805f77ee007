#include "session/pin_record_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <sstream>
#include <utility>
#include <vector>

#include "session/private_notes.h"

namespace tunppp::session {
namespace {

constexpr std::string_view key_name = "pin.key";
constexpr std::string_view beginning = "pin-";
constexpr std::string_view nobody = "unknown";
/// A SIM has three tries (3GPP TS 11.11, TS 31.101), and the last is never used.
constexpr int most_untold = 2;

Bytes octets_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

/// A note's content: "tried HASH 1" or "accepted HASH 0". The number is of the PINs in a row that
/// were not accepted; an older tunppp has not written it.
struct Entry {
  std::string state;
  std::string hash;
  int in_a_row = 1;

  bool tried() const { return state == "tried"; }
  bool sound() const { return (tried() || state == "accepted") && !hash.empty(); }
};

std::string written(const Entry& entry) {
  return fmt::format("{} {} {}\n", entry.state, entry.hash, entry.in_a_row);
}

Entry read_entry(const std::string& text) {
  Entry entry;
  std::istringstream in(text);
  in >> entry.state >> entry.hash;
  if (!(in >> entry.in_a_row)) entry.in_a_row = 1;
  if (!entry.tried()) entry.in_a_row = 0;
  return entry;
}

/// What was noted in one modem, of a SIM that told its number or of one that did not.
struct Note {
  std::string name;
  Entry entry;
};

/// All that may be about one SIM.
class NotesOfSim {
 public:
  static Result<NotesOfSim> open(const std::filesystem::path& directory,
                                 const modem::SimIdentity& sim) {
    Result<PrivateNotes> notes = PrivateNotes::open(directory, key_name);
    if (!notes) return notes.failure();
    NotesOfSim found(std::move(*notes), sim);
    if (Status failure = found.find()) return *failure;
    return found;
  }

  std::string objection_to(const Secret& pin, std::optional<int> tries_left) const {
    for (const Note& note : found_)
      if (note.entry.tried() && note.entry.hash == hash_of(note.name, pin))
        return fmt::format(
            "this SIM has refused it before, or never answered; give another PIN, or remove {} "
            "once it is known to be right",
            notes_.path_of(note.name).string());
    const int untold = in_a_row();
    if (tries_left || untold < most_untold) return {};
    return fmt::format(
        "{} others were not accepted, and the modem does not tell how many tries are left; unlock "
        "the SIM in a telephone, then remove {}",
        untold, paths_of_tried());
  }

  Status note_attempt(const Secret& pin) const {
    int before = 0;
    for (const Note& note : found_)
      if (note.name == own_name()) before = note.entry.in_a_row;
    return notes_.write(own_name(), written({"tried", hash_of(own_name(), pin), before + 1}));
  }

  /// What was noted of this SIM elsewhere, or before its number was known, has proved wrong, too;
  /// not what another SIM in this modem has refused, for it may be that one's turn again.
  void note_acceptance(const Secret& pin) const {
    for (const Note& note : found_)
      if (is_this_sim(note.name) || note.name == name_of(modem_, nobody))
        // Where it cannot be written the PIN counts as refused, which does no harm to the SIM.
        notes_.write(note.name, written({"accepted", hash_of(note.name, pin), 0}));
  }

 private:
  NotesOfSim(PrivateNotes notes, const modem::SimIdentity& sim)
      : notes_(std::move(notes)),
        modem_(known_as("modem", sim.imei)),
        sim_(known_as("sim", sim.iccid)) {}

  std::string known_as(std::string_view what, std::string_view number) const {
    if (number.empty()) return std::string(nobody);
    return notes_.hash({octets_of(what), octets_of(number)}).substr(0, 32);
  }

  static std::string name_of(std::string_view modem, std::string_view sim) {
    return fmt::format("{}{}-{}", beginning, modem, sim);
  }
  std::string own_name() const { return name_of(modem_, sim_); }

  bool is_this_modem(std::string_view name) const {
    return modem_ != nobody && name.starts_with(name_of(modem_, ""));
  }
  bool is_this_sim(std::string_view name) const {
    return sim_ != nobody && name.ends_with("-" + sim_);
  }
  /// Of a SIM that does not tell its number: any that was in this modem.
  bool may_be_this_sim(std::string_view name) const {
    return is_this_sim(name) ||
           (is_this_modem(name) && (sim_ == nobody || name == name_of(modem_, nobody)));
  }

  Status find() {
    const Result<std::vector<std::string>> names = notes_.names(beginning);
    if (!names) return names.failure();
    for (const std::string& name : *names) {
      if (!may_be_this_sim(name)) continue;
      const Result<std::string> text = notes_.read(name);
      if (!text) return text.failure();
      found_.push_back({name, read_entry(*text)});
      if (!found_.back().entry.sound())
        return Failure{EndReason::internal_error,
                       {},
                       fmt::format("{} is damaged; remove it once the PIN is known to be right",
                                   notes_.path_of(name).string())};
    }
    return {};
  }

  std::string hash_of(std::string_view name, const Secret& pin) const {
    return notes_.hash({octets_of("pin"), octets_of(name), pin.expose()});
  }

  /// How many PINs this SIM has seen, at the worst: it may be the one without a number as well, but
  /// is no more than one of those with a number.
  int in_a_row() const {
    int nameless = 0;
    int named = 0;
    for (const Note& note : found_) {
      if (note.name == name_of(modem_, nobody))
        nameless = note.entry.in_a_row;
      else if (is_this_sim(note.name))
        named += note.entry.in_a_row;
      else
        named = std::max(named, note.entry.in_a_row);
    }
    return nameless + named;
  }

  std::string paths_of_tried() const {
    std::vector<std::string> paths;
    for (const Note& note : found_)
      if (note.entry.tried()) paths.push_back(notes_.path_of(note.name).string());
    return fmt::format("{}", fmt::join(paths, " and "));
  }

  PrivateNotes notes_;
  std::string modem_;
  std::string sim_;
  std::vector<Note> found_;
};

}  // namespace

std::optional<std::string> PinRecordFile::begin_attempt(const modem::SimIdentity& sim,
                                                        const Secret& pin,
                                                        std::optional<int> tries_left) {
  const Result<NotesOfSim> notes = NotesOfSim::open(directory_, sim);
  if (!notes) return notes.failure().text;
  if (std::string objection = notes->objection_to(pin, tries_left); !objection.empty())
    return objection;
  if (const Status failure = notes->note_attempt(pin)) return failure->text;
  return std::nullopt;
}

void PinRecordFile::accepted(const modem::SimIdentity& sim, const Secret& pin) {
  if (const Result<NotesOfSim> notes = NotesOfSim::open(directory_, sim))
    notes->note_acceptance(pin);
}

}  // namespace tunppp::session
