"""The commands: each module's `run` is one of them."""
