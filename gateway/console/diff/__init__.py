"""The diff of two versions of a flow, as pages show it."""
