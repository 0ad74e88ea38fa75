"""What a customer's words amount to in a survey: guesses that need no database."""

import re
import unicodedata

MOST_STARS = 5

#: Whole phrases that say that there is nothing to tell.
NOTHING = re.compile(
    r"no|nope|nada|((muchas|mil) )?gracias( por todo)?|vale|cheers|(many )?thanks|"
    r"thank you|ningun[oa]?|none|nothing|na?|a|ok|"
    r"(no|ningun|ninguna|sin|cero|any|zero)( (hubo|hay|tuve|tuvimos|ha habido|"
    r"he tenido|hemos tenido|se me ocurre))?( (ningun|ninguna|any|un|una|other))?"
    r" (problemas?|incidencias?|quejas?|pegas?|problems?|issues?|complaints?|nada)"
    r"( (en absoluto|de nada|at all|whatsoever))?|"
    r"(there (was|were) )?(no|not any) (problems?|issues?|complaints?)( at all)?|"
    r"no (hubo|hay)|not really|not at all|en absoluto|para nada|"
    r"(de momento|por ahora|por mi parte|la verdad que|for now) (no|nada|nothing)|"
    r"(nada|nothing)( (mas|else|en absoluto|at all|destacable|especial|special))?"
    r"( (que|to) (decir|mejorar|objetar|reprochar|anadir|comentar|destacar|senalar|"
    r"say|improve|report|add|change))?"
)

#: The words that say that all was well, or thank for it.
PRAISE = re.compile(
    r"amable|amables|awesome|bien|buen|buena|bueno|buenos|contenta|contento|"
    r"contentos|correcta|correcto|estupendamente|estupendo|excelente|"
    r"excelentemente|excellent|fantastic|fantastico|fenomenal|fine|genial|good|"
    r"gran|great|happy|increible|maravilla|maravilloso|nice|ok|okay|"
    r"perfect|perfecta|perfectamente|perfectly|perfecto|recomendable|satisfecha|"
    r"satisfecho|satisfechos|seguid|smoothly|well|worked"
)

#: The words that may stand around them; none takes anything back.
FILLER = re.compile(
    r"a|again|gracias|thanks|al|all|and|atencion|best|con|cordial|de|del|el|ella|era|es|esta|"
    r"estaba|estado|estoy|estuvo|everything|fast|for|friendly|fue|ha|habeis|han|"
    r"have|hi|hola|i|job|kind|la|las|le|lo|los|me|mil|much|muchas|muchisimas|muy|"
    r"on|os|para|profesional|profesionales|professional|puntual|puntuales|quick|"
    r"rapida|rapidez|rapido|rapidos|really|regards|resultado|salio|saludo|saludos|"
    r"service|servicio|sido|soy|super|tecnico|the|time|todo|todos|total|trabajo|"
    r"trato|un|una|very|vosotros|was|we|went|were|work|y|you|your"
)


def tells_something(text):
    """Return whether an answer tells of a problem, or of something to improve (F1).

    “No”, “nothing” and praise do not. What is not understood does: it is better to
    read one answer too many.

    >>> tells_something("No, nada."), tells_something("¡Ninguno!"), tells_something("-")
    (False, False, False)
    >>> tells_something("Todo bien, muchas gracias"), tells_something("All fine")
    (False, False)
    >>> tells_something("No hubo ningún problema. El técnico, muy amable.")
    False
    >>> tells_something("No problem at all"), tells_something("Nothing to improve")
    (False, False)

    What takes the praise back counts, and so does a “no” that is not alone, or a word
    that praises nothing:

    >>> tells_something("Todo bien, pero llegaron tarde")
    True
    >>> tells_something("Nada bien"), tells_something("No fue bien")
    (True, True)
    >>> tells_something("Not good"), tells_something("Everything was great except one")
    (True, True)
    >>> tells_something("El grifo gotea"), tells_something("El servicio")
    (True, True)
    >>> tells_something(""), tells_something(None)
    (False, False)
    """
    phrases = re.split(r"[^\w\s]+|\n", _plain(text or ""))
    told = [phrase.split() for phrase in phrases]
    words = [
        w for phrase in told if not NOTHING.fullmatch(" ".join(phrase)) for w in phrase
    ]
    others = [word for word in words if not PRAISE.fullmatch(word)]
    return bool(words) and (others == words or not all(map(FILLER.fullmatch, others)))


def stars(score):
    """Return a score as stars.

    >>> stars(3)
    '★★★☆☆'
    """
    return "★" * score + "☆" * (MOST_STARS - score)


def _plain(text):
    """Return a text in lower case, without accents."""
    letters = unicodedata.normalize("NFD", text.lower())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
