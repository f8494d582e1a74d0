"""Which sections a report has, and the released rows each is made of."""
