"""`flask flows schema`: the keys of a flow's files for editors, as a JSON Schema."""

import click
import msgspec

from gateway.cli.flows.command_group import flows
from gateway.flow_folder.json_schema import SCHEMAS


@flows.command("schema", with_appcontext=False)
@click.argument("kind", type=click.Choice([*SCHEMAS]), default="flow")
def schema(kind: str) -> None:
    """Print the JSON Schema of a flow file, or of its keywords, its texts or a scripted call, for your editor.

    Write it beside the flow, and name it in the first line: # yaml-language-server: $schema=flow.schema.json
    """
    click.echo(msgspec.json.format(msgspec.json.encode(SCHEMAS[kind]())).decode())
