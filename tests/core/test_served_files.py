"""What is packed for browsers: every file that a template asks for, and nothing that none does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from django.template import engines
from django.test import override_settings

PACKED = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
STATIC = re.compile(r"""{% static ["']([^"']+)["'] %}""")


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("static")
    with override_settings(STATIC_ROOT=folder, STORAGES=PACKED):
        call_command("collectstatic", interactive=False, verbosity=0)
    return folder


def test_every_file_that_a_template_asks_for_is_packed(packed: Path) -> None:
    templates = (settings.BASE_DIR / "templates").rglob("*.html")
    asked = {name for template in templates for name in STATIC.findall(template.read_text())}
    assert len(asked) > 5
    htmx = engines["django"].from_string("{% load django_htmx %}{% htmx_script version=2 %}")
    asked.update(re.findall(r'src="/static/([^"]+)"', htmx.render()))
    with override_settings(STATIC_ROOT=packed, STORAGES=PACKED):
        for name in asked:
            assert (packed / staticfiles_storage.stored_name(name)).is_file(), name


def test_nothing_is_packed_that_no_page_asks_for(packed: Path) -> None:
    assert {path.name for path in packed.iterdir() if path.is_dir()} <= {
        "css", "django_htmx", "img", "js",
    }  # fmt: skip
    assert not list(packed.rglob("htmx-4*"))
