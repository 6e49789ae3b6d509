"""What a hop costs, measured. Nothing of this is installed or runs in production."""
