"""The databases that tests are given are what they claim to be."""

import subprocess
import sys
import threading

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection

from tests.conftest import Database

COUNT = "from django.contrib.contenttypes.models import ContentType as C; print(C.objects.filter(model='ours').count())"


@pytest.mark.both_databases
def test_commits_are_seen_by_threads_and_other_processes(database: Database) -> None:
    assert connection.vendor == {"sqlite": "sqlite", "postgres": "postgresql"}[database.kind]
    ContentType.objects.create(app_label="tests", model="ours")

    seen: list[int] = []

    def count() -> None:
        seen.append(ContentType.objects.filter(model="ours").count())
        connection.close()

    thread = threading.Thread(target=count)
    thread.start()
    thread.join()
    command = [sys.executable, "-m", "zagumi.platform", "shell", "--no-imports", "-c", COUNT]
    other = subprocess.run(command, env=database.environment, capture_output=True, text=True, check=True)

    assert seen == [1]
    assert other.stdout.strip() == "1"


def test_the_next_database_is_fresh(database: Database) -> None:
    assert not ContentType.objects.filter(model="ours").exists()
