"""One attack a module: its docstring says what is done; `attack(world, over)` does it until `over` is set.

`attack` returns a line about what it did. It goes to loopback only, is bounded in number, and has stopped when it
returns. A module may have `settings(world)`, a context that gives settings which the processes need for it, and
`prepare(world)`, which makes the people and drafts of the attack before it is measured: `attack` gets its result too.
"""
