"""A project's own checks, validators and constraints: how they are registered, found and loaded."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import ModuleType

from cosmemory.checks.seen import Found, Seen
from cosmemory.config import Settings
from cosmemory.frozen import frozen
from cosmemory.pattern import pattern
from cosmemory.plain_files import read_plain
from cosmemory.rules.rule import ERROR, INFO, NONE, SAFE, UNSAFE, WARNING, Rule
from cosmemory.text.digest import sha256_hex
from cosmemory.trace import aside

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeVar

    Function = TypeVar("Function", bound=Callable[..., Any])

GROUP = "cosmemory.checks"
REGISTERED = "__cosmemory__"
CODE = pattern(r"(?!COS)[A-Z]{2,10}[0-9]{3,4}")
NAME = pattern(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
BOARD = "board:"


Check = Callable[[Seen], Iterable[Found]]


@frozen(kw_only=True)
class OwnCheck:
    """A registered check with its rule."""

    rule: Rule
    function: Check


@frozen(kw_only=True)
class Validator:
    """What judges a value before it is written: a document of a kind, or ``board:PATTERN``, the values of keys."""

    target: str
    function: Callable[[Any], Any]


@frozen(kw_only=True)
class Constraint:
    """What judges every value before it is written, and what is said where it does not hold."""

    message: str
    function: Callable[[str, Any], Any]


@frozen(kw_only=True)
class Failure:
    """A check that could not be loaded or run: in which file, on which line, and why in one sentence."""

    file: str
    line: int
    message: str


@frozen(kw_only=True)
class Project:
    """What a project has registered."""

    checks: tuple[OwnCheck, ...] = ()
    validators: tuple[Validator, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    failures: tuple[Failure, ...] = ()
    off: bool = False

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules of its checks."""
        return tuple(each.rule for each in self.checks)

    @property
    def certain(self) -> bool:
        """Whether all of its rules are known, so that a code that is none of them is a slip."""
        return not self.off and not self.failures


NOTHING = Project()


def check(
    *,
    code: str,
    name: str,
    severity: str = WARNING,
    summary: str = "",
    why: str = "",
    example: str = "",
    remedy: str = "",
    fix: str = NONE,
) -> Callable[[Function], Function]:
    """Registers a function that is given what is ``Seen`` and yields what it ``Found``, as a rule with that code.

    Raises ValueError for a code, name, severity or sort of fix that cannot be.
    """
    if not CODE.fullmatch(code):
        raise ValueError(f"{code!r} is no code: letters of your own and 3 or 4 digits, such as ACME001")
    from cosmemory.rules.table import RULES

    if not NAME.fullmatch(name) or name in {rule.name for rule in RULES}:
        raise ValueError(f"{name!r} is no name for a rule of your own")
    if severity not in {ERROR, WARNING, INFO} or fix not in {SAFE, UNSAFE, NONE}:
        raise ValueError(f"{severity!r} is no severity, or {fix!r} no sort of fix")

    def registered(function: Function) -> Function:
        said = summary or " ".join((function.__doc__ or "").split()) or f"Finds {name.replace('-', ' ')}."
        rule = Rule(code, name, severity, fix, said, why, example, remedy)
        return _register(function, OwnCheck(rule=rule, function=function))

    return registered


def validator(target: str) -> Callable[[Function], Function]:
    """Registers a function that judges a value before it is written: the document of a kind, or a value of the board.

    It is given the value and says what is wrong with it: a sentence, several, False, or a truth and sentences; nothing
    or True where it is right.
    """
    return lambda function: _register(function, Validator(target=target, function=function))


def constraint(message: str) -> Callable[[Function], Function]:
    """Registers a function of a name (a kind, or board:KEY) and a value, which holds for every value or refuses it."""
    return lambda function: _register(function, Constraint(message=message, function=function))


def _register(function: Function, what: OwnCheck | Validator | Constraint) -> Function:
    import inspect

    if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
        raise TypeError(f"{function.__name__} is async; a check is a plain function")
    setattr(function, REGISTERED, (*getattr(function, REGISTERED, ()), what))
    return function


_LOADED: dict[tuple[str, int, int], ModuleType] = {}


def project_of(settings: Settings) -> Project:
    """What the files and packages register that the ``settings`` name; it runs them, unless that is switched off."""
    if not (settings.check_files or settings.check_packages):
        return NOTHING
    if not settings.checks_run:
        return Project(off=True)
    held: list[Any] = []
    failures: list[Failure] = []
    for named in settings.check_files:
        file = os.path.join(settings.folder, named)
        try:
            with aside():
                held += _registered(_loaded(file))
        except (Exception, SystemExit) as error:  # noqa: BLE001 - the file is the project's, and may fail in any way
            if isinstance(error, FileNotFoundError) and error.filename == file:
                said = f"{named} is not there, and the settings name it below [checks]"
                failures.append(Failure(file=file, line=0, message=said))
            else:
                failures.append(failure(f"{named} cannot be loaded", error, [file]))
    for package in settings.check_packages:
        try:
            with aside():
                held += _packaged(package)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - so may a package
            failures.append(failure(f"the checks of {package} cannot be loaded", error, []))
    return _sorted(held, failures)


def _sorted(held: Sequence[Any], failures: list[Failure]) -> Project:
    every = list(dict.fromkeys(held))
    checks: dict[str, OwnCheck] = {}
    for each in every:
        if not isinstance(each, OwnCheck):
            continue
        if each.rule.code in checks or any(each.rule.name == one.rule.name for one in checks.values()):
            code = each.function.__code__
            said = f"{each.rule.code} or {each.rule.name} is registered twice"
            failures.append(Failure(file=code.co_filename, line=code.co_firstlineno, message=said))
        else:
            checks[each.rule.code] = each
    return Project(
        checks=tuple(checks.values()),
        validators=tuple(each for each in every if isinstance(each, Validator)),
        constraints=tuple(each for each in every if isinstance(each, Constraint)),
        failures=tuple(failures),
    )


def _loaded(file: str) -> ModuleType:
    """The module in a file, run once for as long as the file stays as it is."""
    found = os.stat(file)
    key = file, found.st_mtime_ns, found.st_size
    if key not in _LOADED:
        code = compile(read_plain(file), file, "exec", dont_inherit=True)
        # Not imported by its name: nothing is left beside it, and no other module of that name is hidden.
        module = ModuleType(f"cosmemory_checks_{sha256_hex(file.encode())[:12]}")
        module.__file__ = file
        import sys

        sys.modules[module.__name__] = module
        exec(code, module.__dict__)  # noqa: S102 - the settings of the project ask for it
        _LOADED[key] = module
    return _LOADED[key]


def _packaged(package: str) -> list[Any]:
    """What the entry points of an installed package register."""
    from importlib.metadata import distribution

    found: list[Any] = []
    points = [each for each in distribution(package).entry_points if each.group == GROUP]
    if not points:
        raise LookupError(f"it has no entry point in the group {GROUP}")
    for point in points:
        loaded = point.load()
        found += _registered(loaded) if isinstance(loaded, ModuleType) else getattr(loaded, REGISTERED, ())
    return found


def _registered(module: ModuleType) -> list[Any]:
    held: Mapping[str, Any] = vars(module)
    # A mock or proxy answers to every name, so only what is a tuple was put there by a decorator.
    found = [getattr(each, REGISTERED, ()) for each in held.values() if callable(each)]
    return [what for each in found if isinstance(each, tuple) for what in each]


def failure(what: str, error: BaseException, files: Sequence[str]) -> Failure:
    """What is said of an ``error``, at the innermost line of one of ``files`` that it went through."""
    told = f"{what}: {type(error).__name__}" + (f": {' '.join(str(error).split())}" if str(error) else "")
    file, line = files[0] if files else "", 0
    if isinstance(error, SyntaxError) and error.filename in files:
        file, line = str(error.filename), error.lineno or 0
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename in files:
            file, line = trace.tb_frame.f_code.co_filename, trace.tb_lineno
        trace = trace.tb_next
    return Failure(file=file, line=line, message=told[:400])
