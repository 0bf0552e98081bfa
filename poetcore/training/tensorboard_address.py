"""Where TensorBoard answers: on this machine only, unless its owner opens it by an environment variable."""

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from poetcore.errors import OptionError
from poetcore.system.hosts import is_own_name

__all__ = ["LOCAL", "TENSORBOARD_ADDRESS", "Address", "address_of_environment"]

#: The variable by which the owner of a machine says where TensorBoard answers.
TENSORBOARD_ADDRESS = "TFP_TENSORBOARD_ADDRESS"


@dataclass(frozen=True)
class Address:
    """An address of this machine.

    Attributes:
        host: name or number on which it listens; 0.0.0.0 and :: are all that the machine has.
        port: 0 for any that is free.
    """

    host: str = "127.0.0.1"
    port: int = 0

    @classmethod
    def parse(cls, text: str) -> "Address":
        """Return an address as people write it, with a port or without.

        >>> Address.parse("0.0.0.0:6006"), Address.parse("[::]:6006"), Address.parse("localhost")
        (Address(host='0.0.0.0', port=6006), Address(host='::', port=6006), Address(host='localhost', port=0))

        Raises:
            OptionError: it is none.
        """
        try:
            parts = urlsplit(f"//{text.strip()}")
            host, port = parts.hostname, parts.port or 0
        except ValueError:
            host, port = None, 0
        if not host or parts.netloc != text.strip() or parts.username is not None:
            raise OptionError(
                f"{TENSORBOARD_ADDRESS} must be an address of this machine, with a port if you like, such as"
                f" 0.0.0.0:6006. Received: {text!r}."
            )
        return cls(host, port)

    @property
    def is_open(self) -> bool:
        """Whether other machines may reach it."""
        return not is_own_name(self.host)

    def link(self, name: str | None = None) -> str:
        """Return what a browser asks.

        Args:
            name: under which this machine is known there; None on the machine itself.
        """
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)
        if name is not None and self.is_open:
            host = name
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}/"

    def with_port(self) -> "Address":
        """Return the address with a port that is free, where none was chosen.

        Raises:
            OSError: the machine has no such address.
        """
        if self.port:
            return self
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        with socket.socket(family) as free:
            free.bind((self.host, 0))
            return Address(self.host, free.getsockname()[1])


#: This machine only, at any port that is free.
LOCAL = Address()


def address_of_environment(environ: Mapping[str, str] = os.environ) -> Address:
    """Return the address that the owner chose; without a choice this machine only, any port.

    Raises:
        OptionError: what was chosen is no address.
    """
    text = environ.get(TENSORBOARD_ADDRESS, "").strip()
    return Address.parse(text) if text else LOCAL
