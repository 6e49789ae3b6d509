"""A misspelt setting stops a process with the right name, and what others set in an environment does not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from gateway.aggregators import registry
from gateway.settings.loader import ConfigError, load_config, settings

HOUSE = Path(__file__).parents[3]
DEVELOPING = {"ENVIRONMENT": "development"}
JAZZ = """about: a gateway
settings: {user: the user name, password: its password}
optional: []
send:
  method: POST
  url: https://sms.example.org/send
  form: {u: "{user}", p: "{password}", to: "{to}", text: "{message}"}
  answer: text
  sent: {field: all, begins: ok}
"""


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("WEBHOOK_SECRET", "did you mean WEBHOOK_SECRETS?"),
        ("WEBHOK_SECRETS", "did you mean WEBHOOK_SECRETS?"),
        ("JASMIN_USER_NAME", "did you mean JASMIN_USERNAME?"),
        ("JASMIN_COLOUR", "There are JASMIN_PASSWORD, JASMIN_SENDER, JASMIN_URL, JASMIN_USERNAME."),
        ("AT_APIKEY", "did you mean AT_API_KEY?"),
        ("AFRICASTALKING_KEY", "There are AT_API_KEY, AT_BASE_URL, AT_SENDER, AT_USERNAME."),
        ("SUNWAI_DATABASE_URL", "did you mean DATABASE_URL?"),
        ("DATABASE_URI", "did you mean DATABASE_URL?"),
        ("TEXTS_PER_DECADE", "There are TEXTS_PER_COMPLAINT, "),
    ],
)
def test_a_misspelt_setting_is_refused_with_the_right_one(name: str, meant: str) -> None:
    with pytest.raises(ConfigError) as refused:
        load_config(DEVELOPING | {name: "secret-value"})
    assert f"{name} is not a setting" in str(refused.value)
    assert meant in str(refused.value)
    assert "secret-value" not in str(refused.value)


@pytest.mark.parametrize("each", [each.name.upper() for each in settings()])
def test_every_setting_with_a_letter_missing_is_refused(each: str) -> None:
    if len(each) < 8:  # SENDERS and the like: others may mean something else by SENDER
        return
    with pytest.raises(ConfigError, match=f"did you mean {each}|is not a setting"):
        load_config(DEVELOPING | {each[:-2] + each[-1]: "x"})


def test_what_others_set_in_an_environment_is_not_ours() -> None:
    others = [
        *("PATH", "HOME", "LANG", "TERM", "SHLVL", "PORT", "WEB_URL", "FLASK_SKIP_DOTENV", "PYTHONUNBUFFERED"),
        *("SESSION_MANAGER", "AT_SPI_BUS_ADDRESS", "LOGNAME", "LOG_DIR", "TEST_DATABASE_URL", "REDIS_PASSWORD"),
        *("JASMIN_PORT", "JASMIN_PORT_1401_TCP", "JASMIN_PORT_1401_TCP_ADDR"),
        *("KANNEL_SERVICE_HOST", "KANNEL_SERVICE_PORT_HTTP"),
        *("GRANIAN_PORT", "NOTIFY_SOCKET", "INVOCATION_ID", "CREDENTIALS_DIRECTORY", "KUBERNETES_SERVICE_HOST"),
    ]  # fmt: skip
    assert load_config(DEVELOPING | dict.fromkeys(others, "x")).in_development


def test_an_empty_variable_counts_as_not_set() -> None:
    assert load_config(DEVELOPING | {"WEBHOOK_SECRET": " "}).in_development


def test_a_misspelt_setting_of_a_described_aggregator_is_refused(tmp_path: Path) -> None:
    (tmp_path / "jazz.yaml").write_text(JAZZ)
    environ = DEVELOPING | {"AGGREGATORS": "jazz", "GENERIC_FILES": str(tmp_path / "jazz.yaml"), "JAZZ_USER": "us"}
    assert registry.descriptions(load_config(environ | {"JAZZ_PASSWORD": "x"}))
    with pytest.raises(ConfigError, match="JAZZ_PASWORD is not a setting: did you mean JAZZ_PASSWORD"):
        registry.descriptions(load_config(environ | {"JAZZ_PASWORD": "x"}))
    with pytest.raises(ConfigError, match=r"JAZZ_COLOUR is not a setting\. There are JAZZ_PASSWORD, JAZZ_USER"):
        registry.descriptions(load_config(environ | {"JAZZ_COLOUR": "x"}))


@pytest.mark.parametrize("whole", [False, True])
def test_the_example_file_loads_in_a_shell_as_its_first_line_says(tmp_path: Path, whole: bool) -> None:
    """Filled in; and with every line that is only a suggestion."""
    text = (HOUSE / ".env.example").read_text("utf-8")
    filled = (
        text.replace("WEBHOOK_SECRETS=\n", "WEBHOOK_SECRETS=Qb3-8xYkPz72wLmT0aVd\n")
        .replace("AT_API_KEY=\n", "AT_API_KEY=a-key\n")
        .replace("PUBLIC_URL=\n", "PUBLIC_URL=https://sunwai.example.org\n")
    )
    if whole:
        lines = [
            line.removeprefix("# ") if line[:2] == "# " and "=" in line.split()[1] else line
            for line in filled.splitlines()
        ]
        filled = "\n".join(lines)
    (tmp_path / ".env").write_text(filled, "utf-8")
    assert "set -a; . ./.env; set +a" in text.splitlines()[0]
    show = "import os; print(*(f'{name}={value}' for name, value in os.environ.items()), sep='\\0')"
    loading = f'set -a; . ./.env; set +a; exec "{sys.executable}" -c "{show}"'
    said = subprocess.run(["sh", "-c", loading], cwd=tmp_path, env={}, capture_output=True, text=True, check=True)
    assert said.stderr == ""
    environ = dict(each.split("=", 1) for each in said.stdout.strip().split("\0"))
    given = {line.split("=", 1)[0] for line in filled.splitlines() if line and not line.startswith("#")}
    assert given <= environ.keys()
    if not whole:  # a suggestion names files that are not there
        assert load_config(environ).environment == "production"
    else:
        assert environ["ROADS"].startswith("+92300 +92301=jazz,africastalking; network:")
