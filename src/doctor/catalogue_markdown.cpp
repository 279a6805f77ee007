#include "doctor/catalogue.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace tunppp::doctor {
namespace {

constexpr std::string_view head = R"(# What `tunppp doctor` finds

`tunppp doctor` looks at what the system shows of itself (`/sys`, `/proc`, `/dev`, `/boot`,
`/lib/modules`), and asks the modem, where one answers. It changes nothing.
```
sudo tunppp doctor                          # all of it
sudo tunppp doctor --device /dev/ttyUSB3    # this port first, then the modem behind it
tunppp doctor --sysroot DIR                 # a copy of another machine's files
```
It prints what it found, the most important first: what was seen and where, what that means, what to
do. `--json` prints the same as one object for programs. Exit codes: 0 nothing is in the way (notes
do not count), 1 there are errors or warnings, 2 it could not look.

With `--sysroot DIR` it reads `DIR/sys`, `DIR/proc`, `DIR/dev`, `DIR/boot` and `DIR/lib/modules` and
touches nothing of the machine it runs on. A plain file `DIR/dev/ttyUSB2` stands for the device, and
`DIR/dev/kmsg` is the kernel's log as text; links never lead out of DIR.

This page is made from the table in `src/doctor/catalogue_rows.cpp` by
`tunppp help doctor-findings --markdown`, and a test compares them. Words in capitals stand for what
was found; where a system is not listed, do what stands under Linux.
)";

// Clauses that are only there when there is something to say, and sentences that hang on the modem.
const Values& clauses() {
  static const Values values{{"instead", ""}, {"tries", ""}, {"state", ""}, {"reason", ""}};
  return values;
}

std::string section_of(const CatalogueRow& row) {
  std::string text = fmt::format("\n### {}\n`{}`, {}. {}\n", row.title, row.id,
                                 name_of(row.severity), fill_in(row.meaning, clauses()));
  for (const Remedy& remedy : remedies_of(row, clauses())) {
    text += fmt::format("\n{}:\n", remedy.system);
    for (const std::string& step : remedy.steps) text += fmt::format("- {}\n", step);
  }
  return text;
}

std::vector<std::string_view> ids() {
  std::vector<std::string_view> found;
  for (const CatalogueRow& row : catalogue())
    if (std::find(found.begin(), found.end(), row.id) == found.end()) found.push_back(row.id);
  return found;
}

}  // namespace

std::string catalogue_markdown() {
  std::string text(head);
  for (const std::string_view id : ids()) {
    text += fmt::format("\n## {}\n", id);
    for (const CatalogueRow& row : catalogue())
      if (row.id == id) text += section_of(row);
  }
  return text;
}

}  // namespace tunppp::doctor
