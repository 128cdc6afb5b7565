"""Fresh recovery codes in lines: told once with their numbers, saved on request, and proved to be saved."""

from __future__ import annotations

import asyncio

from security.facts import RecoveryCodes
from security.refusals import CodeRejected
from security.safe_text import sanitise
from strongroom.plain.menus import Item, Menu, serve
from strongroom.plain.spelling import in_spelling_alphabet, letter_by_letter
from strongroom.plain.talk import Talk
from strongroom.plain.turns import Back, Leave
from tui.private_file import NotSaved, path_of, save_private
from tui.recovery_sheet import as_pdf, as_text, saved_words, sheet_lines, sheet_name
from tui.words.moments import day
from tui.words.refusals import Words, counted
from tui.words.two_factor import ADVICE, ENABLED, NEW_CODES, NONE_OF_THESE, NOT_SPENT, PROOF, SAVE_THEM

ENDINGS = (".txt", ".pdf")
"""What a file may be: the ending that is typed decides, and text it is without one."""

LEAVING = (
    "These codes are told once, and no way leads back to them.",
    "Two-factor authentication stays on. The next sign-in offers to make new codes.",
)
HELP = (
    "Each code signs you in once, when your authenticator app is out of reach.",
    "They stand above, in what your terminal still holds: clear it once they are saved.",
    "The proof is one of the codes, typed from where you saved them.",
)


class CodesTold:
    """A batch while it can be heard; nothing of it is left afterwards."""

    def __init__(self, talk: Talk, batch: RecoveryCodes, *, is_first: bool) -> None:
        """Keep the batch for as long as the place is open."""
        self._talk = talk
        self._batch = batch
        self._is_first = is_first
        self._is_proved = False

    async def stay(self) -> None:
        """Tell the codes once, and stay until one was typed as proof or the person leaves them."""
        talk = self._talk
        title = ENABLED if self._is_first else NEW_CODES
        talk.say(
            title, SAVE_THEM, f"Told once; each of the {len(self._batch.codes)} signs you in once.", ADVICE
        )
        if self._batch.sessions_ended:
            talk.say(f"{counted(self._batch.sessions_ended, 'other session')} signed out.")
        for number, code in enumerate(self._batch.codes, 1):
            talk.say(f"Code {number}: {code.reveal}")
        menu = Menu("Recovery codes", self._items, HELP, closes=self._is_over)
        while not self._is_over():
            try:
                await serve(talk, menu)
            except Leave as leave:
                if leave.code or await self._leaves():
                    raise
                continue
            except Back:
                continue
            if not self._is_over() and await self._leaves():
                return

    def _is_over(self) -> bool:
        """Whether one of them was typed as proof."""
        return self._is_proved

    def _items(self) -> list[Item]:
        """What can be done with them."""
        return [
            Item("Prove that they are saved, with one of them", ("prove", "saved"), self._prove),
            Item("Save them to a file", ("save",), self._save),
            Item("Hear one code letter by letter", ("hear", "letters"), lambda: self._hear(by_word=False)),
            Item("Hear one code in the spelling alphabet", ("alphabet",), lambda: self._hear(by_word=True)),
        ]

    async def _leaves(self) -> bool:
        """Ask before codes are lost that were not proved to be saved."""
        self._talk.say(*LEAVING)
        try:
            return await self._talk.yes("Leave without saving?")
        except Back:
            return False

    async def _prove(self) -> None:
        """Hold one of them against the batch; it is not spent by that."""
        talk, flow, origin = self._talk, self._talk.services.recovery_codes, self._talk.visit.origin
        talk.say(PROOF, NOT_SPENT)
        while not self._is_proved:
            typed = await talk.line("One of your codes")
            try:
                await talk.act(
                    lambda token: flow.acknowledge(token, self._batch.batch_id, typed, origin)  # noqa: B023
                )
            except CodeRejected:
                talk.refuse(Words(NONE_OF_THESE))
            else:
                self._is_proved = True
                talk.say("Thank you: the codes are saved.")

    async def _save(self) -> None:
        """Write the sheet to a new file that nobody else may read."""
        talk = self._talk
        now, zone, visit = talk.now, talk.zone, talk.visit
        offered = f"~/{sheet_name(now, zone)}.txt"
        talk.say(
            f"A new file on {visit.door.machine}, which nobody but you may read.",
            "A name that ends in .pdf makes a page to print, any other one a text.",
        )
        typed = (await talk.raw(f"File, or an empty line for {offered}: ")).strip() or offered
        ending = ".pdf" if typed.lower().endswith(".pdf") else ".txt"
        try:
            path = path_of(typed, ending, ENDINGS)
        except RuntimeError:
            talk.not_done("That home folder does not exist.")
            return
        if path is None:
            talk.not_done("That is no file name.")
            return
        lines = sheet_lines(visit.account.email, day(now, zone), self._batch.codes)
        try:
            await asyncio.to_thread(save_private, path, as_pdf(lines) if ending == ".pdf" else as_text(lines))
        except NotSaved as error:
            talk.not_done(error.sentence)
        else:
            talk.say(saved_words(visit.door.machine, sanitise(path)))

    async def _hear(self, *, by_word: bool) -> None:
        """Tell one code sign by sign."""
        greatest = len(self._batch.codes)
        number = await self._talk.number(f"Number of the code, 1 to {greatest}", greatest)
        code = self._batch.codes[number - 1].reveal
        self._talk.say(*(in_spelling_alphabet(code) if by_word else letter_by_letter(code)))
