#include "doctor/catalogue.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace tunppp::doctor {
namespace {

constexpr std::string_view head = R"(# What `tunppp doctor` finds

`tunppp doctor` looks at what the system shows of itself (`/sys`, `/proc`, `/dev`, `/boot`,
`/lib/modules`), then asks the modem, where one answers.
```
sudo tunppp doctor                          # all of it
sudo tunppp doctor --device /dev/ttyUSB3    # this port first, then the modem behind it
tunppp doctor --sysroot DIR                 # a copy of another machine's files
sudo tunppp doctor --collect copy.tar       # makes such a copy, masked
```
It prints what it found, what is in the way first: what was seen and where, what that means, and what
to do on Raspberry Pi OS, on Nerves/Buildroot and on any other Linux, where they differ. Then what the
modem says of itself, and what people look for that is not needed.

| option | |
|---|---|
| `--json` | one object, see [below](#json) |
| `--device TTY` | examine this tty, and the modem behind it: by any of its names, or the modem at a place on USB (`1-1.3`). Without it: the ports of all modems, and the first is asked |
| `--baud RATE` | the speed of that tty, 115200 if not said; if nobody answers, the usual others are tried. USB does not care |
| `--at-sockets DIR` | where sessions lend their AT ports, as for `tunppp at` |
| `--sysroot DIR` | examine a copy of another system, see [below](#a-copy-of-another-system) |
| `--collect FILE.tar` | make such a copy; `-` writes it onto standard output |

| exit code | |
|---|---|
| 0 | nothing is in the way; notes do not count |
| 1 | there are errors or warnings |
| 2 | it could not look: wrong options, no such DIR, a FILE.tar that cannot be written, interrupted |

## The modem itself
Where a modem is found, or `--device` names a tty, and nobody else has it, it is asked who it is, and
for its SIM, registration, signal, APN and its last report: on the tty that was named, unless that is
for something else, or on its AT port, or that for PPP. That
takes some seconds, half a minute at most. It changes nothing: no PIN is sent, no radio switched,
nothing stored; echo, error form and the tty's settings are put back, locks given up. One thing cannot be left as it is: a modem that was left in
data mode or multiplexing is brought back to commands, which ends that call; the finding says so. A tty
that a session of tunppp holds is left alone, but if the session lends its AT port (`dial` with
`--at-device` or `--cmux`), the modem is asked through that while packets go on.

Serial number and subscriber are nobody's business: of the IMEI only the type is shown.

## A copy of another system
With `--sysroot DIR` it reads `DIR/sys`, `DIR/proc`, `DIR/dev`, `DIR/boot`, `DIR/lib/modules` (and
`DIR/etc/group`, `DIR/var/lock`, `DIR/run/lock`) and touches nothing of the machine it runs on. Links
are followed within DIR and never lead out of it: an absolute one begins at DIR. No device in it is
opened. A plain file or a device node `DIR/dev/ttyUSB2` stands for the device, and `DIR/dev/kmsg` is
the kernel's log as text, as `/dev/kmsg` gives it or as `dmesg` prints it.

`tunppp doctor --collect FILE.tar` makes such a copy: only what is looked at, IMEI, ICCID, IMSI,
serial numbers, addresses and command lines masked. FILE.tar must not be there yet and is readable by
its owner only. Look into it before you send it.
```
tunppp doctor --collect copy.tar            # there
mkdir copy; tar -xf copy.tar -C copy        # here
tunppp doctor --sysroot copy
ssh root@gateway tunppp doctor --collect - > copy.tar
```
What files cannot hold stands in the copy as `tunppp-manifest.txt`, a line for each path:
```
character 0660 0 20 188 2 EACCES /dev/ttyUSB2
```
kind (`missing`, `file`, `directory`, `character`, `block`, `other`), permission bits, owner, group,
major, minor, the result of opening it (`ok`, or the name of the error), path; `-` is what is not known.
For paths that are not in it, and without it, the tree itself counts.

## JSON
| field | |
|---|---|
| `root` | what was looked at: `/`, or DIR |
| `in_the_way` | whether there is an error or a warning |
| `findings[]` | `id`, `severity` (`error`, `warning`, `note`), `device` (the tty it is about, or `null`), `title`, `seen[]` (`path`, or the command that was asked, and `content`), `meaning`, `remedies[]` (`system`: `Raspberry Pi OS`, `Nerves/Buildroot` or `Linux`; `steps[]`) |
| `asked` | the tty whose modem was asked, or `null` |
| `through_session` | whether that was through the session that holds the tty |
| `dialled` | the tty that `tunppp dial` uses, and why; null if there is none, or several |
| `other_modems[]` | places on USB (`1-1.3`) of modems that are here as well and were not asked |
| `modem` | what it said, by name: `modem`, `firmware`, `IMEI` (its type), `signal`, `registration`, `operator`, `APN`; those it told |

The ids are those of the headings below and stay the same; texts may get better.

# The findings
This page is made from the table in `src/doctor/catalogue_rows.cpp` by
`tunppp help doctor-findings --markdown`, and a test compares them. Words in capitals stand for what
was found; where a system is not listed, do what stands under Linux.
)";

std::string section_of(const CatalogueRow& row) {
  std::string text = fmt::format("\n### {}\n`{}`, {}. {}\n", row.title, row.id,
                                 name_of(row.severity), fill_in(row.meaning, {}));
  for (const Remedy& remedy : remedies_of(row, {})) {
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
