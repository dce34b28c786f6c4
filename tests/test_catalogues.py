"""Catalogues: every way of marking a string is found, and every fault of a translation is named."""

import gettext
from pathlib import Path

import pytest

from zagumi.platform import catalogues

CODE = """
from django.utils.translation import gettext_lazy as _, ngettext, pgettext

MACHINE = _("Machine")
LONG = _("In two "
         "parts")
OPEN = pgettext("state", "Open")


def told(n: int) -> str:
    return ngettext("%(n)s machine", "%(n)s machines", n) % {"n": n}
"""
TEMPLATE = """{% load i18n %}
{% translate "It's 50% done" %} {{ _("Machine") }} {% if state == _("Closed") %}{% endif %}
{% blocktranslate count n=x trimmed %}One
  thing{% plural %}{{ n }} things{% endblocktranslate %}
{% translate "May" context "month" %}
"""
ISLAND = "const x: string = gettext('From an island'); const y = `<b>${gettext('Inside')}</b>`;"
USED = {
    (None, "Machine"),
    (None, "In two parts"),
    ("state", "Open"),
    (None, "%(n)s machine"),
    (None, "It's 50%% done"),
    (None, "Closed"),
    (None, "One thing"),
    ("month", "May"),
    (None, "From an island"),
    (None, "Inside"),
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A platform of one app, `yard`, with strings of every kind and no catalogue yet."""
    platform, frontend = tmp_path / "src" / "zagumi" / "platform", tmp_path / "frontend"
    for folder in (platform / "yard" / "templates" / "yard", frontend):
        folder.mkdir(parents=True)
    (platform / "yard" / "__init__.py").touch()
    (platform / "yard" / "models.py").write_text(CODE)
    (platform / "yard" / "templates" / "yard" / "page.html").write_text(TEMPLATE)
    (frontend / "island.ts").write_text(ISLAND)
    monkeypatch.setattr(catalogues, "PROJECT", tmp_path)
    monkeypatch.setattr(catalogues, "PLATFORM", platform)
    monkeypatch.setattr(catalogues, "FRONTEND", frontend)
    return platform


def translate_all(project: Path) -> Path:
    catalogues.update([])
    for path in catalogues.catalogue_files():
        head, entries = path.read_text().split("\n\n", 1)
        entries = entries.replace('msgstr ""', 'msgstr "訳"').replace('msgstr[0] ""', 'msgstr[0] "%(n)s 台"')
        path.write_text(f"{head}\n\n{entries}")
    return project / "yard" / catalogues.CATALOGUE


def test_strings_are_found_in_code_templates_and_islands(project: Path) -> None:
    assert {use.key for use in catalogues.uses()} == USED


def test_an_untranslated_string_is_named_with_its_place(project: Path) -> None:
    faults = catalogues.check()
    assert len(faults) == len(USED)
    assert "no Japanese for src/zagumi/platform/yard/models.py:4: 'Machine'" in faults
    assert "no Japanese for src/zagumi/platform/yard/templates/yard/page.html:5: 'May' (context 'month')" in faults


def test_updating_asks_for_every_string_once_and_keeps_translations(project: Path) -> None:
    path = translate_all(project)
    assert catalogues.check() == []
    before = path.read_text()
    catalogues.update([])
    assert path.read_text() == before


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('msgid "Machine"', 'msgid "Engine"', "'Engine' is used nowhere"),
        ('msgid "Machine"\nmsgstr "訳"', 'msgid "Machine"\nmsgstr ""', "'Machine': not translated"),
        ('msgid "Machine"', '#, fuzzy\nmsgid "Machine"', "'Machine': marked fuzzy"),
        ('msgstr[0] "%(n)s 台"', 'msgstr[0] "数台"', "'%(n)s machine': the placeholders differ"),
    ],
)
def test_a_fault_of_a_translation_is_named(project: Path, old: str, new: str, fault: str) -> None:
    path = translate_all(project)
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new, 1))
    assert f"yard/{catalogues.CATALOGUE}: {fault}" in catalogues.check()


def test_one_string_with_two_translations_is_a_fault(project: Path) -> None:
    translate_all(project)
    other = project / catalogues.CATALOGUE
    other.write_text(other.read_text() + '\nmsgid "Machine"\nmsgstr "別"\n')
    assert [fault for fault in catalogues.check() if "'Machine' is translated differently" in fault]


def test_only_stale_catalogues_are_compiled(project: Path) -> None:
    path = translate_all(project)
    assert catalogues.ensure() == catalogues.catalogue_files()
    assert catalogues.ensure() == []
    path.write_text(path.read_text().replace('msgid "Machine"\nmsgstr "訳"', 'msgid "Machine"\nmsgstr "機械"'))
    assert catalogues.ensure() == [path]
    with path.with_suffix(".mo").open("rb") as file:
        assert gettext.GNUTranslations(file).gettext("Machine") == "機械"
