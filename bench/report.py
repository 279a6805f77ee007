"""Tables and charts of the codec benchmarks; used by scripts/bench and scripts/bench-arm."""
import html
import os
import platform
import re
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def command(*words):
    return subprocess.run(words, capture_output=True, text=True, cwd=ROOT).stdout.strip()


def cpu():
    with open("/proc/cpuinfo") as file:
        found = dict(re.findall(r"^(\w[\w ]*?)\s*: (.*)$", file.read(), re.M))
    return found.get("model name") or found.get("Model") or platform.machine()


def commit():
    return command("git", "describe", "--always", "--dirty") or "unknown"


def compiler(path):
    return command(path, "--version").split("\n")[0]


def markdown(header, rows):
    widths = [max(len(str(row[i])) for row in [header] + rows) for i in range(len(header))]

    def line(cells):
        first, *rest = [str(cell) for cell in cells]
        return "| " + " | ".join([first.ljust(widths[0])] +
                                 [cell.rjust(width) for cell, width in zip(rest, widths[1:])]) + " |"

    rule = "|" + "|".join(["-" * (widths[0] + 2)] + ["-" * (width + 1) + ":" for width in widths[1:]])
    return "\n".join([line(header), rule + "|"] + [line(row) for row in rows])


def bars(title, groups, unit):
    """An SVG of horizontal bars: groups is [(name, [(label, value), ...]), ...]."""
    bar, gap, left, width = 16, 14, 150, 760
    most = max(value for _, items in groups for _, value in items)
    scale = (width - left - 90) / most
    out, y = [], 40
    for name, items in groups:
        out.append(f'<text x="10" y="{y + 12}" font-weight="bold">{html.escape(name)}</text>')
        y += bar + 4
        for label, value in items:
            out.append(f'<text x="{left - 8}" y="{y + 12}" text-anchor="end">{html.escape(label)}</text>'
                       f'<rect x="{left}" y="{y}" width="{max(value * scale, 1):.1f}" height="{bar - 3}"'
                       f' fill="#4878a8"/>'
                       f'<text x="{left + value * scale + 6:.1f}" y="{y + 12}">{value:.1f}{unit}</text>')
            y += bar
        y += gap
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{y}" '
            f'font-family="sans-serif" font-size="12">\n<rect width="100%" height="100%" fill="white"/>\n'
            f'<text x="10" y="22" font-size="15">{html.escape(title)}</text>\n' + "\n".join(out) + "\n</svg>\n")
