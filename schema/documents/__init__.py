"""The documents that the hub ships: questions and acts that portals and trusts need, each in a file by its name.

A client asks for one by its name or its id. A file that has been released is never changed, for portals hold its id: a
better one gets a name of its own. Those whose names begin with `Page` are for the hub's own pages and change with them.
"""

from collections.abc import Iterable
from pathlib import Path

from graphql import GraphQLError, GraphQLSchema, build_schema, parse, validate
from graphql.language import OperationDefinitionNode

from hub.auth.documents import Document
from hub.errors import invalid
from schema.execution import make_schema


def shipped() -> list[Document]:
    """Every document that the hub ships, by name."""
    return [_document(file) for file in sorted(Path(__file__).parent.glob("*.graphql"))]


def read(files: Iterable[Path]) -> list[Document]:
    """A client's own documents. Raises `Problem` INVALID that names the first that the hub could not run, and why."""
    documents, schema = [_document(file) for file in files], built_schema()
    for each in documents:
        for mistake in mistakes(each, schema):
            raise invalid(mistake, rule="document-invalid", path=(each.name,))
    return documents


def built_schema() -> GraphQLSchema:
    """The hub's schema, to hold documents against."""
    return build_schema(make_schema().as_str())


def mistakes(document: Document, schema: GraphQLSchema) -> list[str]:
    """Why the hub could not run the document; none where it can."""
    try:
        parsed = parse(document.text)
    except GraphQLError as error:
        return [error.message]
    if not any(isinstance(each, OperationDefinitionNode) for each in parsed.definitions):
        return ["it has no operation"]
    return [error.message for error in validate(schema, parsed)]


def _document(file: Path) -> Document:
    try:
        return Document(file.stem, file.read_bytes().decode())  # as bytes: line ends belong to the text that is hashed
    except UnicodeDecodeError as error:
        raise invalid("a document is text in UTF-8", rule="document-invalid", path=(file.stem,)) from error
