"""Synthetic people: valid numbers, likely names, nobody real. The same seed makes the same people.

Names hold what real rosters hold: two to four characters, rare ones of GB 18030, minority names with a middle dot,
people from Hong Kong, Macao, Taiwan and abroad. Telephone numbers lie in a range that no operator has given out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Final

from jinbang.kernel.identity import DocumentKind, Sex, check_character, make_resident_id

SURNAMES: Final = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
    "姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
COMPOUND_SURNAMES: Final = ("欧阳", "司马", "上官", "诸葛", "东方", "皇甫")
GIVEN: Final = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红文辉建国志远思雨欣怡子涵雪梅晓东海燕春生嘉宁佳"
    "琪俊熙梓萱浩然一诺雅楠博文天宇诗涵瑞泽清扬若曦景行知行望舒"
)
RARE_GIVEN: Final = ("喆", "堃", "犇", "淼", "翀", "甯", "赟", "珺", "祎", "玥", "昱", "䶮", "㛃", "彧", "媄")
MINORITY: Final = (
    "阿依古丽·买买提",
    "迪力夏提·艾合买提",
    "古丽娜尔·吐尔逊",
    "扎西·次仁",
    "其美·卓玛",
    "巴特尔·孟和",
    "娜仁·图雅",
    "依力哈木·阿不都拉",
)
FOREIGN: Final = ("JOHN SMITH", "MARIA GARCIA", "KIM MINJUN", "NGUYEN VAN AN", "SATO YUKI")
EMPLOYER_PLACES: Final = (
    "太原",
    "大同",
    "阳泉",
    "长治",
    "晋城",
    "运城",
    "临汾",
    "重庆",
    "万州",
    "涪陵",
    "永川",
    "江津",
)
EMPLOYER_KINDS: Final = (
    "建设工程有限公司",
    "造价咨询有限公司",
    "社会工作服务中心",
    "街道办事处",
    "设计研究院",
    "环境科技有限公司",
    "人民医院",
    "职业技术学院",
)
HOMES: Final = (
    "140105",
    "140106",
    "140203",
    "140302",
    "140303",
    "140402",
    "500103",
    "500105",
    "500107",
    "500112",
    "110105",
)


@dataclass(frozen=True)
class Character:
    """One synthetic person with what they would type into an application."""

    name: str
    kind: DocumentKind
    number: str
    phone: str
    born_on: date
    sex: Sex
    education: str
    work_years: int
    employer: str
    graduated_on: date
    ability: float  # how well they do: the mean share of full marks


def characters(count: int, *, seed: int) -> Iterator[Character]:
    """Yield this many people, no two with one document or telephone. The same seed yields the same people."""
    random = Random(f"characters|{seed}")  # noqa: S311  # made-up people, not secrets
    employers = [
        f"{random.choice(EMPLOYER_PLACES)}{letter}{random.choice(EMPLOYER_KINDS)}" for letter in _letters(count)
    ]
    seen: set[str] = set()
    for position in range(count):
        born_on = date(1962, 1, 1) + timedelta(days=random.randrange(365 * 35))
        sex = random.choice((Sex.MALE, Sex.FEMALE))
        kind, name, number = _identity(random, born_on=born_on, sex=sex)
        while number in seen:
            kind, name, number = _identity(random, born_on=born_on, sex=sex)
        seen.add(number)
        yield Character(
            name=name,
            kind=kind,
            number=number,
            phone=f"191{seed % 10}{position:07d}",
            born_on=born_on,
            sex=sex,
            education=random.choices(("associate", "bachelor", "master", "doctor"), weights=(38, 52, 9, 1))[0],
            work_years=max(4, min(30, 2024 - born_on.year - random.randrange(22, 26))),
            employer=random.choice(employers),
            graduated_on=date(born_on.year + 22, 7, 1),
            ability=min(0.97, max(0.18, random.gauss(0.62, 0.13))),
        )


def _letters(count: int) -> list[str]:
    """Return middle parts of employers' names: about one employer for every twenty-five people."""
    return [f"{GIVEN[index % len(GIVEN)]}{GIVEN[(index * 7 + 3) % len(GIVEN)]}" for index in range(count // 25 + 8)]


def _identity(random: Random, *, born_on: date, sex: Sex) -> tuple[DocumentKind, str, str]:
    """Return kind, name and number of one document."""
    draw = random.random()
    sequence = random.randrange(0, 499) * 2 + (1 if sex is Sex.MALE else 2)
    if draw < 0.965:
        return DocumentKind.RESIDENT_ID, _name(random), make_resident_id(random.choice(HOMES), born_on, sequence)
    if draw < 0.980:
        region = random.choice(("810000", "820000", "830000"))
        return DocumentKind.HMT_RESIDENCE, _name(random), make_resident_id(region, born_on, sequence)
    if draw < 0.985:
        return DocumentKind.HK_MACAO_PERMIT, _name(random), f"{random.choice('HM')}{random.randrange(10**7, 10**8)}"
    if draw < 0.990:
        return DocumentKind.TAIWAN_PERMIT, _name(random), f"{random.randrange(10**7, 10**8)}"
    if draw < 0.995:
        return DocumentKind.PASSPORT, random.choice(FOREIGN), f"P{random.randrange(10**7, 10**8)}"
    body = f"9{random.randrange(10**5):05d}{born_on:%Y%m%d}{sequence:03d}"
    return DocumentKind.FOREIGNER_RESIDENCE, random.choice(FOREIGN), body + check_character(body)


def _name(random: Random) -> str:
    draw = random.random()
    if draw < 0.012:
        return random.choice(MINORITY)
    surname = random.choice(COMPOUND_SURNAMES) if draw < 0.02 else random.choice(SURNAMES)
    if draw < 0.05:
        return surname + random.choice(RARE_GIVEN)
    return surname + "".join(_drawn(random, GIVEN, 1 if draw < 0.25 else 2))


def _drawn(random: Random, letters: Sequence[str], count: int) -> list[str]:
    return [random.choice(letters) for _ in range(count)]
