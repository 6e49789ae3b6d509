"""SMS: one inbound SMS: its intent, the question that it answers, a filing, or an emergency."""
