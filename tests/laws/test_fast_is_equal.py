"""Law 6: the line scan answers for pages as people keep them too, or says that it is unsure."""

from __future__ import annotations

import random
import re

from cosmemory.document.render import render
from cosmemory.kinds import KINDS
from cosmemory.kinds.coordination_log import CoordinationLog
from cosmemory.syntax.blocks import blocks
from cosmemory.syntax.scan import scan
from tests.laws.hostile import AMOUNT, filled, hostile
from tests.laws.human import Person
from tests.laws.test_human_shapes import human_page

PAGES = [kind for kind in KINDS if kind.document is not CoordinationLog]
# A comment between two rows ends a table in Markdown, so mistune is asked what stands below it.
PARTED = re.compile(r"\|[^\r\n]*\r?\n<!--|-->\r?\n[^\r\n]*\|")


def test_it_equals_the_plain_path_on_pages_in_peoples_shapes() -> None:
    made = unsure = 0
    for seed in range(max(10, AMOUNT // 100)):
        for kind in PAGES:
            page, _ = human_page(kind, random.Random(seed))
            answer = scan(page)
            assert answer is None or answer == blocks(page)
            if PARTED.search(page) is None:
                made += 1
                unsure += answer is None
    print(f"unsure of {unsure} of {made} pages in people's shapes")
    assert unsure < made * 0.4


def test_it_equals_the_plain_path_on_pages_of_hostile_values() -> None:
    choose = random.Random(6)
    for _ in range(max(3, AMOUNT // 500)):
        for kind in PAGES:
            document = filled(kind.document, lambda: hostile(choose))
            rendered = render(document, kind.template, name="helper", title="Report")
            for page in (rendered, Person(choose).page(rendered)):
                answer = scan(page)
                assert answer is None or answer == blocks(page)


def test_it_is_sure_of_every_page_as_the_templates_render_it() -> None:
    choose = random.Random(66)
    for kind in PAGES:
        document = filled(kind.document, lambda: f"word {choose.randint(0, 999_999)}")
        page = render(document, kind.template, name="helper", title="Report")
        assert scan(page) == blocks(page)
