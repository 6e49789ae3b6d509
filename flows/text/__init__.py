"""Text: GSM-7 and UCS-2 length, digits, normalization, sound-alikes, tracking numbers and dates on screens."""
