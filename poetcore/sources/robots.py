"""What a site asks of programs that fetch from it: its robots.txt (RFC 9309)."""

from urllib.robotparser import RobotFileParser

__all__ = ["MAX_BYTES", "Rules"]

#: RFC 9309, section 2.5: at least 500 kibibytes must be read.
MAX_BYTES = 512_000

#: Seconds; a site that asks for more between two requests is not asked more seldom than this.
_LONGEST_DELAY = 30


class Rules:
    """What a site allows, and how often.

    Args:
        text: the content of its robots.txt; empty where there is none, and then everything is allowed. That
            holds for every answer from 400 to 499 (RFC 9309, section 2.3.1.3), of which
            `urllib.robotparser` by itself would read 401 and 403 as a ban.
        agent: the name that the program goes by.

    Attributes:
        delay: seconds that the site wants between two requests.
    """

    def __init__(self, text: str, agent: str) -> None:
        self._agent = agent
        self._parser = RobotFileParser()
        self._parser.parse(text.splitlines())
        self.delay = min(float(self._parser.crawl_delay(agent) or 0), _LONGEST_DELAY)

    def allow(self, address: str) -> bool:
        """Tell whether an address may be fetched."""
        return self._parser.can_fetch(self._agent, address)
