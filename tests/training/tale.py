"""A short tale written for these tests; it stands in no corpus."""

TALE = """\
Once upon a time there was a miller who had three sons, and the youngest of them was called Hob. When the old man felt that he was \
about to die, he gave the mill to the eldest and the horse to the second, and to Hob he gave nothing but a rusty key.
"What shall I do with a key," said Hob, "when I have no door to open?"
But he put it in his pocket, said good-bye to his brothers, and went out into the wide world to seek his fortune. He walked all day \
long through a great forest, and when the night came he saw a light shining among the trees.
He went up to it, and found a little house, and before the door sat an old woman who was spinning by the light of the moon.
"Good evening, grandmother," said Hob. "May I sleep here to-night?"
"That you may," answered the old woman, "if you will tell me what you carry in your pocket."
So he showed her the key, and she began to laugh, and said: "That is the key of the king's garden, where the golden pears grow. \
Whoever brings one of them to the princess shall have her for his wife."
The next morning Hob set out, and he came to the garden, and the key turned in the lock, and the gate flew open before him. He took \
one of the golden pears from the tree and carried it to the palace, and the king was so glad that he gave him his daughter, and they \
lived happily together to the end of their lives.
"""


def blocks() -> list[list[str]]:
    """The tale as one block of paragraphs."""
    return [TALE.strip().split("\n")]
