"""Flow folder: a flow's files on disk, and the note of the revision they were taken from."""
