"""`flask simulate`: the same phone in a terminal."""

import re
import time
from datetime import UTC, datetime
from pathlib import Path

import click
from flask import has_app_context
from rich.console import Console

from flows.menu.model import Flow
from flows.preview.transcript_writer import RecordedScreen
from gateway.simulator import recorder, terminal_screen
from gateway.simulator.phone import Phone, Unreachable
from gateway.terminal.audited_commands import AUDITED, note_command
from gateway.terminal.errors import Usage, one_line_errors, sunwai
from gateway.terminal.flow_arguments import FlowFile
from sessions.publishing.short_codes import is_code

HELP = (
    "Type an answer. :again repeats the last request; :timeout and :hang end the call; "
    ":dial CODE, :sms TEXT, :inbox, :wire, :slow SECONDS, :quit."
)
NO_CODE = "{} is not a code that a phone can dial: type one such as *8484# (in quotes on a command line)."
_ARRIVES = 3.0  # seconds within which the text after a call usually arrives


def option(screen: str, label: str) -> str | None:
    """The key of the option whose words contain `label`: "2" for Roman Urdu in "1 English\\n2 Roman Urdu"."""
    for line in screen.splitlines():
        found = re.match(r"(\d{1,3})[ .)]+(.*)", line)
        if found and label.casefold() in found[2].casefold():
            return found[1]
    return None


@click.command("simulate")
@click.option("--phone", "number", default="+923001234567", show_default=True, help="The caller's number.")
@click.option("--language", help="Answer the language question with this one (en, ur, ...).")
@click.option(
    "--url", envvar="WEB_URL", default="http://127.0.0.1:8000", show_default=True, help="Where Sunwai's web server is."
)
@click.option("--secret", default="local", show_default=True, help="The webhook's secret.")
@click.option("--network", default="41001", show_default=True, help="Network code; 41001 is Jazz.")
@click.option("--dial", "code", default="*8484#", show_default=True, help="The code to dial first.")
@click.option("--short-code", default="8484", show_default=True, help="Where texts go.")
@click.option("--record", metavar="NAME", help="Save the last call as the scripted call transcripts/NAME.yaml.")
@click.option(
    "--beside", type=FlowFile(), help="The flow file that the call belongs to; by default the one in this folder."
)
@click.option(
    "--slow", type=click.FloatRange(0, 60), default=0.0, help="Seconds that each answer is on the way; 10 are too long."
)
@click.option(
    "--octets",
    type=click.Choice([*terminal_screen.OCTETS]),
    default=None,
    help="What a screen of the network holds; latin: 160, and no Urdu script. What it would cut is struck through.",
)
@one_line_errors
def simulate(
    number: str,
    language: str | None,
    url: str,
    secret: str,
    network: str,
    code: str,
    short_code: str,
    record: str | None,
    beside: Path | None,
    slow: float,
    octets: str | None,
) -> None:
    """A basic phone in the terminal, connected to the real webhook of a running Sunwai.

    With --record, :quit (or Ctrl-D) saves the last call; Ctrl-C saves nothing.
    """
    if not is_code(code):
        raise Usage(NO_CODE.format(code))
    if has_app_context() and not sunwai().settings.in_development:  # `flask` and `sunwai` always have the application
        note_command(sunwai(), AUDITED["simulate"], "simulate", {})
    into = recorder.start_recording(record, beside) if record is not None else None
    service = code.split("*")[1].removesuffix("#") if code.count("*") else code
    if into is not None:
        recorder.refuse_other_flow(into, f"*{service}#")
    phone = Phone(url, secret, number, code=f"*{service}#", network=network, now=lambda: datetime.now(UTC))
    phone.slow = slow
    call = Call(phone, Console(highlight=False), short_code, language, into.flow if into else None)
    call.octets = octets or ""
    try:
        call.start(code)
        while call.turn():
            pass
    except Unreachable as error:
        raise click.ClickException(f"{error}{f' {recorder.NOTHING}.' if into else ''}") from None
    except (KeyboardInterrupt, click.Abort):
        click.echo(f"\nCancelled. {recorder.NOTHING}: :quit saves the call." if into else "")
        return
    except EOFError:
        click.echo()
    if into is not None:
        click.echo(recorder.write(into, call.dialled, phone.reached, call.heard, call.texted))


class Call:
    """What the person at the keyboard does with the phone. `recorded` is the flow that a call is saved for."""

    def __init__(
        self, phone: Phone, console: Console, short_code: str, language: str | None, recorded: Flow | None
    ) -> None:
        self.phone, self.console, self.short_code, self.language = phone, console, short_code, language
        self.recorded, self.octets = recorded, ""
        self.dialled, self.heard, self.texted = "", list[RecordedScreen](), ""  # the last call

    def start(self, code: str) -> None:
        """Show what can be typed, and dial."""
        self.console.print(HELP, style="dim")
        self.phone.received()  # texts from before this call are not new
        self.dial(code)

    def dial(self, code: str) -> None:
        """Dial, and answer the language question as asked on the command line."""
        if not is_code(code):
            self.console.print(NO_CODE.format(code), style="dim")
            return
        self.phone.dial(code)
        if self.recorded and (key := recorder.discard_key(self.recorded, self.phone.screen)):
            self.phone.answer(key)
            self.phone.dial(code)
            said = "This phone had an unfinished call, which was deleted: a recording begins with the first screen."
            self.console.print(said, style="dim", soft_wrap=True)
        self.dialled, self.heard, self.texted = code, [], ""
        self._heard("")
        if self.language:
            self._choose_language(self.language)
        self.show()
        if not self.phone.asked and recorder.leads_nowhere(self.phone.reached):
            said = f"There is no flow for {self.phone.reached} here. To see which codes have one: flask flows status"
            self.console.print(said, style="dim", soft_wrap=True)

    def _choose_language(self, language: str) -> None:
        """Answer the language question: the screen that offers every language that the flow has on screens."""
        flow = self.recorded or recorder.live_at(self.phone.reached) or recorder.shipped_flow()
        languages = flow.languages
        if language not in languages:
            has = f"{flow.name} has {', '.join(languages)}"
            self.console.print(f"There is no language {language}: {has}.", style="dim", soft_wrap=True)
            return
        keys = {tag: option(self.phone.screen, languages[tag]) for tag in flow.ussd_languages or languages}
        if all(keys.values()) and (key := keys.get(language)):
            self.answer(key)

    def answer(self, typed: str) -> None:
        """Type an answer."""
        self.phone.answer(typed)
        self._heard(typed)

    def _heard(self, typed: str) -> None:
        self.heard.append(RecordedScreen(typed, self.phone.screen, not self.phone.asked))

    def show(self, typed: str = "") -> None:
        """Draw the screen and, after the end of a call, the texts that follow it."""
        self.console.print(terminal_screen.screen(self.phone.body, self.phone.number, typed, self.octets))
        if not self.phone.asked:
            self.inbox(_ARRIVES)

    def inbox(self, seconds: float = 0.0) -> bool:
        """Draw what has arrived, waiting up to so many seconds for the first text."""
        deadline = time.monotonic() + seconds
        while not (new := self.phone.received()) and time.monotonic() < deadline:
            time.sleep(0.15)
        for each in new:
            if self.heard and self.heard[-1].ends:
                self.texted = self.texted or each.text
            self.console.print(terminal_screen.message(each.text, each.sender, each.parts))
        return bool(new)

    def turn(self) -> bool:
        """Do what one line from the keyboard says; False when the person is done."""
        self.inbox()
        typed = self.console.input("[bold]▸ [/]" if self.phone.asked else "[dim](:dial, :sms, :quit)[/] [bold]▸ [/]")
        word, _, rest = typed.partition(" ")
        if not self.phone.asked and not word.startswith(":"):
            word = f":{word}"  # with no call in progress a command needs no colon
        match word:
            case ":quit" | ":q" | ":exit":
                return False
            case ":" | ":dial":
                self.dial(rest.strip() or self.phone.code)
            case ":sms" if rest.strip():
                self.console.print(terminal_screen.sent_message(rest, self.short_code))
                self.phone.text(self.short_code, rest)
                self.inbox(_ARRIVES)
            case ":inbox" | ":wire" | ":slow":
                self._look(word, rest.strip())
            case ":again":
                before = self.phone.body
                self.phone.repeat()
                same = "the same" if self.phone.body == before else "different"
                self.console.print(f"The answer is {same}.", style="dim")
                self.show()
            case ":timeout" | ":hang" if self.phone.asked:
                self.phone.break_off("Session timed out" if word == ":timeout" else "User hung up")
                self.show()
            case _ if self.phone.asked and not word.startswith(":"):
                self.answer(typed)
                self.show()
            case code if code.startswith(":*"):
                self.dial(typed.strip())
            case _:
                self.console.print(HELP, style="dim")
        return True

    def _look(self, word: str, rest: str) -> None:
        """Draw what arrived or went over the wire, or set how many seconds each answer is on the way."""
        if word == ":slow":
            self.phone.slow = float(rest) if rest.isdecimal() else self.phone.slow
            self.console.print(f"Each answer is on the way for {self.phone.slow:g} seconds.", style="dim")
        elif word == ":wire":
            for entry in self.phone.wire[-1:]:
                self.console.print(terminal_screen.wire(entry))
        elif not self.inbox():
            self.console.print("No new messages.", style="dim")


if __name__ == "__main__":
    simulate()
