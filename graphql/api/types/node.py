"""The Relay interface."""

import strawberry


@strawberry.interface(description="Whatever `node` can find again by its id (registro).")
class Node:
    id: strawberry.ID = strawberry.field(
        description="Opaque and stable (identificador). Never take it apart; people use `number`."
    )
