"""The faults: what may be wrong in one place of a module, and its source with one of them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

_COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Pow: ast.Mult,
    ast.Mod: ast.Mult,
}
_NAMES = {"min": "max", "max": "min", "any": "all", "all": "any"}
#: Fields of the syntax tree that do not run, or only word an error.
_SILENT = {"annotation", "returns", "decorator_list", "exc", "msg", "type_params"}


@dataclass(frozen=True)
class Fault:
    """One fault.

    Attributes:
        place: number of the node in the tree, in the order of `ast.walk`.
        line: of the source.
        before, after: the node's source without and with it.
    """

    place: int
    line: int
    before: str
    after: str

    @property
    def text(self) -> str:
        """What it does."""
        return f"`{self.before}` -> `{self.after}`"

    def __str__(self) -> str:
        return f"{self.line}: {self.text}"


def faults(source: str) -> list[Fault]:
    """All faults of a source, in the order of their lines."""
    tree = ast.parse(source)
    runs = set(_running(tree))
    found = [
        Fault(place, getattr(node, "lineno", 0), ast.unparse(node), ast.unparse(other))
        for place, node in enumerate(ast.walk(tree))
        if node in runs
        for other in _wrong(node)
        if ast.unparse(other) != ast.unparse(node)
    ]
    return sorted(set(found), key=lambda fault: (fault.line, fault.place, fault.after))


def faulty(source: str, fault: Fault) -> ast.Module:
    """The syntax tree of a source with one fault."""
    tree = ast.parse(source)
    nodes = list(ast.walk(tree))
    node = nodes[fault.place]
    (other,) = (other for other in _wrong(node) if ast.unparse(other) == fault.after)
    for parent in nodes:
        for field, value in ast.iter_fields(parent):
            if value is node:
                setattr(parent, field, other)
            elif isinstance(value, list) and node in value:
                value[value.index(node)] = other
    return ast.fix_missing_locations(tree)


def function_at(source: str, line: int) -> int:
    """The first line of the innermost function round a line, as code objects count it; 0 outside all."""
    around = [
        min([node.lineno, *(one.lineno for one in node.decorator_list)])
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.lineno < line <= node.end_lineno
    ]
    return max(around, default=0)


def _running(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes that are run, without types, texts, assertions and what is there for type checkers alone."""
    if isinstance(node, ast.Assert | ast.JoinedStr | ast.Import | ast.ImportFrom):
        return
    if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
        return
    yield node
    for field, value in ast.iter_fields(node):
        if field in _SILENT:
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from _running(child)


def _wrong(node: ast.AST) -> Iterator[ast.AST]:
    """What might stand in the place of a node by mistake."""
    match node:
        case ast.Compare(left, [op], [right]):
            yield ast.Compare(left, [_COMPARISONS[type(op)]()], [right])
        case ast.BinOp(left, op, right) if type(op) in _ARITHMETIC:
            yield ast.BinOp(left, _ARITHMETIC[type(op)](), right)
        case ast.AugAssign(target, op, value) if type(op) in _ARITHMETIC:
            yield ast.copy_location(ast.AugAssign(target, _ARITHMETIC[type(op)](), value), node)
        case ast.BoolOp(op, values):
            yield ast.BoolOp(ast.Or() if isinstance(op, ast.And) else ast.And(), values)
        case ast.UnaryOp(ast.Not() | ast.USub(), operand):
            yield operand
        case ast.Constant(bool() as value):
            yield ast.Constant(not value)
        case ast.Constant(int() | float() as value):
            yield ast.Constant(value + 1)
        case ast.Return(ast.expr() as value) if not (isinstance(value, ast.Constant) and value.value is None):
            yield ast.copy_location(ast.Return(ast.Constant(None)), node)
        case ast.Call(ast.Name(name) as function, arguments, keywords) if name in _NAMES:
            yield ast.Call(
                ast.copy_location(ast.Name(_NAMES[name], ast.Load()), function), arguments, keywords
            )
        case ast.Call(function, [first, second, *rest], keywords) if not any(
            isinstance(one, ast.Starred) for one in (first, second)
        ):
            yield ast.Call(function, [second, first, *rest], keywords)
        case _:
            return
