"""What stands around the pages: navigation, addresses, phones."""

from playwright.sync_api import expect

from tests.browser.conftest import axe, fits


def test_the_navigation_shows_every_page_and_the_address_follows(page, app, open_page):
    open_page("generate")
    tabs = page.locator("#pages > .tab-wrapper [role=tab]")
    expect(tabs).to_have_count(len(app.shell.slugs))
    for slug in app.shell.slugs:
        page.locator(f"#pages [role=tab][data-tab-id={slug}]").click()
        expect(page.locator(f"#pages [role=tab][data-tab-id={slug}]")).to_have_attribute(
            "aria-selected", "true"
        )
        assert f"tab={slug}" in page.url


def test_an_address_opens_its_page(app, open_page):
    open_page(app.shell.slugs[-1])


def test_an_unknown_address_opens_the_first_page(page, app):
    page.goto("/?tab=%3Cscript%3E")
    expect(page.locator("#pages > .tab-wrapper [role=tab][aria-selected=true]")).to_have_attribute(
        "data-tab-id", app.shell.slugs[0]
    )


def test_the_shell_fits_a_phone(phone, page, open_page):
    open_page("generate")
    expect(page.get_by_role("heading", name="Playground")).to_be_visible()
    fits(page)
    assert (
        page.evaluate(
            "Math.min(...[...document.querySelectorAll('#pages [role=tab]')].map(tab => "
            "tab.getBoundingClientRect().height))"
        )
        >= 44
    )


def test_the_fonts_come_from_this_server(page, open_page):
    open_page("generate")
    page.wait_for_function("document.fonts.check('16px \"Source Serif 4\"')")
    fonts = [address for address in page.watch.requests if ".woff2" in address]
    assert fonts and all("/fonts/" in address for address in fonts)


def test_the_voice_speaks_text(page, open_page):
    open_page("generate")
    page.locator(".say-toast").wait_for(state="attached")
    page.evaluate(
        "document.dispatchEvent(new CustomEvent('playground:say', {detail: '<img src=x "
        "onerror=alert(1)>'}))"
    )
    expect(page.locator(".say-toast")).to_have_text("<img src=x onerror=alert(1)>")
    assert page.locator(".say-toast img").count() == 0


def test_the_masthead_is_accessible(page, open_page):
    open_page("generate")
    assert axe(page, "#pages > .tab-wrapper") == [] and axe(page, "#masthead") == []
