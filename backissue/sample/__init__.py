"""Three invented magazines on loopback, for `backissue demo`, for tests, and for anyone who writes a spider.

    with SampleMagazines() as site:
        site.resolve    # where http://tideline.example/ and http://understorey.example/ are
        site.pieces()   # what is published: addresses, dates, authors, and the true text of each piece
        site.advance()  # a second edition: a correction, a new count, a new announcement, two new pieces
        site.log        # every request that was answered

Same edition, same bytes, in every process: there is no clock and no chance in any page.
"""

from backissue.sample.blocks import Block
from backissue.sample.magazines import Magazine
from backissue.sample.pieces import Piece
from backissue.sample.server import LogEntry, SampleMagazines

__all__ = ["Block", "LogEntry", "Magazine", "Piece", "SampleMagazines"]
