"""Luck for many people at once, from a seed."""

import numpy as np

from deploy.bench.matching.draws import Draws

PEOPLE = 4_000


def draws(seed: int = 7) -> Draws:
    return Draws(np.random.Generator(np.random.PCG64(seed)), PEOPLE)


def test_some_of_gives_as_many_different_words_as_asked() -> None:
    asked = draws().upto(0, 3)
    found = draws().some_of({"a": 1, "b": 1, "c": 1, "d": 5}, asked)
    assert [len(words) for words in found] == asked.tolist()


def test_a_likelier_word_comes_more_often() -> None:
    found = draws().some_of({"rare": 1, "usual": 4}, np.ones(PEOPLE, dtype=np.int64))
    assert 0.77 < sum("usual" in words for words in found) / PEOPLE < 0.83
    words = draws().one_of({"rare": 1, "usual": 4})
    assert 0.77 < words.count("usual") / PEOPLE < 0.83


def test_a_word_of_no_weight_never_comes() -> None:
    assert set(draws().one_of({"never": 0, "always": 1, "nor this": 0})) == {"always"}


def test_each_word_comes_for_its_share_of_people() -> None:
    own = np.where(np.arange(PEOPLE) < 100, 1.0, 0.0)
    found = draws().each_of({"half": 0.5, "first": own})
    assert [number for number, words in enumerate(found) if "first" in words] == list(range(100))
    assert 0.46 < sum("half" in words for words in found) / PEOPLE < 0.54


def test_whole_numbers_reach_both_ends() -> None:
    assert set(draws().upto(2, 5).tolist()) == {2, 3, 4, 5}
