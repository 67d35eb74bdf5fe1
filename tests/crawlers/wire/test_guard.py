from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import UsageError
from crawlers.errors import AddressRefused
from crawlers.wire import Override, parse_override
from crawlers.wire.guard import Guard, PeerAddress, refusal


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0", "10.1.2.3", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.255.255.254",
        "169.254.169.254", "168.63.129.16", "172.16.0.1", "172.31.255.255", "192.0.0.192",
        "192.168.1.1", "198.18.0.1", "203.0.113.7", "224.0.0.1", "239.1.1.1", "240.0.0.1",
        "255.255.255.255", "::", "::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0",
        "fec0::1", "ff02::1", "5f00::1", "100::1", "2001:db8::1", "3fff::1", "2001::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1",
        "64:ff9b::a9fe:a9fe", "2002:7f00:1::1", "2002:a9fe:a9fe::", "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    ],
)  # fmt: skip
def test_private_and_special_addresses_are_refused(address):
    assert refusal(address)


@pytest.mark.parametrize(
    "address",
    [
        "1.1.1.1", "93.184.216.34", "172.32.0.1", "100.128.0.1", "223.255.255.255", "2606:4700::1111",
        "2a00:1450::1", "2001:4860:4860::8888", "::ffff:1.1.1.1", "64:ff9b::101:101", "2002:101:101::1",
    ],
)  # fmt: skip
def test_public_addresses_are_allowed(address):
    assert refusal(address) is None


@given(st.ip_addresses(v=4) | st.ip_addresses(network="2000::/3"))
def test_nothing_is_allowed_that_the_standard_library_calls_private(address):
    if refusal(str(address)) is None:
        assert not any((address.is_private, address.is_multicast, address.is_reserved))


@given(st.ip_addresses(v=4))
def test_an_embedded_address_is_judged_as_itself(address):
    number, why = int(address), refusal(str(address))
    for inside in (0xFFFF << 32 | number, 0x64FF9B << 96 | number, 0x2002 << 112 | number << 80):
        assert refusal(str(ipaddress.IPv6Address(inside))) == why


def test_only_the_allowed_of_mixed_answers_are_used(run):
    async def mixed(_: str) -> list[str]:
        return ["127.0.0.1", "1.1.1.1", "10.0.0.1", "2606:4700::1111"]

    found = run(Guard(mixed).addresses("mixed.example", 443))
    assert found == [PeerAddress("1.1.1.1", 443), PeerAddress("2606:4700::1111", 443)]


def test_a_name_that_is_bound_anew_is_judged_anew(run):
    async def scenario() -> None:
        answers = [["1.1.1.1"], ["127.0.0.1"]]

        async def rebinding(_: str) -> list[str]:
            return answers.pop(0)

        guard = Guard(rebinding)
        assert await guard.addresses("bad.example", 80) == [PeerAddress("1.1.1.1", 80)]
        with pytest.raises(AddressRefused, match=r"bad\.example .* 127\.0\.0\.1 \(loopback\)"):
            await guard.addresses("bad.example", 80)

    run(scenario())


@pytest.mark.parametrize(
    ("text", "override"),
    [
        ("Review.example:443:127.0.0.1", Override("review.example", 443, "127.0.0.1")),
        ("*:80:[::0001]", Override(None, 80, "::1")),
        ("review.example:*:10.0.0.1:8080", Override("review.example", None, "10.0.0.1", 8080)),
        ("*:*:[fe80::1]:81", Override(None, None, "fe80::1", 81)),
        ("[::1]:80:127.0.0.1", Override("::1", 80, "127.0.0.1")),
    ],
)
def test_an_override_reads_as_curl_writes_it(text, override):
    assert parse_override(text) == override


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a:80",
        "a:80:b",
        "a:80:1.2.3",
        "a:99999:1.2.3.4",
        "a:80:::1",
        "a:80:1.2.3.4:0x1",
        ":80:1.2.3.4",
    ],
)
def test_a_bad_override_is_bad_usage(text):
    with pytest.raises(UsageError, match="HOST:PORT:ADDR"):
        parse_override(text)


def test_the_first_override_that_fits_wins_and_nothing_is_resolved(run):
    async def resolve(host: str) -> list[str]:
        raise AssertionError(host)

    overrides = tuple(map(parse_override, ["a.example:80:127.0.0.1:8080", "*:*:127.0.0.2"]))
    guard = Guard(resolve, overrides)
    assert run(guard.addresses("a.example", 80)) == [PeerAddress("127.0.0.1", 8080)]
    assert run(guard.addresses("a.example", 443)) == [PeerAddress("127.0.0.2", 443)]
