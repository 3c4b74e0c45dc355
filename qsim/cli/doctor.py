"""``qsim doctor``: say what is installed, and what is wrong with it."""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util
import platform
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import typer

from qsim.cli.console import FAILED
from qsim.cli.options import Plugins, Verbose, console_of
from qsim.versions import DISTRIBUTION

#: The packages that the distribution holds.
PACKAGES = ("qsim", "hardware", "protocols", "qml")

_REQUIREMENT = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)\s*\(?(?P<wanted>[^;()]*)\)?\s*(?:;(?P<marker>.*))?$")
_CLAUSE = re.compile(r"^(?P<sign>>=|<=|==|!=|>|<)\s*(?P<version>\d+(?:\.\d+)*)")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        name: what it is.
        found: what was found: a place, a version, a module.
        problem: what is wrong with it; empty when nothing is.
    """

    name: str
    found: str
    problem: str = ""


def packages() -> tuple[Finding, ...]:
    """Where each of our packages was loaded from, and who else claims its name."""
    owners = importlib.metadata.packages_distributions()
    home = _folder("qsim")
    return tuple(_package(name, home, owners.get(name, ())) for name in PACKAGES)


def dependencies() -> tuple[Finding, ...]:
    """The installed version of each package that we need, held against the versions we work with."""
    try:
        requirements = importlib.metadata.requires(DISTRIBUTION) or ()
    except importlib.metadata.PackageNotFoundError:
        return (Finding(DISTRIBUTION, "not installed", "install it; without it no plug-in is found"),)
    parsed = [match for match in map(_REQUIREMENT.match, requirements) if match is not None]
    return tuple(
        _dependency(match["name"], match["wanted"].strip())
        for match in parsed
        if "extra" not in (match["marker"] or "")
    )


def entry_points(group: str, *, load: bool) -> tuple[Finding, ...]:
    """The entry points of a group.

    Args:
        group: name of the group.
        load: whether to import each of them.
    """
    entries = sorted(importlib.metadata.entry_points(group=group), key=lambda entry: entry.name)
    return tuple(_plugin(entry, load) for entry in entries)


def satisfies(version: str, wanted: str) -> bool:
    """Whether a version meets a comma-separated requirement, judged by its release numbers.

    Example:
        >>> satisfies("2.1.0", ">=2.0,<3"), satisfies("3.0", ">=2.0,<3"), satisfies("1.17.0", "!=1.17")
        (True, False, False)
    """
    clauses = (_CLAUSE.match(clause.strip()) for clause in wanted.split(","))
    return all(_meets(version, clause["sign"], clause["version"]) for clause in clauses if clause is not None)


def _package(name: str, home: Path | None, owners: Iterable[str]) -> Finding:
    place = _folder(name)
    if place is None:
        return Finding(name, "not found", f"reinstall {DISTRIBUTION}")
    others = sorted({owner for owner in owners if owner.lower() != DISTRIBUTION})
    if others:
        return Finding(
            name, str(place), f"also installed by {', '.join(others)}, which overwrites it: uninstall that"
        )
    if home is not None and place.parent != home.parent:
        return Finding(name, str(place), f"shadows the one beside {home}: rename it, or start elsewhere")
    return Finding(name, str(place), _elsewhere(name, place))


def _elsewhere(name: str, place: Path) -> str:
    """A problem when the package is loaded from one place and installed in another."""
    try:
        installed = Path(str(importlib.metadata.distribution(DISTRIBUTION).locate_file(name)))
    except importlib.metadata.PackageNotFoundError:
        return ""
    if installed.is_dir() and installed.resolve() != place:
        return f"shadows the installed {installed}: start elsewhere, or install this one"
    return ""


def _folder(name: str) -> Path | None:
    spec = importlib.util.find_spec(name)
    if spec is None:
        return None
    if spec.origin is not None:
        file = Path(spec.origin).resolve()
        return file.parent if file.name == "__init__.py" else file
    return next((Path(place).resolve() for place in spec.submodule_search_locations or ()), None)


def _dependency(name: str, wanted: str) -> Finding:
    try:
        version = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return Finding(name, "missing", f"install {name}{wanted}")
    problem = "" if satisfies(version, wanted) else f"qsim works with {wanted}"
    return Finding(name, version, problem)


def _plugin(entry: importlib.metadata.EntryPoint, load: bool) -> Finding:
    owner = f" ({entry.dist.name} {entry.dist.version})" if entry.dist is not None else ""
    if load:
        try:
            importlib.import_module(entry.module)
        except Exception as error:  # whatever a plug-in may do wrong is what is being looked for
            return Finding(
                entry.name, entry.value + owner, f"cannot be imported: {type(error).__name__}: {error}"
            )
    return Finding(entry.name, entry.value + owner)


def _meets(version: str, sign: str, bound: str) -> bool:
    have, want = _release(version), _release(bound)
    length = max(len(have), len(want))
    have, want = (numbers + (0,) * (length - len(numbers)) for numbers in (have, want))
    verdicts: Mapping[str, bool] = {
        ">=": have >= want,
        "<=": have <= want,
        ">": have > want,
        "<": have < want,
        "==": have == want,
        "!=": have != want,
    }
    return verdicts[sign]


def _release(version: str) -> tuple[int, ...]:
    match = re.match(r"\d+(?:\.\d+)*", version)
    return tuple(int(part) for part in match[0].split(".")) if match is not None else ()


def doctor(ctx: typer.Context, plugins: Plugins = None, verbose: Verbose = False) -> None:
    """Show what is installed, and what is wrong with it.

    Lists versions, where the packages were loaded from, and the registered kinds. Ends with exit code 1 when
    a package is shadowed, a dependency is missing or unsuitable, or a plug-in cannot be imported.
    """
    console_of(ctx, verbose=verbose)
    from qsim import registry
    from qsim.plugins import COMMANDS, load

    typer.echo(f"Python {platform.python_version()} on {platform.platform(terse=True)} ({sys.executable})")
    findings = [
        *_section("Packages", packages()),
        *_section("Dependencies", dependencies()),
        *_section("Plug-ins", entry_points(registry.GROUP, load=True)),
        *_section("Commands of plug-ins", entry_points(COMMANDS, load=False)),
    ]
    problems = [finding for finding in findings if finding.problem]
    if not problems:
        load(plugins or ())
        kinds = {kind: ", ".join(registry.names(kind)) for kind in registry.kinds()}
        _section("Registered kinds", (Finding(kind, known) for kind, known in kinds.items()))
    typer.echo()
    for finding in problems:
        typer.echo(f"problem: {finding.name}: {finding.problem}")
    if problems:
        raise typer.Exit(FAILED)
    typer.echo("No problems found.")


def _section(title: str, findings: Iterable[Finding]) -> list[Finding]:
    """Print a section, unless it is empty."""
    listed = list(findings)
    if listed:
        typer.echo(f"\n{title}")
        width = max(len(finding.name) for finding in listed)
        for finding in listed:
            typer.echo(f"{'!' if finding.problem else ' '} {finding.name:<{width}}  {finding.found}")
    return listed
