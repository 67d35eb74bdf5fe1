"""Invented magazines on loopback, for `backissue demo`, for tests, and for anyone who writes a spider.

    with SampleMagazines() as site:
        site.resolve     # where http://tideline.example/ and the others are
        site.pieces()    # what was written for them: addresses, dates, authors, and the true text of each piece
        site.truth()     # the same by address, with The Quarry Post: years of recombined pieces, walls, odd pages
        site.advance()   # the next edition: a correction, a new count, a new announcement, two new pieces
        site.fail(host)  # an outage
        site.log         # every request that was answered

Same edition, same bytes, in every process: there is no clock and no chance in any page.
"""

from backissue.sample.blocks import Block
from backissue.sample.magazines import Magazine
from backissue.sample.pieces import Piece
from backissue.sample.server import LogEntry, SampleMagazines
from backissue.sample.truth import Truth

__all__ = ["Block", "LogEntry", "Magazine", "Piece", "SampleMagazines", "Truth"]
