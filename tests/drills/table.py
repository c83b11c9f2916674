"""The table that a drill prints: what was counted, beside what it had to be."""

from dataclasses import dataclass, field


@dataclass
class Table:
    """Lines of a drill; `bar` is empty for what is only counted."""

    title: str
    lines: list[tuple[str, str, str, bool]] = field(default_factory=list)

    def count(self, what: str, found: object) -> None:
        """Add a figure that has no bar."""
        self.lines.append((what, str(found), "", True))

    def expect(self, what: str, found: object, bar: object) -> None:
        """Add a figure that must be exactly this."""
        self.lines.append((what, str(found), f"= {bar}", found == bar))

    @property
    def holds(self) -> bool:
        """Whether every bar holds."""
        return all(is_right for _what, _found, _bar, is_right in self.lines)

    def show(self) -> None:
        """Print the table."""
        print(f"\n{self.title}")
        for what, found, bar, is_right in self.lines:
            print(f"  {what:<66}{found:>10}  {bar:<10}{'' if is_right else 'MISSED'}".rstrip())
