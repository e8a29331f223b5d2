"""A class in one room, as a pure state machine: seats, questions, guesses against the model, what
is revealed, results.

Nothing here knows HTTP or a page. Time comes in as an argument, models as anything that answers the
protocol of `playground.backend.causal.CausalModel`. What is not allowed is a `Refused` with a
sentence, a bad value a ValueError with one.
"""
