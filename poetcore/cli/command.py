"""What every command does with its words: several values behind one option, and options that are repeated.

The scripts of 2017 took `--wnid A B`. Here that is the same as `--wnid A --wnid B`, for every option that may
be given more than once. Of any other the last one counts, as it did in those scripts, but this is told.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import typer
from typer.core import TyperCommand

__all__ = ["Command", "one_each"]


class Command(TyperCommand):
    """A command whose options take several values, and which tells where one replaced another."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse the words behind the command's name."""
        words, replaced = one_each(args, self.params)
        for name, value in replaced.items():
            typer.echo(f"{name} was given more than once: the last one counts, {value}.", err=True)
        return super().parse_args(ctx, words)


def one_each(args: Sequence[str], parameters: Sequence[Any]) -> tuple[list[str], dict[str, str]]:
    """Repeat an option before each of its values.

    A word behind such an option is an argument of the command where that would else have too few; the last
    words are, as in `gather --wnid A B DEST`.

    Args:
        args: the words behind the command's name.
        parameters: the command's parameters, as Click has them.

    Returns:
        The words with each value behind an option of its own; and of the options that take one value and were
        given others: name -> the value that counts.
    """
    options = {
        name: one
        for one in parameters
        if one.param_type_name == "option"
        for name in (*one.opts, *one.secondary_opts)
    }
    needed = [one.nargs for one in parameters if one.param_type_name == "argument"]
    parts: list[list[str]] = []  # words that belong together
    undecided: dict[int, str] = {}  # number of a part -> the option of which it may be a value
    given: dict[str, list[str]] = defaultdict(list)
    arguments = 0
    before = ""
    rest = iter(args)
    for word in rest:
        name, equals, value = word.partition("=")
        part = [word]
        if word == "--":
            part += rest
            arguments += len(part) - 1
        elif option := options.get(name):
            if not option.is_flag and not equals:
                part += [value for value in (next(rest, None),) if value is not None]
            before = name if option.multiple else ""
            if not option.multiple:
                given[option.opts[0]].append(value if equals else part[-1])
        elif word.startswith("-"):
            before = ""  # an option that there is not
        elif before:
            undecided[len(parts)] = before
        else:
            arguments += 1
        parts.append(part)
    if -1 not in needed:  # else all free words are arguments
        values = len(undecided) - max(sum(needed) - arguments, 0)
        for number, name in list(undecided.items())[: max(values, 0)]:
            parts[number].insert(0, name)
    replaced = {name: values[-1] for name, values in given.items() if len(set(values)) > 1}
    return [word for part in parts for word in part], replaced
