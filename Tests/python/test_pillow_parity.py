"""Pictures against Pillow: files written by one and read by the other, channels, orientation, resizing."""

import numpy as np
import pytest
from PIL import Image, ImageOps

from file_runner import FileRunner


@pytest.fixture(scope="module")
def runner():
    with FileRunner() as runner:
        yield runner


def pixels(shape, dtype="uint8", seed=1):
    rng = np.random.default_rng(seed)
    return rng.integers(0, np.iinfo(dtype).max, shape, dtype=dtype, endpoint=True)


def smooth(height, width, channels):
    y, x, c = np.mgrid[0:height, 0:width, 0:channels]
    return (127 + 80 * np.sin(x / 9 + c) + 40 * np.cos(y / 7)).astype("uint8")


def three(array):
    """Pictures have three axes in Martlet, and grey ones two in Pillow."""
    return array[..., None] if array.ndim == 2 else array


def check(runner, tmp_path, file, expected, *color, request="picture"):
    runner.ask(request, file, tmp_path / "out.npy", *color)
    actual = np.load(tmp_path / "out.npy")
    assert actual.dtype == expected.dtype
    np.testing.assert_array_equal(actual, three(expected))


@pytest.mark.parametrize("mode, shape", [
    ("1", (9, 13)), ("L", (9, 13)), ("LA", (9, 13, 2)), ("RGB", (9, 13, 3)), ("RGBA", (9, 13, 4)), ("P", (9, 13)),
    ("I;16", (9, 13))])
def test_png_files_of_pillow_are_read(runner, tmp_path, mode, shape):
    file = tmp_path / "x.png"
    if mode == "1":
        picture = Image.fromarray(pixels(shape)).convert("1")
    elif mode == "P":
        picture = Image.fromarray(pixels((*shape, 3))).quantize(7)
    else:
        picture = Image.fromarray(pixels(shape, "uint16" if mode == "I;16" else "uint8"))
    picture.save(file)
    if mode == "I;16":
        check(runner, tmp_path, file, np.asarray(picture), request="picture16")
        return
    plain = picture.convert({"1": "L", "P": "RGB"}.get(mode, mode))
    check(runner, tmp_path, file, np.asarray(plain))
    for color, target in {"grey": "L", "rgb": "RGB", "rgba": "RGBA"}.items():
        check(runner, tmp_path, file, np.asarray(plain.convert(target)), color)


def test_palettes_with_few_bits_and_transparent_colours_are_read(runner, tmp_path):
    file = tmp_path / "x.png"
    for colors in [2, 4, 16, 200]:
        picture = Image.fromarray(pixels((20, 31, 3))).quantize(colors)
        picture.save(file, transparency=1)
        check(runner, tmp_path, file, np.asarray(Image.open(file).convert("RGBA")))
    Image.fromarray(pixels((20, 31))).save(file, transparency=7)
    check(runner, tmp_path, file, np.asarray(Image.open(file).convert("RGBA"))[..., [0, 3]])


def interlaced(array):
    """A PNG file in Adam7's order, which Pillow does not write."""
    import struct
    import zlib

    height, width, channels = array.shape
    rows = b""
    for x0, y0, dx, dy in [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]:
        part = array[y0::dy, x0::dx]
        if part.size:
            rows += b"".join(b"\0" + line.tobytes() for line in part)

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    color = {1: 0, 2: 4, 3: 2, 4: 6}[channels]
    header = struct.pack(">IIBBBBB", width, height, 8 * array.itemsize, color, 0, 0, 1)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


@pytest.mark.parametrize("shape", [(1, 1, 3), (3, 5, 1), (8, 8, 4), (33, 21, 3), (2, 9, 2)])
def test_interlaced_files_are_read(runner, tmp_path, shape):
    array = pixels(shape)
    (tmp_path / "x.png").write_bytes(interlaced(array))
    check(runner, tmp_path, tmp_path / "x.png", array)
    if shape[2] != 2:
        np.testing.assert_array_equal(three(np.asarray(Image.open(tmp_path / "x.png"))), array)
    # Sixteen bits, which PNG has with the highest byte first.
    wide = pixels(shape, "uint16")
    (tmp_path / "y.png").write_bytes(interlaced(wide.astype(">u2")))
    check(runner, tmp_path, tmp_path / "y.png", wide, request="picture16")


@pytest.mark.parametrize("shape", [(9, 13), (9, 13, 2), (9, 13, 3), (9, 13, 4), (200, 300, 3)])
def test_png_files_are_read_by_pillow(runner, tmp_path, shape):
    array = pixels(shape)
    np.save(tmp_path / "x.npy", array)
    runner.ask("save", tmp_path / "x.npy", tmp_path / "x.png", 90)
    np.testing.assert_array_equal(np.asarray(Image.open(tmp_path / "x.png")), array)


def test_png_files_of_16_bits_are_read_by_pillow(runner, tmp_path):
    array = pixels((9, 13), "uint16")
    np.save(tmp_path / "x.npy", array)
    runner.ask("save", tmp_path / "x.npy", tmp_path / "x.png", 90)
    np.testing.assert_array_equal(np.asarray(Image.open(tmp_path / "x.png")), array)


@pytest.mark.parametrize("options", [{}, {"quality": 95, "subsampling": 0}, {"progressive": True}, {"quality": 30}])
@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_jpeg_files_of_pillow_are_read(runner, tmp_path, mode, options):
    file = tmp_path / "x.jpg"
    channels = {"L": 1, "RGB": 3, "CMYK": 4}[mode]
    array = smooth(45, 62, channels)
    Image.fromarray(array[..., 0] if channels == 1 else array, mode=None if channels != 4 else "CMYK").save(file, **options)
    expected = Image.open(file)
    assert expected.mode == mode
    runner.ask("picture", file, tmp_path / "out.npy")
    actual = np.load(tmp_path / "out.npy")
    # Decoders round differently.
    assert np.abs(actual.astype(int) - three(np.asarray(expected)).astype(int)).max() <= 4
    runner.ask("picture", file, tmp_path / "out.npy", "rgb")
    actual = np.load(tmp_path / "out.npy")
    assert np.abs(actual.astype(int) - np.asarray(expected.convert("RGB")).astype(int)).max() <= 5
    assert runner.ask("describePicture", file) == f"JPEG 62 45 {channels} 8 {str(mode == 'CMYK').lower()} 1"


@pytest.mark.parametrize("channels", [1, 3])
def test_jpeg_files_are_read_by_pillow(runner, tmp_path, channels):
    array = smooth(45, 62, channels)
    np.save(tmp_path / "x.npy", array[..., 0] if channels == 1 else array)
    sizes = []
    for quality in [30, 97]:
        runner.ask("save", tmp_path / "x.npy", tmp_path / "x.jpg", quality)
        again = three(np.asarray(Image.open(tmp_path / "x.jpg")))
        sizes.append((tmp_path / "x.jpg").stat().st_size)
    assert np.abs(again.astype(int) - array.astype(int)).mean() < 3
    assert sizes[0] < sizes[1]


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("order", ["<", ">"])
def test_pictures_are_turned_as_exif_says(runner, tmp_path, orientation, order):
    file = tmp_path / "x.jpg"
    exif = Image.Exif()
    exif.endian = order
    exif[0x0112] = orientation
    exif[0x010E] = "a description before it"
    Image.fromarray(smooth(24, 40, 3)).save(file, quality=100, subsampling=0, exif=exif)
    assert runner.ask("describePicture", file).endswith(f" {orientation}")
    runner.ask("upright", file, tmp_path / "out.npy")
    actual = np.load(tmp_path / "out.npy").astype(int)
    expected = np.asarray(ImageOps.exif_transpose(Image.open(file))).astype(int)
    assert actual.shape == expected.shape and np.abs(actual - expected).max() <= 4


@pytest.mark.parametrize("height, width", [(10, 10), (7, 90), (64, 64), (100, 3), (33, 47)])
def test_pictures_are_resized_as_pillow_does(runner, tmp_path, height, width):
    array = pixels((33, 47, 3))
    np.save(tmp_path / "x.npy", array)
    runner.ask("resize", tmp_path / "x.npy", tmp_path / "out.npy", height, width)
    expected = np.asarray(Image.fromarray(array).resize((width, height), Image.Resampling.BILINEAR))
    # Pillow rounds after each direction.
    assert np.abs(np.load(tmp_path / "out.npy").astype(int) - expected.astype(int)).max() <= 1


def test_files_that_end_too_early_are_refused_with_their_name(runner, tmp_path):
    file = tmp_path / "x.jpg"
    Image.fromarray(smooth(45, 62, 3)).save(file, progressive=True)
    whole = file.read_bytes()
    for count in [0, 1, 2, 30, len(whole) // 2, len(whole) - 1]:
        file.write_bytes(whole[:count])
        answer = runner.answer("picture", file, tmp_path / "out.npy")
        assert answer.startswith("error") and str(file) in answer, count
