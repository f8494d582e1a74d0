"""All answers before and after, from least to most positive, with the middle in the middle."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure as Drawing
from matplotlib.patches import Patch

from jobreport.domain.released import Row, spans_waves, waves_in
from jobreport.figures import parts, style
from jobreport.figures.parts import FigureWriter
from jobreport.page import Figure, Paragraph, Parts
from jobreport.setup.codebook import Question
from jobreport.wording import numbers
from jobreport.wording.texts import sentences

BAR_MM = 6.2
FRAME_MM = 24.5
SMALLEST_LABELLED = 6.0  # per cent: a narrower piece has no room for its figure
Bar = tuple[str, Question, list[Row]]  # the name its figures stand under, the question, its answers


class Distribution(FigureWriter):
    """How all answers are spread."""

    def figure(self, indicator: str) -> Figure | Paragraph:
        """Draw how all answers are spread, a bar per question and window (or wave), none of the scale left out."""
        bars = [bar for name, question in self._questions(indicator) for bar in self._bars(name, question)]
        if not bars:
            return self.nothing(indicator, "no_answers" if self.of_table else "nothing")
        with style.page(FRAME_MM + BAR_MM * (1 + self._height(bars, len(bars) - 1))) as drawing:
            axes = drawing.subplots()
            for place, bar in enumerate(bars):
                self._bar(axes, self._height(bars, place), bar)
            self._axes(axes, bars)
            self._key(drawing, bars[0][1])
            return self.finished(
                drawing,
                f"distribution-{indicator}",
                of=bars[0][2],
                alt=self._alt(bars),
                caption=sentences(
                    self.say("figures.distribution.caption", name=self.indicator(indicator)),
                    self._left_out(bars, indicator),
                ),
                source=self.source(indicator),
            )

    def _left_out(self, bars: list[Bar], indicator: str) -> Parts:
        if not self.comparable(indicator):
            return self.say("figures.only_latest", row=bars[-1][2][0])
        drawn = {wave for *_, answers in bars for wave in waves_in(answers[0].text("wave"))}
        names = tuple(name for name, _ in self._questions(indicator))
        which = {"measure": "share", "category": "answer_1", "municipality_code": self.code, "group_by": ""}
        found = self.rows("estimates", indicator=names, **which)
        absent = {row.text("wave"): row for row in found if not row.has("estimate") and not row.spans_waves}
        whys = {True: "figures.suppressed", False: "common.not_asked"}
        told = [
            self.say("figures.left_out_one", row=row, why=self.word(whys[row.asked]))
            for wave, row in sorted(absent.items())
            if wave not in drawn
        ]
        return self.say("figures.left_out", list=self.listing(told)) if told else ()

    def _questions(self, indicator: str) -> tuple[tuple[str, Question], ...]:
        return self.codebook.asked_under(indicator) if self.reported else ()

    def _bars(self, name: str, question: Question) -> list[Bar]:
        which = {"indicator": name, "measure": "share", "municipality_code": self.code, "group_by": ""}
        answers = tuple(f"answer_{place}" for place in range(1, question.scale.size + 1))
        found = [row for row in self.rows("estimates", category=answers, **which) if row.asked]
        waves = sorted({row.text("wave") for row in found})
        windows = [wave for wave in waves if spans_waves(wave)]
        single = [wave for wave in waves if not spans_waves(wave)]
        bars = []
        for wave in windows if len(windows) > 1 else single if self.comparable(name) else single[-1:]:
            own = {row.text("category"): row for row in found if row.text("wave") == wave and row.has("estimate")}
            if len(own) == len(answers):
                bars.append((name, question, [own[answer] for answer in answers]))
        return bars

    def _height(self, bars: list[Bar], place: int) -> float:
        names = [name for name, _, _ in bars[: place + 1]]
        sides = [(name, self.after(answers[0])) for name, _, answers in bars[: place + 1]]
        return place + 0.8 * (len(set(names)) - 1) + 0.3 * (len(set(sides)) - len(set(names)))

    def _bar(self, axes: Axes, height: float, bar: Bar) -> None:
        _, question, answers = bar
        values = [parts.shown(row, "estimate") for row in answers]
        middle = question.scale.negative, question.scale.size - question.scale.positive
        left = -sum(values[: middle[0]]) - sum(values[middle[0] : middle[1]]) / 2
        for place, value in enumerate(values):
            shade = _shade(place, question)
            look = {"color": style.DIVERGING[shade], "edgecolor": "white", "linewidth": 0.7, "in_layout": False}
            axes.barh(height, value, left=left, height=0.78, **look)  # type: ignore[arg-type]
            if value >= SMALLEST_LABELLED:
                text = numbers.decimal(value, 0, self.language)
                centred = {"ha": "center", "va": "center", "in_layout": False}
                axes.text(left + value / 2, height, text, color=style.INK_ON[shade], **centred)  # type: ignore[arg-type]
            left += value
        style.beside(axes, height, self.said("figures.base", n=self.count(answers[0], "n")))

    def _axes(self, axes: Axes, bars: list[Bar]) -> None:
        heights = [self._height(bars, place) for place in range(len(bars))]
        waves = [self._named(answers[0]) for *_, answers in bars]
        style.named_lines(axes, dict(zip(heights, waves, strict=True)))
        axes.set_ylim(heights[-1] + 0.6, -1.0 if _several(bars) else -0.6)
        axes.set_xlim(-100, 100)
        axes.set_xticks(
            [-100, -50, 0, 50, 100], [numbers.decimal(abs(x), 0, self.language) for x in (-100, -50, 0, 50, 100)]
        )
        axes.set_xlabel(self.word("figures.distribution.axis"))
        axes.axvline(0, color=style.INK, linewidth=0.6, zorder=0)
        if _several(bars):
            for place, (name, *_) in enumerate(bars):
                if place == 0 or bars[place - 1][0] != name:
                    axes.text(-100, heights[place] - 0.47, self.indicator(name), va="bottom", fontweight="bold")

    def _named(self, row: Row) -> str:
        name = self.window(row).text
        after = self.after(row)
        return name if after is None else f"{self.word('common.after' if after else 'common.before')} {name}"

    def _key(self, drawing: Drawing, question: Question) -> None:
        answers = self.texts.of_many(question.scale.labels)
        handles = [
            Patch(facecolor=style.DIVERGING[_shade(place, question)], edgecolor=style.INK, linewidth=0.3, label=answer)
            for place, answer in enumerate(answers)
        ]
        drawing.legend(handles=handles, loc="upper center", ncols=len(handles), columnspacing=1.2, **style.KEY)

    def _spoken(self, answer: str) -> Parts:
        return self.say("common.quoted", text=answer) if answer.isdigit() else (answer.lower(),)

    def _alt(self, bars: list[Bar]) -> Parts:
        told = []
        for _, question, answers in bars:
            names = self.texts.of_many(question.scale.labels)
            pieces = [
                self.say("figures.distribution.alt_piece", answer=self._spoken(name), row=row)
                for name, row in zip(names, answers, strict=True)
            ]
            told.append(self.say("figures.distribution.alt_bar", list=self.listing(pieces), row=answers[0]))
        return sentences(*told)


def _shade(place: int, question: Question) -> int:
    scale, last = question.scale, len(style.DIVERGING) - 1
    from_best = scale.size - 1 - place
    if place < scale.negative:
        return _second_half(place, scale.negative)
    return last - _second_half(from_best, scale.positive) if from_best < scale.positive else last // 2


def _second_half(place: int, size: int) -> int:
    return int(2 * place >= size and place > 0)


def _several(bars: list[Bar]) -> bool:
    return len({name for name, *_ in bars}) > 1
