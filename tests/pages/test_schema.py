"""The browser half's types are those of the table of parameters."""

from dataclasses import replace

from playground.decoding.settings import PARAMETERS
from playground.pages import schema
from playground.parameters import Parameter


def test_the_types_of_the_browser_half_are_up_to_date():
    """After a change of the table: `python -m playground.pages.schema`."""
    assert schema.FILE.read_text(encoding="utf-8") == schema.written()


def test_a_row_becomes_the_type_of_its_values():
    row = Parameter("start", str, "masks", choices=("masks", "random words"))
    assert schema.type_of(row) == '"masks" | "random words"'
    assert schema.type_of(replace(row, choices=(), optional=True)) == "string | null"
    assert schema.type_of(PARAMETERS["order"]) == "OrderName | RuleName[]"
    assert schema.type_of(PARAMETERS["top_k"]) == "number"
    assert schema.type_of(PARAMETERS["do_sample"]) == "boolean"
