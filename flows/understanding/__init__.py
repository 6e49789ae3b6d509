"""Understanding: finds the intent, category, place or emergency in the words of an SMS."""
