"""Search finds what the reader may know of, however it is written, and nothing else."""

from collections.abc import Callable

import pytest
from django.test import Client

from tests.platform.shell.conftest import Built
from zagumi.platform.cases.models import Case, CaseFile, CaseNote, Part
from zagumi.platform.core.models import Party
from zagumi.platform.network.models import Company, Machine, Person
from zagumi.platform.planning.models import Run
from zagumi.platform.shell.search import MOST_OF_A_KIND, search

READERS = ("saeki", "misaki-seiki", "minato-precision", "shiomi-heat", "toto", "nishiura", "kiryu", "shioya")


@pytest.mark.parametrize(
    ("text", "kind", "name"),
    [
        ("プッシュロッド", "case", "電動ブレーキ用 プッシュロッド組立品 3,000組"),
        ("ﾌﾟｯｼｭﾛｯﾄﾞ", "case", "電動ブレーキ用 プッシュロッド組立品 3,000組"),
        ("ぽんぷ ろーた", "case", "送水ポンプ ロータ組立品 120台"),
        ("しおみねつしょり", "company", "汐見熱処理工業株式会社(架空)"),
        ("rt40-01", "drawing", "A 主軸"),
        ("ＲＴ４０－０１", "drawing", "A 主軸"),
        ("真空炉 1号", "machine", "真空炉 1号"),
    ],
)
def test_width_case_and_kana_do_not_count(town: Built, text: str, kind: str, name: str) -> None:
    hits = search(town.actor("saeki"), text).hits
    assert (kind, name) in [(hit.kind, hit.name) for hit in hits]


def test_every_hit_leads_to_a_page(town: Built, visit: Callable[..., Client]) -> None:
    for who in ("saeki", "misaki-seiki", "toto"):
        actor = town.actor(who)
        browser = visit(actor)
        hits = [hit for text in ("軸", "研削", "CV", "盤", "R-") for hit in search(actor, text).hits]
        assert hits
        for url in {hit.url for hit in hits}:
            assert browser.get(url).status_code == 200, (who, url)


def test_a_code_typed_exactly_goes_straight_there(town: Built, visit: Callable[..., Client]) -> None:
    code = town.town.cases["gears"]
    answer = visit(town.actor("saeki")).get("/search/", {"q": code.lower()})
    assert answer.status_code == 302
    assert answer["Location"] == f"/cases/{code}/"


def test_long_lists_are_cut_and_say_so(town: Built, visit: Callable[..., Client]) -> None:
    found = search(town.actor("saeki"), "1号")
    group = next(group for group in found.groups if group.kind == "machine")
    assert len(group.hits) == MOST_OF_A_KIND < group.total
    page = visit(town.actor("saeki")).get("/search/", {"q": "1号"}).content.decode()
    assert f"{group.total}件のうち{MOST_OF_A_KIND}件" in page


@pytest.mark.parametrize("text", ["", "   ", "\u3000", "x" * 500, "%_'\"\\", "<script>"])
def test_odd_texts_find_nothing_and_break_nothing(town: Built, visit: Callable[..., Client], text: str) -> None:
    page = visit(town.actor("saeki")).get("/search/", {"q": text})
    assert page.status_code == 200
    assert "<script>" not in page.content.decode()[page.content.decode().index("<main") :]


@pytest.mark.parametrize("who", READERS)
def test_it_leaks_nothing(town: Built, who: str) -> None:
    """Whatever word of the town is asked for, only rows that the reader's rules show come back."""
    actor = town.actor(who)
    asked = [
        *Case.objects.values_list("code", flat=True),
        *Case.objects.values_list("title", flat=True),
        *Case.objects.values_list("buyer_reference", flat=True),
        *Part.objects.values_list("drawing_no", flat=True),
        *Part.objects.values_list("name", flat=True),
        *CaseFile.objects.values_list("code", flat=True),
        *Party.objects.values_list("short_name", flat=True),
        *Machine.objects.values_list("code", flat=True),
        *Run.objects.values_list("code", flat=True),
    ]
    open_to = {
        "case": set(Case.objects.visible_to(actor).values_list("code", flat=True)),
        "company": {company.code for company in Company.objects.visible_to(actor)},
        "drawing": {
            *Part.objects.visible_to(actor).values_list("drawing_no", flat=True),
            *CaseFile.objects.visible_to(actor).values_list("code", flat=True),
        },
        "machine": set(Machine.objects.visible_to(actor).values_list("code", flat=True)),
        "run": set(Run.objects.visible_to(actor).values_list("code", flat=True)),
    }
    found = [hit for text in dict.fromkeys(asked) if text for hit in search(actor, text).hits]
    assert not [hit for hit in found if hit.code not in open_to[hit.kind]]
    # and something was there to be found
    assert bool(found) == any(open_to.values())


def test_words_that_are_private_find_nothing(town: Built) -> None:
    """People, notes, prices and a rival's customers are in no index of a member or a buyer."""
    private = [
        *Person.objects.values_list("name", flat=True),
        *(note.text[:12] for note in CaseNote.objects.filter(party=None)),
        "8940000",
        "8,940,000",
    ]
    for who in ("misaki-seiki", "toto", "kiryu", "shioya"):
        for text in private:
            assert search(town.actor(who), text).hits == [], (who, text)
    assert search(town.actor("misaki-seiki"), "東都ポンプ").hits == []
