"""The glossary: short, and safe as Markdown."""

import pytest

from poetcore.ui.glossary import TERMS, term
from poetcore.ui.text import plain


@pytest.mark.parametrize("name", TERMS)
def test_a_term_is_explained_in_a_few_sentences_without_markdown(name):
    said = term(name)
    assert said.endswith(".") and len(said) < 300 and plain(said).replace("\\", "") == said
