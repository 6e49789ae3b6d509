"""Text: GSM-7 and UCS-2 length, digits, normalization, similar sounds, tracking numbers, and dates on screens."""
