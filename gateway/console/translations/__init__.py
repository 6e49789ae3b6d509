"""Translations: every text of a draft beside its translations, and the translators' workbook."""
