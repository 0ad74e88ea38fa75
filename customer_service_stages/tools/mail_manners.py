"""What a mail or a remark of a customer amounts to: guesses that need no database.

The guesses are careful: one that fails costs a question more, never a closed request.
"""

import re

#: Headers with which programs mark what they send (RFC 3834 and common practice).
AUTOMATIC_HEADERS = {
    "auto-submitted": r"(?!no\b).+",
    "precedence": r"(bulk|junk|list|auto[_-]?reply)",
    "x-auto-response-suppress": r".*(all|autoreply|oof).*",
    "x-autoreply": r".+",
    "x-autorespond": r".+",
    "list-id": r".+",
    "feedback-id": r".+",
    "x-spam-flag": r"yes",
    "x-spam-status": r"yes\b.*",
}

COURTESY = re.compile(
    r"(muchas|muchísimas|mil|gracias|ok(ay|ey)?|vale|perfecto|genial|estupendo|"
    r"de|nada|un|cordial|saludo|saludos|buen|buenos|día|días|tarde|buenas|tardes|"
    r"por|todo|atentamente|a|vosotros|ustedes|hola|recibido|"
    r"many|thanks|thank|you|very|much|great|perfect|so|all|the|best|kind|regards|"
    r"cheers|received|hi|hello|have|nice|good|day|for|your|help|su|vuestra|la|ayuda)"
)

UNSOLVED = re.compile(
    r"\b(no (va|funciona|sirve|está (arreglad|resuelt|solucionad|terminad)[oa])|"
    r"sigue[ns]? (sin|fallando|goteando|perdiendo|igual|roto|rota|mal)|"
    r"todavía|aún|otra vez|de nuevo|falta[n]?|a medias|vuelve a|pendiente|"
    r"(does ?n.t|does not|is ?n.t|is not|not) (work|fixed|solved|done|finished)\w*|"
    r"still|again|missing|half[- ]done|unsolved|not yet)\b",
    re.IGNORECASE,
)

#: Where the mail that is answered begins.
QUOTE = re.compile(
    r"^\s*(>|-{2,}|_{3,}|el .+ escribió:|on .+ wrote:|de: |from: |enviado desde|"
    r"sent from)",
    re.IGNORECASE,
)


def is_automatic(headers):
    """Return whether a mail was sent by a program, or is spam (T5, pitfall 28).

    :param headers: the mail's header fields, as (name, value) pairs.

    >>> is_automatic([("Subject", "Fuera de la oficina"),
    ...               ("Auto-Submitted", "auto-replied (vacation)")])
    True
    >>> is_automatic([("Auto-Submitted", "no"), ("Subject", "Fuga")])
    False
    >>> is_automatic([("X-Spam-Flag", "YES")]), is_automatic([("Precedence", "list")])
    (True, True)
    >>> is_automatic([])
    False
    """
    return any(
        re.fullmatch(
            AUTOMATIC_HEADERS.get(name.lower(), "(?!)"), str(value).strip(), re.I | re.S
        )
        for name, value in headers
    )


def own_words(text):
    """Return what the sender of a mail wrote, without what is quoted below.

    >>> own_words("Gracias\\n\\nEl lun, 4 may 2026, Ana escribió:\\n> ¿Está resuelto?")
    'Gracias'
    """
    lines = []
    for line in (text or "").splitlines():
        if QUOTE.match(line):
            break
        lines.append(line.strip())
    return "\n".join(lines).strip()


def is_courtesy(text):
    """Return whether a reply says thanks and nothing else (pitfall 28).

    >>> is_courtesy("¡Muchas gracias!"), is_courtesy("Ok, perfecto. Un saludo")
    (True, True)
    >>> is_courtesy("Thanks!\\n\\n> Is it solved?"), is_courtesy("thank you very much")
    (True, True)
    >>> is_courtesy("Gracias, pero sigue goteando"), is_courtesy("No")
    (False, False)
    >>> is_courtesy(""), is_courtesy("!!!")
    (False, False)
    """
    words = re.findall(r"\w+", own_words(text).lower())
    return 0 < len(words) <= 12 and all(map(COURTESY.fullmatch, words))


def sounds_unsolved(text):
    """Return whether a remark that comes with “yes, solved” says otherwise.

    >>> sounds_unsolved("Todo bien, pero el grifo sigue goteando")
    True
    >>> sounds_unsolved("It is still not working"), sounds_unsolved("Falta una pieza")
    (True, True)
    >>> sounds_unsolved("Muy amables, todo perfecto"), sounds_unsolved("")
    (False, False)
    """
    return bool(UNSOLVED.search(text or ""))
