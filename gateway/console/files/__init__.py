"""Files: each file of a draft as text, and a flow imported from a zip file."""
