"""Bytes of images changed by the Python Imaging Library, whose operations AutoAugment was searched with: run with
`python3 tools/goldens/augment.py` where PIL is installed."""
import math
import numpy as np, PIL, torch
from PIL import Image, ImageEnhance, ImageOps
from golden import write

FILL = (125, 123, 114)
affine = lambda image, matrix: image.transform(image.size, Image.AFFINE, matrix, Image.NEAREST, fillcolor=FILL)
operations = dict(
    identity=lambda image, _: image.copy(),
    autoContrast=lambda image, _: ImageOps.autocontrast(image),
    brightness=lambda image, factor: ImageEnhance.Brightness(image).enhance(factor),
    color=lambda image, factor: ImageEnhance.Color(image).enhance(factor),
    contrast=lambda image, factor: ImageEnhance.Contrast(image).enhance(factor),
    equalize=lambda image, _: ImageOps.equalize(image),
    invert=lambda image, _: ImageOps.invert(image),
    posterize=lambda image, bits: ImageOps.posterize(image, bits),
    rotate=lambda image, degrees: image.rotate(degrees, Image.NEAREST, fillcolor=FILL),
    sharpness=lambda image, factor: ImageEnhance.Sharpness(image).enhance(factor),
    shearX=lambda image, slope: affine(image, (1, slope, 0, 0, 1, 0)),
    shearY=lambda image, slope: affine(image, (1, 0, 0, slope, 1, 0)),
    solarize=lambda image, threshold: ImageOps.solarize(image, threshold),
    translateX=lambda image, pixels: affine(image, (1, 0, pixels, 0, 1, 0)),
    translateY=lambda image, pixels: affine(image, (1, 0, 0, 0, 1, pixels)))
factors = [.01, .1, .7, 1., 1.3, 1.9, 1.99]
magnitudes = dict(brightness=factors, color=factors, contrast=factors, sharpness=factors, posterize=[8, 6, 4, 2], solarize=[255, 170, 128.3, 0],
                  rotate=[-135, -90, -30, 3.3, 20 / 3, 45], shearX=[-.99, -.3, .1, .66], shearY=[-.99, -.3, .1, .66], translateX=[-32, -2, 0, 1, 5], translateY=[-32, -2, 0, 1, 5])
waves = lambda h, w: np.array([[[127 + 120 * math.sin(.7 * x + c) * math.cos(.5 * y - c) for c in range(3)] for x in range(w)] for y in range(h)]).astype(np.uint8)
images = dict(noise=torch.randint(0, 256, (9, 7, 3)).numpy().astype(np.uint8), smooth=waves(6, 8),
              many=torch.randint(40, 200, (32, 32, 3)).numpy().astype(np.uint8), gray=np.full((3, 4, 3), 77, np.uint8), two=np.array([[[0, 255, 9]], [[255, 0, 9]]], np.uint8))
cases = []
for kind, pixels in images.items():
    for operation, run in operations.items():
        if kind == 'many' and operation not in ('equalize', 'autoContrast', 'contrast'): continue  # small images leave equalize little to do
        for magnitude in magnitudes.get(operation, [0]):
            changed = np.asarray(run(Image.fromarray(pixels), magnitude))
            cases.append(dict(operation=operation, magnitude=magnitude, image=kind, changed=changed.flatten().tolist()))
write('datasets', 'augment', dict(images={kind: dict(shape=list(pixels.shape), values=pixels.flatten().tolist()) for kind, pixels in images.items()}, fill=FILL, cases=cases),
      pillow=PIL.__version__)
