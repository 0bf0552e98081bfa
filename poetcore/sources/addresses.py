"""Which addresses are outside: on the public internet, and neither this machine nor anything in its network.

What is gathered names addresses that strangers chose, and a redirect or a name server chooses again. An
address that only this machine reaches (its own services, a router, the metadata service of a cloud) is none
of the pictures that were meant, and its answer must not become a file or a line in a log.
"""

from __future__ import annotations

import ipaddress
import os
import re
import socket
from dataclasses import dataclass

from poetcore.errors import OptionError

__all__ = ["ALLOW_PRIVATE", "Allowed", "allowed_here", "kind_of_inside"]

#: The setting that allows addresses inside a network: hosts, addresses and networks, or 1 for all.
ALLOW_PRIVATE = "TFP_ALLOW_PRIVATE_ADDRESSES"

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_ALL, _NONE = ("1", "all", "true", "yes"), ("", "0", "false", "no")
_HOST = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*\.?", re.IGNORECASE)

#: What `ipaddress` of some Python calls global: protocol assignments, among them a metadata service, the
#: relays of 6to4 (RFC 7526), and the service beside each machine of Azure, which has a public number.
_NEVER_V4 = tuple(map(ipaddress.IPv4Network, ("192.0.0.0/24", "192.88.99.0/24", "168.63.129.16/32")))

#: All that is routed on the internet (RFC 4291); what stands for IPv4 in it is judged by that.
_GLOBAL_V6 = ipaddress.IPv6Network("2000::/3")
_NEVER_V6 = tuple(map(ipaddress.IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")))
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


@dataclass(frozen=True)
class Allowed:
    """What may be asked beside the outside.

    Attributes:
        everything: no address is refused.
        hosts: names, in lower case without a dot at the end, wherever they lead.
        networks: addresses, however they are reached.
    """

    everything: bool = False
    hosts: frozenset[str] = frozenset()
    networks: tuple[_Network, ...] = ()

    def allows_host(self, host: str) -> bool:
        """Return whether a host may be asked, wherever its name leads."""
        return self.everything or host.lower().rstrip(".") in self.hosts

    def allows(self, address: _Address) -> bool:
        """Return whether an address may be asked."""
        return any(address in network for network in self.networks)

    def __or__(self, other: Allowed) -> Allowed:
        return Allowed(
            self.everything or other.everything, self.hosts | other.hosts, self.networks + other.networks
        )


def _parsed(text: str, name: str = ALLOW_PRIVATE) -> Allowed:
    """Parse hosts, addresses and networks with commas between; 1 or `all` allows everything.

    Args:
        text: what was given.
        name: of the option or setting, for the message.

    Raises:
        OptionError: a part of it is none of these.
    """
    if text.strip().lower() in _ALL:
        return Allowed(everything=True)
    if text.strip().lower() in _NONE:
        return Allowed()
    hosts: set[str] = set()
    networks: list[_Network] = []
    for part in filter(None, re.split(r"[,\s]+", text)):
        try:
            networks.append(ipaddress.ip_network(part.strip("[]"), strict=False))
        except ValueError:
            if not _HOST.fullmatch(part):
                raise OptionError(
                    f"{name} is hosts, addresses or networks with commas between, such as 10.0.0.0/8, or all."
                    f" Received: {part!r}"
                ) from None
            hosts.add(part.lower().rstrip("."))
    return Allowed(False, frozenset(hosts), tuple(networks))


def allowed_here(option: str = "") -> Allowed:
    """Return what an option and the environment allow.

    >>> allowed_here("pictures.lan, 10.0.0.0/8").allows(ipaddress.ip_address("10.1.2.3"))
    True

    Raises:
        OptionError: one of them is malformed.
    """
    return _parsed(option, "allow_private") | _parsed(os.environ.get(ALLOW_PRIVATE, ""))


def kind_of_inside(address: _Address) -> str:
    """Return what makes an address one that is not outside, such as "loopback", or "".

    >>> kind_of_inside(ipaddress.ip_address("::ffff:169.254.169.254"))
    'link-local'
    >>> kind_of_inside(ipaddress.ip_address("8.8.8.8"))
    ''

    Args:
        address: to which a connection would be made.
    """
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return kind_of_inside(address.ipv4_mapped)
        if address in _NAT64:
            return kind_of_inside(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    for kind in ("unspecified", "loopback", "link_local", "multicast"):
        if getattr(address, f"is_{kind}"):
            return kind.replace("_", "-")
    if not address.is_global or address.is_private:
        return "private"
    if isinstance(address, ipaddress.IPv4Address):
        reserved = address.is_reserved or any(address in network for network in _NEVER_V4)
    else:
        reserved = address not in _GLOBAL_V6 or any(address in network for network in _NEVER_V6)
    if reserved:
        return "reserved"
    return "own" if address in _own_addresses() else ""


def _own_addresses() -> set[_Address]:
    """Return the addresses of this machine: its public one too is not the outside."""
    import psutil

    found = set()
    for interface in psutil.net_if_addrs().values():
        for one in interface:
            if one.family in (socket.AF_INET, socket.AF_INET6):
                found.add(ipaddress.ip_address(one.address.partition("%")[0]))
    return found
