"""Which printings a question counts, as a condition in SQL."""

from __future__ import annotations

from dataclasses import dataclass

from quotes.records import Kind, SpeakerKind

SPEAKER_KIND = (
    "coalesce((SELECT kind FROM entity WHERE id = q.speaker), "
    "(SELECT kind FROM local_entity WHERE number = q.local_entity))"
)
"""What kind of speaker or referent `quotation q` has; null without one."""


@dataclass(frozen=True, slots=True)
class Filters:
    """Which printings count: a condition over `quotation q` and `article a`."""

    everything: bool = False
    kind: Kind | None = None
    speaker_kind: SpeakerKind | None = None
    outlet: str | None = None
    since: str | None = None
    until: str | None = None

    @property
    def sql(self) -> str:
        """What must hold, for a WHERE clause."""
        parts = ["1"]
        if not self.everything:
            parts.append("q.attitude = 'assertion'")
        if self.kind is not None:
            parts.append("q.kind = :kind")
        if self.speaker_kind is not None:
            parts.append(f"{SPEAKER_KIND} = :speaker_kind")
        if self.outlet is not None:
            parts.append("a.outlet = :outlet COLLATE NOCASE")
        if self.since is not None:
            parts.append("a.published >= :since")
        if self.until is not None:
            parts.append("substr(a.published, 1, length(:until)) <= :until")
        return " AND ".join(parts)

    def values(self) -> dict[str, str | None]:
        """The parameters that the condition names."""
        return {
            "kind": self.kind,
            "speaker_kind": self.speaker_kind,
            "outlet": bindable(self.outlet),
            "since": bindable(self.since),
            "until": bindable(self.until),
        }


def bindable(text: str | None) -> str | None:
    """What a shell may hand over (any bytes) as text that SQLite takes."""
    return None if text is None else text.encode("utf-8", "replace").decode("utf-8")
