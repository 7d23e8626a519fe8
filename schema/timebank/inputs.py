"""What the time bank's mutations share."""

import strawberry

Key = "A key of the client's own: the same command with it happens once."
Argument = strawberry.argument(description="What to do.")
Replayed = "Whether this repeats the answer to an earlier request."
