"""The main job, through a real terminal and a real sshd, with codes from a program that is not ours."""

from __future__ import annotations

from tests.stories.conftest import Opens
from tests.stories.visitor import PASSWORD, SECOND_PASSWORD, Visitor


def test_a_person_lives_through_all_of_it_at_either_door(door: Opens) -> None:
    """Enrol, sign in with each factor, change the password, disable, enrol again; one life, one store."""
    terminal = door()
    visitor = Visitor(terminal)

    visitor.found()
    phone = visitor.read_key()
    codes = visitor.verify(phone)
    visitor.prove_saved(codes[0])
    assert "8 of 8" in terminal.wait("Your account")

    # Two steps; the code that was spent on the way in is refused afterwards, the next one is taken.
    visitor.sign_out()
    visitor.sign_in(phone)
    visitor.sign_out()
    visitor.give_password()
    terminal.wait("Type the six digits")
    terminal.type(phone.again())
    terminal.wait("used already|Code not accepted")
    terminal.type(phone.code())
    terminal.wait("Your account")

    # A recovery code, with spaces and in lower case, once.
    visitor.sign_out()
    visitor.give_password()
    visitor.choose_recovery_code()
    visitor.give_recovery_code(codes[1].lower().replace("-", " "))
    assert "7 of 8" in terminal.wait("Your account")
    visitor.sign_out()
    visitor.give_password()
    visitor.choose_recovery_code()
    visitor.give_recovery_code(codes[1])
    terminal.wait("Backup code not accepted")
    visitor.give_recovery_code(codes[2])
    terminal.wait("Your account")

    # Regenerating voids the old batch.
    assert "6 of 8 backup codes remaining" in visitor.open_tab("backup codes remaining", steps=2)
    fresh = visitor.regenerate()
    assert len(set(fresh)) == 8
    assert not set(fresh) & set(codes)
    visitor.prove_saved(fresh[0])
    visitor.sign_out()
    visitor.give_password()
    visitor.choose_recovery_code()
    visitor.give_recovery_code(codes[3])
    terminal.wait("Backup code not accepted")
    visitor.give_recovery_code(fresh[1])
    terminal.wait("Your account")

    # Disable: from then on the password alone; enrol again: a fresh secret.
    visitor.open_tab("backup codes remaining", steps=2)
    visitor.disable(phone)
    visitor.sign_out()
    visitor.give_password()
    terminal.wait("Your account")
    assert "significantly reduces" in visitor.open_tab("e Set up", steps=2)
    terminal.press("e")
    second_phone = visitor.read_key()
    assert second_phone.secret != phone.secret
    visitor.prove_saved(visitor.verify(second_phone)[0])

    # A new password: the old one signs nobody in.
    visitor.change_password(PASSWORD, SECOND_PASSWORD)
    terminal.wait("r Refresh")
    visitor.sign_out()
    visitor.give_password(PASSWORD)
    terminal.wait("Email and password don't match")
    terminal.type(SECOND_PASSWORD)
    terminal.press("Enter")
    terminal.wait("Type the six digits")
    terminal.type(second_phone.code())
    terminal.wait("Your account")
    terminal.press("q")
    assert terminal.ended() == 0
