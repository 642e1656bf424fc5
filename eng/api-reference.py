#!/usr/bin/python3
"""Prints the reference of the gRPC API in Markdown, from the comments in the .proto files: eng/api-reference.py > docs/api-reference.md

Needs protoc and Python's protobuf, which eng/setup.sh --tests installs. A test compares docs/api-reference.md with what this prints.
"""
import pathlib
import re
import subprocess
import sys
import tempfile

from google.protobuf import descriptor_pb2

ROOT = pathlib.Path(__file__).resolve().parent.parent / "src/Contracts/Protos"
# In the order in which a reader meets them.
FILES = [f"rearm/v1/{name}.proto" for name in ("events", "ingestion", "recommender", "generations", "workers")]
# What the services keep: of it only what answers show.
KEPT = "rearm/v1/storage.proto"

Field = descriptor_pb2.FieldDescriptorProto
SCALARS = {value: name.removeprefix("TYPE_").lower() for name, value in Field.Type.items()}


def read_descriptors():
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder, "descriptors")
        subprocess.run(["protoc", f"-I{ROOT}", "--include_source_info", f"--descriptor_set_out={file}", *FILES, KEPT], check=True)
        return descriptor_pb2.FileDescriptorSet.FromString(file.read_bytes()).file


class Comments:
    """What stands above an element, or behind it on its line; elements go by their path in the descriptor."""

    def __init__(self, file):
        self._of = {tuple(l.path): l.leading_comments or l.trailing_comments for l in file.source_code_info.location}

    def text(self, *path):
        return "\n".join(line.removeprefix(" ").rstrip() for line in self._of.get(path, "").split("\n")).strip()

    def line(self, *path):
        return " ".join(self.text(*path).split()).replace("|", "\\|")


def anchor(name):
    return name.lower().replace(".", "")


def local(full_name):
    return full_name.removeprefix(".rearm.v1.")


def linked(field):
    """A field's type, as a link where the type is described on this page."""
    if field.type not in (Field.TYPE_MESSAGE, Field.TYPE_ENUM):
        return f"`{SCALARS[field.type]}`"
    return reference(field.type_name)


def reference(full_name):
    name = local(full_name)
    return f"`{name.lstrip('.')}`" if name.startswith(".") else f"[`{name}`](#{anchor(name)})"


def entry_of(message, field):
    """The key and value of a map field, which protoc makes a message of its own."""
    name = field.type_name.rsplit(".", 1)[-1]
    return next((n.field for n in message.nested_type if n.name == name and n.options.map_entry), None)


def type_of(message, field):
    if entry := entry_of(message, field):
        return f"map of {linked(entry[0])} to {linked(entry[1])}"
    return ("repeated " if field.label == Field.LABEL_REPEATED else "optional " if field.proto3_optional else "") + linked(field)


def write_message(message, name, comments, path):
    print(f"\n### {name}\n")
    if text := comments.text(*path):
        print(text + "\n")
    if message.field:
        print("| field | type | |\n|---|---|---|")
        for i, field in enumerate(message.field):
            print(f"| `{field.name}` | {type_of(message, field)} | {comments.line(*path, 2, i)} |")
    for i, nested in enumerate(message.nested_type):
        if not nested.options.map_entry:
            write_message(nested, f"{name}.{nested.name}", comments, (*path, 3, i))
    for i, enum in enumerate(message.enum_type):
        write_enum(enum, f"{name}.{enum.name}", comments, (*path, 4, i))


def write_enum(enum, name, comments, path):
    print(f"\n### {name}\n")
    if text := comments.text(*path):
        print(text + "\n")
    print("| value | |\n|---|---|")
    for i, value in enumerate(enum.value):
        print(f"| `{value.name}` | {comments.line(*path, 2, i)} |")


def with_statuses_listed(text):
    """Lines that say when a status is returned ("NOT_FOUND: ...") as a list; what follows one goes on with it."""
    return re.sub(r"(?m)^(?=[A-Z]+(_[A-Z]+)*: )", "- ", re.sub(r"\n(?=[A-Z]+(_[A-Z]+)*: )", "\n\n", text, count=1))


def write_service(service, comments, path):
    print(f"\n### {service.name}\n")
    if text := comments.text(*path):
        print(text)
    for i, method in enumerate(service.method):
        asked = ("stream of " if method.client_streaming else "") + reference(method.input_type)
        answered = ("stream of " if method.server_streaming else "") + reference(method.output_type)
        print(f"\n#### {service.name}.{method.name}\n\n{asked} → {answered}\n")
        print(with_statuses_listed(comments.text(*path, 2, i)))


def shown(files):
    """The names of the kept messages that answers have in them, or that those have in them."""
    kept = {message.name: message for file in files if file.name == KEPT for message in file.message_type}
    waiting = [message for file in files if file.name != KEPT for message in file.message_type]
    names = set()
    while waiting:
        message = waiting.pop()
        waiting += message.nested_type
        for field in message.field:
            name = local(field.type_name)
            if name in kept and name not in names:
                names.add(name)
                waiting.append(kept[name])
    return names


def main():
    print("# API reference\n")
    print("Written by `eng/api-reference.py` from the comments in [`src/Contracts/Protos`](../src/Contracts/Protos); [api.md](api.md) tells how to use it, and what there is")
    print("over HTTP. All names are of the package `rearm.v1`.")
    files = sorted(read_descriptors(), key=lambda file: [*FILES, KEPT].index(file.name))
    names = shown(files)
    for file in files:
        comments = Comments(file)
        print(f"\n## {pathlib.PurePath(file.name).name}\n")
        # Above the line `syntax = ...`, field 12 of the descriptor.
        print(comments.text(12))
        for i, service in enumerate(file.service):
            write_service(service, comments, (6, i))
        for i, message in enumerate(file.message_type):
            if file.name == KEPT and message.name not in names:
                continue
            write_message(message, message.name, comments, (4, i))
        for i, enum in enumerate(file.enum_type):
            write_enum(enum, enum.name, comments, (5, i))


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")
    main()
