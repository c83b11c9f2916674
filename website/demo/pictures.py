"""Small invented pictures for the demo's projects, drawn here so that no foreign photo is needed."""

import io

from django.core.files.base import ContentFile
from PIL import Image, ImageDraw

SIZE = (960, 640)
GROUND = 520


def village_square(*, lit: bool) -> ContentFile:
    """Draw a village square in the evening, its lamps dark or lit."""
    picture, draw = _scene((46, 58, 92), (88, 76, 104), (58, 66, 58))
    _house(draw, 60, 250, (176, 150, 128), (110, 60, 50))
    _house(draw, 560, 300, (150, 140, 124), (84, 66, 60))
    for x in (300, 470, 860):
        if lit:
            draw.polygon([(x, 262), (x - 110, GROUND), (x + 110, GROUND)], fill=(150, 142, 96))
        draw.rectangle((x - 5, 260, x + 5, GROUND), fill=(34, 38, 44))
        draw.ellipse((x - 26, 238, x + 26, 276), fill=(255, 238, 160) if lit else (60, 64, 72))
    return _stored(picture, "platz.jpg")


def solar_roof() -> ContentFile:
    """Draw a town hall with solar panels on its roof."""
    picture, draw = _scene((150, 200, 232), (214, 234, 240), (120, 168, 96))
    draw.ellipse((780, 50, 880, 150), fill=(255, 222, 110))
    draw.rectangle((220, 330, 740, GROUND), fill=(238, 224, 196))
    draw.polygon([(180, 330), (300, 170), (660, 170), (780, 330)], fill=(164, 82, 62))
    for row in range(3):
        for column in range(6):
            x, y = 290 + column * 64 - row * 10, 190 + row * 44
            draw.polygon([(x + 8, y), (x + 62, y), (x + 56, y + 36), (x, y + 36)], fill=(28, 52, 104))
    for x in (270, 400, 530, 660):
        draw.rectangle((x, 380, x + 50, 450), fill=(120, 160, 186))
    return _stored(picture, "rathaus.jpg")


def offer() -> ContentFile:
    """Draw the first page of an offer."""
    picture = Image.new("RGB", (620, 877), "white")
    draw = ImageDraw.Draw(picture)
    draw.text((60, 60), "Elektro Beispiel - Angebot 2026-17", fill="black")
    for number, words in enumerate(["24 LED-Leuchten", "Montage", "Entsorgung der alten Leuchten"]):
        draw.text((60, 140 + 40 * number), words, fill="black")
    return _stored(picture, "angebot.jpg")


def _scene(
    above: tuple[int, int, int], below: tuple[int, int, int], ground: tuple[int, int, int]
) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    """Return a picture with a sky that changes from one colour to another, and the ground."""
    picture = Image.new("RGB", SIZE)
    draw = ImageDraw.Draw(picture)
    for y in range(GROUND):
        share = y / GROUND
        sky = tuple(round(a + (b - a) * share) for a, b in zip(above, below, strict=True))
        draw.line((0, y, SIZE[0], y), fill=sky)
    draw.rectangle((0, GROUND, *SIZE), fill=ground)
    return picture, draw


def _house(
    draw: ImageDraw.ImageDraw, left: int, top: int, wall: tuple[int, int, int], roof: tuple[int, int, int]
) -> None:
    draw.rectangle((left, top, left + 210, GROUND), fill=wall)
    draw.polygon([(left - 24, top), (left + 105, top - 110), (left + 234, top)], fill=roof)
    for x in (left + 30, left + 130):
        draw.rectangle((x, top + 50, x + 46, top + 110), fill=(240, 206, 120))


def _stored(picture: Image.Image, name: str) -> ContentFile:
    content = io.BytesIO()
    picture.save(content, "JPEG", quality=80)
    return ContentFile(content.getvalue(), name=name)
