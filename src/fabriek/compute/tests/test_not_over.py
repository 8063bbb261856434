"""What is not over is found by small indexes of just that, whatever is over."""

from typing import Any

import pytest
from django.db import connection

from fabriek.compute import queries

pytestmark = pytest.mark.django_db


def plan(rows: Any) -> str:
    """How the database goes about it, with the parameters given as the product gives them."""
    sql, parameters = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}", parameters)
        return " ".join(str(row[3]) for row in cursor.fetchall())


def test_jobs_and_attempts_that_are_over_are_not_read() -> None:
    assert "INDEX jobs_not_over" in plan(queries.not_over())
    assert "INDEX jobs_not_over" in plan(queries.queue())
    assert "INDEX attempts_not_over" in plan(queries.attempts_not_over())
