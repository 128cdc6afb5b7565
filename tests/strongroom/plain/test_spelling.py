"""A key as it is heard: groups of four, letters one by one or by words, digits named."""

from __future__ import annotations

from strongroom.plain.spelling import groups_of, in_spelling_alphabet, letter_by_letter


def test_a_key_is_read_in_groups_and_no_digit_is_heard_twice() -> None:
    assert letter_by_letter("JBSWY3DP") == ["Group 1 of 2: J, B, S, W", "Group 2 of 2: Y, three, D, P"]


def test_letters_that_sound_alike_are_told_apart_by_words() -> None:
    told = in_spelling_alphabet("BDPT-V0Z8")
    assert told == ["Group 1 of 2: Bravo, Delta, Papa, Tango", "Group 2 of 2: Victor, zero, Zulu, eight"]


def test_every_sign_of_keys_and_codes_has_a_word_of_its_own() -> None:
    signs = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
    words = [part for line in in_spelling_alphabet(signs) for part in line.partition(": ")[2].split(", ")]
    assert len(set(words)) == len(signs)
    assert all(len(word) > 1 for word in words)


def test_dashes_and_blanks_of_a_code_are_not_read() -> None:
    assert groups_of("AAAA-BBBB CCCC") == ["AAAA", "BBBB", "CCCC"]
