"""Flow folder: the files of a flow on disk, and the record of the revision that they came from."""
