"""Understanding: from the words of an SMS to an intent, a kind of complaint, a place or an emergency."""
