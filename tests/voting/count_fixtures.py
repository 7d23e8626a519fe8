"""Small elections whose outcome can be followed by hand, with their sources."""

from domains.voting.rules import BallotForm, Marks, Paper, pack

Groups = list[tuple[Marks, int]]


def rankings(options: str, *ballots: tuple[int, str]) -> Groups:
    """Pack `(how many, order)`, an order naming options by letter."""
    paper = Paper(BallotForm.RANKING, len(options))
    return [(pack(paper, [options.index(each) + 1 for each in order]), n) for n, order in ballots]


def approvals(options: str, *ballots: tuple[int, str]) -> Groups:
    """Pack `(how many, options approved)`."""
    paper = Paper(BallotForm.APPROVAL, len(options))
    return [(pack(paper, [options.index(each) + 1 for each in named]), n) for n, named in ballots]


def wishes(options: str, *ballots: tuple[int, str]) -> Groups:
    """Pack `(how many, projects approved)`."""
    paper = Paper(BallotForm.BUDGET_APPROVAL, len(options))
    return [(pack(paper, [options.index(each) + 1 for each in named]), n) for n, named in ballots]


def values(form: BallotForm, highest: int, *ballots: tuple[int, tuple[int, ...]]) -> Groups:
    """Pack `(how many, a value for each option in order)`."""
    packed: Groups = []
    for number, given in ballots:
        paper = Paper(form, len(given), highest=highest)
        packed.append((pack(paper, dict(enumerate(given, start=1))), number))
    return packed


def letters(options: str, positions: tuple[int, ...]) -> str:
    """Name positions by their letters."""
    return "".join(options[position - 1] for position in positions)


# Where Tennessee might put its capital: Memphis, Nashville, Chattanooga, Knoxville. A common
# textbook example, each city's voters preferring what is nearer.
TENNESSEE = rankings("MNCK", (42, "MNCK"), (26, "NCKM"), (15, "CKNM"), (17, "KCNM"))

# Markus Schulze, Social Choice and Welfare 36 (2011), example 1: 45 voters and no majority
# winner. Its strongest paths, rows A to E, none to itself.
SCHULZE = rankings(
    "ABCDE",
    (5, "ACBED"),
    (5, "ADECB"),
    (8, "BEDAC"),
    (3, "CABED"),
    (7, "CAEBD"),
    (2, "CBADE"),
    (7, "DCEBA"),
    (8, "EBADC"),
)
SCHULZE_PATHS = [
    [None, 28, 28, 30, 24],
    [25, None, 28, 33, 24],
    [25, 29, None, 29, 24],
    [25, 28, 28, None, 24],
    [25, 28, 28, 31, None],
]

# Three options in a circle: B beats C by 13 to 5, A beats B by 12 to 6, C beats A by 11 to 7.
CIRCLE = rankings("ABC", (7, "ABC"), (6, "BCA"), (5, "CAB"))

# Two seats, 100 papers: quota 34. A's surplus of 26 over 60 papers passes 0.43333 each.
TWO_SEATS = rankings("ABCD", (50, "AB"), (10, "AC"), (22, "C"), (18, "DB"))

# Phragmén's own example (1894), after Svante Janson, "Phragmén's and Thiele's election
# methods" (2016): three seats.
PHRAGMEN = approvals("ABCPQR", (1034, "ABC"), (519, "PQR"), (90, "ABQ"), (47, "APQ"))
