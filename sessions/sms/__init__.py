"""SMS: one inbound SMS: its intent, the question it answers, a filing, or an emergency."""
