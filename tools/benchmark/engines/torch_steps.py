"""Whole training steps in PyTorch on the CPU: torch_steps.py MODEL BATCH STEPS THREADS
The networks of @tenfold/architectures in their default sizes, random images, the same loss and optimizers as `tenfold-bench step`."""
import json, sys, time, platform

try:
    import torch, torch.nn as nn, torch.nn.functional as F
except ImportError as error:
    print(json.dumps(dict(error=str(error))))
    sys.exit()

model, batch, steps, threads = sys.argv[1], *map(int, sys.argv[2:5])
torch.set_num_threads(threads)
torch.manual_seed(0)


def cnn(widths):
    def block(i, o):
        return [nn.Conv2d(i, o, 3, padding=1, bias=False), nn.MaxPool2d(2), norm(o), nn.GELU(),
                nn.Conv2d(o, o, 3, padding=1, bias=False), norm(o), nn.GELU()]
    def norm(channels):
        layer = nn.BatchNorm2d(channels, eps=1e-12, momentum=.4)
        layer.weight.requires_grad_(False)
        return layer
    whiten = nn.Conv2d(3, 24, 2)
    whiten.weight.requires_grad_(False)
    channels = [24, *widths]
    blocks = [layer for i, o in zip(channels, widths) for layer in block(i, o)]
    return nn.Sequential(whiten, nn.GELU(), *blocks, nn.MaxPool2d(3), nn.Flatten(), nn.Linear(widths[-1], 10, bias=False))


def fnn(sizes=(3072, 2048, 2048, 1024)):
    layers = [nn.Flatten()]
    for i, o in zip(sizes, sizes[1:]):
        layers += [nn.Linear(i, o), nn.BatchNorm1d(o), nn.GELU()]
    return nn.Sequential(*layers, nn.Linear(sizes[-1], 10))


class Vit(nn.Module):
    def __init__(self, width=128, depth=6, heads=4, mlp=256):
        super().__init__()
        self.heads = heads
        self.patches = nn.Conv2d(3, width, 4, 4)
        self.register_buffer('positions', torch.zeros(1, 64, width))
        self.blocks = nn.ModuleList(nn.ModuleDict(dict(
            norm1=nn.LayerNorm(width), qkv=nn.Linear(width, 3 * width), output=nn.Linear(width, width),
            norm2=nn.LayerNorm(width), dense1=nn.Linear(width, mlp), dense2=nn.Linear(mlp, width))) for _ in range(depth))
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, 10)

    def forward(self, x):
        x = self.patches(x).flatten(2).transpose(1, 2) + self.positions
        n, tokens, width = x.shape
        for block in self.blocks:
            qkv = block['qkv'](block['norm1'](x)).reshape(n, tokens, 3, self.heads, width // self.heads)
            q, k, v = qkv.permute(2, 0, 3, 1, 4)
            attention = (q @ k.transpose(-1, -2) * (width // self.heads) ** -.5).softmax(-1)
            x = x + block['output']((attention @ v).transpose(1, 2).reshape(n, tokens, width))
            x = x + block['dense2'](F.gelu(block['dense1'](block['norm2'](x))))
        return self.head(self.norm(x).mean(1))


class Rnn(nn.Module):
    def __init__(self, units=256):
        super().__init__()
        self.cell = nn.LSTM(96, units, batch_first=True)
        self.head = nn.Linear(2 * units, 10)

    def forward(self, x):
        states, _ = self.cell(x.permute(0, 2, 3, 1).reshape(len(x), 32, 96))
        return self.head(torch.cat([states[:, -1], states.mean(1)], 1))


def small():
    return nn.Sequential(nn.Conv2d(3, 32, 3, padding=1), nn.ReLU(), nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(),
                         nn.MaxPool2d(2), nn.Flatten(), nn.Linear(64 * 256, 10))


network = dict(cnn=lambda: cnn([64, 128, 128]), cnn94=lambda: cnn([64, 256, 256]), fnn=fnn, vit=Vit, rnn=Rnn, small=small)[model]()
trained = [p for p in network.parameters() if p.requires_grad]
if model in ('cnn', 'cnn94', 'fnn'):
    optimizer = torch.optim.SGD(trained, lr=.1, momentum=.85, nesterov=True)
elif model == 'small':
    optimizer = torch.optim.SGD(trained, lr=.01)
else:
    optimizer = torch.optim.AdamW(trained, lr=1e-3)
smoothing = 0. if model == 'small' else .2
images, labels = torch.randn(batch, 3, 32, 32), torch.arange(batch) % 10
milliseconds = []
for i in range(steps + 1):
    start = time.perf_counter()
    optimizer.zero_grad()
    loss = F.cross_entropy(network(images), labels, label_smoothing=smoothing)
    loss.backward()
    optimizer.step()
    loss.item()
    if i: milliseconds.append(1000 * (time.perf_counter() - start))
print(json.dumps(dict(milliseconds=milliseconds, threads=threads, parameters=sum(p.numel() for p in trained),
                      versions=dict(torch=torch.__version__, python=platform.python_version()))))
