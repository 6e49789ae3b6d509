"""What stands on disks while citizens file: none of it holds a number or a word of theirs."""
