"""The words of English prose."""

from __future__ import annotations

from sites.prose import Tongue

_PEOPLE = (
    *("Agnes Marlow", "Peter Okafor", "the parish clerk", "a retired surveyor", "Ruth Adeyemi"),
    *("her grandfather", "the younger Lindqvist", "Professor Haldane", "a schoolteacher"),
    *("Dorothy Penhale", "two apprentices", "the night watchman", "Samuel Brandt", "my neighbour"),
    *(
        "an engineer called Voss",
        "the librarian",
        "Captain Ferris",
        "Noor Rahimi",
        "the auctioneer",
    ),
)
_PLACES = (
    *("Whitcombe", "the lower town", "Saint Anselm's", "Oslo", "the county archive", "Trieste"),
    *("the old cannery", "a valley near Bergen", "Port Ellery", "the market hall", "Lisbon"),
    *("the reading room", "Kirkwall", "the weir", "an attic in Leeds", "the ropewalk", "Gdynia"),
)
_TIMES = (
    *("in the spring of 1911", "last November", "after the second flood", "on a wet Tuesday"),
    *("during the long strike", "before the railway came", "some forty years ago", "at low water"),
    *("once the accounts were closed", "in the year of the comet", "between two elections"),
    *("on the eve of the fair", "when the frost broke", "within a single generation"),
)
_QUALITIES = (
    *("stubborn", "borrowed", "half-finished", "expensive", "unlovely", "patient", "crooked"),
    *("forgotten", "generous", "provincial", "brittle", "well-thumbed", "seaworthy", "awkward"),
    *("modest", "unpaid", "immaculate", "noisy", "improbable", "tender"),
)
_CLAUSES = (
    "{person} kept a record of {a} in {place}",
    "nobody in {place} remembers who paid for {a}",
    "{a} was mended {time} by {person}",
    "it took {person} eleven weeks to understand what {a} had to do with {b}",
    "the council of {place} voted twice on {a}",
    "there is {quality} work in {a} that photographs never show",
    "{person} will tell you, unprompted, that {b} came first",
    "visitors to {place} ask about {a} and are shown {b} instead",
    "the price of {a} doubled {time}",
    "I first saw {a} {time}, in the company of {person}",
    "{b} looks {quality} from the road and quite different from the river",
    "letters from {place} describe {a} as {quality}",
    "what survives of {a} fits into three boxes",
    "{person} sold {b} {time} and regretted it by Easter",
    "every account of {a} written in {place} disagrees with the next",
    "the argument over {b} began {time}",
    "{person} drew {a} from memory for the committee",
    "{b} asks for {quality} patience",
    "the insurers refused to look at {a} {time}",
    "{a} outlasted three owners and the bank in {place}",
    "{person} learned the trade in {place}, where {b} was taken for granted",
    "no map printed before the war shows {a}",
    "the smell of {b} still hangs about {place}",
    "{time} somebody left {a} on the steps of the museum",
    "the ledger gives {b} a single {quality} line",
    "children in {place} were warned away from {a}",
    "we measured {b} against the drawings and found it {quality}",
    "{person} calls {a} the last honest thing in {place}",
    "half the town queued {time} to look at {b}",
    "the ministry sent {person} to report on {a}",
)
_JOINS = (
    ", and ",
    "; ",
    ", although ",
    ", because ",
    ", so ",
    ", but ",
    ", which is why ",
    ", yet ",
)
ENGLISH = Tongue(_CLAUSES, _JOINS, _PEOPLE, _PLACES, _TIMES, _QUALITIES)
text = ENGLISH.text
line = ENGLISH.line
