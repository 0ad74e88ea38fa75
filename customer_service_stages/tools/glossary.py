"""Which terms of a glossary occur in a text (Q5).

Words are compared as they are written, capitals and accents apart, and as whole words.
The regular plurals of Spanish and English are known; other forms are listed with the
term.
"""

import re
import unicodedata


def plain(text):
    """Return a text without capitals and accents, so that spellings compare.

    >>> plain("Sifón BOTELLA")
    'sifon botella'
    """
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def word_forms(word, lang):
    """Return a plain word with its regular plural.

    >>> sorted(word_forms("valvula", "es_ES")), sorted(word_forms("sifon", "es"))
    (['valvula', 'valvulas'], ['sifon', 'sifones'])
    >>> sorted(word_forms("luz", "es_AR")), sorted(word_forms("valve", "en_US"))
    (['luces', 'luz'], ['valve', 'valves'])
    >>> sorted(word_forms("bush", "en_GB")), sorted(word_forms("assembly", "en_US"))
    (['bush', 'bushes'], ['assemblies', 'assembly'])
    >>> word_forms("bride", "fr_FR"), word_forms("de", "es_ES")
    ({'bride'}, {'de'})
    """
    language = (lang or "").partition("_")[0]
    if len(word) < 3 or not word.isalpha():
        return {word}
    vowels = "aeiou"
    if language == "es":
        if word.endswith("z"):
            return {word, word[:-1] + "ces"}
        return {word, word + ("s" if word[-1] in vowels else "es")}
    if language == "en":
        if word.endswith("y") and word[-2] not in vowels:
            return {word, word[:-1] + "ies"}
        sibilant = word.endswith(("s", "x", "z", "ch", "sh"))
        return {word, word + ("es" if sibilant else "s")}
    return {word}


def term_pattern(forms, lang):
    """Return the regular expression that finds a term, in plain text.

    :param forms: the term and the other forms in which it occurs.
    :param lang: code of the language, such as `es_ES`.

    >>> found = term_pattern(["Llave de paso"], "es_ES").search
    >>> bool(found("dos llaves de paso nuevas")), bool(found("llave del paso"))
    (True, False)
    >>> bool(term_pattern(["PEX"], "es_ES").search("tubo pex-al")), bool(
    ...     term_pattern(["PEX"], "es_ES").search("apexo"))
    (True, False)
    """
    alternatives = {
        r"\s+".join(
            f"(?:{'|'.join(sorted(map(re.escape, word_forms(word, lang))))})"
            for word in plain(form).split()
        )
        for form in forms
        if form.strip()
    }
    # Longest first: “llave de paso” before “llave”
    ordered = sorted(alternatives, key=lambda form: (-len(form), form))
    return re.compile(rf"(?<!\w)(?:{'|'.join(ordered)})(?!\w)")


def terms_in(texts, terms):
    """Return the keys of the terms that occur, in the order in which they first do.

    :param texts: what the customer reads, in order.
    :param terms: regular expressions by key, as `term_pattern` returns them.

    >>> terms = {1: term_pattern(["bajante"], "es"), 2: term_pattern(["sifón"], "es")}
    >>> terms_in(["Sifones y juntas", "Bajantes de PVC"], terms)
    [2, 1]
    >>> terms_in(["Grifo"], terms)
    []
    """
    text = plain("\n".join(filter(None, texts)))
    found = {
        key: match.start() for key, p in terms.items() if (match := p.search(text))
    }
    return sorted(found, key=found.get)
