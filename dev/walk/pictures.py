"""The pictures that a customer sends, drawn so that nothing binary is kept."""

import io

from PIL import Image, ImageDraw


def photo():
    """A small JPEG photograph of a dripping pipe."""
    image = Image.linear_gradient("L").resize((320, 240)).convert("RGB")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 90, 320, 130), fill=(150, 110, 80))
    draw.rectangle((140, 80, 180, 140), fill=(120, 85, 60))
    for y in (150, 175, 205):
        draw.ellipse((153, y, 167, y + 20), fill=(90, 140, 220))
    return _encode(image, "JPEG")


def signature():
    """A PNG of a name written by hand, as the browser's signature pad makes it."""
    image = Image.new("RGBA", (300, 100), (255, 255, 255, 0))
    strokes = [(20, 70), (50, 20), (70, 75), (100, 40), (130, 70), (170, 35), (280, 60)]
    ImageDraw.Draw(image).line(strokes, fill=(20, 30, 120, 255), width=3, joint="curve")
    return _encode(image, "PNG")


def _encode(image, kind):
    stream = io.BytesIO()
    image.save(stream, kind)
    return stream.getvalue()
