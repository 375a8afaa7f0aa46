"""House rules that no linter knows. Every failure lists each place and says what to do there."""

import ast
import io
import re
import subprocess
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
SOURCE = "src/lichen/"

MODULE_LINES = 400
FUNCTION_LINES = 60
FILE_BYTES = 200_000
FOLDER_BYTES = 3_000_000

# What is longer than it may be, as `path` or `path::function`, with its present length. The table may only shrink.
LONGER: dict[str, int] = {}

# Files of data that are larger than FILE_BYTES, each with its reason.
LARGE: dict[str, str] = {"examples/mentorship/events.csv.gz": "twenty years of one project's credits, as they are"}

# Folders whose files may be large, as long as the folder as a whole stays under FOLDER_BYTES.
LARGE_FOLDERS = re.compile(r"(examples/[^/]+/data|src/lichen/(.+/)?static/vendor)/")

# Rooms that think: what they need is handed to them.
PURE_ROOMS = ("relationship", "language", "dependency", "simulation", "check", "redesign", "stress")

# Rooms whose sentences reach people, and the words of the method that those sentences do without; `alder.headroom` is a
# name of the file.
SPEAKING_ROOMS = ("check", "redesign", "stress", "show", "cli", "web")
WORDS_OF_THE_METHOD = re.compile(r"\b(?<!\.)(headroom|ensemble|quantile|pulse|margin(?!\s*[-:]))s?\b", re.IGNORECASE)


def test_modules_and_functions_stay_short() -> None:
    lengths = dict(too_long())
    offences = [
        f"{place}: {lines} lines; split it by meaning" for place, lines in lengths.items() if place not in LONGER
    ]
    offences += [
        f"{place}: now {lengths.get(place, 'short enough')}; lower or remove its row in LONGER"
        for place, allowed in LONGER.items()
        if lengths.get(place) != allowed
    ]
    none_of(offences)


def test_every_ignored_rule_carries_its_reason() -> None:
    marker = re.compile(r"noqa(:\s*[A-Z]+\d+(,\s*[A-Z]+\d+)*)?|type:\s*ignore(\[[\w,\s-]+\])?|pragma:\s*no \w+")
    offences = []
    for path in python_files():
        for line, comment in comments(path):
            rest, markers = marker.subn("", comment)
            if markers and not re.search(r"[a-z]+\W+[a-z]+", rest, re.IGNORECASE):
                offences.append(f"{path}:{line}: say why the rule is ignored, after the marker")
    none_of(offences)


def test_no_file_is_too_large() -> None:
    offences = []
    folders: dict[str, int] = {}
    for path in tracked_files():
        size = (ROOT / path).stat().st_size
        if folder := LARGE_FOLDERS.match(path):
            folders[folder[0]] = folders.get(folder[0], 0) + size
        elif size > FILE_BYTES and path not in LARGE:
            offences.append(f"{path}: {size:,} bytes; at most {FILE_BYTES:,}, or a row with its reason in LARGE")
    offences += [
        f"{folder}: {size:,} bytes; at most {FOLDER_BYTES:,}" for folder, size in folders.items() if size > FOLDER_BYTES
    ]
    none_of(offences)


def test_every_markdown_page_has_one_title() -> None:
    offences = []
    for path in tracked_files():
        if path.endswith(".md"):
            text = re.sub(r"^(`{3,}|~{3,}).*?^\1`*~*\s*$", "", read(path), flags=re.MULTILINE | re.DOTALL)
            titles = re.findall(r"^# .+$", text, flags=re.MULTILINE)
            if len(titles) != 1:
                offences.append(f"{path}: {len(titles)} titles; a page has exactly one line that starts with `# `")
    none_of(offences)


def test_no_file_names_a_machine_or_a_registry() -> None:
    # The parts are joined here so that this file does not name them itself.
    machine = [re.escape("/" + folder + "/") for folder in ("work/main", "work/shared", "work/brief", "work/.library")]
    machine += ["/" + "root/", re.escape("../" + "shared")]
    registries = [re.escape(".".join(host)) for host in (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"))]
    forbidden = re.compile("|".join(machine + registries))
    offences = [
        f"{path}:{line}: `{found[0]}` means something on one machine only"
        for path in tracked_files()
        for line, text in enumerate(read(path).splitlines(), start=1)
        if (found := forbidden.search(text))
    ]
    offences += ["requirements.lock: names an address"] if "://" in read("requirements.lock") else []
    none_of(offences)


def test_the_source_holds_no_unfinished_marks() -> None:
    mark = re.compile(r"\b(TODO|FIXME|XXX|NotImplementedError)\b")
    none_of(
        f"{path}:{line}: `{found[0]}`; finish it, or file an issue"
        for path in source_files()
        for line, text in enumerate(read(path).splitlines(), start=1)
        if (found := mark.search(text))
    )


def test_sentences_for_people_do_without_the_words_of_the_method() -> None:
    none_of(
        f"{path}:{line}: `{word}`; say room left, futures, distance to the limit, or what reaches the other side"
        for room in SPEAKING_ROOMS
        for path in room_files(room)
        for line, sentence in sentences(path)
        for word in WORDS_OF_THE_METHOD.findall(sentence)
    )


def test_the_thinking_rooms_reach_for_no_clock_chance_or_file() -> None:
    none_of(
        f"{path}:{line}: `{name}`; let the workspace hand it in"
        for room in PURE_ROOMS
        for path in room_files(room)
        for line, name in reaches(path)
    )


def test_only_redesign_loads_the_statistics_of_scipy() -> None:
    none_of(
        f"{path}:{line}: scipy.stats takes longer to load than a check may"
        for path in source_files()
        if not path.startswith(SOURCE + "redesign/")
        for line, name in imports(path)
        if name.startswith("scipy.stats")
    )


def test_the_architecture_names_every_module_and_none_that_is_gone() -> None:
    offences = []
    for room, said in re.findall(r"^### `(\w+)/`\n(.*?)(?=^##)", read("ARCHITECTURE.md"), re.MULTILINE | re.DOTALL):
        named = set(re.findall(r"`(\w+)`", said))
        modules = {Path(path).stem for path in source_files() if str(Path(path).parent) == f"{SOURCE}{room}"}
        offences += [
            f"{room}/{name}.py: say in ARCHITECTURE.md what it is for" for name in modules - named - {"__init__"}
        ]
        offences += [f"{room}/{name}.py: ARCHITECTURE.md names it, and it is not there" for name in named - modules]
    none_of(offences)


def none_of(offences: list[str] | Iterator[str]) -> None:
    """Fail with every offence on a line of its own."""
    found = list(offences)
    assert not found, "\n" + "\n".join(found)


@cache
def tracked_files() -> tuple[str, ...]:
    """Every file that is in the repository or about to be."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return tuple(path for path in sorted(set(listed.split("\0"))) if (ROOT / path).is_file() and path)


def python_files() -> list[str]:
    return [path for path in tracked_files() if path.endswith(".py")]


def source_files() -> list[str]:
    return [path for path in python_files() if path.startswith(SOURCE)]


def room_files(room: str) -> list[str]:
    return [path for path in source_files() if path.startswith((f"{SOURCE}{room}/", f"{SOURCE}{room}.py"))]


@cache
def read(path: str) -> str:
    """The text of a file; bytes that are no text become marks, so that binary files can be searched too."""
    return (ROOT / path).read_text(encoding="utf-8", errors="replace")


@cache
def tree(path: str) -> ast.Module:
    return ast.parse(read(path), filename=path)


def comments(path: str) -> Iterator[tuple[int, str]]:
    for token in tokenize.generate_tokens(io.StringIO(read(path)).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def too_long() -> Iterator[tuple[str, int]]:
    """Modules and functions over their ceiling, with their length in lines."""
    for path in python_files():
        lines = len(read(path).splitlines())
        if lines > MODULE_LINES:
            yield path, lines
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
                lines = node.end_lineno - node.lineno + 1
                if lines > FUNCTION_LINES:
                    yield f"{path}::{node.name}", lines


def sentences(path: str) -> Iterator[tuple[int, str]]:
    """Strings with a space in them that are no docstring, without what stands in backticks: names may be quoted."""
    holders = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    bodies = [node.body for node in ast.walk(tree(path)) if isinstance(node, holders) and node.body]
    docstrings = {id(body[0].value) for body in bodies if isinstance(body[0], ast.Expr)}
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            sentence = re.sub(r"`[^`]*`", "", node.value)
            yield from [(node.lineno, sentence)] if " " in sentence else []


def reaches(path: str) -> Iterator[tuple[int, str]]:
    """Where a module takes the time, chance or a file by itself; whole libraries are import-linter's to forbid."""
    by_itself = re.compile(
        r"(datetime\.)?(datetime|date)\.(now|utcnow|today)|time\.\w+|random\.\w+|open"
        r"|.+\.(read_text|read_bytes|write_text|write_bytes)|(np|numpy)\.(load|save|savez|loadtxt|genfromtxt|fromfile)"
        r"|(np|numpy)\.random\.(seed|rand|randn|randint|normal|uniform|random)"
    )
    for line, name in imports(path):
        if re.fullmatch(r"(random|time|pathlib\.Path)(\..+)?", name):
            yield line, name
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            unseeded = called.endswith("default_rng") and not node.args and not node.keywords
            if unseeded or by_itself.fullmatch(called):
                yield node.lineno, f"{called}()"


def imports(path: str) -> Iterator[tuple[int, str]]:
    """Every absolute import, as `module` or `module.name`, wherever in the file it stands."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)
