"""How the two shipped models were made; the app never imports this package.

fairy-causal writes left to right, fairy-diffusion unmasks a canvas. Same tokenizer, same network,
same start, same text: only the attention mask and the objective differ, so a comparison of the two
ways of generating is a fair one.

    text.py       corpus -> word pieces -> windows       start.py     the weights both models start from
    objective.py  what is hidden, what is scored         schedule.py  learning rate, averaged weights
    run.py        the loop, checkpoints, the log         evaluate.py  held-out figures
    ship.py       a trained checkpoint -> assets/models  __main__.py  python -m playground.training

verifier.py trains the verifier of self-speculative diffusion on the shipped fairy-diffusion;
verifier_report.py measures it; verifier_shipping.py copies its file and writes its card.
"""

MODELS = ("fairy-diffusion", "fairy-causal")
