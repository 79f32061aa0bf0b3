"""The store of objects in a bucket of S3, or of any server that speaks it.

A put is conditional (`If-None-Match: *`), so what lies under a key is never replaced, not even by
a retry whose first attempt had succeeded unheard.
"""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, TypeVar
from urllib.parse import parse_qs, unquote, urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from sources.capture.store import ASIDE, Held, StoreAway, StoreProblem, aside_name, hash_of

_STEP = 1024 * 1024
_SHA256 = re.compile(r"[0-9a-f]{64}")
_MISSING = frozenset({"404", "NoSuchKey", "NotFound"})
_TAKEN = frozenset({"412", "PreconditionFailed"})
_OPTIONS = frozenset({"endpoint", "region"})
Result = TypeVar("Result")


class MalformedLocation(ValueError):
    """The address of the bucket cannot be read; the words say how it should look."""


@dataclass(frozen=True, slots=True)
class Location:
    """Where the objects are, as an s3:// address says it."""

    bucket: str
    prefix: str
    endpoint: str = ""
    region: str = ""


def read_location(url: str) -> Location:
    """Read an s3:// address; raises MalformedLocation."""
    parts = urlsplit(url)
    options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    if parts.scheme != "s3" or not parts.hostname or set(options) - _OPTIONS:
        raise MalformedLocation("Use s3://bucket/prefix?endpoint=https://host&region=name.")
    prefix = unquote(parts.path).strip("/")
    return Location(parts.hostname, f"{prefix}/" if prefix else "", **options)


class S3Store:
    """Objects under PREFIX/aa/bb/<sha256>; credentials come by the usual AWS variables."""

    def __init__(
        self, location: Location, *, attempts: int = 5, connect: float = 10.0, read: float = 60.0
    ) -> None:
        self._bucket, self._prefix = location.bucket, location.prefix
        settings = Config(
            connect_timeout=connect,
            read_timeout=read,
            retries={"mode": "standard", "total_max_attempts": attempts},
            signature_version="s3v4",
            s3={"addressing_style": "path" if location.endpoint else "auto"},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            max_pool_connections=64,
        )
        # A session of our own: boto3's default one may not be used by several threads at once.
        self._client: Any = boto3.session.Session().client(
            "s3",
            endpoint_url=location.endpoint or None,
            region_name=location.region or None,
            config=settings,
        )

    def put(self, source: Path | bytes) -> str:
        """Store SOURCE unless its key is taken; a taken key must hold the same bytes."""
        with _opened(source) as file:
            key = hash_of(file)
            file.seek(0)
            is_new = self._ask(lambda: self._put(key, file), otherwise=_TAKEN)
        if is_new is None and not self.verify(key):
            raise StoreProblem(f"Object {key} in the store is damaged.")
        return key

    def open(self, key: str) -> BinaryIO:
        """The object in a temporary file, because readers of archives jump about in it."""
        # The caller closes it.
        file = tempfile.TemporaryFile()  # noqa: SIM115
        try:
            for step in self._steps(key):
                file.write(step)
        except BaseException:
            file.close()
            raise
        file.seek(0)
        return file

    def size(self, key: str) -> int:
        found = self._found(
            key, lambda: self._client.head_object(Bucket=self._bucket, Key=self._name(key))
        )
        return int(found["ContentLength"])

    def verify(self, key: str) -> bool:
        digest = hashlib.sha256()
        for step in self._steps(key):
            digest.update(step)
        return digest.hexdigest() == key

    def held(self) -> Iterator[Held]:
        for entry in self._listed("list_objects_v2", "Contents", self._prefix):
            name = entry["Key"].rpartition("/")[2]
            if _SHA256.fullmatch(name):  # what was put aside has a longer name
                yield Held(name, entry["LastModified"])

    def set_aside(self, key: str) -> str:
        aside = aside_name(key)
        source = {"Bucket": self._bucket, "Key": self._name(key)}
        target = f"{self._prefix}{ASIDE}/{aside}"
        copied = self._ask(
            lambda: self._client.copy_object(Bucket=self._bucket, Key=target, CopySource=source),
            otherwise=_MISSING,
        )
        if copied is None:
            return ""
        self._ask(lambda: self._client.delete_object(**source))
        return aside

    def remove(self, key: str) -> None:
        """Every version goes: a bucket that keeps versions only hides what is plainly deleted."""
        for prefix in (self._name(key), f"{self._prefix}{ASIDE}/{key}."):
            for kind in ("Versions", "DeleteMarkers"):
                for entry in self._listed("list_object_versions", kind, prefix):
                    self._delete_version(entry["Key"], entry["VersionId"])

    def _put(self, key: str, file: BinaryIO) -> Any:
        file.seek(0)
        return self._client.put_object(
            Bucket=self._bucket, Key=self._name(key), Body=file, IfNoneMatch="*"
        )

    def _delete_version(self, name: str, version: str) -> None:
        self._ask(
            lambda: self._client.delete_object(Bucket=self._bucket, Key=name, VersionId=version)
        )

    def _steps(self, key: str) -> Iterator[bytes]:
        found = self._found(
            key, lambda: self._client.get_object(Bucket=self._bucket, Key=self._name(key))
        )
        with found["Body"] as body:
            while step := self._ask(lambda: body.read(_STEP)):
                yield step

    def _listed(self, operation: str, field: str, prefix: str) -> Iterator[dict[str, Any]]:
        pages = self._client.get_paginator(operation).paginate(Bucket=self._bucket, Prefix=prefix)
        answers = iter(pages)
        while (page := self._ask(lambda: next(answers, None))) is not None:
            yield from page.get(field, [])

    def _found(self, key: str, call: Callable[[], Any]) -> Any:
        answer = self._ask(call, otherwise=_MISSING)
        if answer is None:
            raise StoreProblem(f"Object {key} is not in the store.")
        return answer

    def _ask(
        self, call: Callable[[], Result], *, otherwise: frozenset[str] = frozenset()
    ) -> Result | None:
        """The answer of the server; None for an error code of OTHERWISE; raises StoreAway."""
        try:
            return call()
        except ClientError as problem:
            code = str(problem.response.get("Error", {}).get("Code", ""))
            if code in otherwise:
                return None
            raise StoreAway(f"The store refused: {code}.") from problem
        except BotoCoreError as problem:
            raise StoreAway(f"The store did not answer: {type(problem).__name__}.") from problem

    def _name(self, key: str) -> str:
        if not _SHA256.fullmatch(key):
            raise StoreProblem("This is not the key of an object.")
        return f"{self._prefix}{key[:2]}/{key[2:4]}/{key}"


@contextmanager
def _opened(source: Path | bytes) -> Iterator[BinaryIO]:
    if isinstance(source, Path):
        with source.open("rb") as file:
            yield file
        return
    with tempfile.TemporaryFile() as file:
        file.write(source)
        file.seek(0)
        yield file
