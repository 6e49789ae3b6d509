"""Every scripted call of the library: each screen as the aggregator gets it, and the SMS it owes."""

from __future__ import annotations

from tests.flows.library import scripts, shipped
from tests.recordings.product import play_script
from tests.recordings.world import FLOWS, shown


def record() -> dict[str, str]:
    """One file for each shipped flow."""
    return {f"scripted_{flow}.txt": _calls(flow) for flow in FLOWS}


def _calls(flow: str) -> str:
    lines: list[str] = []
    for name, script in sorted(scripts(flow).items()):
        lines.append(f"== {name}")
        typed = [str(step["enter"]) for step in script["steps"] if "enter" in step]
        for at, step in enumerate(play_script(shipped(flow), script)):
            entered = typed[at - 1] if at else str(script.get("dial") or script.get("text") or "")
            lines.append(f"> {shown(entered)}")
            lines.append(f"[{step.screen} {step.language}] {'END' if step.ends else 'CON'} {shown(step.body)}")
            if step.sms is not None:
                lines.append(f"sms: {shown(step.sms)}")
    return "\n".join(lines) + "\n"
