from lichen.show.lines import Paragraph, apart, columns, fitted, one_line, plain, rendered, wrapped

LONG = "word " * 100


def text(lines: list) -> list[str]:
    return rendered(lines, colours=False).split("\n")


def test_what_ranks_first_has_room_first_and_only_what_must_stand_is_cut() -> None:
    parts = [
        plain("head"),
        Paragraph(sentences=(LONG,), least=1, rank=1),
        Paragraph(sentences=(LONG,), rank=0),
        Paragraph(sentences=(LONG,), rank=2),
    ]
    # 100 words of 5 columns need 7 lines (16 words a line); of 9 lines one is the head and one is set aside.
    made = text(fitted(parts, 9))
    assert len(made) == 9
    assert [line.endswith("…") for line in made] == [False, True] + [False] * 7


def test_a_sentence_stands_whole_or_not_at_all() -> None:
    parts = [Paragraph(sentences=("First of all.", LONG), more=1), Paragraph(sentences=("Then this.",), rank=2)]
    assert text(fitted(parts, 3)) == ["First of all.", "Then this."]
    assert text(fitted(parts, 9))[0].startswith("First of all. word word")


def test_a_paragraph_takes_no_more_than_it_needs() -> None:
    assert text(fitted([Paragraph(sentences=("short",), least=3), plain("end")], 24)) == ["short", "end"]


def test_words_at_both_ends_fill_the_line_and_the_left_ones_give_way() -> None:
    line = text([apart("x" * 100, "right")])[0]
    assert len(line) == 80
    assert line.endswith("…  right")


def test_columns_are_aligned_and_the_first_gives_way() -> None:
    rows = [("name", "1"), ("a much longer name", "1000")]
    assert text(columns(rows, "<>")) == ["name                   1", "a much longer name  1000"]
    wide = text(columns([("x" * 100, "y" * 40)], "<<"))
    assert len(wide[0]) == 80


def test_no_text_can_move_the_cursor() -> None:
    assert one_line("a\x1b[31mb\r\nc\u2028d") == "a [31mb  c d"
    assert text(wrapped("a\x1b[2Jb", 2)) == ["a [2Jb"]
