"""What becomes of a question to a customer: decisions that need no database."""

#: The states of a confirmation that let a request be closed (T4).
SETTLED = ("accepted", "timed_out", "waived")

#: Why customers say no, by the kind of question.
REFUSAL_REASONS = {
    "ticket": ("still_fails", "not_asked", "other"),
    "delivery": ("still_fails", "not_asked", "other"),
    "extra": ("not_needed", "too_expensive", "other"),
}

#: What customers may still turn into a refusal while the reopen window is open.
REVOCABLE = SETTLED


def due_step(reminders, reminders_wanted, reminder_status, closes_on_silence):
    """Return what to do about a question whose next date has come (T4, pitfall 29).

    A question is closed on silence only after a reminder that did arrive.

    :param reminders: number of reminders so far.
    :param reminders_wanted: how many are sent before giving up.
    :param reminder_status: `sent`, `waiting`, `failed`, or None if there was none.
    :param closes_on_silence: whether the company closes what is not answered.
    :return: `remind`, `wait` (the last reminder is still in the outbox), `time_out`,
        or `hand_over` (somebody has to call).

    >>> due_step(0, 2, None, True), due_step(1, 2, "sent", True)
    ('remind', 'remind')
    >>> due_step(2, 2, "sent", True), due_step(2, 2, "sent", False)
    ('time_out', 'hand_over')
    >>> due_step(1, 2, "waiting", True), due_step(2, 2, "failed", True)
    ('wait', 'hand_over')
    >>> due_step(0, 0, None, True)
    'hand_over'
    """
    if reminder_status == "failed":
        return "hand_over"
    if reminder_status == "waiting":
        return "wait"
    if reminders < reminders_wanted:
        return "remind"
    return "time_out" if reminders and closes_on_silence else "hand_over"
