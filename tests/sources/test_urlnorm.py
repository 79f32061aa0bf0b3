from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.urlnorm import (
    InvalidAddress,
    PlatformAccount,
    canonical_address,
    lookup_key,
    platform_account,
    registrable_domain,
    unwrap_archive,
)


@pytest.mark.parametrize(
    ("given_address", "canonical"),
    [
        ("HTTP://Example.ORG", "http://example.org/"),
        ("https://example.org:443/a", "https://example.org/a"),
        ("http://example.org:80/a#part", "http://example.org/a"),
        ("http://example.org:8080/a", "http://example.org:8080/a"),
        ("http://127.0.0.1:8077/bulletin", "http://127.0.0.1:8077/bulletin"),
        ("http://example.org/?b=2&a=1", "http://example.org/?b=2&a=1"),
        ("http://example.org/?utm_source=x&id=7&fbclid=y", "http://example.org/?id=7"),
        ("http://example.org/?UTM_Medium=x", "http://example.org/"),
        ("http://example.org/?", "http://example.org/"),
        ("http://example.org/?a=&&b", "http://example.org/?a=&b"),
        ("http://example.org?id=7", "http://example.org/?id=7"),
        ("http://example.org/a/./b/../c", "http://example.org/a/c"),
        ("http://example.org/a/..", "http://example.org/"),
        ("http://example.org/a/b/.", "http://example.org/a/b/"),
        ("http://example.org/%7euser/%d8%b5", "http://example.org/~user/%D8%B5"),
        ("http://example.org/a%2fb", "http://example.org/a%2Fb"),
        ("http://example.org/%00%ff", "http://example.org/%00%FF"),
        ("https://مثال.إختبار/خبر", "https://xn--mgbh0fb.xn--kgbechtv/%D8%AE%D8%A8%D8%B1"),
        ("https://x.com/user/status/1?s=20&t=abc", "https://x.com/user/status/1"),
        ("https://youtu.be/abc?si=1&t=42", "https://youtu.be/abc?t=42"),
        ("https://example.org/?t=42&s=1", "https://example.org/?t=42&s=1"),
    ],
)
def test_one_document_has_one_spelling(given_address: str, canonical: str) -> None:
    assert canonical_address(given_address) == canonical
    assert canonical_address(canonical) == canonical


@pytest.mark.parametrize(
    ("archived", "page"),
    [
        ("https://web.archive.org/web/20161130120000/http://a.example/x", "http://a.example/x"),
        ("https://web.archive.org/web/2016if_/https://a.example/x?y=1", "https://a.example/x?y=1"),
        ("https://web.archive.org/web/*/http:/a.example/x", "http://a.example/x"),
        ("https://web.archive.org/save/a.example/x", "http://a.example/x"),
        ("https://archive.ph/2016.11.30-101112/https://a.example/x", "https://a.example/x"),
        ("https://archive.is/newest/http://a.example/x", "http://a.example/x"),
        ("http://archive.today/o/AbC1d/https://a.example/x", "https://a.example/x"),
        ("https://archive.vn/20161130/https://a.example/x", "https://a.example/x"),
        (
            "https://web.archive.org/web/2016/https://archive.is/2016/https://a.example/",
            "https://a.example/",
        ),
        ("https://archive.is/AbC1d", "https://archive.is/AbC1d"),
        ("https://web.archive.org/about/", "https://web.archive.org/about/"),
        (
            "https://a.example/web/2016/http://b.example/",
            "https://a.example/web/2016/http://b.example/",
        ),
    ],
)
def test_an_archive_is_unwrapped_to_the_page_that_it_copied(archived: str, page: str) -> None:
    assert unwrap_archive(archived) == page


def test_archives_of_archives_end() -> None:
    wrapped = "https://web.archive.org/web/2016/" * 9 + "http://a.example/"
    with pytest.raises(InvalidAddress, match="too many archives"):
        unwrap_archive(wrapped)


@pytest.mark.parametrize(
    "text",
    ["", "example.org", "ftp://example.org/", "http://", "http://a b/", "javascript:alert(1)"],
)
def test_what_is_no_web_address_is_invalid_with_words(text: str) -> None:
    with pytest.raises(InvalidAddress) as invalid:
        canonical_address(text)
    assert str(invalid.value).endswith(".")


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("http://www.example.org/A?b=2&a=1", "https://example.org/a/?a=1&b=2"),
        ("https://web.archive.org/web/2016/http://example.org/x", "http://example.org/x"),
    ],
)
def test_spellings_of_probably_one_page_share_a_key(left: str, right: str) -> None:
    assert lookup_key(left) == lookup_key(right)


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("http://news.example.org/x", "org,example,news)/x"),
        ("http://example.org:8080/", "org,example:8080)/"),
        ("http://127.0.0.1:8077/x", "127.0.0.1:8077)/x"),
        ("http://[2001:4860::8]/x", "2001:4860::8)/x"),
    ],
)
def test_keys_put_the_host_in_reverse(address: str, key: str) -> None:
    assert lookup_key(address) == key


@pytest.mark.parametrize(
    ("address", "account"),
    [
        ("https://t.me/front_news/120", ("telegram", "front_news")),
        ("https://t.me/s/Front_News?single", ("telegram", "front_news")),
        ("https://telegram.me/front_news", ("telegram", "front_news")),
        ("https://t.me/c/12345/6", None),
        ("https://t.me/joinchat/abcdef", None),
        ("https://t.me/+abcdef", None),
        ("https://x.com/Some_One/status/1", ("x", "some_one")),
        ("https://mobile.twitter.com/Some_One", ("x", "some_one")),
        ("https://twitter.com/i/web/status/1", None),
        ("https://x.com/", None),
        ("https://www.facebook.com/Some.Page/posts/1", ("facebook", "some.page")),
        ("https://m.facebook.com/profile.php?id=100", ("facebook", "100")),
        ("https://facebook.com/permalink.php?story_fbid=1&id=9", ("facebook", "9")),
        ("https://facebook.com/people/Some-Name/1000", ("facebook", "1000")),
        ("https://facebook.com/watch/?v=1", None),
        ("https://facebook.com/sharer.php?u=x", None),
        ("https://www.youtube.com/@Channel/videos", ("youtube", "@channel")),
        ("https://youtube.com/channel/UCabcDEF", ("youtube", "UCabcDEF")),
        ("https://youtube.com/user/Some", ("youtube", "some")),
        ("https://youtube.com/watch?v=1", None),
        ("https://web.archive.org/web/2016/https://twitter.com/one/status/1", ("x", "one")),
        ("https://example.org/@someone", None),
    ],
)
def test_accounts_on_platforms_are_sources_of_their_own(
    address: str, account: tuple[str, str] | None
) -> None:
    expected = PlatformAccount(*account) if account else None
    assert platform_account(address) == expected


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("www.news.example.co.uk", "example.co.uk"),
        ("writer.blogspot.com", "writer.blogspot.com"),
        ("127.0.0.1", "127.0.0.1"),
        ("2001:db8::1", "2001:db8::1"),
        ("localhost", "localhost"),
    ],
)
def test_registrable_domains_come_from_the_bundled_list(host: str, domain: str) -> None:
    assert registrable_domain(host) == domain


@given(
    st.text(alphabet="abcXYZ019/.%?&=_-~", max_size=40),
    st.sampled_from(["a.example", "WWW.b.example", "t.me", "x.com", "web.archive.org"]),
)
def test_canonical_spelling_is_stable(rest: str, host: str) -> None:
    try:
        once = canonical_address(f"http://{host}/{rest}")
    except InvalidAddress:
        return
    assert canonical_address(once) == once
