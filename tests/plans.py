"""How PostgreSQL would answer a question if reading a whole table were dear, as in a large one."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

Node = dict[str, Any]
_CONDITIONS = ("Index Cond", "Recheck Cond")


def plans_of(ask: Callable[[], object]) -> list[Node]:
    """The plan of each query that ASK makes, in order. Sequential scans are avoided if possible."""
    with CaptureQueriesContext(connection) as asked:
        ask()
    return [plan_of(query["sql"]) for query in asked.captured_queries]


def plan_of(sql: str) -> Node:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}")
        plan = cursor.fetchone()[0]
        cursor.execute("SET LOCAL enable_seqscan = on")
    found: Node = (json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]
    return found


def nodes(plan: Node) -> Iterator[Node]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from nodes(part)


def read_whole(plan: Node) -> set[str]:
    """Tables of which every row is looked at: by no condition that an index answers."""
    return {
        node["Relation Name"]
        for node in nodes(plan)
        if "Relation Name" in node and not any(word in node for word in _CONDITIONS)
    }


def indexes(plan: Node) -> set[str]:
    return {node["Index Name"] for node in nodes(plan) if "Index Name" in node}
