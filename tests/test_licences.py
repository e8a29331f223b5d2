"""Everything that the app needs or ships stands in the list of licences; the citation names the
version that is here."""

from tests.licences import FILE, ROOT, licence_of, requirements, shipped


def test_every_requirement_and_every_shipped_file_has_its_line():
    lines = FILE.read_text(encoding="utf-8").splitlines()
    named = {
        line.split("|")[1].strip(): line.split("|")[2].strip() for line in lines if "|" in line
    }
    for name in [*requirements(), *(file for file, _ in shipped())]:
        assert named.get(name), f"{name} is missing: run python tests/licences.py"


def test_a_font_is_shipped_with_its_licence():
    texts = "".join(path.name for path in ROOT.glob("assets/fonts/OFL-*.txt"))
    for file, _ in shipped():
        if file.endswith(".woff2"):
            assert file.rpartition("/")[2].partition("-latin")[0] in texts


def test_a_licence_is_read_from_the_installed_package():
    assert licence_of("numpy").startswith("BSD")


def test_the_citation_names_the_version():
    version = next(
        line for line in (ROOT / "pyproject.toml").read_text().splitlines() if "version =" in line
    )
    assert version.split('"')[1] in (ROOT / "CITATION.cff").read_text(encoding="utf-8")
