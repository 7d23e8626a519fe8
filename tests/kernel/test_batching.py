import asyncio

from domains.kernel import database
from domains.kernel.batching import MOST, Batcher


class Doubling:
    """Doubles numbers, slowly enough for others to queue up; refuses 13."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []

    async def run(self, numbers):
        self.batches.append(list(numbers))
        await asyncio.sleep(0.001)
        if 13 in numbers:
            raise ValueError("thirteen")
        return [number * 2 for number in numbers]


async def test_what_is_asked_at_once_is_answered_together_and_in_order():
    doubling = Doubling()
    batcher = Batcher(doubling.run)

    answers = await asyncio.gather(*(batcher.ask("x", number) for number in range(10)))

    assert answers == [number * 2 for number in range(10)]
    assert doubling.batches == [list(range(10))]


async def test_what_comes_during_a_batch_goes_with_the_next():
    doubling = Doubling()
    batcher = Batcher(doubling.run)

    first = asyncio.create_task(batcher.ask("x", 1))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    rest = [asyncio.create_task(batcher.ask("x", number)) for number in (2, 3)]
    answers = await asyncio.gather(first, *rest)

    assert answers == [2, 4, 6]
    assert doubling.batches == [[1], [2, 3]]


async def test_a_batch_has_its_limit():
    doubling = Doubling()
    batcher = Batcher(doubling.run)

    answers = await asyncio.gather(*(batcher.ask("x", 1) for _ in range(MOST + 6)))

    assert len(answers) == MOST + 6
    assert [len(batch) for batch in doubling.batches] == [MOST, 6]


async def test_groups_do_not_wait_for_one_another():
    doubling = Doubling()
    batcher = Batcher(doubling.run)

    await asyncio.gather(batcher.ask("x", 1), batcher.ask("y", 2))

    assert doubling.batches == [[1], [2]]


async def test_one_bad_question_spoils_no_other_where_they_can_be_asked_apart():
    doubling = Doubling()
    batcher = Batcher(doubling.run, apart=True)

    answers = await asyncio.gather(
        *(batcher.ask("x", number) for number in (1, 13, 3)), return_exceptions=True
    )

    assert (answers[0], answers[2]) == (2, 6)
    assert isinstance(answers[1], ValueError)


async def test_without_that_all_hear_of_the_failure():
    batcher = Batcher(Doubling().run)

    answers = await asyncio.gather(
        *(batcher.ask("x", number) for number in (1, 13)), return_exceptions=True
    )

    assert [type(answer) for answer in answers] == [ValueError, ValueError]


async def test_who_gives_up_leaves_the_others_their_answers():
    doubling = Doubling()
    batcher = Batcher(doubling.run)
    tasks = [asyncio.create_task(batcher.ask("x", number)) for number in (1, 2)]
    await asyncio.sleep(0)

    tasks[0].cancel()
    answers = await asyncio.gather(*tasks, return_exceptions=True)

    assert isinstance(answers[0], asyncio.CancelledError)
    assert answers[1] == 4


async def test_inside_a_transaction_a_question_is_asked_there_and_alone(db):
    async def backends(questions):
        row = await database.fetch_one("SELECT pg_backend_pid() AS pid, txid_current() AS tx")
        return [(row["pid"], row["tx"])] * len(questions)

    batcher = Batcher(backends)

    async with database.transaction():
        own = await database.fetch_one("SELECT pg_backend_pid() AS pid, txid_current() AS tx")
        inside = await batcher.ask("x", 1)
    outside = await batcher.ask("x", 1)

    assert inside == (own["pid"], own["tx"])
    assert outside[1] != own["tx"]


def test_a_batcher_outlives_the_loop_that_it_began_in():
    batcher = Batcher(Doubling().run)

    async def abandoned():
        task = asyncio.get_running_loop().create_task(batcher.ask("x", 1))
        await asyncio.sleep(0)
        return task

    asyncio.run(abandoned())

    assert asyncio.run(batcher.ask("x", 2)) == 4
