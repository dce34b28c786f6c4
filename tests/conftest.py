"""What every test may ask for: the platform's settings, and a fresh database of either kind.

Most tests run on SQLite inside a transaction (pytest-django's `db`). A test about locks, several processes or threads
is marked `@pytest.mark.both_databases` or asks for `database`; it then runs twice, on a fresh SQLite file and on a
fresh PostgreSQL database, with real commits. `ZAGUMI_TEST_DATABASES=sqlite` leaves PostgreSQL out.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import django
import pytest

from tests.postgres import NoPostgres, running_postgres

DATA = Path(tempfile.mkdtemp(prefix="zagumi-tests-"))
KINDS = os.environ.get("ZAGUMI_TEST_DATABASES", "sqlite,postgres").split(",")

os.environ["ZAGUMI_DATA_DIR"] = str(DATA)
os.environ["ZAGUMI_SECRET_KEY"] = "known to every test, used by none but tests"
os.environ.pop("DATABASE_URL", None)
ENGINE = Path(__file__).parent / "engine"


def only_the_engine(words: list[str]) -> bool:
    """Whether a command line names nothing but tests of the engine, which must do without the platform."""
    places = [Path(word.split("::")[0]).resolve() for word in words if Path(word.split("::")[0]).exists()]
    return bool(places) and all(place.is_relative_to(ENGINE) for place in places)


# While this file is read, not later: the conftest files below it import the platform's models.
if not only_the_engine(sys.argv[1:]):
    os.environ["DJANGO_SETTINGS_MODULE"] = "zagumi.platform.settings"
    django.setup()
    # Left in the environment it would make the processes that share the tests read their settings before this file
    # gives each a folder of its own.
    del os.environ["DJANGO_SETTINGS_MODULE"]


@dataclass(frozen=True, slots=True)
class Database:
    """A fresh, migrated database that Django's `default` points at while the test runs.

    `environment` makes another process (worker, server) work on the same database and files.
    """

    kind: str
    folder: Path
    url: str

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, "ZAGUMI_DATA_DIR": str(self.folder), "DATABASE_URL": self.url}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if metafunc.definition.get_closest_marker("both_databases") and "database" not in metafunc.fixturenames:
        metafunc.fixturenames.append("database")
    if "database" in metafunc.fixturenames:
        metafunc.parametrize("database", KINDS, indirect=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "database" in getattr(item, "fixturenames", ()):
            item.add_marker("both_databases")


def pytest_unconfigure() -> None:
    shutil.rmtree(DATA, ignore_errors=True)


@pytest.fixture
def database(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    settings: Any,
    django_db_blocker: Any,
) -> Iterator[Database]:
    """A fresh database; the test runs once for each kind, may commit, and may start threads and processes."""
    kind: str = request.param
    template = request.getfixturevalue(f"{kind}_template")
    settings.DATA_DIR, settings.MEDIA_ROOT = tmp_path, tmp_path / "files"
    with django_db_blocker.unblock(), template(tmp_path) as (url, description), _default_is(description):
        yield Database(kind, tmp_path, url)


@pytest.fixture(scope="session")
def sqlite_template(django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Copies of one migrated SQLite file."""
    original = tmp_path_factory.mktemp("template") / "zagumi.sqlite3"
    _migrate(_described("", original.parent), django_db_blocker)

    @contextmanager
    def copy(folder: Path) -> Iterator[tuple[str, dict[str, Any]]]:
        shutil.copy(original, folder / original.name)
        yield "", _described("", folder)

    return copy


@pytest.fixture(scope="session")
def postgres_template(django_db_blocker: Any) -> Iterator[Any]:
    """Copies of one migrated PostgreSQL database, on a server that starts with the first of them."""
    import psycopg

    with ExitStack() as stack:
        try:
            server = stack.enter_context(running_postgres())
        except NoPostgres as missing:
            pytest.fail(f"{missing}, or leave PostgreSQL out with ZAGUMI_TEST_DATABASES=sqlite")
        control = stack.enter_context(psycopg.connect(f"{server}/postgres", autocommit=True))
        control.execute("CREATE DATABASE template_zagumi")
        _migrate(_described(f"{server}/template_zagumi"), django_db_blocker)
        count = 0

        @contextmanager
        def copy(_folder: Path) -> Iterator[tuple[str, dict[str, Any]]]:
            nonlocal count
            count += 1
            url = f"{server}/test_{count}"
            control.execute(f"CREATE DATABASE test_{count} TEMPLATE template_zagumi")
            try:
                yield url, _described(url)
            finally:
                control.execute(f"DROP DATABASE test_{count} WITH (FORCE)")

        yield copy


def _described(url: str, folder: Path = DATA) -> dict[str, Any]:
    """Django's description of a database, made by the platform's own rule."""
    from django.db import connections

    from zagumi.platform.settings import _database

    return connections.configure_settings({"default": _database(url, folder)})["default"]


def _migrate(description: dict[str, Any], django_db_blocker: Any) -> None:
    from django.core.management import call_command

    with django_db_blocker.unblock(), _default_is(description):
        call_command("migrate", verbosity=0)


@contextmanager
def _default_is(description: dict[str, Any]) -> Iterator[None]:
    """Point Django's `default` at another database, in this thread and those started meanwhile."""
    from django.contrib.contenttypes.models import ContentType
    from django.db import connections

    before, connection = connections.settings["default"], connections["default"]
    connections.settings["default"] = description
    del connections["default"]
    ContentType.objects.clear_cache()
    try:
        yield
    finally:
        connections["default"].close()
        connections.settings["default"] = before
        connections["default"] = connection
        ContentType.objects.clear_cache()
