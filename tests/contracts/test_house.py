"""Rules of the house that no linter knows."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.template import engines

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("accounts", "audit", "claims", "core", "demo", "sources", "verification")
VIEWS = [
    path
    for package in PACKAGES
    for path in [*(ROOT / package).glob("views.py"), *(ROOT / package).glob("views/*.py")]
]
TASKS = [path for package in PACKAGES for path in (ROOT / package).glob("tasks.py")]
TEMPLATES = sorted(
    str(path.relative_to(ROOT / "templates")) for path in (ROOT / "templates").rglob("*.html")
)


@pytest.mark.parametrize("path", VIEWS, ids=lambda path: str(path.relative_to(ROOT)))
def test_views_hold_no_queries(path: Path) -> None:
    assert not re.search(r"\w\.objects\.\w+\(", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", TASKS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_task_is_one_call(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    assert functions
    assert all(len(node.body) == 1 for node in functions)


def test_only_the_settings_read_the_environment() -> None:
    reading = re.compile(r"os\.environ|os\.getenv|from os import .*environ")
    allowed = {
        "config/env.py",
        "config/celery.py",  # names the settings module, as Django's own entry points do
        "config/wsgi.py",
        "config/replay.py",
        "manage.py",
    }
    found = {
        str(path.relative_to(ROOT))
        for package in (*PACKAGES, "config")
        for path in (ROOT / package).rglob("*.py")
        if reading.search(path.read_text(encoding="utf-8"))
    }
    # The embedded servers hand an environment on to their children; they read no setting from it.
    assert {name for name in found - allowed if not name.startswith("core/embedded/")} <= {
        "core/management/commands/up.py"
    }


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_template_compiles(name: str) -> None:
    engines["django"].get_template(name)


def test_every_environment_variable_is_documented() -> None:
    settings = (ROOT / "config" / "settings.py").read_text(encoding="utf-8")
    names = set(
        re.findall(
            r"env\.(?:text|boolean|integer|number|share|words|origin)\(\s*\"([A-Z_]+)\"", settings
        )
    )
    documented = (ROOT / "docs" / "operate.md").read_text(encoding="utf-8")
    assert {name for name in names | {"SECRET_KEY"} if f"`{name}`" not in documented} == set()


@pytest.mark.django_db
def test_models_and_migrations_agree() -> None:
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_every_model_that_is_history_is_append_only() -> None:
    append_only = {
        "audit.AuditEvent",
        "sources.SourceGrade",
        "sources.StoredObject",
        "sources.FetchHop",
        "sources.Artifact",
        "verification.Assessment",
        "verification.AuditRound",
        "verification.AuditEntry",
        "verification.AuditClosing",
        "verification.Forecast",
        "verification.RecordChange",
        "verification.ScoringModel",
        "verification.SettledReport",
        "verification.StatusEvent",
        "verification.Correction",
    }
    guarded = {
        model._meta.label
        for model in apps.get_models()
        if sum("_no_" in trigger.name for trigger in getattr(model._meta, "triggers", [])) >= 3
    }
    assert append_only <= guarded
