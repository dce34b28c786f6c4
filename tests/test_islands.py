"""Islands: built when a source changed, otherwise left alone; a fault is told and leaves the old ones in place."""

import shutil
from pathlib import Path

import pytest

from zagumi import islands


@pytest.fixture
def frontend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of sources like the real one, with one island, `bell.ts`."""
    islands.ensure(quiet=True)
    copy = tmp_path / "frontend"
    copy.mkdir()
    for name in ("build.mjs", "package.json", "package-lock.json", "tsconfig.json"):
        shutil.copy(islands.FRONTEND / name, copy / name)
    (copy / "node_modules").symlink_to(islands.FRONTEND / "node_modules")
    (copy / "bell.ts").write_text("const times: number = 3;\nconsole.log('ring'.repeat(times));\n")
    monkeypatch.setattr(islands, "FRONTEND", copy)
    monkeypatch.setattr(islands, "OUTPUT", tmp_path / "static" / "islands")
    return copy


def test_a_change_of_a_source_builds_anew_and_nothing_else_does(frontend: Path) -> None:
    assert islands.ensure(quiet=True)
    built = islands.OUTPUT / "bell.js"
    assert "ring" in built.read_text()
    assert (islands.OUTPUT / "htmx.min.js").is_file()
    assert "Noto Sans JP;" in (islands.OUTPUT / "font.css").read_text()

    assert not islands.ensure(quiet=True)
    (frontend / "bell.ts").write_text("console.log('gong');\n")
    assert islands.ensure(quiet=True)
    assert "gong" in built.read_text()


def test_a_source_that_does_not_compile_is_told_and_the_built_ones_stay(frontend: Path) -> None:
    islands.ensure(quiet=True)
    (frontend / "bell.ts").write_text("const = ;\n")
    with pytest.raises(islands.IslandsError, match=r"bell\.ts:1"):
        islands.ensure(quiet=True)
    assert "ring" in (islands.OUTPUT / "bell.js").read_text()
    assert not islands.current()


def test_types_are_judged(frontend: Path) -> None:
    islands.check_types()
    (frontend / "bell.ts").write_text("const times: number = 'three';\nconsole.log(times);\n")
    with pytest.raises(islands.IslandsError, match=r"bell\.ts"):
        islands.check_types()


def test_the_packaged_node_serves_where_there_is_none(frontend: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(frontend))
    assert islands.ensure(quiet=True)


def test_an_installed_wheel_builds_nothing(frontend: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(islands, "FRONTEND", frontend / "absent")
    assert not islands.ensure(force=True)
    assert not islands.OUTPUT.exists()
