"""Every rule of the house by name, so that the tests can walk them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.house import (
    doc_rules,
    glossary,
    import_rules,
    layout_rules,
    name_rules,
    ownership_rules,
    purity_rules,
    signature_rules,
)

Rule = Callable[[Path], list[str]]

# Those that any tree of the four rooms must keep, a made-up one too.
CODE_RULES: tuple[Rule, ...] = (
    layout_rules.folders_without_a_sentence,
    layout_rules.packages_that_hold_code,
    layout_rules.folders_without_a_place,
    layout_rules.modules_outside_a_folder,
    layout_rules.crowded_folders,
    layout_rules.deep_folders,
    layout_rules.long_modules,
    layout_rules.empty_names,
    import_rules.imports_across_rooms,
    import_rules.imports_against_the_order,
    import_rules.import_cycles,
    import_rules.forbidden_libraries,
    import_rules.transactions_outside_sessions,
    import_rules.clocks_looked_at,
    import_rules.readers_of_the_environment,
    import_rules.formatted_statements,
    purity_rules.files_opened,
    purity_rules.process_wide_state,
    name_rules.participles_as_heads,
    signature_rules.long_signatures,
    signature_rules.many_wide_signatures,
    ownership_rules.cases_given_out_elsewhere,
)
# Those that read the pages too.
PAGE_RULES: tuple[Rule, ...] = (
    glossary.banned_synonyms,
    glossary.missing_owners,
    glossary.words_citizens_never_read,
    glossary.rows_that_contradict,
    glossary.field_words_that_miss_their_owner,
    doc_rules.stale_paths,
    doc_rules.broken_links,
    doc_rules.pages_missing_from_the_index,
    doc_rules.changes_with_too_many_files,
    doc_rules.stale_house_page,
)
