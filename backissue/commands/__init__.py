"""The commands, a module each: its line of help (`HELP`), an `EXAMPLE`, its flags (`flags`), and
its work (`run`).

`--help` imports all of them. So what is heavy (pyarrow, Scrapy, trafilatura, rich, asyncio) is
imported by the functions that use it, and above them for type checkers only.

`TAKES_TURN` marks a command that publishes: it waits until a service on the library does not.
"""
