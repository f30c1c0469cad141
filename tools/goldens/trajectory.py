"""Fifty steps of a small cnn (the family of @tenfold/architectures, with channels for every kernel of the simd backend) in
float64: the loss of every step and the logits afterwards, from weights and images that are multiples of 1/256 and 1/64.
Run with `python3 tools/goldens/trajectory.py`; writes tools/integration/goldens/trajectory.json.

`float32` is what PyTorch itself gives in float32 from the same start: how far rounding alone leads away."""
import json, os, torch, torch.nn.functional as F
from golden import ROOT, SEED

WIDTHS, CLASSES, BATCH, BATCHES, STEPS = (16, 24, 32), 4, 32, 3, 50
LEARNING_RATE, MOMENTUM, SMOOTHING = .005, .85, .2

weights = {}
def make(name, *shape, scale=None):
    fan_in = torch.Size(shape[:-1]).numel()
    weights[name] = torch.round(torch.randn(*shape, dtype=torch.float64) * (scale or (2 / fan_in) ** .5) * 256).to(torch.int64)

make('whiten.kernel', 2, 2, 3, 24); make('whiten.bias', 24, scale=.1)
channels = 24
for i, width in enumerate(WIDTHS):
    make(f'block{i + 1}.conv1.kernel', 3, 3, channels, width); make(f'block{i + 1}.norm1.beta', width, scale=.1)
    make(f'block{i + 1}.conv2.kernel', 3, 3, width, width); make(f'block{i + 1}.norm2.beta', width, scale=.1)
    channels = width
make('head.kernel', channels, CLASSES)

# Image n: a wave of its class and noise, by integers that any language computes alike.
i = torch.arange(BATCH * BATCHES * 3072)
n, y, x, c = i // 3072, i // 96 % 32, i // 3 % 32, i % 3
wave = (y * (n % CLASSES + 1) + x * (n % CLASSES + 2 * c)) % 32 - 16
noise = (i * 7919 + n * 104729) % 10007 % 64 - 32
images = (wave + noise).reshape(-1, 32, 32, 3)
labels = torch.arange(BATCH * BATCHES) % CLASSES

nchw = lambda t: t.permute(0, 3, 1, 2)
nhwc = lambda t: t.permute(0, 2, 3, 1)


def run(dtype):
    p = {name: (value.to(dtype) / 256).requires_grad_(name != 'whiten.kernel') for name, value in weights.items()}
    statistics = {}
    def norm(name, t, training):
        mean, variance = statistics.setdefault(name, (torch.zeros(t.shape[-1], dtype=dtype), torch.ones(t.shape[-1], dtype=dtype)))
        flat = t.reshape(-1, t.shape[-1])
        return F.batch_norm(flat, mean, variance, None, p[name + '.beta'], training, .4, 1e-12).reshape(t.shape)
    def conv(name, t):
        return nhwc(F.conv2d(nchw(t), p[name].permute(3, 2, 0, 1), padding='valid' if 'whiten' in name else 'same'))
    def forward(t, training):
        t = F.gelu(conv('whiten.kernel', t) + p['whiten.bias'])
        for b in ('block1', 'block2', 'block3'):
            t = nhwc(F.max_pool2d(nchw(conv(b + '.conv1.kernel', t)), 2))
            t = F.gelu(norm(b + '.norm1', t, training))
            t = F.gelu(norm(b + '.norm2', conv(b + '.conv2.kernel', t), training))
        return F.max_pool2d(nchw(t), 3).flatten(1) @ p['head.kernel'] / 9
    optimizer = torch.optim.SGD([v for v in p.values() if v.requires_grad], lr=LEARNING_RATE, momentum=MOMENTUM, nesterov=True)
    losses = []
    for step in range(STEPS):
        chosen = slice(step % BATCHES * BATCH, (step % BATCHES + 1) * BATCH)
        optimizer.zero_grad()
        loss = F.cross_entropy(forward(images[chosen].to(dtype) / 64, True), labels[chosen], label_smoothing=SMOOTHING)
        loss.backward(); optimizer.step()
        losses.append(float('%.9g' % loss.item()))
    with torch.no_grad(): logits = forward(images[:BATCH].to(dtype) / 64, False)
    return losses, [float('%.7g' % v) for v in logits.flatten().tolist()]


losses, logits = run(torch.float64)
single = run(torch.float32)
worst = max(abs(a - b) / b for a, b in zip(single[0], losses))
print(f'losses {losses[0]:.4f} … {losses[-1]:.4f}; PyTorch in float32 differs by {worst:.1e} at most, '
      f'its logits by {max(abs(a - b) for a, b in zip(single[1], logits)):.1e}')
cases = dict(widths=WIDTHS, classes=CLASSES, batch=BATCH, batches=BATCHES, learningRate=LEARNING_RATE, momentum=MOMENTUM,
             labelSmoothing=SMOOTHING, weights={name: dict(shape=list(v.shape), values=v.flatten().tolist()) for name, v in weights.items()},
             losses=losses, logits=logits, float32=dict(losses=single[0], logits=single[1]))
path = os.path.join(ROOT, 'tools', 'integration', 'goldens', 'trajectory.json')
os.makedirs(os.path.dirname(path), exist_ok=True)
with open(path, 'w') as file:
    json.dump(dict(script='tools/goldens/trajectory.py', torch=torch.__version__, seed=SEED, cases=cases), file, separators=(',', ':'))
    file.write('\n')
