from matplotlib.ft2font import FT2Font

from jobreport.intake.checks import printable
from jobreport.page import fonts


def test_the_letters_are_those_that_every_style_of_the_typeface_has():
    styles = [set(FT2Font(str(path)).get_charmap()) for path in fonts.TRUETYPE]
    assert {ord(letter) for letter in printable._in_typeface()} == set.intersection(*styles)


def test_letters_are_judged_as_they_are_set():
    assert printable.missing("Ishøj A\N{COMBINING RING ABOVE}rhus") == ()
    assert printable.missing("لا أعرف 👍👍")[-1] == "👍"
    assert printable.missing("中文中") == ("中", "文")


def test_what_the_page_writes_out_is_not_missing_and_what_is_no_character_is():
    assert printable.missing("a\u202eb\n\tc") == ()
    assert printable.missing("a\uffff") == ("\uffff",)
    assert printable.described("\uffff") == "U+FFFF"
