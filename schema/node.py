"""What every object with an id has in common."""

import strawberry


@strawberry.interface(description="An object with an opaque global id.")
class Node:
    id: strawberry.ID = strawberry.field(description="The opaque id of this object.")
