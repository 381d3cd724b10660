"""Which addresses are public, against the registries of special addresses (RFC 6890 and its successors)."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offing.network import NetworkError, host_and_port
from offing.network.addresses import is_public

LISTED = """0.0.0.0 0.1.2.3 10.0.0.1 100.64.0.1 127.0.0.1 127.255.255.255 169.254.169.254 172.16.0.1 192.0.0.8
192.168.1.1 192.0.2.1 192.88.99.1 198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.1 240.0.0.1 255.255.255.255 :: ::1
::127.0.0.1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 64:ff9b::7f00:1 64:ff9b::a00:1 64:ff9b:1::808:808
2002:7f00:1:: 2002:a00:1:: 2002:c0a8:101::1 2001::1 2001:db8::1 fe80::1 fe80::1%eth0 fc00::1 fd00::1 fec0::1
ff02::1 100::1 nonsense 1.2.3 999.1.1.1"""
OPEN = "1.1.1.1 8.8.8.8 93.184.215.14 2606:4700:4700::1111 ::ffff:8.8.8.8 64:ff9b::808:808 2002:808:808::1"


@pytest.mark.parametrize("address", LISTED.split())
def test_special_addresses_are_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", OPEN.split())
def test_public_addresses_are(address):
    assert is_public(address)


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_in_disguise_is_judged_as_itself(ip):
    plain = is_public(str(ip))
    for disguise in (f"::ffff:{ip}", f"64:ff9b::{ip}", str(ipaddress.IPv6Address((0x2002 << 112) | (int(ip) << 80)))):
        assert is_public(disguise) == plain
    if ip.is_private or ip.is_multicast or ip.is_loopback or ip.is_link_local or ip.is_reserved:
        assert not plain


@given(st.text(max_size=40))
def test_any_text_is_an_address_or_an_error(text):
    for url in (text, f"http://{text}", f"https://{text}/a"):
        try:
            host, port = host_and_port(url)
        except NetworkError:
            continue
        assert host
        assert 0 <= port <= 65535
