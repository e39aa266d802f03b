"""A wrong file is refused by one sentence that names file, key, fault and remedy; a right one keeps its meaning."""

from pathlib import Path

import pytest

from jinbang.catalogue.errors import CatalogueFileBroken
from jinbang.catalogue.seeds import PROGRAMMES, programme_from_content, read_seed, seed_files

NAME = "cost-engineer-2.2022-02-21.toml"
GOOD = (PROGRAMMES / NAME).read_text(encoding="utf-8")
LEVEL = "levels.level-2"
BASICS = f"{LEVEL}.subjects.basics"

BAD_FILES = {
    "a missing key": (
        'questions = "objective"\n',
        "",
        f"{BASICS}.questions: is missing; add it",
    ),
    "an unknown key": (
        "minutes = 150",
        "minutes = 150\nminuets = 150",
        f"{BASICS}.minuets: is not a key of this table; correct its spelling, or remove it",
    ),
    "a pass mark above the full mark": (
        'pass_mark_set_by = "province"',
        "pass_mark = 100.5",
        f"{BASICS}: pass_mark 100.5 is above full_mark 100; correct one of them against the source",
    ),
    "no pass mark and nobody who sets it": (
        'pass_mark_set_by = "province"\n',
        "",
        (
            f'{BASICS}: names no pass mark, or two; write pass_mark, or pass_mark_set_by = "province"'
            " where the province sets it"
        ),
    ),
    "a mark of three places": (
        "full_mark = 100",
        "full_mark = 99.999",
        (f"{BASICS}.full_mark: 99.999 is not a mark; write a number from 0 up with at most 2 decimal places"),
    ),
    "a full mark of nothing": (
        "full_mark = 100",
        "full_mark = 0",
        f"{BASICS}: full_mark is 0; write the full mark of the paper",
    ),
    "a subject code that stands twice": (
        'code = "practice"',
        'code = "basics"',
        f"{LEVEL}: subject code basics stands twice; give each subject a code of its own",
    ),
    "a specialty code that stands twice": (
        'code = "transport"',
        'code = "civil"',
        f"{LEVEL}: specialty code civil stands twice; give each specialty a code of its own",
    ),
    "an exemption from an unknown subject": (
        'exempt_subjects = ["basics"]',
        'exempt_subjects = ["basic"]',
        f"{LEVEL}: basic is not a subject here; write one of: basics, practice",
    ),
    "an exemption from everything": (
        'exempt_subjects = ["basics"]',
        'exempt_subjects = ["basics", "practice"]',
        f"{LEVEL}: track exempt-basics exempts from every subject; leave at least one to sit",
    ),
    "a track that takes the name of no track": (
        '[[levels.tracks]]\ncode = "exempt-basics"',
        '[[levels.tracks]]\ncode = "full"',
        f"{LEVEL}.tracks.full: the code full means every subject; give this track another code",
    ),
    "a condition of an unknown track": (
        'tracks = ["added-specialty"]',
        'tracks = ["added"]',
        f"{LEVEL}: added is not a track here; write one of: exempt-basics, added-specialty",
    ),
    "a subject named for an unknown specialty": (
        'installation = "建设工程',
        'plumbing = "建设工程',
        f"{LEVEL}: plumbing is not a specialty here; write one of: civil, transport, water, installation",
    ),
    "a date that is text": (
        "effective_from = 2022-02-21",
        'effective_from = "2022-02-30"',
        "effective_from: '2022-02-30' is not a date; write it as 2022-02-16",
    ),
    "a date that is a number": (
        "effective_from = 2022-02-21",
        "effective_from = 2022",
        "effective_from: 2022 is not a date; write it as 2022-02-16",
    ),
    "an unknown source": (
        'source = "cost-2018"\nunverified',
        'source = "cost-2081"\nunverified',
        (
            "source: cost-2081 is not in [sources]; add it there, or write one of: "
            "commitment, photo-cpta, cost2-summary, cost-2018, cost-2022, shanxi-query"
        ),
    ),
    "an unknown source deep inside": (
        'evidence = ["二级造价工程师职业资格证书"]\nsource = "cost-2018"',
        'evidence = ["二级造价工程师职业资格证书"]\nsource = "hearsay"',
        (
            f"{LEVEL}.conditions.added-holder.source: hearsay is not in [sources]; add it there, or write one of: "
            "commitment, photo-cpta, cost2-summary, cost-2018, cost-2022, shanxi-query"
        ),
    ),
    "a doubt about a value that is not there": (
        'unverified = ["delivery"]',
        'unverified = ["delivry"]',
        (
            f"{BASICS}: delivry is not a key here; write one of: by_specialty, code, delivery, "
            "full_mark, mark_step, minutes, name, note, panel, parts, pass_mark, pass_mark_set_by, questions, "
            "rounding, source, specialty_names, unverified, verified"
        ),
    ),
    "a word that is not known": (
        'questions = "objective"',
        'questions = "oral"',
        f"{BASICS}.questions: 'oral' is not known here; write 'objective', 'subjective' or 'mixed'",
    ),
    "a truth in quotation marks": (
        "review_before_payment = false",
        'review_before_payment = "no"',
        "application.review_before_payment: is neither true nor false; write true or false, without quotation marks",
    ),
    "a number in quotation marks": (
        "minutes = 150",
        'minutes = "150"',
        f"{BASICS}.minutes: is not a whole number; write a whole number, without quotation marks",
    ),
    "two clocks": (
        "{ consecutive_sittings = 2 }",
        "{ consecutive_sittings = 2, long_term = true }",
        (
            f"{LEVEL}.validity: says how long passes count never or twice; write exactly one of: consecutive_sittings"
            " = N, long_term = true, same_sitting = true"
        ),
    ),
    "resits without a time": (
        "{ consecutive_sittings = 2 }",
        "{ consecutive_sittings = 2, resits = 1 }",
        f"{LEVEL}.validity: bounds resits without a time, or a time without resits; write both or neither",
    ),
    "a proof that leads nowhere": (
        '[[levels]]\ncode = "level-2"',
        '[[levels]]\ncode = "level-2"\nresult = "proof"',
        (
            f"{LEVEL}: yields a proof that leads nowhere; write further_step, and proof_years in validity, or another"
            " result"
        ),
    ),
    "years of nothing": (
        'work_years = 1\nwork_field = "工程造价"',
        "work_years = 1",
        f"{LEVEL}.conditions.associate-major-1: asks for years of work without saying of what; write work_field",
    ),
    "a photo that no file can be": (
        "bytes_max = 20480",
        "bytes_min = 20480\nbytes_max = 20480",
        "photo: bytes_min is not below bytes_max; correct the bounds of the file's size",
    ),
    "a name that is empty": (
        'name = "二级"',
        'name = " "',
        f"{LEVEL}.name: is empty; write the text",
    ),
    "a code with capitals": (
        'code = "level-2"',
        'code = "Level 2"',
        "levels.Level 2.code: is not a code; use lower-case letters, digits and single hyphens",
    ),
    "an end before the beginning": (
        "effective_from = 2022-02-21",
        "effective_from = 2022-02-21\nclosed_on = 2022-02-20",
        "the file: closed_on is before effective_from; correct one of the dates",
    ),
    "doubt said twice": (
        'unverified = ["delivery"]',
        'unverified = ["delivery"]\nverified = false',
        (f"{BASICS}: has both verified = false and unverified; keep one: the whole table, or single values"),
    ),
}


def written(folder: Path, text: str, name: str = NAME) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("case", BAD_FILES)
def test_refuses_a_file_with(tmp_path: Path, case: str) -> None:
    good, bad, sentence = BAD_FILES[case]
    assert good in GOOD
    with pytest.raises(CatalogueFileBroken) as refusal:
        read_seed(written(tmp_path, GOOD.replace(good, bad, 1)))
    assert str(refusal.value) == f"{NAME}: {sentence}"
    assert refusal.value.code == "catalogue_file_broken"


def test_the_file_that_the_bad_ones_are_made_from_is_accepted(tmp_path: Path) -> None:
    assert read_seed(written(tmp_path, GOOD)).programme.code == "cost-engineer-2"


def test_refuses_weights_that_do_not_add_up(tmp_path: Path) -> None:
    name = "psychological-counsellor-2017.2017-01-01.toml"
    text = (PROGRAMMES / name).read_text(encoding="utf-8").replace("weight_percent = 90", "weight_percent = 80", 1)
    with pytest.raises(CatalogueFileBroken, match="weights of the parts add up to 90; make them add up to 100"):
        read_seed(written(tmp_path, text, name))


ESTATE = "real-estate-appraiser.2021-01-01.toml"
ESTATE_LEVEL = "levels.registered"
BAD_CHANGES = {
    "neither of two kinds": (
        "any_of = {",
        "all_of = {}, any_of = {}, some_of = {",
        r"some_of: is not a key of this table",
    ),
    "both kinds": (
        "any_of = {",
        'all_of = { old = "旧" }, any_of = {',
        r"names no earlier subjects, or two kinds of them; write exactly one of: any_of, all_of",
    ),
    "no earlier subject": (
        'any_of = { development = "房地产开发经营与管理", cases = "房地产估价案例与分析" }',
        "any_of = {}",
        r"names no earlier subjects, or two kinds of them",
    ),
    "a subject that is not there": (
        'subject = "practice"',
        'subject = "practise"',
        rf"{ESTATE_LEVEL}: practise is not a subject here; write one of: policy, theory, practice, land",
    ),
    "an earlier code that is a present one": (
        "development = ",
        "land = ",
        rf"{ESTATE_LEVEL}: land is both an earlier and a present subject; give the earlier subject a code of its own",
    ),
    "a year twice": (
        "[[levels.passed_over]]",
        '[[levels.passed_over]]\nyear = 2021\nsource = "estate-notice"\n\n[[levels.passed_over]]',
        rf"{ESTATE_LEVEL}: year passed over code 2021 stands twice",
    ),
    "a year without its source": (
        '[[levels.passed_over]]\nyear = 2021\nsource = "estate-notice"',
        "[[levels.passed_over]]\nyear = 2021",
        r"passed_over.1.source: is missing; add it",
    ),
}


@pytest.mark.parametrize("case", BAD_CHANGES)
def test_refuses_a_change_of_the_syllabus_with(tmp_path: Path, case: str) -> None:
    good, bad, sentence = BAD_CHANGES[case]
    text = (PROGRAMMES / ESTATE).read_text(encoding="utf-8")
    assert good in text
    with pytest.raises(CatalogueFileBroken, match=sentence):
        read_seed(written(tmp_path, text.replace(good, bad, 1), ESTATE))


def test_refuses_a_mark_rounded_to_nothing(tmp_path: Path) -> None:
    name = "psychological-counsellor-2017.2017-01-01.toml"
    text = (PROGRAMMES / name).read_text(encoding="utf-8")
    changed = text.replace("full_mark = 100\n", "full_mark = 100\nmark_step = 0\n", 1)
    with pytest.raises(CatalogueFileBroken, match="has a step or a part of nothing"):
        read_seed(written(tmp_path, changed, name))


def test_refuses_a_line_that_is_no_toml_and_says_which(tmp_path: Path) -> None:
    text = GOOD.replace("effective_from = 2022-02-21", "effective_from = 2022-02-30")
    with pytest.raises(
        CatalogueFileBroken, match=r"TOML: .*line 7.*; correct the line \(dates are written 2022-02-16\)"
    ):
        read_seed(written(tmp_path, text))


def test_refuses_a_file_in_another_encoding(tmp_path: Path) -> None:
    path = tmp_path / NAME
    path.write_bytes(GOOD.encode("gb18030"))
    with pytest.raises(CatalogueFileBroken, match="is not UTF-8 text; save the file as UTF-8"):
        read_seed(path)


def test_refuses_a_file_whose_name_belongs_to_another_programme(tmp_path: Path) -> None:
    with pytest.raises(CatalogueFileBroken, match=r"belong to cost-engineer-2\.2022-02-21\.toml; rename the file"):
        read_seed(written(tmp_path, GOOD, "cost-engineer-1.2022-02-21.toml"))


def test_refuses_a_folder_without_programmes(tmp_path: Path) -> None:
    with pytest.raises(CatalogueFileBroken, match="no programme file is here"):
        seed_files(tmp_path)


def test_marks_keep_their_half_points(tmp_path: Path) -> None:
    text = GOOD.replace('pass_mark_set_by = "province"', "pass_mark = 86.50", 1)
    seed = read_seed(written(tmp_path, text))
    assert seed.programme.subject("basics", level="level-2").pass_mark_hundredths == 8650
    assert seed.content["levels"][0]["subjects"][0]["pass_mark"] == "86.5"


@pytest.mark.parametrize("path", seed_files(), ids=lambda path: path.name)
def test_a_stored_row_gives_back_the_programme_of_its_file(path: Path) -> None:
    seed = read_seed(path)
    assert programme_from_content(seed.content) == seed.programme


def test_comments_order_and_spelled_out_defaults_leave_the_hash_alone(tmp_path: Path) -> None:
    text = "# a remark\n" + GOOD.replace("full_mark = 100", "full_mark = 100.00\nby_specialty = false", 1).replace(
        'name = "二级造价工程师职业资格考试"\nkind = "access"', 'kind = "access"\nname = "二级造价工程师职业资格考试"'
    )
    assert text.count("\n") > GOOD.count("\n")
    assert read_seed(written(tmp_path, text)).sha256 == read_seed(PROGRAMMES / NAME).sha256


def test_one_changed_minute_changes_the_hash(tmp_path: Path) -> None:
    text = GOOD.replace("minutes = 150", "minutes = 151")
    assert read_seed(written(tmp_path, text)).sha256 != read_seed(PROGRAMMES / NAME).sha256
