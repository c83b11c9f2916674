"""The table on the screen, the same as Markdown and JSON, and the plot."""

import json
import platform
from dataclasses import asdict
from pathlib import Path

from benchmarks.measure import Result

WIDTH = 24


def show(results: list[Result]) -> None:
    """Print a table: medians, ratio, bar, and the ratio drawn against its bar."""
    print(f"\n{'benchmark':<14}{'ours':>12}{'baseline':>12}{'ratio':>9}{'bar':>8}   0 {'·' * (WIDTH - 4)} bar")
    for result in results:
        filled = min(round(result.ratio / result.bar * WIDTH), WIDTH + 6)
        drawn = "█" * min(filled, WIDTH) + "▓" * (filled - WIDTH)
        verdict = "" if result.holds else "  MISSED"
        print(
            f"{result.name:<14}{_time(result.seconds):>12}{_time(result.baseline_seconds):>12}"
            f"{result.ratio:>8.2f}×{result.bar:>7g}×   {drawn}{verdict}"
        )
        more = "".join(f"; {key}: {value}" for key, value in result.more.items())
        print(f"{'':<14}{result.what} / {result.baseline}; {result.rounds} rounds{more}")


def keep(results: list[Result], folder: Path) -> None:
    """Write results.json, results.md and the plot."""
    (folder / "results.json").write_text(json.dumps([asdict(result) for result in results], indent=1))
    (folder / "results.md").write_text(_markdown(results))
    _plot(results, folder)


def _markdown(results: list[Result]) -> str:
    lines = [
        f"Python {platform.python_version()}, {platform.machine()}",
        "",
        "| what | baseline in the same run | ours | baseline | ratio | bar | more |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for result in results:
        more = "; ".join(f"{key}: {value}" for key, value in result.more.items())
        ratio = f"{result.ratio:.2f} ×" if result.holds else f"**{result.ratio:.2f} ×**"
        lines.append(
            f"| {result.what} | {result.baseline} | {_time(result.seconds)} | {_time(result.baseline_seconds)} "
            f"| {ratio} | ≤ {result.bar:g} × | {more} |"
        )
    return "\n".join(lines) + "\n"


def _plot(results: list[Result], folder: Path) -> None:
    """Draw each ratio as a share of its bar."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(9, 0.6 * len(results) + 1.6))
    shares = [result.ratio / result.bar for result in results]
    colours = ["#0b6a58" if result.holds else "#ad241c" for result in results]
    axes.barh([result.what for result in results], shares, color=colours, height=0.6)
    for row, (share, result) in enumerate(zip(shares, results, strict=True)):
        axes.text(max(share, 1) + 0.03, row, f"{result.ratio:.2f} × (bar {result.bar:g} ×)", va="center", fontsize=9)
    axes.axvline(1, color="#14251f", linewidth=1.5)
    axes.set_xlim(0, max([*shares, 1]) * 1.45)
    axes.set_xlabel("ratio to the baseline, as a share of the bar (line = bar)")
    axes.invert_yaxis()
    axes.spines[["top", "right"]].set_visible(False)
    figure.tight_layout()
    for ending in ("svg", "png"):
        figure.savefig(folder / f"bench.{ending}", dpi=150)
    pyplot.close(figure)


def _time(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1000:.2f} ms"
