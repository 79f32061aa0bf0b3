"""Settings under which archived pages would come too near are named, with what to do."""

from __future__ import annotations

import pytest
from django.core.checks import run_checks
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

SITE = "https://facts.example.org"


def found(settings: Settings, replay: str, site: str = SITE, *, deploy: bool = True) -> list[str]:
    settings.PUBLIC_URL, settings.SNAPSHOT_HOST = site, replay
    messages = run_checks(include_deployment_checks=deploy)
    return [str(one.id) for one in messages if str(one.id).startswith("corroborate.")]


@pytest.mark.parametrize("replay", ["", "https://snap.example.net", "https://snap.example.org"])
def test_no_host_and_a_host_of_its_own_are_fine(settings: Settings, replay: str) -> None:
    assert found(settings, replay) == []


@pytest.mark.parametrize("replay", [SITE, f"{SITE}:443"])
@pytest.mark.parametrize("deploy", [True, False])
def test_the_site_itself_is_refused_by_every_command(
    settings: Settings, replay: str, deploy: bool
) -> None:
    assert found(settings, replay, deploy=deploy) == ["corroborate.E001"]
    with pytest.raises(CommandError, match=r"leave it empty") as refused:
        call_command("check")
    assert "SNAPSHOT_HOST is the address of the site itself" in str(refused.value)


def test_another_port_is_enough_to_try_things_and_not_for_servers(settings: Settings) -> None:
    here = ("http://127.0.0.1:8001", "http://127.0.0.1:8000")
    assert found(settings, *here, deploy=False) == []
    assert found(settings, *here) == ["corroborate.E002"]


def test_the_site_must_not_answer_to_the_name(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["facts.example.org", "snap.example.net"]
    assert found(settings, "https://snap.example.net") == ["corroborate.E003"]


def test_a_frame_without_a_certificate_would_stay_empty(settings: Settings) -> None:
    assert found(settings, "http://snap.example.net") == ["corroborate.E004"]
