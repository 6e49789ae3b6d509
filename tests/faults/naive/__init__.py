"""The usual design, kept as a control: it must fail what ours must pass, or the checker proves nothing."""
