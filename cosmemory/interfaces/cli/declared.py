"""What a command takes, said once: our own reader serves plain calls by it, click every other.

The decorators are named and stacked as click's are; click itself, which takes longer to start than most commands
take to run, is built from them in ``with_click``, where a call is not plain.
"""

from __future__ import annotations

from cosmemory.frozen import field, frozen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeVar

    Body = TypeVar("Body", bound=Callable[..., Any])


@frozen(kw_only=True)
class Parameter:
    """An argument, or an option where ``option`` says how it is called."""

    name: str
    option: str = ""
    help: str | None = None
    metavar: str | None = None
    required: bool = False
    many: bool = False
    flag: bool = False
    default: str | None = None
    choices: tuple[str, ...] = ()
    least: int | None = None
    decimal: bool = False

    @property
    def absent(self) -> Any:
        """What a body is given where the call does not say it."""
        return False if self.flag else () if self.many else self.default


@frozen(kw_only=True)
class Declared:
    """A command: its name, what it does, its parameters in the order of its help; or a group of such."""

    name: str
    body: Callable[..., Any]
    help: str
    parameters: tuple[Parameter, ...] = ()
    epilog: str | None = None
    lenient: bool = False
    hidden: bool = False
    commands: dict[str, Declared] = field(default_factory=dict)

    def command(
        self, name: str | None = None, *, summary: str | None = None, hidden: bool = False
    ) -> Callable[[Callable[..., Any]], Declared]:
        """A command of this group, from its body; one for other programs is hidden from people."""

        def made(body: Callable[..., Any]) -> Declared:
            declared = command(name, summary=summary, hidden=hidden)(body)
            self.commands[declared.name] = declared
            return declared

        return made

    def include(self, *declared: Declared) -> None:
        """Commands and groups made elsewhere, as commands of this group."""
        self.commands.update({each.name: each for each in declared})

    def call(self, values: dict[str, Any], root: str | None, as_json: bool) -> object:
        """The body done, with what was said before the command's name where nothing was said after it."""
        if "root" in values:
            values["root"] = values["root"] or root
        if "as_json" in values:
            values["as_json"] = values["as_json"] or as_json
        return self.body(**values)


def command(
    name: str | None = None,
    *,
    summary: str | None = None,
    epilog: str | None = None,
    lenient: bool = False,
    hidden: bool = False,
) -> Callable[[Callable[..., Any]], Declared]:
    """A command, from its body; ``lenient`` takes what looks like an option and is none for a value."""

    def made(body: Callable[..., Any]) -> Declared:
        # Decorators are applied from the last one up.
        parameters = tuple(reversed(getattr(body, "parameters", ())))
        return Declared(
            name=name or body.__name__,
            body=body,
            help=summary or body.__doc__ or "",
            parameters=parameters,
            epilog=epilog,
            lenient=lenient,
            hidden=hidden,
        )

    return made


def group(body: Callable[..., Any]) -> Declared:
    """A group of commands, named and described by ``body``, which is never called."""
    return command()(body)


def argument(name: str, **details: Any) -> Callable[[Body], Body]:
    """An argument of the command below; it is required unless that is denied."""
    return _added(Parameter(name=name, **{"required": not details.get("many"), **details}))


def option(option: str, name: str | None = None, **details: Any) -> Callable[[Body], Body]:
    """An option of the command below, given to its body as ``name``."""
    return _added(
        Parameter(name=name or option.removeprefix("--").replace("-", "_"), option=option, **details)
    )


def _added(parameter: Parameter) -> Callable[[Body], Body]:
    def added(body: Body) -> Body:
        body.__dict__.setdefault("parameters", []).append(parameter)
        return body

    return added
