"""What an official figure of no event says: the place among all, and the change beside those that were most alike."""

from jobreport.domain.released import Row, newest
from jobreport.page import Parts
from jobreport.wording import design
from jobreport.wording.texts import sentences
from jobreport.wording.writer import Writer

SCALES = ("points", "log")
SIDES = ("from_below", "from_above")
FEWEST_EARLIER = 3  # periods, before it is told how often


class Described(Writer):
    """An official series that is compared around no event; why a municipality differs is never said."""

    def place(self, series: str) -> Parts:
        """Return where the municipality lies among all in the last period, counted from the nearer end."""
        found = self.rows("diagnostics", diagnostic="place", indicator=series, municipality_code=self.code)
        ends = [row for row in newest(found) if row.text("category") in SIDES]
        if not ends:
            return ()
        nearest = min(ends, key=lambda row: row.value("value"))
        return self.say(f"described.place.{nearest.text('category')}", row=nearest)

    def beside(self, series: str) -> Parts:
        """Return the change beside those that were most alike, on both scales, and how much they swing of
        themselves.
        """
        found = self._similar(series)
        keys = ("described.beside.points", "described.beside.log")
        told = [self.say(key, row=row) for key, row in zip(keys, found.values(), strict=False)]
        return sentences(*told, self._verdict(found), self._earlier(series, next(iter(found), "")))

    def front(self, series: str) -> Parts:
        """Return the change beside those that were most alike and how much they swing of themselves: no rank."""
        found = self._similar(series)
        told = [self.say("described.beside.front", row=row) for row in [*found.values()][:1]]
        return sentences(*told, self._verdict(found))

    def _similar(self, series: str) -> dict[str, Row]:
        rows = {scale: self.change_of(series, method="similar", scale=scale) for scale in SCALES}
        return {scale: row for scale, row in rows.items() if row and row.has("change", "ci_low", "ci_high", "rank")}

    def _verdict(self, found: dict[str, Row]) -> Parts:
        clear = [row for row in found.values() if design.is_clear(row)]
        if not found:
            return ()
        if not clear:
            return self.say("described.unclear")
        if any(self._as_large(row) for row in clear):
            return self.say("described.swings")
        if len(clear) < len(found):
            return self.say("described.one_clear", how=self.unit(clear[0], change=True))
        return self.say("described.clear")

    def _as_large(self, row: Row) -> bool:
        known = self._periods(row.text("indicator"), row.text("scale"))
        return known is not None and known.value("value") > 0

    def _periods(self, series: str, scale: str) -> Row | None:
        which = {"indicator": series, "category": scale, "municipality_code": self.code}
        return self.one("diagnostics", diagnostic="as_large", **which)

    def _earlier(self, series: str, scale: str) -> Parts:
        row = self._periods(series, scale)
        if row is None or row.value("n") < FEWEST_EARLIER:
            return ()
        return self.say("described.earlier", row=row)
