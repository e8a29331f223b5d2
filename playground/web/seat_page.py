"""The student's page, as HTML by language; and the page that says that there is no such class."""

from __future__ import annotations


def seat_page(language: str) -> bytes:
    """The page that reads its code from its own address."""
    return page(language, "A class")


def gone_page(language: str) -> bytes:
    return page(language, "There is no class with this code: it may have ended.")


def page(language: str, text: str) -> bytes:
    return f'<!doctype html><html lang="{language}"><meta charset="utf-8"><title>{text}</title><p>{text}</p></html>'.encode()
