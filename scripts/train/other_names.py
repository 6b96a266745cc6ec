"""Names of all the world, drawn at random, put in place of those in a training text.

Each person of a text gets one new name wherever she is named, each body and place likewise,
so that who and what is meant stays as it was.  Faker (MIT) has names of some fifty countries;
those whose names it writes in other letters, and names that are words, are listed here.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass

from edited import Attribution, Edit, Edited
from faker import Faker
from mention_data import Labelled

LATIN = (
    *("en_US", "en_GB", "en_IE", "en_IN", "en_NG", "en_KE", "en_PK", "en_NZ", "ga_IE", "es_ES"),
    *("es_MX", "es_CO", "pt_BR", "pt_PT", "fr_FR", "fr_CA", "de_DE", "de_AT", "it_IT", "nl_NL"),
    *("sv_SE", "no_NO", "da_DK", "fi_FI", "pl_PL", "cs_CZ", "sk_SK", "hr_HR", "sl_SI", "ro_RO"),
    *("hu_HU", "lt_LT", "lv_LV", "et_EE", "tr_TR", "id_ID", "fil_PH", "vi_VN", "yo_NG", "ig_NG"),
    *("ha_NG", "zu_ZA", "tw_GH", "sw", "is_IS", "az_AZ"),
)
_LETTERS = re.compile(r"[A-Za-zÀ-ɏ][A-Za-zÀ-ɏ’' -]+")


@dataclass(frozen=True)
class World:
    """Names of one part of the world; `order` how a full name is put together."""

    women: list[str]
    men: list[str]
    families: list[str]
    order: str = "{given} {family}"


def _words(words: str) -> list[str]:
    return [word.replace("_", " ") for word in words.split()]


_RUSSIAN = World(
    _words("Olga Svetlana Yekaterina Natalya Iryna Oksana Lyudmila Tetiana Daria Galina"),
    _words("Sergei Dmytro Volodymyr Vladislav Oleksandr Yevgeny Andriy Mykola Bohdan Arkady"),
    _words(
        "Kovalenko Shevchuk Bondarenko Petrov Lukashevich Morozov Hrytsenko Zakharchuk Volkov "
        "Tymofeyev Kuznetsov Yatsenyuk Gusarov Melnyk Orlov Pavlyuk"
    ),
)
_ARABIC = World(
    _words("Fatima Layla Noura Hanan Amal Rania Samira Aisha Yasmin Huda Maryam Salma"),
    _words("Ahmed Khalid Omar Yusuf Hassan Tariq Abdul_Rahman Mahmoud Faisal Bilal Nasser Karim"),
    _words(
        "al-Masri al-Haddad Al-Rashid al-Sharif El-Sayed Abu_Bakr bin_Talal al-Jabouri Al_Nuaimi "
        "el-Baradi al-Khatib Abu_Zaid ibn_Saud Haniyah al-Tamimi Ben_Ali Abdullah Mansour"
    ),
)
_KOREAN = World(
    _words("Ji-won Soo-jin Min-ji Hye-kyung Eun-young Yuna Seo-yeon Mi-sook"),
    _words("Jong-ho Min-soo Dong-hyun Jae-in Sung-min Young-chul Tae-woo Ki-moon"),
    _words("Kim Park Lee Choi Jung Kang Yoon Han Shin Oh Song Moon"),
    "{family} {given}",
)
_CHINESE = World(
    _words("Xiaoling Meiling Yan Fang Jing Lihua Wenjing Ying Xiuying Mei-hua"),
    _words("Jianguo Wei Zhiqiang Guoping Ming Haitao Yifan Xiaoming Chi-keung Wing-kai"),
    _words("Wang Li Zhang Liu Chen Yang Zhao Huang Zhou Wu Xu Lam Cheung Hu Gao Xi Zhu"),
    "{family} {given}",
)
_MALAY = World(
    _words("Nurul Siti Zuraida Wan_Azizah Azalina Hannah Rafizah Noraini Aminah"),
    _words("Ismail Hishammuddin Syed Razali Zahid Khairy Mohamad Azmin Rafizi Hadi Shafie"),
    _words(
        "bin_Yusof binti_Hamzah Ibrahim Jamaluddin Sabri bin_Razak Hussein Wahid Ramli Saddiq "
        "Aziz Awang Abdul_Ghani"
    ),
)
_INDIAN = World(
    _words("Sushma Mamata Nirmala Priyanka Kavitha Smriti Vasundhara Jaya Shobha Pratibha"),
    _words("Narendra Rahul Arvind Manmohan Jairam Piyush Shashi Yogi Lalu Nitin Sitaram M.K."),
    _words(
        "Banerjee Kejriwal Sitharaman Chidambaram Yadav Gadkari Thakur Reddy Patnaik Iyer "
        "Krishnamurthy Scindia Rao Mukherjee Venkataraman Singh"
    ),
)
_SPANISH = World(
    _words("María_José Ana_Lucía Carmen Pilar Yolanda Xóchitl Dolores Inés"),
    _words("José_Luis Andrés_Manuel Juan_Carlos Íñigo Evo Jesús Álvaro Joaquín"),
    _words(
        "García_Márquez López_Obrador Sánchez_Cordero Fernández_de_Kirchner Díaz-Canel "
        "Rodríguez_Zapatero de_la_Cruz Núñez_Feijóo del_Río Vargas_Lleras Ortega_y_Gasset"
    ),
)
_FRENCH = World(
    _words("Laure Anne-Marie Marie-Claude Ségolène Élodie Jeanne"),
    _words("Jean-Luc Dominique Jean-Pierre François Thierry Guy"),
    _words("des_Champs de_La_Tour Le_Guen d’Estrées du_Bois La_Fontaine de_Villiers Lemaître"),
)
_OF_WORDS = World(
    _words("May Hope Grace Joy Faith Summer Rose Dawn June April Ivy Sky Holly Penny"),
    _words("Will Mark Bill Grant Chase Dean Guy Frank Rich Pat Art Drew Sterling Ray Rob Jack"),
    _words(
        "May Hill Park Dean Prince King Bishop Price Young White Black Brown Green Hall Woods "
        "Field Stone Law Judge Page Banks West North English French Holland Love Best Long Short "
        "Small Strong Power Day Winter Summers Bush Rice Cook Baker Pope Cash Fox Wolf Bird Major "
        "Church Street Rivers Marsh Cotton Flowers Case Good Sharp Swift Gates Jobs Sessions Reid"
    ),
)
_OWN = (
    *(_RUSSIAN, _ARABIC, _KOREAN, _CHINESE, _MALAY, _INDIAN, _SPANISH, _FRENCH),
    *(_OF_WORDS, _OF_WORDS, _OF_WORDS),
)
_MONONYMS = _words(
    "Suharto Sukarno Madonna Pelé Zico Lula Prachanda Jokowi Björk Shakira Prince Sting Moby "
    "Adele Neymar Hamza Wiranto Boediono Teller Usher Drake Seal Pink Cher Ronaldinho Kaká"
)
TITLES = _words(
    "Shri Smt. Alhaji Datuk Datuk_Seri Tan_Sri Taoiseach Tánaiste Nurse DI DCI PC Det._Insp. Dr "
    "Dr. Professor Prof. Sir Dame Lord Lady Baroness Mr Mr. Mrs Mrs. Ms Ms. Mx Col. Brig. Gen. "
    "Lt. Maj. Sgt. Capt. Cllr Councillor Sen. Rep. Gov. Rev. Fr. Sister Rabbi Imam Sheikh Chief "
    "Pastor Bishop Judge Justice Commissioner Superintendent Detective Trooper Ambassador Minister "
    "President Chancellor Premier Mayor Coach Chef Engr. Barr. Hon. Otunba Oba Ustaz Tun Dato’ "
    "Herr Frau Señor Don Doña Monsieur Madame Signora Swami Guru Maulana Ayatollah Prince Princess"
)
_TRADES = _words(
    "Bank Institute Foundation University College Council Ministry Agency Authority Commission "
    "Party Union Association Federation Court Airlines Energy Motors Pharmaceuticals Holdings "
    "Group Partners United City Rovers Herald Times Post Tribune Gazette Hospital Museum Society "
    "Church Alliance Front Movement Committee Department Police Centre Trust Network Records"
)
_OF = ("{trade} of {place}", "{place} {trade}", "{trade} for {place}")
_PLACES = _words(
    "Accra Lagos Kano Nairobi Lusaka Maputo Tunis Tripoli Aleppo Basra Kabul Lahore Dhaka Kolkata "
    "Pune Chennai Yangon Hanoi Penang Johor Jakarta Davao Taipei Busan Sapporo Vladivostok Almaty "
    "Tbilisi Kharkiv Lviv Minsk Vilnius Gdansk Bratislava Ljubljana Sofia Varna Tirana Izmir Porto "
    "Bilbao Nantes Ghent Utrecht Malmö Tampere Cork Galway Dundee Swansea Leeds Hull Perth Hobart "
    "Dunedin Suva Honiara Quito Cali Cusco Rosario Recife Belém Montevideo Puebla Oaxaca Tampico "
    "Halifax Regina Boise Tulsa Fresno Reno Akron Macon Zambia Malawi Gabon Benin Chad Oman Yemen "
    "Nepal Bhutan Laos Fiji Tonga Moldova Latvia Estonia Slovenia Malta Paraguay Guyana Honduras "
    "New_South_Wales Nova_Scotia West_Bengal South_Kordofan Upper_Austria Sierra_Leone Sri_Lanka "
    "Costa_Rica North_Macedonia Papua_New_Guinea New_Zealand Mato_Grosso Santa_Cruz Rio_Negro"
)
_POSSESSIVE = re.compile(r"['’]s?$")
_SUFFIXES = {"Jr", "Jr.", "Sr", "Sr.", "II", "III", "IV"}


class Names:
    """The worlds to draw from, made once."""

    def __init__(self, seed: int = 0) -> None:
        """Draw the names of Faker's countries."""
        self.worlds = [*_OWN, *filter(None, (_from_faker(locale, seed) for locale in LATIN))]

    def swapped(
        self,
        labelled: Labelled,
        attributions: list[Attribution] | None,
        rng: random.Random,
        *,
        share: float = 0.5,
    ) -> tuple[Labelled, list[Attribution] | None]:
        """The text with other names, and its attributions moved along.

        Args:
            share: of its bodies and places that are renamed; of its people nearly all are.
        """
        edits = [*self._people(labelled, rng), *self._things(labelled, rng, share)]
        edited = Edited(labelled.text, edits)
        moved = attributions and [edited.attribution(each) for each in attributions]
        return edited.labelled(labelled), moved

    def _people(self, labelled: Labelled, rng: random.Random) -> Iterator[Edit]:
        text = labelled.text
        called = {_bare(text[m.start : m.end]) for m in labelled.marks if m.kind == "person"}
        barred = {
            text[m.start : m.end]
            for m in labelled.marks
            if m.kind in {"organisation", "place", "nationality"}
        }
        barred |= {word.capitalize() for word in re.findall(r"\b[a-z]+\b", text)}
        cast = Cast(called, barred, self.worlds, rng)
        if cast.pattern is None:
            return
        for found in cast.pattern.finditer(text):
            new = cast.new[found.group()]
            title = ""
            if " " in found.group() and rng.random() < 0.2 and _may_take_title(text, found.start()):
                title = rng.choice(TITLES) + " "
            yield Edit(found.start(), found.end(), title + new, title=len(title))

    def _things(self, labelled: Labelled, rng: random.Random, share: float) -> Iterator[Edit]:
        text, new = labelled.text, dict[str, str]()
        for mark in labelled.marks:
            if mark.kind not in {"organisation", "place"}:
                continue
            old = text[mark.start : mark.end]
            body = _bare(old)
            if body not in new:
                drawn = self._body(body, rng) if mark.kind == "organisation" else _place(rng)
                new[body] = drawn if rng.random() < share and body[:1].isupper() else body
            if new[body] != body:
                yield Edit(mark.start, mark.start + len(body), new[body])

    def _body(self, old: str, rng: random.Random) -> str:
        """A body's name of like shape: letters, one word, or several."""
        if old.isupper() and len(old) < 7:
            return "".join(rng.choice("ABCDEFGHILMNOPRSTUW") for _ in range(rng.randint(2, 5)))
        family = rng.choice(rng.choice(self.worlds).families)
        if " " not in old:
            return rng.choice([family, family + rng.choice(["tech", "soft", "ex", "on", "ia"])])
        place = rng.choice([_place(rng), family])
        return rng.choice(_OF).format(trade=rng.choice(_TRADES), place=place)


class Cast:
    """The people of one text and what each is called in the new one."""

    def __init__(
        self, called: set[str], barred: set[str], worlds: list[World], rng: random.Random
    ) -> None:
        """Give each family one world, and each full name and single word of it a new form."""
        self.new: dict[str, str] = {}
        full = sorted(name for name in called if " " in name)
        families: dict[str, tuple[World, str]] = {}
        for name in full:
            words = [word for word in name.split() if word not in _SUFFIXES]
            if len(words) < 2 or not words[-1][0].isupper() or not words[0][0].isupper():
                continue
            given, family = words[0], words[-1]
            if family not in families:
                world = rng.choice(worlds)
                families[family] = (world, rng.choice(world.families))
            world, new_family = families[family]
            new_given = rng.choice(world.men if _is_man(given, rng) else world.women)
            self._call(name, given, family, world, new_given, new_family, rng)
        for name in sorted(called):
            if name not in self.new and name.isalpha() and name[0].isupper():
                self.new[name] = rng.choice(rng.choice(worlds).families)
        usable = [n for n in self.new if " " in n or (n not in barred and len(n) > 2)]
        usable.sort(key=len, reverse=True)
        joined = "|".join(map(re.escape, usable))
        self.pattern = re.compile(rf"(?<![\w-])(?:{joined})(?!\w)") if usable else None

    def _call(
        self,
        name: str,
        given: str,
        family: str,
        world: World,
        new_given: str,
        new_family: str,
        rng: random.Random,
    ) -> None:
        draw = rng.random()
        order = world.order if draw < 0.8 or world.order[1] == "f" else "{given} {family}"
        if draw < 0.04 and family not in self.new:
            new_family = rng.choice(_MONONYMS)
            self.new[name] = self.new[given] = new_family
        elif draw < 0.12:
            letters = rng.choice(["{0}.{1}.", "{0}. {1}.", "{0}.", "{0}{1}"])
            new_given = letters.format(new_given[0], rng.choice("ABCDEJKLMPRST"))
            self.new[name] = f"{new_given} {new_family}"
        elif draw < 0.2 and world.order[1] == "g":
            self.new[name] = f"{new_given} {rng.choice('ABCDEFGHJKLMPRSTW')}. {new_family}"
        else:
            self.new[name] = order.format(given=new_given, family=new_family)
        self.new.setdefault(given, new_given)
        self.new.setdefault(family, new_family)


def _is_man(given: str, rng: random.Random) -> bool:
    """By the list of given names; else either."""
    known = _sexes().get(given.lower())
    return rng.random() < 0.5 if known is None else known


_SEXES: dict[str, bool] = {}


def _sexes() -> dict[str, bool]:
    if not _SEXES:
        import tomllib
        from importlib.resources import files

        listed = tomllib.loads((files("quotes") / "data" / "given_names.toml").read_text("utf-8"))
        _SEXES.update(dict.fromkeys(listed["female"].split(), False))
        _SEXES.update(dict.fromkeys(listed["male"].split(), True))
    return _SEXES


def _from_faker(locale: str, seed: int) -> World | None:
    """A country's names; none where they are in other letters."""
    maker = Faker(locale)
    maker.seed_instance(seed)

    def draw(kind: str) -> list[str]:
        drawn = {str(getattr(maker, kind)()) for _ in range(80)}
        return sorted(name for name in drawn if _LETTERS.fullmatch(name))

    women, men = draw("first_name_female"), draw("first_name_male")
    families = draw("last_name")
    return World(women, men, families) if women and men and families else None


def _place(rng: random.Random) -> str:
    return rng.choice(_PLACES)


def _bare(name: str) -> str:
    return _POSSESSIVE.sub("", name)


def _may_take_title(text: str, start: int) -> bool:
    """Whether no title or role in capitals stands before a name already."""
    before = re.search(r"(\S*)\s$", text[max(0, start - 30) : start])
    return before is None or not before.group(1)[:1].isupper()
