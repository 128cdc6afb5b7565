"""Activity in lines: what happened to the account, newest first, searched, and taken away in a file."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import tzinfo

from security.activity_facts import ActivityEvent, ActivityMark, ActivityPage, ActivityQuery
from security.refusals import UnusableField
from security.safe_text import sanitise
from security.secret import Secret
from security.vocabulary import ExportForm
from strongroom.plain.lists import PAGE, Listing, Page
from strongroom.plain.menus import Item, Menu, serve
from strongroom.plain.proof import act_fresh
from strongroom.plain.talk import Talk
from tui.private_file import NotSaved, path_of, save_pieces
from tui.words import exports as export_words
from tui.words.activity import KINDS, days_words, facts_of, happening_words, reason_words, terms_of
from tui.words.moments import day, moment
from tui.words.sessions import source_words

HELP = (
    "Everything that happened to your account stands here, also what was refused.",
    "A search takes words, devices and addresses; every word has to match.",
    "An export is a file on this machine that nobody but you may read.",
)
_FORMS = {"csv": ExportForm.CSV, "jsonl": ExportForm.JSON_LINES}
_TOLD_EVERY = 10_000
"""Events between two lines on how far an export has come."""


def row_words(event: ActivityEvent, zone: tzinfo | None) -> str:
    """One event in one line to be heard: first what tells it from the others, and nothing twice."""
    happened, why = happening_words(event), reason_words(event)
    said = [happened, "" if why.casefold() in happened.casefold() else why]
    said += ["by an administrator" if event.is_by_other else "", moment(event.at, zone)]
    said += [event.client, source_words(event.source_ip)]
    return "; ".join(part for part in said if part) + "."


class ActivityRoom:
    """The place of the activity; what is searched for stays while one is in it."""

    def __init__(self, talk: Talk) -> None:
        """Begin with everything."""
        self._talk = talk
        self._text = ""
        self._kind = next(iter(KINDS))

    @property
    def _asked(self) -> ActivityQuery:
        """What is asked for."""
        return ActivityQuery(self._kind, terms_of(self._text))

    async def stay(self) -> None:
        """Stay until the person goes back."""
        await serve(self._talk, Menu("Activity", self._items, HELP, tell=self._tell))

    def _items(self) -> list[Item]:
        """What can be done."""
        searched = f", searching for {self._text}" if self._text else ""
        return [
            Item(f"List events, newest first: {KINDS[self._kind]}{searched}", ("list",), self._list),
            Item("Search for words", ("search", "filter"), self._search),
            Item("Choose a kind", ("kind",), self._choose_kind),
            Item("Export to a file", ("export",), self._export),
        ]

    async def _tell(self) -> None:
        """Say a month in figures."""
        days = await self._talk.act(self._talk.services.activity.days)
        self._talk.say(f"{days_words(days, self._talk.zone)}.")

    async def _list(self) -> None:
        """Tell events page by page."""
        talk, flow, query = self._talk, self._talk.services.activity, self._asked
        mark: ActivityMark | None = None

        async def more() -> Page[ActivityEvent]:
            """Events older than those that were told."""
            nonlocal mark
            page: ActivityPage = await talk.act(lambda token: flow.older(token, query, mark, PAGE))
            mark = page.older
            if not page.events and mark is not None:
                talk.say(f"Nothing down to {day(mark.at, talk.zone)}; m looks further back.")
            return Page(list(page.events), is_last=mark is None)

        await Listing(talk, "Events", more, lambda one: row_words(one, talk.zone), self._open).stay()

    async def _open(self, event: ActivityEvent) -> None:
        """Tell everything that is known of an event."""
        facts = facts_of(event, self._talk.zone)
        self._talk.say(f"{happening_words(event)}.", *(f"{label}: {words}" for label, words in facts))

    async def _search(self) -> None:
        """Ask for words, and list what has them."""
        before = self._text
        self._text = (await self._talk.raw("Words, or an empty line for everything: ")).strip()
        try:
            await self._talk.act(lambda token: self._talk.services.activity.newest(token, self._asked, 1))
        except UnusableField:
            self._text = before
            raise
        await self._list()

    async def _choose_kind(self) -> None:
        """Ask for a kind, and list what is of it."""
        kinds = list(KINDS)
        for number, kind in enumerate(kinds, 1):
            self._talk.say(f"{number}. {KINDS[kind]}")
        self._kind = kinds[await self._talk.number("Number of the kind", len(kinds)) - 1]
        await self._list()

    async def _export(self) -> None:
        """Write what is asked for to a file."""
        talk, flow, query = self._talk, self._talk.services.activity_export, self._asked
        total = await talk.act(lambda token: flow.count(token, query))
        if not total:
            talk.not_done(export_words.NOTHING)
            return
        machine = talk.visit.door.machine
        talk.say(
            f"{export_words.selection_words(total, is_all=query.wants_all)}, in a new file on {machine}"
            " that nobody but you may read.",
            export_words.FORMS,
        )
        form = _FORMS[await talk.one_of("Form: csv or jsonl", _FORMS)]
        ending = export_words.ending(form)
        offered = f"~/{export_words.file_name(talk.now, talk.zone)}{ending}"
        typed = (await talk.raw(f"File, or an empty line for {offered}: ")).strip() or offered
        try:
            path = path_of(typed, ending, tuple(map(export_words.ending, ExportForm)))
        except RuntimeError:
            talk.not_done("That home folder does not exist.")
            return
        if path is None:
            talk.not_done("That is no file name.")
            return
        saving = _Saving(talk, query, form)
        try:
            await act_fresh(talk, lambda token: save_pieces(path, saving.pieces(token)))
        except NotSaved as error:
            talk.not_done(error.sentence)
        else:
            talk.say(export_words.saved_words(saving.total, machine, sanitise(path)))


class _Saving:
    """An export that begins once its file can be made: before that nothing is audited or asked."""

    def __init__(self, talk: Talk, query: ActivityQuery, form: ExportForm) -> None:
        """Keep what is exported."""
        self._talk = talk
        self._query = query
        self._form = form
        self.total = 0
        """How many events there are, once it has begun."""

    async def pieces(self, token: Secret) -> AsyncIterator[bytes]:
        """The pieces, with a line from time to time on how far they have come."""
        talk, flow, said = self._talk, self._talk.services.activity_export, 0
        export = await flow.begin(token, self._query, talk.visit.origin, self._form)
        self.total = export.total
        async for piece in export.pieces:
            yield piece.data
            if piece.total - said >= _TOLD_EVERY:
                said = piece.total
                talk.say(f"{said:,} of {export.total:,} events written.")
