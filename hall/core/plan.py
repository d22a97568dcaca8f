"""The plan of the house: which file may import which, and on which floor each module stands (design §4, §5).

The source is read, never run, so a broken module still gets its findings. `manage.py house --check` prints them.

Inside a module   words → rules → models → queries → actions → forms → views → module; a file imports only files to
                  its left. `PLACES` says where the other usual files stand; a file of any other name stands as high
                  as the highest file of its module that it imports.
Between modules   only modules named in `needs` (the ledger is understood), only ones earlier in MODULES, and only
                  through `FACE`; classes out of another module's `models` may serve as type annotations, nothing else.
Core              imports no module and has no tables.
"""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

LAYERS = ("words", "rules", "models", "queries", "actions", "forms", "views", "module")
PLACES: dict[str, float] = {
    "__init__": 0,
    **{layer: number for number, layer in enumerate(LAYERS, start=1)},
    "demo": 6,  # plays actions
    "explain": 6,  # answers from rules and queries
    "templatetags": 6,  # helps the templates: reads, never writes
    "middleware": 6,  # stands around the views
    "urls": 7.5,
    "checks": 9,
    "apps": 9,
    "management": 9,
}
FACE = ("words", "queries", "actions")
LEDGER_FACE = (*FACE, "acting", "clock")
UNCHECKED = ("tests", "migrations")


@dataclass(frozen=True, slots=True, order=True)
class Breach:
    """One place where the source leaves the plan: file, line and the broken rule in one sentence."""

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.text}"


@dataclass(frozen=True, slots=True)
class Import:
    """One import of our own: `from hall.<module>.<part> import <names>`."""

    module: str
    part: str
    names: tuple[str, ...]
    line: int


@dataclass(frozen=True)
class Source:
    """One file of a module. `part` is the file's or folder's name right under the module."""

    file: str
    module: str
    part: str
    text: str

    @cached_property
    def fault(self) -> SyntaxError | None:
        """Why this file is no Python; None if it is."""
        try:
            ast.parse(self.text)
        except SyntaxError as error:
            return error
        return None

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse("" if self.fault else self.text)

    @cached_property
    def imports(self) -> tuple[Import, ...]:
        package = list(Path(self.file).parent.parts)
        return tuple(found for node in ast.walk(self.tree) for found in _imports(node, package))


def _imports(node: ast.AST, package: list[str]) -> Iterator[Import]:
    """Our own imports in this node; those inside functions and under TYPE_CHECKING count like any other."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield from _target(alias.name.split("."), (alias.asname or alias.name,), node.lineno)
    elif isinstance(node, ast.ImportFrom):
        start = package[: len(package) - node.level + 1] if node.level else []
        path = [*start, *(node.module or "").split(".")] if node.module else start
        if len(path) >= 3:
            yield from _target(path, tuple(alias.asname or alias.name for alias in node.names), node.lineno)
        else:
            for alias in node.names:
                yield from _target([*path, alias.name], (alias.asname or alias.name,), node.lineno)
    elif isinstance(node, ast.Call) and _called(node) == "import_module" and isinstance(node.args[0], ast.Constant):
        yield from _target(str(node.args[0].value).split("."), (), node.lineno)


def _target(path: list[str], names: tuple[str, ...], line: int) -> Iterator[Import]:
    if path[0] == "hall" and len(path) > 1:
        yield Import(path[1], path[2] if len(path) > 2 else "", names, line)


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


@dataclass(frozen=True)
class House:
    """The source of the house: `root` is the folder that holds `hall/`, `names` the modules, downstairs first."""

    root: Path
    names: tuple[str, ...]

    @cached_property
    def sources(self) -> tuple[Source, ...]:
        return tuple(source for name in ("core", *self.names) for source in self._sources_of(name))

    def _sources_of(self, module: str) -> Iterator[Source]:
        folder = self.root / "hall" / module
        for path in sorted(folder.rglob("*.py")):
            part = path.relative_to(folder).parts[0].removesuffix(".py")
            if part not in UNCHECKED:
                yield Source(path.relative_to(self.root).as_posix(), module, part, path.read_text("utf-8"))

    @cached_property
    def needs(self) -> dict[str, tuple[str, ...]]:
        """What each manifest names, as it stands in the source."""
        manifests = {s.module: s for s in self.sources if s.part == "module"}
        return {name: _needs(manifests[name].tree) if name in manifests else () for name in self.names}

    @cached_property
    def floors(self) -> dict[str, int]:
        """Module → floor: the ledger on 0, every other one above the highest module it needs."""
        floors: dict[str, int] = {}
        for name in self.names:
            below = [floors[need] for need in ("ledger", *self.needs[name]) if need in floors]
            floors[name] = 0 if name == "ledger" else 1 + max(below, default=-1)
        return floors

    def parts(self, module: str) -> dict[str, list[Source]]:
        found: dict[str, list[Source]] = {}
        for source in self.sources:
            if source.module == module:
                found.setdefault(source.part, []).append(source)
        return found


def _needs(tree: ast.Module) -> tuple[str, ...]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _called(node) == "Module":
            for keyword in node.keywords:
                if keyword.arg == "needs" and isinstance(keyword.value, ast.Tuple | ast.List):
                    return tuple(str(item.value) for item in keyword.value.elts if isinstance(item, ast.Constant))
    return ()


def breaches(house: House) -> list[Breach]:
    """Everything in which the imports and floors leave the plan, by file and line."""
    found = [*_floor_breaches(house)]
    for name in house.names:
        found += _layer_breaches(house.parts(name))
    for source in house.sources:
        if source.fault:
            found.append(Breach(source.file, source.fault.lineno or 1, f"This is no Python: {source.fault.msg}."))
        found += _core_breaches(source, house.names) if source.module == "core" else _border_breaches(source, house)
    return sorted(set(found))


def _floor_breaches(house: House) -> Iterator[Breach]:
    """Needs point downstairs, so a circle cannot be written."""
    for number, name in enumerate(house.names):
        manifest = f"hall/{name}/module.py"
        if not (house.root / manifest).is_file():
            yield Breach(
                manifest, 1, f"“{name}” stands in MODULES and has no manifest; write {manifest}, or take the name out."
            )
        for need in house.needs[name]:
            if need not in house.names[:number]:
                where = "later" if need in house.names else "not at all"
                yield Breach(
                    manifest,
                    1,
                    f"{name} needs “{need}”, which stands {where} in MODULES; a module needs only earlier ones.",
                )


def _layer_breaches(parts: dict[str, list[Source]]) -> Iterator[Breach]:
    places = _places(parts)
    for part, sources in parts.items():
        for source in sources:
            for each in source.imports:
                if each.module == source.module and each.part != part and each.part in parts and part in PLACES:
                    here, there = PLACES[part], places[each.part]
                    if there > here or (there == here and each.part in PLACES):
                        order = " → ".join(LAYERS)
                        yield Breach(
                            source.file,
                            each.line,
                            f"{part} imports {each.part}, which does not stand to its left ({order}).",
                        )


def _places(parts: dict[str, list[Source]]) -> dict[str, float]:
    """Where each part stands; one of a free name stands as high as the highest it imports."""

    def place(part: str, seen: frozenset[str]) -> float:
        if part in PLACES:
            return PLACES[part]
        below = {each.part for source in parts[part] for each in source.imports if each.module == source.module}
        return max((place(other, seen | {part}) for other in below & set(parts) - seen - {part}), default=0)

    return {part: place(part, frozenset()) for part in parts}


def reached(parts: dict[str, list[Source]], part: str) -> set[str]:
    """The part and the files of free names that it rests on."""
    known, new = set(), {part} & set(parts)
    while new:
        known |= new
        beneath = {
            each.part
            for name in new
            for source in parts[name]
            for each in source.imports
            if each.module == source.module
        }
        new = {name for name in beneath if name in parts and name not in PLACES} - known
    return known


def _border_breaches(source: Source, house: House) -> Iterator[Breach]:
    """Imports of other modules: a named, lower module, through its face, and nothing above the own place."""
    allowed = {"ledger", *house.needs[source.module]}
    for each in source.imports:
        if each.module == source.module or each.module not in house.names:
            continue
        if house.names.index(each.module) > house.names.index(source.module):
            yield Breach(
                source.file,
                each.line,
                f"{source.module} imports {each.module}, which stands upstairs; calls go down, facts go up.",
            )
        elif each.module not in allowed:
            yield Breach(
                source.file,
                each.line,
                f"{source.module} imports {each.module} without naming it in `needs` of its module.py.",
            )
        else:
            yield from _door_breaches(source, each)


def _door_breaches(source: Source, each: Import) -> Iterator[Breach]:
    face = LEDGER_FACE if each.module == "ledger" else FACE
    if each.part == "models":
        for line in _used_beyond_types(source.tree, each.names):
            yield Breach(
                source.file,
                line,
                f"{each.module}.models may only serve as a type here; ask its queries or actions.",
            )
    elif each.part not in face:
        door = ", ".join(face)
        yield Breach(
            source.file,
            each.line,
            f"hall.{each.module}.{each.part or '__init__'} is behind its module's door; its face is {door}.",
        )
    place = PLACES["queries"] if each.part in ("acting", "clock") else PLACES.get(each.part, 0)
    if source.part in PLACES and place > PLACES[source.part]:
        yield Breach(
            source.file,
            each.line,
            f"{source.part} imports {each.part} of {each.module}; {source.part} stands below {each.part}.",
        )


def _used_beyond_types(tree: ast.Module, names: Iterable[str]) -> Iterator[int]:
    """Lines on which one of these names is used as more than a type."""
    typed = {id(inner) for node in ast.walk(tree) for note in _annotations(node) for inner in ast.walk(note)}
    wanted = set(names)
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Name)
            and node.id in wanted
            and isinstance(node.ctx, ast.Load)
            and id(node) not in typed
        ):
            yield node.lineno


def _annotations(node: ast.AST) -> Iterator[ast.AST]:
    """What stands in this node for a type: annotations, type aliases, `QuerySet[Row]`, the kind asked by isinstance."""
    if isinstance(node, ast.AnnAssign | ast.arg) and node.annotation:
        yield node.annotation
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.returns:
        yield node.returns
    elif isinstance(node, ast.TypeAlias):
        yield node.value
    elif isinstance(node, ast.Call) and _called(node) in ("isinstance", "cast") and len(node.args) == 2:
        yield node.args[_called(node) == "isinstance"]


def _core_breaches(source: Source, names: tuple[str, ...]) -> Iterator[Breach]:
    for each in source.imports:
        if each.module in names:
            yield Breach(source.file, each.line, f"core imports {each.module}; core knows no module.")
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ClassDef) and any(
            ast.unparse(base) in ("models.Model", "Model") for base in node.bases
        ):
            yield Breach(source.file, node.lineno, f"core has the table {node.name}; tables stand in modules.")
