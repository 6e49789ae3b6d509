"""The cluster trial: everything as in production, each part restarted or killed in turn while people call."""
