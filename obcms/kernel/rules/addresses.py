"""Which internet addresses count as one."""

from ipaddress import IPv6Address, ip_address, ip_network


def neighbourhood(address: str | None) -> str:
    """The address itself, or the /64 network of an IPv6 address.

    A customer of an internet provider owns 2^64 IPv6 addresses.
    """
    try:
        parsed = ip_address(address or "")
    except ValueError:
        return (address or "")[:64]
    if isinstance(parsed, IPv6Address):
        return str(parsed.ipv4_mapped or ip_network((parsed, 64), strict=False))
    return str(parsed)
