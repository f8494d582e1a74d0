"""From params to finished folders: one report or many, and whether a finished one is what it says."""
