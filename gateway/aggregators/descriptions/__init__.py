"""Descriptions: gateways described in a YAML file, and the adapter that follows one."""
