"""Pictures: decoded under a limit, turned upright, and written anew. Nothing of the old file but its pixels is kept."""

import io
import warnings

from PIL import Image, ImageOps

from hall.files.cleaning.unfit import Clean, Unfit

PIXELS = 40_000_000  # of one picture; a telephone's usual picture has 12 million
FORMATS = {"JPEG": "jpeg", "MPO": "jpeg", "PNG": "png"}
Image.MAX_IMAGE_PIXELS = None  # the limit is ours, and is asked before anything is decoded


def clean_picture(data: bytes) -> Clean:
    """The picture without camera, place, time and comments. Unfit if it is damaged or has too many points."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with Image.open(io.BytesIO(data), formats=("JPEG", "PNG")) as picture:
                return _anew(picture)
        except (Unfit, MemoryError):
            raise
        except Exception:  # a decoder fails in its own ways; whatever it is, this is no picture
            raise Unfit("damaged") from None


def _anew(picture: Image.Image) -> Clean:
    if picture.width * picture.height > PIXELS:
        raise Unfit("pixels")
    kind = FORMATS[picture.format or ""]
    told = _told(picture)
    ImageOps.exif_transpose(picture, in_place=True)
    upright = _plain(picture, kind)
    out = io.BytesIO()
    if kind == "jpeg":
        upright.save(out, "JPEG", quality=90)
    else:
        upright.save(out, "PNG")
    return Clean(kind, out.getvalue(), ("metadata",) if told else ())


def _told(picture: Image.Image) -> bool:
    """Did the file say more than its pixels?"""
    harmless = {"jfif", "jfif_version", "jfif_unit", "jfif_density", "dpi", "gamma", "interlace", "aspect", "srgb"}
    quiet = {"progressive", "progression", "transparency", "chromaticity", "background"}
    return bool(picture.getexif()) or bool(set(picture.info) - harmless - quiet)


def _plain(picture: Image.Image, kind: str) -> Image.Image:
    """The pixels in a mode that every program opens, in an image that carries nothing else."""
    if kind == "jpeg":
        wanted = picture.mode if picture.mode in ("L", "RGB") else "RGB"
    elif picture.mode.startswith("I"):
        picture, wanted = picture.point(lambda value: value / 256), "L"
    else:
        see_through = picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info
        wanted = "RGBA" if see_through else picture.mode if picture.mode in ("1", "L", "P", "RGB") else "RGB"
    plain = picture if picture.mode == wanted else picture.convert(wanted)
    plain.info.clear()
    return plain
