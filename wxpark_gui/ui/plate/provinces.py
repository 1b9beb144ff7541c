"""Search for the Chinese words of a plate by pinyin. Does not use Qt."""

from __future__ import annotations

from wxpark_gui.domain.plate import PROVINCES

PREFIX_PINYIN = {
    "京": "jing",
    "沪": "hu",
    "粤": "yue",
    "津": "jin",
    "冀": "ji",
    "晋": "jin",
    "蒙": "meng",
    "辽": "liao",
    "吉": "ji",
    "黑": "hei",
    "苏": "su",
    "浙": "zhe",
    "皖": "wan",
    "闽": "min",
    "赣": "gan",
    "鲁": "lu",
    "豫": "yu",
    "鄂": "e",
    "湘": "xiang",
    "桂": "gui",
    "琼": "qiong",
    "渝": "yu",
    "川": "chuan",
    "贵": "gui",
    "云": "yun",
    "藏": "zang",
    "陕": "shan",
    "甘": "gan",
    "青": "qing",
    "宁": "ning",
    "新": "xin",
    "使": "shi",
    "民航": "minhang",
    "WJ": "wj",
}
SUFFIX_PINYIN = {
    "学": "xue",
    "警": "jing",
    "挂": "gua",
    "港": "gang",
    "澳": "ao",
    "领": "ling",
    "应急": "yingji",
    "试": "shi",
    "超": "chao",
    "临": "lin",
}
MOST_CANDIDATES = 9

if set(PROVINCES) - set(PREFIX_PINYIN):
    raise AssertionError("a province has no pinyin")


class ProvinceSearch:
    """Typed letters, and the words whose pinyin begins with them.

    Attributes:
        home: the lot's own province, listed first; may be empty.
        near_end: True to include the words for the end of a plate, such as 学.
    """

    def __init__(self) -> None:
        self.home = ""
        self.near_end = False
        self._letters = ""

    @property
    def letters(self) -> str:
        return self._letters

    def candidates(self) -> tuple[str, ...]:
        """Return the words that the digits 1 to 9 choose; none before the first letter."""
        if not self._letters:
            return ()
        pinyin = {**PREFIX_PINYIN, **(SUFFIX_PINYIN if self.near_end else {})}
        found = [word for word, sound in pinyin.items() if sound.startswith(self._letters)]
        found.sort(key=lambda word: (word != self.home, pinyin[word] != self._letters))
        return tuple(found[:MOST_CANDIDATES])

    def type(self, letter: str) -> str | None:
        """Add a letter; return the only match once its pinyin is complete, else None."""
        self._letters += letter.lower()
        found = self.candidates()
        if len(found) != 1:
            return None
        sound = PREFIX_PINYIN.get(found[0]) or SUFFIX_PINYIN[found[0]]
        return found[0] if sound == self._letters else None

    def pick(self, number: int) -> str | None:
        """Return the candidate with this number, counted from 1; None if there is none."""
        found = self.candidates()
        return found[number - 1] if 1 <= number <= len(found) else None

    def drop_letter(self) -> None:
        self._letters = self._letters[:-1]

    def clear(self) -> None:
        self._letters = ""
