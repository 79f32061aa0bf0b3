"""What a store of objects promises, asked of files and of a real S3 server alike."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from core.errors import Upstream
from sources.capture.outcomes import ErrorCode
from sources.capture.pipeline import capture_address
from sources.capture.s3 import Location, MalformedLocation, S3Store, read_location
from sources.capture.store import FileStore, ObjectStore, StoreAway, StoreProblem
from sources.services.installation import object_store, second_store
from sources.services.integrity import damaged_objects
from sources.vocabulary import CaptureState
from tests.sources.buckets import Front, make_bucket, s3_server
from tests.sources.origin import Origin, page

HELLO = hashlib.sha256(b"hello").hexdigest()
Damage = Callable[[bytes | None], None]


@pytest.fixture(scope="module")
def server() -> Iterator[int]:
    with pytest.MonkeyPatch.context() as patch:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "for-tests")
        patch.setenv("AWS_REGION", "us-east-1")
        patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        with s3_server() as port:
            yield port


@pytest.fixture
def front(server: int) -> Iterator[Front]:
    with Front(server) as running:
        yield running


def location(port: int, *, versions: bool = False) -> Location:
    bucket = f"b{uuid.uuid4().hex}"
    make_bucket(port, bucket, versions=versions)
    return Location(bucket, "archive/", f"http://127.0.0.1:{port}", "us-east-1")


@pytest.fixture
def bucket(front: Front, server: int) -> S3Store:
    there = location(server)
    through = Location(there.bucket, there.prefix, f"http://127.0.0.1:{front.port}", there.region)
    return S3Store(through, attempts=3, connect=2, read=2)


@pytest.fixture(params=["files", "bucket", "bucket with versions"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStore:
    if request.param == "files":
        (tmp_path / "objects").mkdir()
        return FileStore(tmp_path / "objects")
    port = request.getfixturevalue("server")
    return S3Store(location(port, versions="versions" in request.param))


def overwrite(store: ObjectStore, key: str, content: bytes | None) -> None:
    """What a faulty disk or a careless person does to the stored bytes."""
    if isinstance(store, FileStore):
        store.path(key).chmod(0o644)
        store.path(key).write_bytes(content or b"")
        if content is None:
            store.path(key).unlink()
        return
    name = {"Bucket": store._bucket, "Key": store._name(key)}
    if content is None:
        store._client.delete_object(**name)
    else:
        store._client.put_object(**name, Body=content)


def test_bytes_come_back_as_they_were_put(store: ObjectStore, tmp_path: Path) -> None:
    path = tmp_path / "source"
    path.write_bytes(b"hello")
    assert store.put(path) == HELLO
    with store.open(HELLO) as file:
        assert file.read() == b"hello"
        file.seek(1)
        assert file.read() == b"ello"
    assert store.size(HELLO) == 5
    assert store.verify(HELLO)
    assert path.exists()


def test_an_empty_object_is_an_object(store: ObjectStore) -> None:
    key = store.put(b"")
    assert (store.size(key), store.verify(key)) == (0, True)


def test_to_put_again_changes_nothing(store: ObjectStore) -> None:
    store.put(b"hello")
    before = next(store.held())
    assert store.put(b"hello") == HELLO
    assert list(store.held()) == [before]


def test_a_damaged_object_is_noticed_and_never_replaced(store: ObjectStore) -> None:
    store.put(b"hello")
    overwrite(store, HELLO, b"hullo")
    assert not store.verify(HELLO)
    with pytest.raises(StoreProblem, match="damaged"):
        store.put(b"hello")
    with store.open(HELLO) as file:
        assert file.read() == b"hullo"


def test_what_is_not_there_is_said(store: ObjectStore) -> None:
    for ask in (store.open, store.size, store.verify):
        with pytest.raises(StoreProblem, match="not in the store") as caught:
            ask(HELLO)
        assert not isinstance(caught.value, StoreAway)


@pytest.mark.fault(71)
def test_an_object_that_was_lost_is_said_to_be_missing(store: ObjectStore) -> None:
    store.put(b"hello")
    overwrite(store, HELLO, None)
    with pytest.raises(StoreProblem, match="not in the store"):
        store.verify(HELLO)


@pytest.mark.parametrize("key", ["", "x", "../../etc/passwd", "A" * 64, HELLO[:-1] + "/"])
def test_a_key_that_is_no_hash_leads_nowhere(store: ObjectStore, key: str) -> None:
    for ask in (store.open, store.size, store.verify, store.set_aside, store.remove):
        with pytest.raises(StoreProblem, match="not the key"):
            ask(key)


def test_what_is_held_is_listed_with_its_age(store: ObjectStore) -> None:
    keys = {store.put(bytes([n])) for n in range(5)}
    held = list(store.held())
    assert {one.key for one in held} == keys
    assert all(abs(one.stored_at - datetime.now(UTC)) < timedelta(minutes=1) for one in held)


def test_what_is_set_aside_is_kept_under_another_name(store: ObjectStore) -> None:
    store.put(b"hello")
    overwrite(store, HELLO, b"hullo")
    name = store.set_aside(HELLO)
    assert name.startswith(f"{HELLO}.")
    assert list(store.held()) == []
    assert store.put(b"hello") == HELLO
    assert store.verify(HELLO)
    second = store.set_aside(HELLO)
    assert second not in {"", name}
    assert store.set_aside(HELLO) == ""


def test_what_is_removed_is_gone_with_what_was_set_aside(store: ObjectStore) -> None:
    other = store.put(b"other")
    store.put(b"hello")
    store.set_aside(HELLO)
    store.put(b"hello")
    store.remove(HELLO)
    store.remove(HELLO)  # may be done twice
    with pytest.raises(StoreProblem, match="not in the store"):
        store.open(HELLO)
    assert [one.key for one in store.held()] == [other]
    if isinstance(store, FileStore):
        assert list((store._root / "quarantine").iterdir()) == []
    else:
        left = store._client.list_object_versions(Bucket=store._bucket)
        assert [one["Key"].rpartition("/")[2] for one in left["Versions"]] == [other]
        assert "DeleteMarkers" not in left


@pytest.mark.fault(71)
def test_a_slow_down_is_waited_out(front: Front, bucket: S3Store) -> None:
    front.slow_down = 2
    assert bucket.put(b"hello") == HELLO
    assert bucket.verify(HELLO)


@pytest.mark.fault(71)
def test_a_lasting_slow_down_is_no_word_about_the_object(front: Front, bucket: S3Store) -> None:
    bucket.put(b"hello")
    front.slow_down = 100
    for ask in (bucket.verify, bucket.size, bucket.open):
        with pytest.raises(StoreAway, match=r"SlowDown|503"):
            ask(HELLO)


@pytest.mark.fault(71)
def test_a_put_that_succeeded_unheard_is_found_by_its_retry(front: Front, bucket: S3Store) -> None:
    front.unheard = 1
    assert bucket.put(b"hello") == HELLO
    assert front.puts == 2  # the second was refused, because the first had stored it
    assert bucket.verify(HELLO)
    assert len(list(bucket.held())) == 1


@pytest.mark.fault(71)
def test_nothing_is_sealed_on_other_bytes_read_back(
    front: Front, bucket: S3Store, origin: Origin, tmp_path: Path
) -> None:
    front.flips = True
    origin.answers["/"] = page(b"hello")
    result = capture_address(
        origin.url(), policy=origin.policy, store=bucket, staging_dir=tmp_path / "staging"
    )
    assert (result.state, result.error) == (CaptureState.FAILED, ErrorCode.STORE_FAILED)
    assert result.outcome is None


def test_a_capture_is_sealed_in_a_bucket(bucket: S3Store, origin: Origin, tmp_path: Path) -> None:
    origin.answers["/"] = page(b"hello")
    result = capture_address(
        origin.url(), policy=origin.policy, store=bucket, staging_dir=tmp_path / "staging"
    )
    assert result.state == CaptureState.SEALED
    assert bucket.verify(result.warc_sha256)


def test_nothing_is_sealed_while_the_bucket_is_away(
    front: Front, bucket: S3Store, origin: Origin, tmp_path: Path
) -> None:
    front.slow_down = 100
    origin.answers["/"] = page(b"hello")
    result = capture_address(
        origin.url(), policy=origin.policy, store=bucket, staging_dir=tmp_path / "staging"
    )
    assert (result.state, result.error) == (CaptureState.FAILED, ErrorCode.STORE_FAILED)


def test_a_store_that_is_away_damages_no_evidence(settings: object, tmp_path: Path) -> None:
    settings.STORAGE_URL = f"file://{tmp_path}/not-mounted"
    with pytest.raises(Upstream, match="does not answer"):
        damaged_objects(hashes=[HELLO])
    (tmp_path / "not-mounted").mkdir()
    assert damaged_objects(hashes=[HELLO]) == {HELLO}


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("s3://bucket", Location("bucket", "")),
        ("s3://bucket/a/b/", Location("bucket", "a/b/")),
        (
            "s3://bucket/a?endpoint=http://127.0.0.1:9000&region=eu-1",
            Location("bucket", "a/", "http://127.0.0.1:9000", "eu-1"),
        ),
    ],
)
def test_addresses_of_buckets(url: str, expected: Location) -> None:
    assert read_location(url) == expected


@pytest.mark.parametrize("url", ["s3://", "s3:///x", "http://bucket", "s3://b?secret=x"])
def test_an_address_that_is_none_says_how_it_should_look(url: str) -> None:
    with pytest.raises(MalformedLocation, match="Use s3://"):
        read_location(url)


@pytest.mark.parametrize("url", ["ftp://x", "file:", "s3://"])
def test_a_setting_that_names_no_store_is_refused(settings: object, url: str) -> None:
    settings.STORAGE_URL = url
    with pytest.raises(ImproperlyConfigured, match="STORAGE_URL"):
        object_store()


def test_the_second_store_is_another_place(settings: object, tmp_path: Path) -> None:
    settings.SECOND_STORAGE_URL = ""
    assert second_store() is None
    settings.SECOND_STORAGE_URL = settings.STORAGE_URL
    with pytest.raises(ImproperlyConfigured, match="another place"):
        second_store()


def test_settings_name_a_bucket(settings: object, server: int) -> None:
    there = location(server)
    settings.STORAGE_URL = f"s3://{there.bucket}/archive?endpoint={there.endpoint}"
    key = object_store().put(b"hello")
    assert S3Store(there).verify(key)
