"""web/core/translate.js in a browser: messages, plural forms, numbers, and the choice of the
language."""

import json

import pytest

from playground.i18n import nt, t, tables, wire

pytestmark = pytest.mark.browser

GERMAN = {
    "": {"plural": "1011111111" + "1" * 190},
    "Copy link": "Link kopieren",
    "{shown} of {total}": "{total}, davon {shown}",
    "{n} token": ["{n} Token allein", "{n} Token"],
    "The text": "Der Text",
    "{what} is empty.": "{what} ist leer.",
    "Here {rule} decides": "Hier entscheidet {rule}",
}


@pytest.fixture
def german(module):
    return module({"de": GERMAN}, query="?lang=de")


def test_messages_are_said_in_the_language(german):
    assert german.evaluate("words.t('Copy link')") == "Link kopieren"
    said = german.evaluate("words.t('{shown} of {total}', {shown: 3, total: 11066})")
    assert said == "11.066, davon 3"
    assert german.evaluate("words.t('Not in the table: {x}', {x: 1.5})") == "Not in the table: 1,5"


def test_a_value_is_never_read_as_a_hole_and_a_lost_one_stays(german):
    assert german.evaluate("words.t('{shown} of {total}', {total: '{shown}'})") == (
        "{shown}, davon {shown}"
    )
    assert german.evaluate("words.t('{toString} {constructor}', {})") == "{toString} {constructor}"
    assert german.evaluate("words.say('toString')") == "toString"


def test_the_plural_form_is_the_languages(german):
    said = "[0, 1, 2, 101, 1001, 1.5].map(n => words.nt('{n} token', '{n} tokens', n))"
    forms = ["0 Token", "1 Token allein", "2 Token", "101 Token", "1.001 Token", "1,5 Token"]
    assert german.evaluate(said) == forms
    english = "[0, 1, 2].map(n => words.nt('{n} x of {all}', '{n} xs of {all}', n, {all: 9}))"
    assert german.evaluate(english) == ["0 xs of 9", "1 x of 9", "2 xs of 9"]


@pytest.mark.parametrize(
    ("message", "said"),
    [
        (t("{what} is empty.", what=t("The text")), "Der Text ist leer."),
        (t("{what} is empty.", what="The text"), "The text ist leer."),
        (nt("{n} token", "{n} tokens", 1), "1 Token allein"),
        (nt("{n} token", "{n} tokens", 12345), "12.345 Token"),
    ],
)
def test_a_message_of_python_is_said(german, message, said):
    """What the visitor typed ("The text" as a plain value) is not put into another language."""
    assert german.evaluate("message => words.say(message)", wire(message)) == said


def test_marked_constants_and_nothing_are_said(german):
    assert german.evaluate("[words.mark('Copy link'), words.say('Copy link')]") == [
        "Copy link",
        "Link kopieren",
    ]
    assert german.evaluate("[null, undefined, ''].map(words.say)") == ["", "", ""]


def test_nodes_take_their_place_in_a_sentence_and_text_is_no_markup(german):
    said = german.evaluate("""() => {
      const rule = document.createElement('b');
      rule.textContent = '<i>top-p</i>';
      document.querySelector('p').replaceChildren(...words.pieces('Here {rule} decides', {rule}));
      return document.querySelector('p').innerHTML; }""")
    assert said == "Hier entscheidet <b>&lt;i&gt;top-p&lt;/i&gt;</b>"


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ["11,066", "0.1", "-0.00001", "30.4%", "1E-7"]),
        ("de", ["11.066", "0,1", "-0,00001", "30,4 %", "1E-7"]),
        ("es", ["11.066", "0,1", "-0,00001", "30,4 %", "1E-7"]),
        ("zh", ["11,066", "0.1", "-0.00001", "30.4%", "1E-7"]),
    ],
)
def test_numbers_are_in_the_languages_own_form(module, language, said):
    empty = {"": {"plural": "1" * 200}}
    page = module({name: empty for name in ("de", "es", "zh")}, query=f"?lang={language}")
    share = "words.number(0.304, {style: 'percent', maximumFractionDigits: 1})"
    written = page.evaluate(
        f"[words.number(11066), words.number(0.1), words.number(-1e-5), {share}, "
        "words.number(1e-7)]"
    )
    assert [one.replace("\u00a0", " ") for one in written] == said


def test_english_in_python_and_in_the_browser_is_the_same_text(module):
    page = module({})
    for message in (
        t("{a} and {b}", a=1234567, b=0.25),
        t("{a}", a=2.0),
        t("{a}", a=2**60),
        t("{a} {b}", a=-5, b="x"),
        nt("{n} token", "{n} tokens", 1),
        nt("{n} token", "{n} tokens", 2000),
    ):
        assert page.evaluate("message => words.say(message)", wire(message)) == str(message)


def test_english_fetches_nothing(module):
    page = module({"de": GERMAN})
    assert page.requests == ["", "translate.js"]
    assert page.evaluate("[words.current(), words.t('Copy link')]") == ["en", "Copy link"]


def test_the_browsers_own_language_is_taken_unless_another_was_chosen(module):
    assert module({"de": GERMAN}, locale="de-AT").evaluate("words.current()") == "de"
    page = module({"de": GERMAN}, query="?lang=en", locale="de-AT")
    assert page.evaluate("[words.current(), words.view('?tab=home')]") == [
        "en",
        "?tab=home&lang=en",
    ]
    assert module({}, locale="fr-FR").evaluate("words.current()") == "en"


def test_a_choice_is_kept_and_views_draw_anew(module):
    page = module({"de": GERMAN})
    drawn = page.evaluate("""async () => {
      window.drawn = [];
      const end = words.onLanguage(() => drawn.push(words.t('Copy link')));
      await words.choose('de');
      await words.choose('en');
      end();
      await words.choose('de');
      return drawn; }""")
    assert drawn == ["Link kopieren", "Copy link"]
    assert page.evaluate("document.documentElement.lang") == "de"
    assert page.evaluate("words.view('?tab=home')") == "?tab=home&lang=de"
    page.goto(page.url)
    page.evaluate("async () => { window.words = await import('./translate.js'); }")
    assert page.evaluate("words.t('Copy link')") == "Link kopieren"


def test_the_last_choice_wins_whichever_table_comes_first(module):
    page = module({"de": GERMAN, "es": {"": {"plural": "1" * 200}, "Copy link": "Copiar enlace"}})
    page.evaluate("""() => { const real = window.fetch; window.fetch = async (address) => {
      const answer = await real(address);
      if (String(address).includes('de.json')) await new Promise(done => { window.slow = done; });
      return answer; }; }""")
    page.evaluate("() => { window.first = words.choose('de'); }")
    page.wait_for_function("() => window.slow")
    page.evaluate("async () => { await words.choose('es'); slow(); await first; }")
    assert page.evaluate("words.t('Copy link')") == "Copiar enlace"


def test_a_table_that_cannot_be_fetched_leaves_the_page_as_it_is_and_says_so(module):
    page = module({"de": "broken"})
    page.evaluate(
        "() => document.addEventListener('playground:say', e => { window.announced = e.detail; })"
    )
    assert page.evaluate("words.choose('de')") is False
    assert page.evaluate("[words.current(), words.view('')]") == ["en", ""]
    assert "could not be fetched" in page.evaluate("announced")
    assert (
        module({"de": "broken"}, query="?lang=de").evaluate("words.t('Copy link')") == "Copy link"
    )


def test_a_language_that_is_not_offered_is_not_chosen(module):
    page = module({"de": GERMAN}, query="?lang=fr")
    assert page.evaluate("words.choose('toString')") is False
    assert page.evaluate("words.current()") == "en"


@pytest.mark.parametrize("language", tables.TRANSLATED)
def test_the_tables_of_the_app_are_read(module, language):
    table = json.loads(tables.table(language))
    page = module({language: table}, query=f"?lang={language}")
    assert (
        page.evaluate(
            "words.say('Copies an address that opens this page here with these settings.')"
        )
        == (table["Copies an address that opens this page here with these settings."])
    )
