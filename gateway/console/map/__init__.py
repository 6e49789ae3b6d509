"""Map: a flow as a picture of screens, and as an outline."""
