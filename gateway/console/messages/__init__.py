"""Messages of the checks and refusals, which are made in English, in the language of the reader."""
