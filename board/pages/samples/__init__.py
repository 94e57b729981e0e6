"""The sample content of `board demo`: three stories, their posters, a discussion. Everything in it is made up."""

from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent
STORIES = ("lamplighter", "rooftop", "props")  # the newest first
INDENT = "  "


@dataclass
class Remark:
    """A comment of the sample discussion and its replies."""

    author: str
    text: str
    replies: list["Remark"] = field(default_factory=list)


def story(name: str) -> dict[str, str]:
    """Return a story's fields: `name: value` lines, lines that go on indented, an empty line, the text."""
    head, _empty, body = (HERE / f"{name}.md").read_text("utf-8").partition("\n\n")
    fields: dict[str, str] = {"body_source": body}
    latest = ""
    for line in head.splitlines():
        if line.startswith(" "):
            fields[latest] += "\n" + line.strip()
        else:
            latest, _colon, value = line.partition(": ")
            fields[latest] = value
    return fields


def discussion() -> list[Remark]:
    """Return the sample discussion: one `Name: text` a line, indented below what it answers."""
    top: list[Remark] = []
    lists = [top]  # where a remark of each depth goes
    for line in (HERE / "discussion.txt").read_text("utf-8").splitlines():
        depth = (len(line) - len(line.lstrip())) // len(INDENT)
        author, _colon, text = line.strip().partition(": ")
        remark = Remark(author, text)
        del lists[depth + 1 :]
        lists[depth].append(remark)
        lists.append(remark.replies)
    return top


def voices(remarks: list[Remark]) -> list[str]:
    """Return the names of all who take part, each once, in the order of their first remark."""
    names: dict[str, None] = {}
    for remark in remarks:
        names[remark.author] = None
        names.update(dict.fromkeys(voices(remark.replies)))
    return list(names)
