"""Read survey files, registers and published figures; note checksums; clean nothing."""
