"""The square-dance dispute, from question to published result, over HTTP.

Start the demo town in one terminal, and this in another; Python's standard library is
all it needs:

    make run
    python3 docs/square_dance.py

It asks for the one-time codes that the first terminal prints. With `--codes FILE` it
reads them from a file into which that output goes. docs/walkthrough.md tells the same
story with each request and answer.
"""

import argparse
import json
import re
import secrets
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

COMMITTEE = "13800000001"
RESIDENTS = ("13800000002", "13800000003", "13800000004")
FOR, AGAINST = 0, 1


class Town:
    """A client of the API: one address, and the codes as the console prints them."""

    def __init__(self, address: str, codes: Path | None) -> None:
        self.address = address
        self.codes = codes

    def ask(self, document: str, token: str | None = None, **variables: Any) -> Any:
        """POST a document and return its data; what goes wrong is said by the server."""
        answer = self._open(document, variables, token, accept="application/graphql-response+json")
        with answer:
            body = json.load(answer)
        if "errors" in body:
            raise SystemExit(f"The server refused: {body['errors'][0]['message']}")
        return body["data"]

    def listen(self, document: str, token: str, **variables: Any) -> Iterator[Any]:
        """Yield what a subscription tells, as server-sent events."""
        with self._open(document, variables, token, accept="text/event-stream") as stream:
            for line in stream:
                if line.startswith(b"data:") and line.strip() != b"data:":
                    told = json.loads(line.partition(b":")[2])
                    if "data" in told:
                        yield told["data"]

    def _open(self, document: str, variables: Any, token: str | None, *, accept: str) -> Any:
        request = urllib.request.Request(  # noqa: S310  # the address is the reader's own
            f"{self.address}/graphql",
            data=json.dumps({"query": document, "variables": variables}).encode(),
            headers={
                "Content-Type": "application/json",
                "Accept": accept,
                "Accept-Language": "zh-Hans",
                **({"Authorization": f"Bearer {token}"} if token else {}),
            },
        )
        try:
            return urllib.request.urlopen(request, timeout=120)  # noqa: S310
        except urllib.error.HTTPError as error:
            if error.fp is not None and error.code < 500:
                return error.fp
            raise SystemExit(f"{self.address} answered {error.code}") from error
        except urllib.error.URLError as error:
            raise SystemExit(f"No town at {self.address}: start it with `make run`.") from error

    def code_for(self, phone: str, already: int) -> str:
        """Return the code that the server has printed for a phone."""
        if self.codes is None:
            return input(f"The code printed for {phone}: ").strip()
        for _ in range(100):
            found = re.findall(rf"{phone}\D+(\d{{6}})\b", self.codes.read_text())
            if len(found) > already:
                return str(found[-1])
            time.sleep(0.1)
        raise SystemExit(f"No code for {phone} in {self.codes}.")

    def codes_so_far(self, phone: str) -> int:
        """Return how many codes the file holds for a phone."""
        if self.codes is None:
            return 0
        return len(re.findall(rf"{phone}\D+(\d{{6}})\b", self.codes.read_text()))


def must(answer: Any, wanted: str) -> Any:
    """Return an answer of the wanted type; anything else is a refusal, and says why."""
    if answer["__typename"] != wanted:
        raise SystemExit(f"Refused with {answer['code']}: {answer['message']}")
    return answer


def sign_in(town: Town, phone: str) -> str:
    """Step 1: a phone, a one-time code, a session."""
    already = town.codes_so_far(phone)
    requested = town.ask(
        """mutation ($phone: String!) {
             requestSignInCode(input: {phone: $phone}) {
               __typename ... on UserError { code message } } }""",
        phone=phone,
    )
    must(requested["requestSignInCode"], "SignInCodeRequested")
    opened = town.ask(
        """mutation ($phone: String!, $code: String!) {
             signInWithCode(input: {phone: $phone, code: $code, device: "square_dance.py"}) {
               __typename ... on SignedIn { token } ... on UserError { code message } } }""",
        phone=phone,
        code=town.code_for(phone, already),
    )
    return str(must(opened["signInWithCode"], "SignedIn")["token"])


def put_the_question(town: Town, token: str, *, seconds: int) -> str:
    """Steps 2 and 3: a committee member drafts the question and publishes it with its roll."""
    me = town.ask("{ me { person { name } roles { role area { id name } } } }", token)["me"]
    office = next(each for each in me["roles"] if each["role"] == "COMMITTEE_MEMBER")
    print(f"2. {me['person']['name']}, committee member of {office['area']['name']}, drafts it.")
    now = datetime.now(timezone.utc)
    created = town.ask(
        """mutation ($input: CreatePollInput!) {
             createPoll(input: $input) {
               __typename
               ... on PollPayload { poll { id } } ... on UserError { code message } } }""",
        token,
        input={
            "areaId": office["area"]["id"],
            "idempotencyKey": str(uuid.uuid4()),
            "poll": {
                "title": "广场舞队是否迁往九龙湖公园?",
                "body": "夜间音响影响休息,经四次线上线下协商,拟请舞蹈队迁往九龙湖公园。",
                "method": "MOTION",
                "secrecy": "SECRET",
                "opensAt": now.isoformat(),
                "closesAt": (now + timedelta(seconds=seconds)).isoformat(),
                "quorum": {"numerator": 1, "denominator": 20},
            },
        },
    )
    poll = str(must(created["createPoll"], "PollPayload")["poll"]["id"])
    published = town.ask(
        """mutation ($poll: ID!) {
             publishPoll(input: {pollId: $poll}) {
               __typename
               ... on PollPayload { poll { state turnout { roll } rollFingerprint } }
               ... on UserError { code message } } }""",
        token,
        poll=poll,
    )
    frozen = must(published["publishPoll"], "PollPayload")["poll"]
    print(f"3. Published. The roll is frozen: {frozen['turnout']['roll']} adults,", end=" ")
    print(f"fingerprint {frozen['rollFingerprint'][:16]}...")
    return poll


CAST = """
mutation ($input: CastBallotInput!) {
  castBallot(input: $input) {
    __typename ... on BallotCast { receipt } ... on UserError { code message } } }
"""


def vote(town: Town, token: str, poll: str, place: int) -> str:
    """Step 4: a resident reads the question and casts a secret ballot, once."""
    read = town.ask(
        "query ($poll: ID!) { poll(id: $poll) { title options { id label } } }", token, poll=poll
    )
    option = read["poll"]["options"][place]
    ballot = {
        "pollId": poll,
        "optionIds": [option["id"]],
        "idempotencyKey": str(uuid.uuid4()),
        "receipt": secrets.token_urlsafe(16),
    }
    cast = must(town.ask(CAST, token, input=ballot)["castBallot"], "BallotCast")
    again = town.ask(CAST, token, input=ballot)["castBallot"]
    assert again["code"] == "ALREADY_VOTED", again
    print(f"4. Voted; receipt {cast['receipt']}. A second try: {again['message']}")
    return str(cast["receipt"])


RESULT = """
query ($poll: ID!) {
  poll(id: $poll) {
    state
    result { outcome roll participated options { label votes } steps { sentence } canonical }
  }
  sealedBallots(pollId: $poll) { nodes { positions } }
  receipts(pollId: $poll) { nodes { code } }
}
"""


def wait_for_the_count(town: Town, token: str, poll: str) -> None:
    """Step 5: nobody closes the poll by hand; the worker does, and tells who listens."""
    print("5. Waiting for the worker to close and count it ...")
    document = "subscription ($poll: ID!) { pollChanged(pollId: $poll) { state version } }"
    for told in town.listen(document, token, poll=poll):
        state = told["pollChanged"]["state"]
        print(f"   now {state}")
        if state in {"TALLIED", "INQUORATE"}:
            return


def read_the_result(town: Town, poll: str, receipts: set[str]) -> None:
    """Step 6: anybody, signed in or not, reads the result and does the sum again."""
    published = town.ask(RESULT, poll=poll)
    result = published["poll"]["result"]
    print(f"6. {result['outcome']}")
    for line in result["options"]:
        print(f"   {line['label']}: {line['votes']}")
    for step in result["steps"]:
        print(f"   {step['sentence']}")
    ballots = [tuple(each["positions"]) for each in published["sealedBallots"]["nodes"]]
    counted = {place + 1: ballots.count((place + 1,)) for place in (FOR, AGAINST)}
    assert [line["votes"] for line in result["options"]][:2] == list(counted.values())
    assert receipts <= {each["code"] for each in published["receipts"]["nodes"]}
    print(f"   {len(ballots)} sealed ballots, counted again: the same. All receipts are there.")


def main() -> None:
    """Take the dispute from question to result."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--address", default="http://127.0.0.1:8000", help="where the town is")
    parser.add_argument("--codes", type=Path, help="file with the server's output")
    parser.add_argument("--seconds", type=int, default=45, help="how long the poll is open")
    given = parser.parse_args()
    town = Town(given.address.rstrip("/"), given.codes)
    tokens = [sign_in(town, phone) for phone in (COMMITTEE, *RESIDENTS)]
    print(f"1. {len(tokens)} people have signed in.")
    poll = put_the_question(town, tokens[0], seconds=given.seconds)
    places = (FOR, FOR, FOR, AGAINST)
    receipts = {vote(town, token, poll, place) for token, place in zip(tokens, places, strict=True)}
    wait_for_the_count(town, tokens[0], poll)
    read_the_result(town, poll, receipts)


if __name__ == "__main__":
    main()
