"""What a visitor takes away: a run as JSON, CSV, PNG, GIF or one page that replays it without a
network; and what comes back."""
