import base64
import binascii
import io
import re
import struct

from PIL import Image

from odoo.exceptions import UserError
from odoo.tools.image import IMAGE_MAX_RESOLUTION, ImageProcess
from odoo.tools.mimetypes import guess_mimetype

from ..tools.mail_manners import sounds_unsolved

COMMENT_LENGTH = 5_000
NAME_LENGTH = 100
PHOTO_COUNT = 5
PHOTO_SIZE = 5 * 1024 * 1024
PHOTO_PIXELS = 1920
SIGNATURE_SIZE = 1024 * 1024
SIGNATURE_PIXELS = 1024

#: Control characters but for line breaks and tabs; PostgreSQL refuses the first one.
UNREADABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")

#: The pictures that are taken, and how the names of such files end.
PICTURES = {
    "image/jpeg": (".jpg", ".jpeg"),
    "image/png": (".png",),
    "image/webp": (".webp",),
    "image/gif": (".gif",),
}

#: What a damaged picture makes the decoders raise, besides Odoo's own error.
DAMAGED = (
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    OSError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
    Image.DecompressionBombError,
    UserError,
)


def plain(value, length=None):
    """Return a text without what a database or a reader has no use for.

    :param str value: what somebody typed, or a program sent.
    :param int length: where to cut it.
    """
    value = value.replace("\r\n", "\n").replace("\r", "\n")
    return UNREADABLE.sub("", value).strip()[:length]


def picture(data, kinds, pixels):
    """Return a picture, made smaller where it is large; None for what is none.

    :param bytes data: the content of a file.
    :param kinds: the MIME types that are taken, whatever the file is called.
    :param int pixels: the longest side.
    """
    kind = guess_mimetype(data)
    if kind not in kinds:
        return None
    try:
        if kind == "image/webp":
            # Odoo stores it as it is, and not every installation can read it
            return data
        if kind == "image/gif":
            with Image.open(io.BytesIO(data)) as image:
                if image.width * image.height > IMAGE_MAX_RESOLUTION:
                    return None
                image.load()
            return data
        process = ImageProcess(data, verify_resolution=True)
        process.image.load()
        return process.resize(pixels, pixels).image_quality()
    except DAMAGED:
        return None


class ConfirmationForm:
    """What a customer fills in on the page of a confirmation: nothing is believed.

    :param confirmation_sudo: the question, in the language of its customer.
    :param form: the fields that were sent, if any.
    :param files: the files that were sent, if any.
    """

    def __init__(self, confirmation_sudo, form=None, files=None):
        form = {} if form is None else form
        self.env = confirmation_sudo.env
        self.kind = confirmation_sudo.kind
        self.reasons = confirmation_sudo._refusal_reasons_of(self.kind)
        self.answer = self._chosen(form, "answer", ("accepted", "refused"))
        self.reason = self._chosen(form, "refusal_reason", dict(self.reasons))
        self.score = int(self._chosen(form, "score", "12345") or 0)
        self.nonce = self._chosen(form, "nonce", None)
        self.sure = bool(form.get("sure"))
        self.comment = plain(form.get("comment", ""))
        self.name = plain(form.get("name", ""), NAME_LENGTH).replace("\n", " ")
        self.signature = self._signature(form.get("signature", ""))
        self.photos = []
        self.lost_photos = 0
        self.errors = {}
        self.notice = ""
        if files is not None:
            self._read_photos(files.getlist("photos"))

    @staticmethod
    def _chosen(form, name, values):
        """Return a value of a fixed set; with no set, a plain word."""
        value = form.get(name, "")
        if values is None:
            return value if re.fullmatch(r"[0-9a-f]{1,128}", value) else ""
        return value if value and value in values else ""

    @staticmethod
    def _signature(value):
        """Return the drawing that was sent as base64, or nothing."""
        value = value.rpartition(",")[2].strip()
        if not value or len(value) > SIGNATURE_SIZE * 4 // 3:
            return ""
        try:
            data = base64.b64decode(value, validate=True)
        except (binascii.Error, ValueError):
            return ""
        drawing = picture(data, ("image/png", "image/jpeg"), SIGNATURE_PIXELS)
        return base64.b64encode(drawing).decode() if drawing else ""

    def _read_photos(self, storages):
        """Read the pictures, and note what is wrong with each that is not taken."""
        problems = []
        for storage in storages:
            # Odoo, trying again, has read the files before
            storage.seek(0)
            data = storage.read(PHOTO_SIZE + 1)
            name = plain(re.split(r"[/\\]", storage.filename or "")[-1], NAME_LENGTH)
            if not data and not name:
                continue
            self.lost_photos += 1
            if self.lost_photos > PHOTO_COUNT:
                problems.append(
                    self.env._("%(count)s pictures are the most.", count=PHOTO_COUNT)
                )
                break
            if len(data) > PHOTO_SIZE:
                problems.append(
                    self.env._("“%(name)s” is larger than 5 MB.", name=name)
                )
            elif content := picture(data, PICTURES, PHOTO_PIXELS):
                self.photos.append((self._photo_name(name, data), content))
            else:
                problems.append(
                    self.env._(
                        "“%(name)s” is no picture that we can show. Use JPEG, PNG, "
                        "WebP or GIF.",
                        name=name,
                    )
                )
        if problems:
            self.errors["photos"] = " ".join(problems)

    def _photo_name(self, name, data):
        """Return the name of a picture; it ends as its content wants."""
        endings = PICTURES[guess_mimetype(data)]
        if name.lower().endswith(endings):
            return name
        return (name or self.env._("Picture")) + endings[0]

    def check(self):
        """Look for what is missing, in `errors` by the name of the field.

        :return: whether nothing is.
        """
        if not self.answer:
            self.errors["answer"] = self.env._("Choose one of the two answers.")
        if self.answer == "refused":
            self._check_refusal()
        elif self.answer == "accepted":
            self._check_acceptance()
        if len(self.comment) > COMMENT_LENGTH:
            self.errors["comment"] = self.env._(
                "That is %(length)s characters. Please keep to %(most)s.",
                length=len(self.comment),
                most=COMMENT_LENGTH,
            )
        return not self.errors

    def _check_refusal(self):
        if not self.reason:
            self.errors["refusal_reason"] = self.env._(
                "Choose what is not right, so that we can put it right."
            )
        elif self.reason == "other" and not self.comment:
            self.errors["comment"] = self.env._("Tell us in your words what it is.")

    def _check_acceptance(self):
        """What is to be paid is accepted by somebody; a delivery is signed for."""
        if self.kind == "extra" and not self.name:
            self.errors["name"] = self.env._("Write the name of whoever accepts.")
        elif self.kind == "delivery":
            self._check_signature()

    def _check_signature(self):
        if not self.name:
            self.errors["name"] = self.env._("Write the name of whoever signs.")
        if not self.signature:
            self.errors["signature"] = self.env._("Please sign.")

    def is_doubtful(self):
        """Return whether a yes sounds like a no, and has not been asked twice."""
        return (
            self.answer == "accepted"
            and self.kind != "extra"
            and not self.sure
            and (0 < self.score <= 2 or sounds_unsolved(self.comment))
        )

    def values(self):
        """Return what the answer says, for `customer.confirmation`."""
        values = {"comment": self.comment or False}
        if self.answer == "refused":
            return {**values, "refusal_reason": self.reason}
        if self.kind == "delivery":
            values["signature"] = self.signature
        return {**values, "refusal_reason": False, "score": self.score}
