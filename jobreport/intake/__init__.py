"""From any survey or register file to checked inputs: read, coded once, refused all at once."""
