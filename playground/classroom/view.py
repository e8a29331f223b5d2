"""What a seat and what the teacher sees of a class, as plain data. Before the reveal no seat sees
another's answer."""

from __future__ import annotations

from typing import Any

from playground.classroom.session import ClassSession, Seat


def common(session: ClassSession, now: float) -> dict[str, Any]:
    """What everybody sees, but for the question where each seat sees its own."""
    question = session.question
    answers = list(session.answers.values())
    covered = session.state in ("asked", "closed")
    return {
        "id": session.version,
        "state": session.state,
        "code": session.code,
        "language": session.language,
        "present": session.present(now),
        "answered": len(answers),
        "asked_so_far": session.question_id,
        "front": None if covered else session.front,
        "question": None
        if question is None
        else {"id": session.question_id, **question.public(), **question.progress(answers)},
        "revealed": session.revealed if session.state == "revealed" else None,
    }


def personal(session: ClassSession, seat: Seat) -> dict[str, Any]:
    """What is a seat's own: {"you_are", "yours"}, and "question" where each seat sees another
    one."""
    question, answer = session.question, session.answers.get(seat.token)
    mine: dict[str, Any] = {"you_are": "seat", "yours": None}
    if question is not None:
        if answer is not None:
            revealed = session.state == "revealed"
            say = question.yours_revealed if revealed else question.yours
            mine["yours"] = say(answer, seat.token)
        if question.personal:
            mine["question"] = {"id": session.question_id, **question.public_for(seat.token)}
    return mine


def teachers(session: ClassSession, now: float) -> dict[str, Any]:
    """What the teacher sees beside it. Whether answers are shown before the reveal is the panel's
    care: it may be projected."""
    return {
        "you_are": "teacher",
        "yours": None,
        "answers": session.listed(),
        "results": len(session.results()),
        "phone": {"stage": session.phone.stage(now), "check": session.phone.check},
        "offered": session.offered,
        "command": session.command,
    }
